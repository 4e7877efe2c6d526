"""What may be told about wages: enough samples, mixed enough, and no arithmetic that leaves fewer."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.wages.rules import (
    ALL_DAY,
    HOURS,
    STEPS_FEN,
    Cell,
    Key,
    Sample,
    cells_of,
    enough,
    hours_of,
    last_closed_week,
    next_night,
    quantile,
    samples_of,
    week_bounds,
)
from service.worktime import SHANGHAI

CITY, DISTRICTS = "310100", ("310101", "310104", None)
GROUPS = {"dishwashing": "catering", "waiter": "catering", "loader": "logistics", "odd": None}
MONDAY = date(2026, 11, 16)


def group_of(trade: str) -> str | None:
    return GROUPS[trade]


def a_sample(n: int, **more: Any) -> Sample:
    """The nth worker, at one of five employers."""
    fields = {"trade": "dishwashing", "district": "310104", "hours": "evening", "unit": "hour", "fen": 2500 + 10 * n}
    return Sample(**({"worker": n, "employer": n % 5} | fields | more))


def some(count: int, first: int = 0, **more: Any) -> list[Sample]:
    return [a_sample(n, **more) for n in range(first, first + count)]


def told(samples: list[Sample]) -> dict[Key, Cell]:
    return {cell.key: cell for cell in cells_of(samples, CITY, group_of)}


def members(key: Key, samples: Iterable[Sample]) -> frozenset[int]:
    """Which samples lie in a cell, by their numbers, as a reader of its definition would say."""
    return frozenset(
        n
        for n, each in enumerate(samples)
        if each.unit == key.unit
        and key.trade in ((each.trade,) if key.level == "trade" else (GROUPS[each.trade],))
        and key.area in (CITY, each.district)
        and key.hours in (ALL_DAY, each.hours)
    )


places = st.tuples(
    st.sampled_from(sorted(GROUPS)), st.sampled_from(DISTRICTS), st.sampled_from([*HOURS, None]),
    st.sampled_from(["hour", "hour", "day"]),
)  # fmt: skip


@st.composite
def weeks(draw: st.DrawFn) -> list[Sample]:
    """A city's week: some places with few or many samples, few or many employers, one of them perhaps large."""
    made: list[Sample] = []
    for trade, district, hours, unit in draw(st.lists(places, min_size=1, max_size=9, unique=True)):
        employers = draw(st.integers(1, 6))
        large = draw(st.integers(0, 8))
        for n in range(draw(st.integers(1, 35))):
            employer = 0 if n < large else n % employers
            worker = draw(st.integers(0, 400)) if draw(st.booleans()) else 1000 + len(made)
            made.append(Sample(trade, district, hours, unit, worker, employer, draw(st.integers(1, 9000))))
    return samples_of(made)


@settings(max_examples=200)
@given(samples=weeks())
def test_no_two_answers_leave_fewer_than_enough(samples: list[Sample]) -> None:
    """For any two told cells: what is in both, in one alone and in the other alone is nothing, or is enough."""
    held = {key: members(key, samples) for key in told(samples)}
    for one, other in combinations(held.values(), 2):
        for left in (one & other, one - other, other - one):
            assert not left or enough(samples[n] for n in left)


@given(samples=weeks())
def test_no_arithmetic_of_all_answers_leaves_fewer_than_enough(samples: list[Sample]) -> None:
    """Samples that lie in the same told cells cannot be told apart by any sum of cells; each such lot is enough."""
    held = {key: members(key, samples) for key in told(samples)}
    lots: dict[frozenset[Key], list[Sample]] = defaultdict(list)
    for n, sample in enumerate(samples):
        signature = frozenset(key for key, inside in held.items() if n in inside)
        if signature:
            lots[signature].append(sample)
    assert all(enough(lot) for lot in lots.values())


@given(samples=weeks())
def test_sums_and_differences_of_a_few_answers(samples: list[Sample]) -> None:
    """Tried out: every sum of up to four cells with +1, 0 and -1 that is a group of samples is a large enough one."""
    held = list({key: members(key, samples) for key in told(samples)}.values())[:4]
    for signs in product((-1, 0, 1), repeat=len(held)):
        weight: Counter[int] = Counter()
        for sign, inside in zip(signs, held, strict=True):
            for n in inside:
                weight[n] += sign
        if set(weight.values()) <= {0, 1}:
            group = [samples[n] for n, each in weight.items() if each == 1]
            assert not group or enough(group)


@given(samples=weeks())
def test_each_cell_tells_its_own_samples(samples: list[Sample]) -> None:
    """Quantiles and band are those of exactly the samples that the cell's words describe, to the unit's step."""
    for key, cell in told(samples).items():
        fens = sorted(samples[n].fen for n in members(key, samples))
        step = STEPS_FEN[key.unit]
        for share, said in ((0.25, cell.p25_fen), (0.5, cell.p50_fen), (0.75, cell.p75_fen)):
            exact = fens[math.ceil(share * len(fens)) - 1]
            assert said % step == 0
            assert abs(said - exact) <= step / 2
        least, _, most = cell.samples.partition("-")
        assert int(least.rstrip("+")) <= len(fens) <= int(most or 10**9)


@given(samples=weeks())
def test_the_order_of_records_changes_nothing(samples: list[Sample]) -> None:
    """The same week told from records in another order is the same."""
    assert told(samples) == told(samples[::-1])


@pytest.mark.parametrize(
    ("samples", "is_enough"),
    [
        (some(10), True),
        (some(9), False),
        ([a_sample(n % 9) for n in range(18)], False),  # nine workers
        ([a_sample(n, employer=n % 2) for n in range(40)], False),  # two employers
        ([a_sample(n, employer=max(0, n - 3)) for n in range(10)], True),  # four of ten at one
        ([a_sample(n, employer=max(0, n - 4)) for n in range(10)], False),  # five of ten at one
    ],
)
def test_what_is_enough(samples: list[Sample], is_enough: bool) -> None:
    """Ten samples of ten workers at three employers, none of them with more than four tenths."""
    assert enough(samples) is is_enough


def test_quantiles_on_a_fixture() -> None:
    """Of 24, 25 … 33 yuan a quarter is at most 26, half at most 28, three quarters at most 31; by half yuan."""
    samples = [a_sample(n, fen=2400 + 100 * n + 20, hours=None, district=None) for n in range(10)]
    assert told(samples) == {
        Key("hour", level, trade, CITY, ALL_DAY): Cell(
            Key("hour", level, trade, CITY, ALL_DAY), 2600, 2800, 3100, "10-19"
        )
        for level, trade in (("trade", "dishwashing"), ("group", "catering"))
    }
    assert quantile([1], 250) == quantile([1], 750) == 1


def test_a_small_rest_hides_the_finer_cell() -> None:
    """A city of 30 + 25 + 5: the city and one district are told; with the second the five could be reckoned."""
    parts = ((30, "310101"), (25, "310104"), (5, None))
    week = [one for n, (size, place) in enumerate(parts) for one in some(size, 100 * n, district=place, hours=None)]
    assert {key.area for key in told(week) if key.level == "trade"} == {CITY, "310101"}


def test_enough_everywhere_is_told_everywhere() -> None:
    """With enough in each place and band nothing is held back, of two trades and their group."""
    week = [
        sample
        for at, (district, hours) in enumerate(product(("310101", "310104"), HOURS))
        for trade in ("dishwashing", "waiter")
        for sample in some(15, 1000 * at, trade=trade, district=district, hours=hours)
    ]
    assert len(told(week)) == (2 + 1) * (2 + 1) * (4 + 1)


def test_who_works_every_day_counts_once() -> None:
    """Six days with one boss are one sample of their mean; with another boss they are another."""
    rows = [a_sample(1, fen=fen) for fen in (2500, 2600, 2601)] + [a_sample(1, employer=9, fen=3000)]
    assert sorted(each.fen for each in samples_of(rows)) == [2567, 3000]


def test_every_hour_has_one_band() -> None:
    """The bands cut the day without gap or overlap."""
    assert Counter(hours_of(hour) for hour in range(24)) == {"night": 7, "morning": 6, "midday": 5, "evening": 6}


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 23, 0, 19, tzinfo=SHANGHAI), date(2026, 11, 9)),
        (datetime(2026, 11, 23, 0, 20, tzinfo=SHANGHAI), MONDAY),
        (datetime(2026, 11, 29, 23, 59, tzinfo=SHANGHAI), MONDAY),
        (datetime(2026, 11, 22, 16, 20, tzinfo=UTC), MONDAY),
    ],
)
def test_a_week_is_over_when_it_is_settled(now: datetime, monday: date) -> None:
    """Twenty minutes after Sunday's midnight in Shanghai, wherever the server is; then the next night."""
    assert last_closed_week(now) == monday
    start, until = week_bounds(monday)
    assert until - start == timedelta(days=7)
    assert until + timedelta(minutes=20) <= now
    assert timedelta(0) < next_night(now) - now <= timedelta(days=1)
