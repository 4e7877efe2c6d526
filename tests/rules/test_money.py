"""Fen: rounding, shares, tiers, hourly figures, reading and showing yuan (invariants, section 7.6; INV-42)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.codes import PayUnit
from service.money import (
    LARGEST_FEN,
    MoneyRefused,
    Tier,
    format_yuan,
    hourly_figure,
    parse_yuan,
    round_half_up,
    share,
    share_by_weight,
    tiered_amount,
)

fast = settings(max_examples=150, derandomize=True, deadline=None)
TIERS = [Tier(0, 2400), Tier(40 * 60, 2600), Tier(80 * 60, 2800)]


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Decimal("267.5"), 268),
        (Decimal("0.5"), 1),
        (Decimal("0.4"), 0),
        (Decimal("-0.5"), -1),
        (Fraction(1, 3), 0),
        (Fraction(2, 3), 1),
        (7, 7),
    ],
)
def test_halves_are_rounded_away_from_zero(exact: Decimal | Fraction | int, rounded: int) -> None:
    assert round_half_up(exact) == rounded


def test_ten_yuan_in_three_is_334_333_333() -> None:
    assert share(1000, 3) == [334, 333, 333]
    assert share(0, 2) == [0, 0]
    assert share(2, 3) == [1, 1, 0]


@fast
@given(st.integers(0, LARGEST_FEN), st.integers(1, 200))
def test_equal_shares_add_up_and_differ_by_at_most_one_fen(total: int, parts: int) -> None:
    shares = share(total, parts)
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@fast
@given(st.integers(0, 10**9), st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_weighted_shares_add_up_and_stay_within_a_fen_of_exact(total: int, weights: list[int]) -> None:
    if not sum(weights):
        return
    shares = share_by_weight(total, weights)
    assert sum(shares) == total
    for part, weight in zip(shares, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


def test_sharing_nothing_or_among_nobody_is_refused() -> None:
    with pytest.raises(MoneyRefused, match="money_no_parts"):
        share(1000, 0)
    with pytest.raises(MoneyRefused, match="money_no_parts"):
        share_by_weight(1000, [0, 0])
    with pytest.raises(MoneyRefused, match="money_negative"):
        share(-1, 3)


def test_the_tiers_of_a_real_listing_pay_85_hours_as_it_says() -> None:
    parts = tiered_amount(85 * 60, TIERS)
    assert [(part.minutes, part.rate_fen, part.amount_fen) for part in parts] == [
        (2400, 2400, 96000),
        (2400, 2600, 104000),
        (300, 2800, 14000),
    ]


def test_hours_already_worked_in_the_period_decide_the_tier() -> None:
    parts = tiered_amount(4 * 60, TIERS, already_minutes=38 * 60)
    assert [(part.minutes, part.amount_fen) for part in parts] == [(120, 4800), (120, 5200)]
    assert tiered_amount(0, TIERS, already_minutes=60) == []
    assert [part.rate_fen for part in tiered_amount(60, TIERS, already_minutes=40 * 60)] == [2600]


@fast
@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.lists(st.integers(1, 9999), min_size=1, max_size=4),
    st.lists(st.integers(1, 3000), min_size=3, max_size=3),
)
def test_tier_amounts_add_up_to_the_exact_total_rounded_once(
    minutes: int, already: int, rates: list[int], steps: list[int]
) -> None:
    starts = [0]
    for step in steps:
        starts.append(starts[-1] + step)
    tiers = [Tier(start, rate) for start, rate in zip(starts, rates, strict=False)]
    parts = tiered_amount(minutes, tiers, already)
    assert sum(part.minutes for part in parts) == minutes
    exact = sum((Fraction(part.minutes * part.rate_fen, 60) for part in parts), Fraction(0))
    assert sum(part.amount_fen for part in parts) == round_half_up(exact)
    minute_by_minute = sum(_rate_at(already + n, tiers) for n in range(minutes))
    assert exact == Fraction(minute_by_minute, 60)


def _rate_at(minute: int, tiers: list[Tier]) -> int:
    return [tier.rate_fen for tier in tiers if tier.from_minutes <= minute][-1]


@pytest.mark.parametrize(
    "tiers", [[], [Tier(60, 2400)], [Tier(0, 2400), Tier(0, 2600)], [Tier(0, 1), Tier(9, 2), Tier(5, 3)]]
)
def test_tiers_that_do_not_rise_from_zero_are_refused(tiers: list[Tier]) -> None:
    with pytest.raises(MoneyRefused, match="money_tiers"):
        tiered_amount(60, tiers)


@pytest.mark.parametrize(
    ("rate_fen", "unit", "minutes", "per_hour", "figure"),
    [
        (2400, "hour", None, None, 2400),
        (20000, "day", 480, None, 2500),
        (20000, "day", None, None, None),
        (13750, "shift", 330, None, 2500),
        (150, "order", None, 16, 2400),
        (150, "piece", None, Fraction(31, 2), 2325),
        (150, "piece", None, None, None),
        (525000, "month", None, None, Fraction(525000, 174)),
        (50000, "fixed", 1200, None, 2500),
        (50000, "fixed", None, None, None),
    ],
)
def test_every_pay_unit_has_an_hourly_figure_when_its_facts_are_stated(
    rate_fen: int,
    unit: PayUnit,
    minutes: int | None,
    per_hour: Fraction | int | None,
    figure: Fraction | int | None,
) -> None:
    assert hourly_figure(rate_fen, unit, minutes=minutes, per_hour=per_hour) == figure


def test_a_figure_a_hair_under_the_minimum_stays_under_it() -> None:
    figure = hourly_figure(19199, "day", minutes=480)
    assert figure is not None
    assert figure < 2400
    assert round_half_up(figure) == 2400


@pytest.mark.parametrize(
    ("fen", "text"), [(1250, "12.50"), (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (LARGEST_FEN, "99999999.99")]
)
def test_yuan_are_shown_with_two_decimals(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("12.5", 1250),
        ("１２．５", 1250),
        (" 12.50 ", 1250),
        ("0.01", 1),
        ("99999999.99", LARGEST_FEN),
        ("0024", 2400),
        ("0", 0),
        (24.0, 2400),
        (1.5, 150),
        (0.29, 29),
        (26, 2600),
    ],
)
def test_yuan_of_an_imported_cell_become_fen(cell: str | float, fen: int) -> None:
    assert parse_yuan(cell) == fen


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "money_empty"),
        ("　", "money_empty"),
        ("0.005", "money_decimals"),
        ("0.004", "money_decimals"),
        ("12.500", "money_decimals"),
        (0.1 + 0.2, "money_decimals"),
        ("12,50", "money_comma"),
        ("1,200", "money_comma"),
        ("１，２００", "money_comma"),
        ("-5", "money_negative"),
        ("－５", "money_negative"),
        ("\u22125", "money_negative"),
        (-5.0, "money_negative"),
        ("1e3", "money_format"),
        ("1e-400", "money_format"),
        ("1e999", "money_format"),
        ("NaN", "money_format"),
        ("Infinity", "money_format"),
        (float("nan"), "money_format"),
        (float("inf"), "money_format"),
        (1e30, "money_too_large"),
        pytest.param(10**5000, "money_too_large", id="5001 digits"),
        pytest.param(-(10**5000), "money_negative", id="minus 5001 digits"),
        ("+5", "money_format"),
        ("20-25", "money_format"),
        ("1 000", "money_format"),
        (".5", "money_format"),
        ("5.", "money_format"),
        ("٢٥", "money_format"),
        ("二十五", "money_format"),
        ("25元", "money_format"),
        (True, "money_format"),
        ("100000000", "money_too_large"),
        ("9" * 5000, "money_too_large"),
    ],
)
def test_cells_that_are_no_plain_amount_are_refused(cell: str | float, code: str) -> None:
    with pytest.raises(MoneyRefused) as refused:
        parse_yuan(cell)
    assert refused.value.code == code


@fast
@given(st.integers(0, LARGEST_FEN))
def test_what_is_shown_is_read_back(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen
