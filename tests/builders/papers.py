"""What stands on paper for people: terms in which nothing is left open, and what no such paper may hold."""

from __future__ import annotations

import re
from typing import Any

from service.postings.rules.terms import terms_of

LON, LAT = 121.437, 31.192
WHOLE: dict[str, Any] = {
    "title": "急招客房服务员", "description": "打扫客房，换床单。", "trade": "hotel_room_cleaning",
    "job_kind": "day_labour", "work_mode": "on_site", "headcount": 3, "binding": "shift",
    "city_code": "310100", "district_code": "310104", "address": "漕溪北路18号", "lon": LON, "lat": LAT,
    "pickup": {"lon": LON, "lat": LAT, "address": "地铁站2号口", "seats": 12, "leaves_at": "16:30", "way_back": True},
    "series": {"shifts": [
        {"starts_at": "2026-11-23T17:00:00+08:00", "ends_at": "2026-11-23T22:30:00+08:00", "headcount": None},
        {"starts_at": "2026-11-24T22:00:00+08:00", "ends_at": "2026-11-25T06:00:00+08:00", "headcount": 2,
         "break_minutes": 45},
    ]},
    "pattern": None, "break_minutes": 30, "pay_fen": 2500, "pay_most_fen": None, "pay_unit": "hour",
    "pay_unit_label": None, "pay_tiers": [{"from_minutes": 480, "rate_fen": 3000}], "pay_note": "夜班另加",
    "settlement": "daily", "call_off_fen": 2000,
    "conditions": {
        "meals": "one_meal", "lodging": "none", "travel": "pickup", "bring": ["dark_clothes"], "outdoor": False,
        "insurance": "有意外险", "injury_cover": "commercial", "units_per_hour": 3,
    },
    "certificates": ["health_certificate"], "skills": [{"trade": "laundry", "min_level": 1, "wished": True}],
    "adult_only": True, "min_age": 18,
}  # fmt: skip
WEEKLY = {
    "starts_at": "2026-11-23T17:00:00+08:00", "ends_at": "2026-11-23T22:30:00+08:00", "weekdays": [0, 2],
    "every_weeks": 2, "count": None, "until": "2026-12-31", "exceptions": [{"day": "2026-11-25", "kind": "removed"}],
}  # fmt: skip
PATTERN = {
    "slots": [{"start": "09:00", "end": "12:00", "weekdays": [5]}], "kind": "agreed", "weekdays": None,
    "min_days_per_week": 2, "max_days_per_week": 5, "min_minutes_per_day": 180, "min_months": 1,
    "flexible_window": {"start_from": "08:00", "start_to": "10:00", "end_from": None, "end_to": None},
    "from": "2026-11-23", "until": "2027-01-31",
    "exceptions": [{"day": "2026-12-25", "kind": "changed", "start": "10:00", "end": "12:00"}],
}  # fmt: skip
NEVER = {
    "a value of Python": re.compile(r"\{|\}|\[|\]|\bNone\b|\bTrue\b|\bFalse\b"),
    "an instant of machines": re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2}|\+08:00"),
    "a code": re.compile(r"\b[a-z]+(?:[._][a-z]+)+\b"),
    "a point": re.compile(r"\b\d{2,3}\.\d{3,}"),
    "what is left open": re.compile(r"…|—(?!—)"),
}
LATIN = re.compile(r"[A-Za-z]{2,}")


def whole_terms(**more: Any) -> dict[str, Any]:
    """Terms of a posting in which every field has a value."""
    return terms_of(WHOLE | more)


def words_of(page: str) -> str:
    """What a reader sees of a page's main part."""
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"\s*<[^>]+>\s*", "\n", main)


def check_paper(text: str, language: str, *, known: tuple[str, ...] = ()) -> None:
    """Nothing of machines in it; in Chinese no word of English but those that are `known`."""
    for word in known:
        text = text.replace(word, "")
    for what, pattern in NEVER.items():
        assert not pattern.findall(text), (what, pattern.findall(text), text)
    if language == "zh-CN":
        assert not LATIN.findall(text), (LATIN.findall(text), text)
