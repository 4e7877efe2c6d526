"""Where a new date goes, how rows become values and back, which places exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.policies import DataRefused, shipped
from service.reference import catalogue
from service.reference.checking import checked
from service.reference.kinds import FILE_OF, PAIRED, Spec, policy_code, value_of
from service.reference.rules import Fit, fit_in, may_block, region_prefix, settle_place
from service.reference.shipped import files_digest, shipped_specs
from service.reference.view import catalogue_of

TODAY = date(2026, 11, 20)
START = date(2021, 1, 1)
SHOP = {
    "zh": "守灯塔", "en": "Lighthouse keeping", "aliases": ["看灯塔"], "occupation": None,
    "industry": "wholesale_retail", "certificates": [], "pictogram": "shop", "demo_pay_fen": [2000, 2500],
    "defaults": {
        "job_kind": "day_labour", "pay_unit": "hour", "settlement": "daily", "headcount": 1, "shift_minutes": 240,
        "unpaid_break_minutes": 0, "meals": "none", "bring": [], "outdoor": False,
    },
}  # fmt: skip


def trade(**more: object) -> Spec:
    return Spec("trade", "lighthouse_keeping", START, None, {**SHOP, **more}, "a test")


def test_a_new_date_ends_the_row_before_it_and_holds_until_the_next() -> None:
    """A change adds a date; between two dates the new row takes the rest of the first one's time."""
    history = [(START, date(2024, 1, 1)), (date(2024, 1, 1), None)]
    assert fit_in(history, date(2025, 1, 1), None) == Fit(1, None)
    assert fit_in(history, date(2022, 1, 1), None) == Fit(0, date(2024, 1, 1))
    assert fit_in(history, date(2020, 1, 1), None) == Fit(None, START)
    assert fit_in([], START, date(2022, 1, 1)) == Fit(None, date(2022, 1, 1))


def test_a_taken_date_a_reach_into_the_next_row_and_a_backward_span_are_refused() -> None:
    """History is never rewritten."""
    history = [(START, None)]
    with pytest.raises(Conflict, match="reference_date_taken"):
        fit_in(history, START, None)
    with pytest.raises(Conflict, match="reference_overlap"):
        fit_in(history, date(2020, 1, 1), date(2021, 6, 1))
    with pytest.raises(Refused, match="reference_span"):
        fit_in(history, date(2025, 1, 1), date(2025, 1, 1))


@given(st.lists(st.integers(0, 400), unique=True, max_size=12))
def test_however_dates_are_added_the_rows_never_overlap(days: list[int]) -> None:
    """Adding open-ended rows in any order leaves one row for each day from the first date on."""
    rows: list[list[date | None]] = []
    for offset in days:
        start = START + timedelta(days=offset)
        fit = fit_in([(row[0], row[1]) for row in rows], start, None)  # type: ignore[misc]
        if fit.ends is not None:
            rows[fit.ends][1] = start
        rows.append([start, fit.valid_to])
        rows.sort(key=lambda row: str(row[0]))
    starts = [row[0] for row in rows]
    assert [row[1] for row in rows] == [*starts[1:], None][: len(rows)]


def test_every_shipped_row_survives_the_way_through_the_table() -> None:
    """The value made of a stored row equals the one the files give."""
    specs = [spec for spec in shipped_specs() if spec.kind in FILE_OF]
    shipped_trades = catalogue.trades()
    assert all(value_of(s) == shipped_trades[s.code] for s in specs if s.kind == "trade")
    assert [value_of(s) for s in specs if s.kind == "minimum_wage"] == list(catalogue.minimum_wages())
    assert [value_of(s) for s in specs if s.kind == "season"] == list(catalogue.seasons())
    assert {value_of(s).zh for s in shipped_specs() if s.kind in PAIRED}


def test_the_digest_of_the_files_is_stable() -> None:
    """Asked twice it is the same, so that a second start loads nothing."""
    assert files_digest() == files_digest()


def test_the_merged_catalogue_answers_like_the_shipped_one_without_stored_rows() -> None:
    """Trades of the day, minimum wage with its wider regions, working days, reasons."""
    merged = catalogue_of(())
    assert merged.trades(TODAY).keys() == {row.code for row in catalogue.on(TODAY, catalogue.trades().values())}
    assert merged.minimum_wage("330282", TODAY) == catalogue.minimum_wage("330282", TODAY)
    days = [date(2026, 1, 1) + timedelta(days=step) for step in range(730)]
    assert [merged.is_working_day(day) for day in days] == [catalogue.is_working_day(day) for day in days]
    assert merged.working_days_after(TODAY, 2) == catalogue.working_days_after(TODAY, 2)
    assert merged.reasons("block") == catalogue.reasons()["block"]


def test_stored_rows_take_the_place_of_the_shipped_ones_of_their_code_only() -> None:
    """A new notice replaces the estimate of its holiday; other holidays stay."""
    notice = {
        "zh": "元旦", "en": "New Year's Day", "off_from": "2027-01-01", "off_to": "2027-01-03",
        "statutory": ["2027-01-01"], "work": ["2027-01-09"],
    }  # fmt: skip
    merged = catalogue_of([Spec("holiday", "new_year_2027", TODAY, None, notice, "the notice")])
    assert merged.is_working_day(date(2027, 1, 9))
    assert not catalogue.is_working_day(date(2027, 1, 9))
    assert merged.is_working_day(date(2026, 10, 10))


def test_a_row_of_another_version_is_passed_over() -> None:
    """An unreadable stored row leaves the shipped one in force."""
    merged = catalogue_of([Spec("trade", "dishwashing", START, None, {"colour": "red"}, "a later version")])
    assert merged.trades(TODAY)["dishwashing"] == catalogue.trades()["dishwashing"]


@pytest.mark.parametrize(
    ("spec", "code", "pointer"),
    [
        (trade(colour="red"), "reference_row_wrong", "/data/colour"),
        (trade(aliases="看灯塔"), "reference_row_wrong", "/data/aliases"),
        (trade(code="other"), "reference_row_wrong", "/data/code"),
        (trade(industry="magic"), "reference_code_unknown", "/data/industry"),
        (trade(certificates=["x"]), "reference_code_unknown", "/data/certificates"),
        (trade(aliases=["洗碗"]), "trade_word_taken", "/data/aliases"),
        (trade(zh="看\u200b灯塔"), "text_zero_width", "/data/zh"),
        (replace(trade(), code="Shop Minding"), "reference_row_wrong", "/code"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_place(spec: Spec, code: str, pointer: str) -> None:
    """Nothing that was sent is repeated."""
    with pytest.raises(Refused) as refused:
        checked(spec, catalogue_of(()), shipped(), TODAY)
    assert (refused.value.code, refused.value.errors[0].pointer) == (code, pointer)


def test_a_row_that_fits_is_taken() -> None:
    """A trade with known codes and words of its own."""
    assert checked(trade(), catalogue_of(()), shipped(), TODAY) == trade()


def policy(code: str, value: object, **more: object) -> Spec:
    made = Spec("policy", code, TODAY, None, {"value": value}, "a decision")
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (policy("access.otp_life_minutes", "5"), "reference_row_wrong"),
        (policy("access.otp_life_minutes", -1), "reference_row_wrong"),
        (policy("access.nothing", 5), "policy_unknown"),
        (policy("access", 5), "policy_unknown"),
        (policy("access.otp_life_minutes", 5, valid_from=TODAY - timedelta(days=1)), "policy_in_the_past"),
        (policy("access.otp_life_minutes", 5, valid_to=TODAY + timedelta(days=9)), "policy_without_end"),
        (policy("access.otp_life_minutes", 5, data={"value": 5, "unit": "hours"}), "policy_data_value"),
    ],
)
def test_a_policy_value_must_make_sense_from_today_on(spec: Spec, code: str) -> None:
    """Known parameter, its own type, no past, no end."""
    with pytest.raises(Refused, match=code):
        checked(spec, catalogue_of(()), shipped(), TODAY)


def test_a_policy_row_says_topic_place_and_unit() -> None:
    """The stored data can be read without the code."""
    made = checked(policy("access.otp_life_minutes@310000", 3), catalogue_of(()), shipped(), TODAY)
    assert made.data == {
        "topic": "access", "name": "otp_life_minutes", "jurisdiction": "310000", "value": 3, "unit": "minutes",
    }  # fmt: skip
    assert policy_code(made.code).region == "310000"


def test_a_value_without_shape_is_refused() -> None:
    """Policies are checked by their own book."""
    with pytest.raises(DataRefused):
        value_of(policy("access.otp_life_minutes", 5))


@pytest.mark.parametrize(
    ("city", "district", "stored"),
    [
        ("310000", "310104", ("310100", "310104")),
        ("310100", None, ("310100", None)),
        ("320700", "320703", ("320700", "320703")),
    ],
)
def test_a_place_is_a_city_and_a_district_in_it(city: str, district: str | None, stored: tuple[str, str]) -> None:
    """A municipality's province code means its city."""
    assert settle_place(catalogue.regions(), city, district) == stored


@pytest.mark.parametrize(
    ("city", "district", "code", "pointer"),
    [
        ("999900", None, "region_unknown", "/site/city_code"),
        ("320000", None, "city_expected", "/site/city_code"),
        ("310104", None, "city_expected", "/site/city_code"),
        ("310100", "320703", "district_elsewhere", "/site/district_code"),
        ("320700", "320700", "district_elsewhere", "/site/district_code"),
        ("310100", "310999", "region_unknown", "/site/district_code"),
    ],
)
def test_a_place_that_cannot_be_is_refused(city: str, district: str | None, code: str, pointer: str) -> None:
    """The refusal names the field."""
    with pytest.raises(Refused) as refused:
        settle_place(catalogue.regions(), city, district, at="/site")
    assert (refused.value.code, refused.value.errors[0].pointer) == (code, pointer)


def test_prefixes_and_unchecked_figures() -> None:
    """310000 covers what begins with 31; a figure that nobody compared only warns."""
    assert [region_prefix(code) for code in ("310000", "310100", "310104")] == ["31", "3101", "310104"]
    assert not may_block(False)
