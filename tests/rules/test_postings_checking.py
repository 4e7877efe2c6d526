"""The one check of postings: only five fields are needed, defaults are named, every refusal names its field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.policies import shipped
from service.postings.rules import Checked, Ground, Wage, check_posting
from service.postings.rules.places import Site

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday noon in Shanghai
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
XUHUI = "310104"


def asked(**more: Any) -> dict[str, Any]:
    """Five hours of dishwashing for two tomorrow evening."""
    made: dict[str, Any] = {
        "trade": "dishwashing",
        "headcount": 2,
        "time": {"starts_at": START, "ends_at": START + timedelta(hours=5)},
        "place": {"address": "某路3号", "point": {"lon": 121.43, "lat": 31.19, "sent_datum": "wgs84"}},
        "pay": {"amount_fen": 2600, "unit": "hour"},
    }
    return made | more


def ground(**more: Any) -> Ground:
    policies = shipped().at(NOW, "310100")
    return Ground(**({"now": NOW, "policies": policies, "employer_city": "310100"} | more))


def check(**more: Any) -> Checked:
    return check_posting(asked(**more), ground())


def errors_of(checked: Checked) -> dict[str, str]:
    return {error.pointer: error.code for error in checked.errors}


def warnings_of(checked: Checked) -> set[str]:
    return {warning["code"] for warning in checked.warnings}


def test_five_fields_are_enough_and_the_rest_is_named() -> None:
    """Trade, headcount, time, place and pay make a posting; what the trade gave is listed."""
    checked = check()
    assert checked.errors == ()
    assert checked.columns["settlement"] == "daily"
    assert checked.columns["conditions"]["meals"] == "one_meal"
    assert checked.columns["certificates"] == ["health_certificate"]
    assert {"/title", "/job_kind", "/pay/settlement", "/conditions/meals", "/certificates"} <= set(
        checked.columns["defaulted"]
    )


def test_what_is_given_is_not_a_default() -> None:
    """A stated value stays and is not listed, also when it equals the default."""
    checked = check(job_kind="day_labour", conditions={"meals": "all_meals"})
    assert checked.columns["conditions"]["meals"] == "all_meals"
    assert not {"/job_kind", "/conditions/meals"} & set(checked.columns["defaulted"])


HOUR = timedelta(hours=1)
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"trade": "no_such_trade"}, "/trade", "code_unknown"),
    ({"headcount": 0}, "/headcount", "headcount_over_limit"),
    ({"headcount": 1_000_000}, "/headcount", "headcount_over_limit"),
    ({"pay": {"amount_fen": 99, "unit": "hour"}}, "/pay/amount_fen", "pay_out_of_range"),
    ({"pay": {"amount_fen": 100_001, "unit": "hour"}}, "/pay/amount_fen", "pay_out_of_range"),
    ({"pay": {"amount_fen": 3000, "most_fen": 2000, "unit": "hour"}}, "/pay/most_fen", "range_reversed"),
    ({"pay": {"amount_fen": 3000, "unit": "gold"}}, "/pay/unit", "code_unknown"),
    (
        {"job_kind": "part_time", "pay": {"amount_fen": 2600, "unit": "hour", "settlement": "monthly"}},
        "/pay/settlement",
        "settlement_over_15_days",
    ),
    (
        {"pay": {"amount_fen": 20000, "unit": "day", "tiers": [{"from_minutes": 60, "rate_fen": 1}]}},
        "/pay/tiers",
        "tiers_need_hours",
    ),
    ({"time": {}}, "/time", "time_one_way"),
    ({"time": {"starts_at": START, "pattern": {}}}, "/time", "time_one_way"),
    ({"time": {"starts_at": START}}, "/time/ends_at", "field_missing"),
    ({"time": {"starts_at": START, "ends_at": START}}, "/time/ends_at", "time_end_before_start"),
    ({"time": {"starts_at": START, "ends_at": START - HOUR}}, "/time/ends_at", "time_end_before_start"),
    ({"time": {"starts_at": START, "ends_at": START + 25 * HOUR}}, "/time/ends_at", "shift_too_long"),
    ({"time": {"starts_at": NOW, "ends_at": NOW + HOUR}}, "/time/starts_at", "starts_in_the_past"),
    (
        {"time": {"starts_at": NOW + timedelta(days=400), "ends_at": NOW + timedelta(days=400, hours=1)}},
        "/time/starts_at",
        "starts_too_far_ahead",
    ),
    ({"time": {"shifts": []}}, "/time/shifts", "list_too_short"),
    ({"time": {"shifts": [{"starts_at": START, "ends_at": START + HOUR}] * 2}}, "/time/shifts/1", "shift_twice"),
    (
        {"time": {"starts_at": START, "ends_at": START + HOUR, "series": {"weekdays": [0]}}},
        "/time/series/weekdays",
        "series_misses_first_day",
    ),
    (
        {"time": {"starts_at": START, "ends_at": START + HOUR, "series": {"count": 2, "until": date(2026, 12, 1)}}},
        "/time/series/until",
        "series_bounds",
    ),
    ({"time": {"pattern": {"slots": [{"start": "09:00", "end": "09:00"}]}}}, "/time", "slot_empty"),
    (
        {"time": {"pattern": {"last_day": date(2026, 11, 19)}}},
        "/time/pattern/last_day",
        "time_end_before_start",
    ),
    ({"place": {"address": "某路"}}, "/place", "place_needs_point_or_district"),
    ({"place": {"district_code": "310199"}}, "/place/district_code", "code_unknown"),
    ({"place": {"district_code": "000000"}}, "/place/district_code", "region_unknown"),
    (
        {"place": {"district_code": XUHUI, "city_code": "330200"}},
        "/place/district_code",
        "district_of_other_city",
    ),
    ({"place": {"city_code": "990000", "point": asked()["place"]["point"]}}, "/place/city_code", "region_unknown"),
    ({"break_minutes": 181}, "/break_minutes", "break_too_long"),
    ({"certificates": ["flying"]}, "/certificates/0", "code_unknown"),
    ({"skills": [{"trade": "flying"}]}, "/skills/0/trade", "code_unknown"),
    ({"conditions": {"bring": ["elephant"]}}, "/conditions/bring/0", "code_unknown"),
    ({"min_age": 15}, "/min_age", "min_age_too_low"),
    ({"min_age": 40, "max_age": 30}, "/max_age", "range_reversed"),
    ({"job_kind": "shared_labour"}, "/job_kind", "code_unknown"),
    ({"valid_until": NOW}, "/valid_until", "starts_in_the_past"),
    ({"occupation_code": "9-99"}, "/occupation_code", "occupation_unknown"),
]


@pytest.mark.parametrize(("more", "pointer", "code"), BAD, ids=[f"{code}{at}" for _, at, code in BAD])
def test_every_refusal_names_its_field(more: dict[str, Any], pointer: str, code: str) -> None:
    """Each rule refuses with its code at the field that is wrong."""
    assert errors_of(check(**more)).get(pointer) == code


def test_all_reasons_are_given_at_once() -> None:
    """A form with three mistakes is told of three."""
    found = errors_of(check(headcount=0, pay={"amount_fen": 1, "unit": "hour"}, min_age=12))
    assert {"/headcount", "/pay/amount_fen", "/min_age"} <= set(found)


def test_a_district_stands_for_the_place() -> None:
    """Without a point the district's centre is taken, and it is said to be approximate."""
    columns = check(place={"district_code": XUHUI}).columns
    assert (columns["approximate"], columns["city_code"]) == (True, "310100")
    assert columns["lon"] is not None
    assert "/place/address" in columns["defaulted"]


def test_a_site_gives_the_whole_place() -> None:
    """A site brings its own address and point; a closed one is refused."""
    place = {"site_id": "x"}
    site = Site(None, "310100", XUHUI, "某店", 121.4, 31.2, "gcj02", False)  # type: ignore[arg-type]
    columns = check_posting(asked(place=place), ground(site=site)).columns
    assert (columns["address"], columns["lon"], columns["approximate"]) == ("某店", 121.4, False)
    closed = Site(None, "310100", XUHUI, "某店", None, None, None, False, closed=True)  # type: ignore[arg-type]
    assert errors_of(check_posting(asked(place=place), ground(site=closed)))["/place/site_id"] == "site_closed"


@pytest.mark.parametrize(
    ("pay", "kind", "verified", "refused", "warned"),
    [
        ({"amount_fen": 2400, "unit": "hour"}, "part_time", False, False, True),
        ({"amount_fen": 2400, "unit": "hour"}, "part_time", True, True, False),
        ({"amount_fen": 2400, "unit": "hour"}, "day_labour", True, False, True),
        ({"amount_fen": 2500, "unit": "hour"}, "part_time", True, False, False),
        ({"amount_fen": 12400, "unit": "shift"}, "day_labour", False, False, True),  # 5 h: 24.80
        ({"amount_fen": 12500, "unit": "shift"}, "day_labour", False, False, False),
        ({"amount_fen": 50, "unit": "piece"}, "task", False, False, False),  # pieces an hour not stated
    ],
)
def test_minimum_wage_warns_and_blocks_only_when_verified(
    pay: dict[str, Any], kind: str, verified: bool, refused: bool, warned: bool
) -> None:
    """An unverified row only warns; a verified one blocks part-time work; other units are converted exactly."""
    checked = check_posting(asked(pay=pay, job_kind=kind), ground(wage=Wage(2500, 274000, verified)))
    assert ("below_minimum_wage" in errors_of(checked).values()) is refused
    assert ("below_minimum_wage" in warnings_of(checked)) is warned


@pytest.mark.parametrize(
    ("pay", "warned"),
    [
        ({"amount_fen": 25000, "unit": "hour"}, False),
        ({"amount_fen": 25001, "unit": "hour"}, True),
        ({"amount_fen": 3000, "most_fen": 30000, "unit": "hour"}, True),  # the top is what lures
        ({"amount_fen": 5000000, "unit": "month"}, True),
        ({"amount_fen": 150000, "unit": "shift"}, True),  # 5 h
        ({"amount_fen": 50, "unit": "piece"}, False),
    ],
)
def test_pay_many_times_the_minimum_is_looked_at(pay: dict[str, Any], warned: bool) -> None:
    """Ten times the dated minimum wage, whatever is known of the going wage."""
    checked = check_posting(asked(pay=pay), ground(wage=Wage(2500, 274000, False)))
    assert ("pay_far_above_minimum" in warnings_of(checked)) is warned


def test_pieces_an_hour_make_piece_work_comparable() -> None:
    """What a piece pays times the stated pieces an hour is the hourly figure."""
    pay = {"amount_fen": 50, "unit": "piece"}
    slow = check_posting(asked(pay=pay, conditions={"units_per_hour": 49}), ground(wage=Wage(2500, 1, False)))
    fast = check_posting(asked(pay=pay, conditions={"units_per_hour": 50}), ground(wage=Wage(2500, 1, False)))
    assert "below_minimum_wage" in warnings_of(slow)
    assert "below_minimum_wage" not in warnings_of(fast)


def test_part_time_limits_are_shown_and_the_other_way_named() -> None:
    """Part-time postings state 4 h a day and 24 h a week; over them nothing is blocked silently."""
    short = {"starts_at": START, "ends_at": START + timedelta(hours=4)}
    covered = {"injury_cover": "commercial"}
    assert warnings_of(check(job_kind="part_time", time=short, conditions=covered)) == {"part_time_limits"}
    long = check(job_kind="part_time")
    assert "part_time_day_over" in warnings_of(long)
    six_days = {
        "pattern": {
            "slots": [{"start": "09:00", "end": "14:00"}],
            "weekdays": [0, 1, 2, 3, 4, 5],
            "min_days_per_week": 6,
        }
    }
    over = check(job_kind="part_time", time=six_days)
    facts = next(w["facts"] for w in over.warnings if w["code"] == "part_time_week_over")
    assert (facts["asked_minutes"], facts["other_way"], over.errors) == (1800, "full_time", ())


def test_part_time_defaults_to_a_lawful_settlement() -> None:
    """Where a trade's usual settlement is too long for part-time work, half a month is the default."""
    checked = check(trade="maternity_nurse", job_kind="part_time", pay={"amount_fen": 3000, "unit": "hour"})
    assert checked.columns["settlement"] == "half_month"


def test_what_the_law_asks_of_a_trade_cannot_be_left_out() -> None:
    """Certificates of the trade are added, and a trade closed to minors stays closed."""
    welder = check(trade="welder", certificates=[], adult_only=False)
    assert "special_work_welding" in welder.columns["certificates"]
    assert welder.columns["adult_only"] is True


def test_days_to_be_agreed_take_applications_only() -> None:
    """Without weekdays there is no dated occurrence to claim; a flexible window neither."""
    agreed = check(time={"pattern": {"slots": [{"start": "09:00", "end": "13:00"}]}})
    window = check(
        time={
            "pattern": {
                "slots": [{"start": "06:00", "end": "22:00"}],
                "weekdays": [0, 1],
                "min_minutes_per_day": 240,
            }
        }
    )
    assert (agreed.columns["claimable"], "days_to_be_agreed" in warnings_of(agreed)) == (False, True)
    assert (window.columns["claimable"], window.columns["pattern"]["kind"]) == (False, "flexible_window")


def test_an_upper_age_is_a_warning_and_no_gate() -> None:
    """Sources ask for upper ages; we say so and refuse nobody by it."""
    checked = check(max_age=45)
    assert (checked.errors, "upper_age_limit" in warnings_of(checked)) == ((), True)


def test_overnight_shifts_are_whole() -> None:
    """22:00 to 06:00 is one shift of eight hours, valid until its end."""
    start = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
    checked = check(time={"starts_at": start, "ends_at": start + timedelta(hours=8)})
    assert checked.plan.shift_minutes == 480
    assert checked.columns["valid_until"] == start + timedelta(hours=8)
