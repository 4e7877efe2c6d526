"""Words, filters and questions about listings: what they mean, that they survive storing, what is repaired."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from service.errors import Refused
from service.geo import Point
from service.listings.rules.filters import FLAGS, TIMES_OF_DAY, ListingFilter, check_filter, filter_from, stored
from service.listings.rules.hours import EVERY_DAY, WorkTimes, posting_times, weekly_times
from service.listings.rules.lexicon import _file, lexicon
from service.listings.rules.listing import Listing
from service.listings.rules.questions import Ground, accepts, anchor_of, question_of
from service.listings.rules.suggesting import by_use, likely, repairs, suggestions
from service.listings.rules.tokens import cell_tokens, circle_tokens, trade_token
from service.listings.rules.wording import read_query, words_of
from service.reference.catalogue import enums, industries, regions, trades
from service.searches.rules import alert_of, wait_until

TODAY = date(2026, 11, 21)
GROUND = Ground(TODAY, 10_000)


def codes(known: Any, most: int = 4) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(known)), max_size=most, unique=True).map(tuple)


POINTS = st.tuples(st.floats(100, 125), st.floats(20, 45))
FILTERS = st.builds(
    ListingFilter,
    q=st.none() | st.text("月嫂洗碗保洁工日结abc 3", min_size=1, max_size=8).filter(lambda text: text.strip() != ""),
    side=st.none() | st.sampled_from(("demand", "supply")),
    trades=codes(trades()),
    industries=codes(industries()),
    regions=codes(regions()),
    near=st.none()
    | st.builds(lambda at, far: {"lon": at[0], "lat": at[1], "radius_m": far}, POINTS, st.integers(1, 99_999)),
    kinds=codes(("task", "work", "day_labour")),
    settlements=codes(enums()["settlement"]),
    pay_at_least=st.none()
    | st.builds(lambda fen, unit: {"fen": fen, "unit": unit}, st.integers(1, 9_999), st.sampled_from(("hour", "day"))),
    days_from=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    starts_within_days=st.none() | st.integers(0, 366),
    weekdays=st.lists(st.integers(0, 6), unique=True, max_size=7).map(tuple),
    times_of_day=codes(TIMES_OF_DAY),
    flags=codes(FLAGS),
    hours=st.none() | st.just({"start": "08:00", "end": "02:00"}),
    filled=st.booleans(),
)


@given(FILTERS)
def test_a_filter_survives_being_stored(wanted: ListingFilter) -> None:
    """Through JSON and back it is the same, says its version, and asks the same."""
    import orjson

    made = orjson.loads(orjson.dumps(stored(wanted)))
    assert made["version"] == 1
    again = filter_from(made)
    assert again == wanted
    assert question_of(again, GROUND) == question_of(wanted, GROUND)
    assert check_filter(again) is again


@given(FILTERS, st.data())
def test_whatever_is_meant_has_an_anchor(wanted: ListingFilter, data: st.DataObject) -> None:
    """A listing that a question accepts has one of its anchors: so an index of anchors misses nothing."""
    asked = question_of(wanted, GROUND)
    tokens = {*asked.every, *(data.draw(st.sampled_from(each)) for each in asked.either)}
    point = asked.circle.centre if asked.circle else None
    tokens |= cell_tokens(point.lon, point.lat) if point else set()
    listing = a_listing(tokens=tuple(tokens), lon=point.lon if point else None, lat=point.lat if point else None)
    if accepts(replace(asked, published_from=None, pay=None), listing):
        assert set(anchor_of(asked)) & set(listing.tokens) or not anchor_of(asked)


@given(POINTS, st.integers(1, 60_000), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_the_squares_of_a_circle_hold_every_point_of_it(
    centre: tuple[float, float], radius: int, east: float, north: float
) -> None:
    """A point within the radius lies in one of the squares, whatever their size."""
    from service.geo import distance_m

    at = Point(centre[0] + east, centre[1] + north)
    if distance_m(Point(*centre), at) <= radius:
        assert cell_tokens(at.lon, at.lat) & set(circle_tokens(Point(*centre), radius))


def a_listing(**more: Any) -> Listing:
    fields: dict[str, Any] = dict.fromkeys(
        ("district_code", "lon", "lat", "settlement", "pay_unit", "pay_fen", "pay_hour_fen", "pay_day_fen",
         "first_day", "last_day", "first_minute", "last_minute")
    )  # fmt: skip
    now = datetime(2026, 11, 20, tzinfo=UTC)
    fields |= {"id": UUID(int=1), "side": "demand", "owner_id": UUID(int=2), "city_code": "310100", "trade": "moving"}
    fields |= {
        "kind": "task",
        "work_mode": "on_site",
        "filled": False,
        "published_at": now,
        "valid_until": now,
        "group_key": 0,
    }
    return Listing(**(fields | {"tokens": ()} | more))


@pytest.mark.parametrize(
    ("asked", "title", "hit"),
    [
        ("洗碗", "饭店洗碗工", True), ("洗碗工", "急招洗碗工两名", True), ("碗工", "洗碗工", True),
        ("洗工", "洗碗工", False),
        ("保潔", "保洁阿姨", True), ("保洁", "保潔阿姨", True), ("ＫＴＶ", "ktv服务员", True), ("车", "叉车", True),
        ("叉车 夜", "叉车", True), ("后厨帮工", "后厨 帮工", True), ("3号", "3号门卫", True),
        ("育儿嫂", "住家育儿嫂", True), ("儿嫂育", "育儿嫂", False),
    ],
)  # fmt: skip
def test_words_are_found_in_titles(asked: str, title: str, hit: bool) -> None:
    """Without blanks, in either script, in full width; pairs that are not there are not found."""
    has = words_of(title, [], 300)
    clauses = read_query(asked)
    found = all(has.issuperset(c.tokens) if c.whole else not has.isdisjoint(c.tokens) for c in clauses)
    assert found is hit
    heads = all(has.issuperset(c.heads.tokens) if c.whole else not has.isdisjoint(c.heads.tokens) for c in clauses)
    assert heads is hit


@pytest.mark.parametrize(
    ("asked", "token"),
    [
        ("月嫂", "t:maternity_nurse"), ("yuesao", "t:maternity_nurse"), ("yue sao", "t:maternity_nurse"),
        ("打扫卫生", "t:cleaning"), ("dishwashing", "t:dishwashing"), ("洗盘子", "t:dishwashing"),
        ("浦东", "r:310115"), ("上海", "r:31"), ("当天结", "s:daily"), ("管饭", "f:meals"), ("通宵", "o:night"),
        ("居家", "m:home_based"), ("急招搬家的", "t:moving"), ("Window cleaning", "t:window_cleaning"),
        ("bānyùn", "t:moving"), ("bān yùn", "t:moving"), ("lǜ huà", "t:gardener"), ("xǐwǎn 上海", "t:dishwashing"),
        ("dishwasher", "t:dishwashing"), ("Cleaners", "t:cleaning"), ("waitress", "t:waiter"),
        ("kitchen", "t:kitchen_help"), ("waiter 上海", "t:waiter"), ("delivery driver", "t:delivery_rider"),
    ],
)  # fmt: skip
def test_words_mean_what_people_mean(asked: str, token: str) -> None:
    """Other names, sounds, places and set phrases lead to codes."""
    assert token in {each for clause in read_query(asked) for each in clause.tokens}


def test_english_words_are_of_trades_that_there_are_and_sound_like_no_chinese_word() -> None:
    """A word in letters that also is pinyin would hide what that pinyin says."""
    said = _file()["english"]
    assert said.keys() <= trades().keys()
    known = lexicon()
    assert not {word for words in said.values() for word in words} & {*known.spelt, *known.initials}
    assert all(trade_token(code) in known.words[word].tokens for code, words in said.items() for word in words)


def test_empty_words_ask_nothing() -> None:
    """«招聘» and «找工作» alone filter nothing."""
    assert read_query("招聘") == read_query("找工作 附近的") == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("月", "月嫂"),
        ("yues", "月嫂"),
        ("ys", "月嫂"),
        ("保", "保洁员"),
        ("浦东", "浦东"),
        ("rij", "日结"),
        ("baojie", "保洁员"),
    ],
)
def test_typing_is_completed(typed: str, shown: str) -> None:
    """From a beginning in characters, pinyin or initials."""
    assert shown in [word.shown for word in suggestions(typed, 10)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("饱洁", "保洁"),
        ("保吉员", "保洁员"),
        ("baojei", "保洁"),
        ("搬云工", "搬运工"),
        ("浦东保吉", "浦东保洁"),
        ("月少", "月嫂"),
    ],
)
def test_spelling_is_repaired(typed: str, meant: str) -> None:
    """By sound and by looks."""
    assert meant in repairs(typed)


def test_beside_an_english_trade_stand_english_ones() -> None:
    """Who reads English is not led on to characters."""
    assert "Shop assistant" in likely("cashier")
    assert all(word.isascii() for word in likely("cashiers"))
    assert "营业员" in likely("收银员")


def test_right_words_need_no_repair() -> None:
    """Every trade's own name is known, and is not corrected into itself."""
    assert all(trade.zh not in repairs(trade.zh) for trade in trades().values())
    assert all(word in lexicon().words for word in ("洗碗工", "月嫂", "浦东新区"))


@given(st.text("xhwbz洗保", min_size=1, max_size=3), st.data())
def test_what_has_more_listings_is_suggested_before_what_has_fewer(typed: str, data: st.DataObject) -> None:
    """Every word once; what has listings before what has none, and of two names that with more."""
    words = suggestions(typed, 40)
    live = data.draw(st.lists(st.integers(0, 3), min_size=len(words), max_size=len(words)))
    ordered = by_use(typed, words, live, None)
    assert sorted(map(id, ordered)) == sorted(map(id, words))
    counts = {id(word): count for word, count in zip(words, live, strict=True)}
    rest = [(counts[id(word)] > 0, word.first, counts[id(word)]) for word in ordered if word.shown != typed]
    assert rest == sorted(rest, reverse=True)


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    """Whatever is typed is read, completed and repaired without an error."""
    clauses = read_query(text)
    assert all(clause.tokens for clause in clauses)
    suggestions(text, 3)
    repairs(text)
    likely(text)


@pytest.mark.parametrize(
    "wrong", [{"colour": "red"}, {"version": 2}, {"side": "both"}, {"weekdays": [7]}, {"trades": "x"}]
)
def test_strange_filters_are_refused(wrong: dict[str, Any]) -> None:
    """Unknown fields and versions are no filter."""
    with pytest.raises(ValidationError):
        filter_from(wrong)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"trades": ["alchemy"]}, "code_unknown_listed"), ({"seasons": ["spring"]}, "code_unknown"),
        ({"sort": "distance"}, "sort_needs_point"), ({"near": {"lon": 0, "lat": 0}}, "point_zero"),
        ({"q": "!"}, "text_empty"), ({"days_from": "2026-02-02", "days_to": "2026-02-01"}, "time_end_before_start"),
    ],
)  # fmt: skip
def test_codes_that_do_not_exist_are_named(wanted: dict[str, Any], code: str) -> None:
    """With the field, and the valid ones or a link."""
    with pytest.raises(Refused) as refusal:
        check_filter(filter_from(wanted))
    assert refusal.value.code == code
    assert refusal.value.errors[0].pointer.startswith("/filter/")


@pytest.mark.parametrize(
    ("series", "pattern", "meant"),
    [
        ({"shifts": [{"starts_at": "2026-11-23T22:00:00+08:00", "ends_at": "2026-11-24T06:00:00+08:00"}]}, None,
         WorkTimes(
             date(2026, 11, 23), date(2026, 11, 24), 1320, 1800, frozenset({0}), frozenset({"night", "early"}), 480)),
        ({"starts_at": "2026-11-23T09:00:00+08:00", "ends_at": "2026-11-23T12:00:00+08:00", "weekdays": [0, 2],
          "every_weeks": 1, "count": 3, "until": None, "exceptions": []}, None,
         WorkTimes(date(2026, 11, 23), date(2026, 11, 30), 540, 720, frozenset({0, 2}), frozenset({"day"}), 180)),
        (None, {"slots": [{"start": "18:00", "end": "22:00", "weekdays": None}], "weekdays": None, "from": None,
                "until": "2026-12-31"},
         WorkTimes(None, date(2026, 12, 31), 1080, 1320, EVERY_DAY, frozenset({"evening"}), 240)),
        (None, {"slots": [], "weekdays": [5, 6], "from": None, "until": None, "min_minutes_per_day": 240},
         WorkTimes(weekdays=frozenset({5, 6}), minutes=240)),
    ],
)  # fmt: skip
def test_plans_are_read_into_few_figures(series: Any, pattern: Any, meant: WorkTimes) -> None:
    """Listed shifts over midnight, a weekly series, hours without days, days without hours."""
    assert posting_times(series, pattern) == meant


def test_free_hours_of_a_week() -> None:
    """Two evenings; nothing said is every hour."""
    made = weekly_times(
        [{"weekday": 4, "start": "19:00", "end": "23:00"}, {"weekday": 5, "start": "22:30", "end": "01:00"}]
    )
    assert (made.weekdays, made.times_of_day) == (frozenset({4, 5}), frozenset({"evening", "night"}))
    assert weekly_times(None) == WorkTimes()


def test_alerts_wait_for_the_morning_and_for_tomorrow() -> None:
    """At night until the quiet hours end; with the day's alerts used up until the next morning; else at once."""
    from service import policies

    policy = policies.at(TODAY).messages
    night = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # 07:30 of the 22nd
    assert wait_until(night, 0, policy) is None
    dark = datetime(2026, 11, 21, 15, tzinfo=UTC)  # 23:00
    assert wait_until(dark, 0, policy) == datetime(2026, 11, 21, 22, tzinfo=UTC)
    assert wait_until(night, policy.alerts_per_day, policy) == datetime(2026, 11, 22, 22, tzinfo=UTC)
    assert alert_of(["洗碗"], ["晚市洗碗"]) == ("search.alert", {"name": "洗碗", "title": "晚市洗碗"})
    template, params = alert_of(["洗碗", "洗碗"], ["甲", "乙"])
    assert (template, params["count"], params["titles"]) == ("search.digest", 2, ["甲", "乙"])
