"""What a change means, row by row of the table, and that terms and verdicts never part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.policies import shipped
from service.postings.rules import Ground, asked_again, asked_of, check_posting, merged, moved_to, terms_hash, terms_of
from service.postings.rules.changes import FIELDS, verdict_of
from service.postings.tables import PostingRow
from tests.rules.test_postings_checking import NOW, START, asked, check, ground

TIER = {"from_minutes": 2400, "rate_fen": 2700}
BASE = asked(
    conditions={"meals": "one_meal", "lodging": "none", "travel": "pickup", "bring": ["gloves"], "insurance": "x"},
    pay={
        "amount_fen": 2600, "most_fen": 3000, "unit": "hour", "settlement": "weekly", "call_off_fen": 1000,
        "tiers": [TIER],
    },
    break_minutes=30,
    certificates=["health_certificate", "driving_licence_c1"],
    adult_only=True,
    min_age=20,
    skills=[{"trade": "cleaning", "min_level": 1, "wished": False}],
)  # fmt: skip
ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("title", {"title": "晚市洗碗"}, "review"),
    ("description", {"description": "洗碗和拖地"}, "review"),
    ("trade", {"trade": "cleaning"}, "review"),
    ("job_kind", {"job_kind": "task"}, "review"),
    ("work_mode", {"work_mode": "remote"}, "review"),
    ("headcount up", {"headcount": 3}, "review"),
    ("headcount down", {"headcount": 1}, "favour"),
    ("address", {"place": {**asked()["place"], "address": "另一条路"}}, "review"),
    ("point", {"place": {**asked()["place"], "point": {"lon": 121.5, "lat": 31.2, "sent_datum": "wgs84"}}}, "review"),
    ("district", {"place": {**asked()["place"], "district_code": "310104"}}, "review"),
    ("pickup added", {"pickup": {"point": {"lon": 121.4, "lat": 31.2}, "leaves_at": "16:00"}}, "favour"),
    ("time", {"time": {"starts_at": START, "ends_at": START + timedelta(hours=6)}}, "review"),
    ("break shorter", {"break_minutes": 0}, "favour"),
    ("break longer", {"break_minutes": 60}, "review"),
    ("pay up", {"pay": {"amount_fen": 2700}}, "favour"),
    ("pay down", {"pay": {"amount_fen": 2500}}, "review"),
    ("most up", {"pay": {"most_fen": 3100}}, "favour"),
    ("most down", {"pay": {"most_fen": 2900}}, "review"),
    ("most gone", {"pay": {"most_fen": None}}, "review"),
    ("unit", {"pay": {"unit": "day", "amount_fen": 26000, "most_fen": None, "tiers": []}}, "review"),
    ("unit label", {"pay": {"unit_label": "桶"}}, "review"),
    ("tier up", {"pay": {"tiers": [TIER | {"rate_fen": 2800}]}}, "favour"),
    ("tier earlier", {"pay": {"tiers": [TIER | {"from_minutes": 1200}]}}, "favour"),
    ("tier later", {"pay": {"tiers": [TIER | {"from_minutes": 3000}]}}, "review"),
    ("tier gone", {"pay": {"tiers": []}}, "review"),
    ("pay note", {"pay": {"note": "另有奖金"}}, "review"),
    ("settled sooner", {"pay": {"settlement": "daily"}}, "favour"),
    ("settled later", {"pay": {"settlement": "monthly"}}, "review"),
    ("call-off up", {"pay": {"call_off_fen": 2000}}, "favour"),
    ("call-off down", {"pay": {"call_off_fen": 0}}, "review"),
    ("meals up", {"conditions": {"meals": "all_meals"}}, "favour"),
    ("meals down", {"conditions": {"meals": "none"}}, "review"),
    ("lodging", {"conditions": {"lodging": "provided"}}, "favour"),
    ("travel up", {"conditions": {"travel": "both_ways"}}, "favour"),
    ("travel down", {"conditions": {"travel": "none"}}, "review"),
    ("bring less", {"conditions": {"bring": []}}, "favour"),
    ("bring more", {"conditions": {"bring": ["gloves", "own_tools"]}}, "review"),
    ("outdoor", {"conditions": {"outdoor": True}}, "review"),
    ("insurance changed", {"conditions": {"insurance": "y"}}, "review"),
    ("units an hour", {"conditions": {"units_per_hour": 10}}, "review"),
    ("paper less", {"certificates": ["health_certificate"]}, "favour"),
    ("paper more", {"certificates": ["health_certificate", "driving_licence_c1", "teacher"]}, "review"),
    ("skill less", {"skills": []}, "favour"),
    ("skill more", {"skills": [*BASE["skills"], {"trade": "moving", "min_level": 0, "wished": True}]}, "review"),
    ("open to minors", {"adult_only": False}, "favour"),
    ("age lower", {"min_age": 18}, "favour"),
    ("age higher", {"min_age": 25}, "review"),
    ("upper age", {"max_age": 60}, "plain"),
    ("occupation", {"occupation_code": "4-03-02-01"}, "plain"),
    ("industry", {"industry": "cleaning_greening"}, "plain"),
    ("radius", {"radius_limit_m": 5000}, "plain"),
    ("claimable", {"claimable": False}, "plain"),
    ("valid until", {"valid_until": NOW + timedelta(days=5)}, "plain"),
]  # fmt: skip


def columns(asked_for: dict[str, Any]) -> dict[str, Any]:
    checked = check_posting(asked_for, ground())
    assert checked.errors == ()
    return checked.columns


@pytest.mark.parametrize(("name", "patch", "weight"), ROWS, ids=[row[0] for row in ROWS])
def test_each_row_of_the_table(name: str, patch: dict[str, Any], weight: str) -> None:
    """One change, one weight; the terms have another hash exactly when the change is material."""
    before, after = columns(BASE), columns(merged(BASE, patch))
    verdict = verdict_of(before, after)
    assert verdict.weight == weight, verdict
    assert verdict.material == (terms_hash(terms_of(before)) != terms_hash(terms_of(after)))


def test_the_heaviest_change_decides() -> None:
    """More pay does not buy a longer break through the review."""
    after = columns(merged(BASE, {"pay": {"amount_fen": 2900}, "break_minutes": 90}))
    assert verdict_of(columns(BASE), after).weight == "review"


def test_the_table_knows_every_column_that_a_check_writes() -> None:
    """A new column without a line in the table fails here, not silently in service."""
    assert set(columns(BASE)) <= set(FIELDS) | {"terms_hash"}
    written = {column.key for column in PostingRow.__table__.columns}
    assert set(FIELDS) <= written


@given(st.sampled_from([row[1] for row in ROWS]), st.sampled_from([row[1] for row in ROWS]))
def test_a_stored_posting_asks_for_itself(one: dict[str, Any], two: dict[str, Any]) -> None:
    """What is read back from the columns and checked again gives the same columns."""
    checked = check_posting(merged(merged(BASE, one), two), ground())
    if checked.errors:
        return
    stored = checked.columns | {"site_id": None}
    again = columns(asked_of(stored))
    assert verdict_of(stored, again).fields == ()


def test_terms_name_nobody_and_have_one_text() -> None:
    """The order of keys does not matter to the hash; a fen does."""
    terms = terms_of(columns(BASE))
    shuffled = dict(reversed(list(terms.items())))
    assert terms_hash(terms) == terms_hash(shuffled)
    assert terms_hash(terms) != terms_hash(terms_of(columns(merged(BASE, {"pay": {"amount_fen": 2601}}))))


def test_again_moves_on_by_whole_weeks() -> None:
    """A copy keeps weekday and hour and lies ahead."""
    later = NOW + timedelta(days=30)
    moved = asked_again(columns(BASE) | {"site_id": None}, later)
    start = moved["time"]["shifts"][0]["starts_at"]
    assert later < start <= later + timedelta(days=7)
    assert (start - START) % timedelta(days=7) == timedelta(0)


def test_rebooked_on_a_day_the_hours_stay() -> None:
    """On another day at the same hours."""
    moved = moved_to(columns(BASE) | {"site_id": None}, (START + timedelta(days=3)).date())
    assert moved["time"]["shifts"][0]["starts_at"] == START + timedelta(days=3)


def test_a_series_moves_with_its_weekdays() -> None:
    """A Saturday series that is rebooked on a Monday runs on Mondays."""
    time = {"starts_at": START, "ends_at": START + timedelta(hours=2), "series": {"weekdays": [5, 6], "count": 4}}
    stored = check(time=time).columns | {"site_id": None}
    moved = moved_to(stored, datetime(2026, 11, 23, tzinfo=UTC).date())
    assert moved["time"]["series"]["weekdays"] == [0, 1]
    assert check_posting(moved, ground()).errors == ()


def test_a_past_shift_that_was_there_may_stay() -> None:
    """A change of pay is possible while a listed shift has already begun."""
    stored = columns(BASE) | {"site_id": None}
    later = Ground(NOW + timedelta(days=2), shipped().at(NOW, "310100"), "310100")
    known = Ground(later.now, later.policies, "310100", known_shifts=frozenset({"2026-11-21T17:00/300"}))
    assert {error.code for error in check_posting(asked_of(stored), later).errors} == {"starts_in_the_past"}
    assert check_posting(asked_of(stored), known).errors == ()
