"""What a lent person's month comes to: reckoned by hand, and what must hold for any days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.deals.rules.facts import Cost
from service.settlements.rules.wages import (
    KINDS,
    WORKED,
    Calendar,
    Entry,
    Line,
    Plan,
    Stay,
    added,
    lines_of,
    month_end,
    next_month,
    sums_of,
    to_enter,
)

DEC = date(2026, 12, 1)  # a Tuesday; 23 weekdays
LAST = date(2026, 12, 31)
HOUR = Plan(2_500, "hour", 480, (1, 2, 3, 4, 5))
DAILY = Plan(20_000, "day", 480, (1, 2, 3, 4, 5))
MONTHLY = Plan(600_000, "month", 480, (1, 2, 3, 4, 5))
NEW_YEAR = Calendar(off=frozenset({date(2027, 1, 1)}), statutory=frozenset({date(2027, 1, 1)}))


def a_stay(entries: dict[int, Entry], *, since: int = 1, until: int = 31, presume: int = 0, once: bool = True) -> Stay:
    """Days of December by number."""
    presumed = DEC + timedelta(days=presume - 1)
    days = {DEC + timedelta(days=day - 1): each for day, each in entries.items()}
    return Stay(DEC.replace(day=since), DEC.replace(day=until), days, presumed, once)


def amounts(plan: Plan, stay: Stay, off: Calendar | None = None) -> dict[str, int]:
    """What each line comes to."""
    return {each.code: each.amount_fen for each in lines_of(plan, stay, off or Calendar())}


FULL = a_stay({}, presume=31)
EIGHT = Entry(WORKED, 480)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (HOUR, {"hour": 23 * 8 * 2_500, "presumed": 0}),
        (DAILY, {"day": 23 * 20_000, "presumed": 0}),
        (MONTHLY, {"month": 600_000, "presumed": 0}),
    ],
)
def test_a_whole_month_as_planned(plan: Plan, expected: dict[str, int]) -> None:
    """Every planned day that nobody entered counts as planned; a month's wage is then whole."""
    assert amounts(plan, FULL) == expected


def test_a_part_of_a_month() -> None:
    """From 14 to 31 December: 14 of 23 planned days."""
    stay = a_stay({}, since=14, presume=31)
    assert amounts(MONTHLY, stay)["month"] == 365_217  # 600000 x 14 / 23 = 365217.39
    assert amounts(DAILY, stay)["day"] == 280_000
    assert amounts(HOUR, stay)["hour"] == 280_000


def test_overtime_rest_days_and_holidays() -> None:
    """Two hours more on a working day, four on a Saturday, five on a statutory holiday: 150, 200 and 300 per cent."""
    days = {1: Entry(WORKED, 600), 5: Entry(WORKED, 240)}
    assert amounts(HOUR, a_stay(days)) == {"hour": 20_000, "overtime": 7_500, "rest_day": 20_000}
    assert amounts(DAILY, a_stay(days)) == {"day": 20_000, "overtime": 7_500, "rest_day": 20_000}
    by_month = amounts(MONTHLY, a_stay(days))
    assert by_month == {"month": 26_087, "overtime": 10_345, "rest_day": 27_586}  # 600000 / 21.75 / 8 = 3448.28 an hour
    january = Stay(date(2027, 1, 1), date(2027, 1, 31), {date(2027, 1, 1): Entry(WORKED, 300)}, date(2026, 12, 31))
    assert amounts(HOUR, january, NEW_YEAR) == {"holiday": 20_000, "holiday_work": 37_500}


def test_shorter_days_and_absences() -> None:
    """A short day in proportion; injury and no work are paid as planned; sick and leave come to nothing."""
    days = {1: Entry(WORKED, 120), 2: Entry("injury"), 3: Entry("no_work"), 4: Entry("sick"), 7: Entry("leave")}
    found = {each.code: each for each in lines_of(DAILY, a_stay(days), Calendar())}
    assert {code: each.amount_fen for code, each in found.items()} == {
        "day": 5_000, "injury": 20_000, "no_work": 20_000, "sick": 0, "leave": 0,
    }  # fmt: skip
    assert (found["injury"].given_back, found["no_work"].given_back) == (False, True)
    sums = sums_of(found.values())
    assert (sums.wage_fen, sums.own_fen, sums.firm_fen) == (45_000, 20_000, 25_000)


def test_an_absence_on_a_free_day_is_not_paid() -> None:
    """Injury leave is paid for days that were to be worked."""
    assert amounts(DAILY, a_stay({5: Entry("injury")})) == {}


def test_costs_are_given_back_as_they_are() -> None:
    """A day's, a month's share, and once: to the lender only, never to or from the person."""
    costs = (Cost("meals", "day", 1_500), Cost("social_insurance", "month", 150_000), Cost("protection", "once", 9_900))
    plan = replace(DAILY, costs=costs)
    lines = lines_of(plan, a_stay({15: EIGHT, 16: EIGHT}, since=14), Calendar())
    assert [each.amount_fen for each in lines if each.code == "cost"] == [3_000, 91_304, 9_900]  # 150000 x 14 / 23
    assert not any(each.to_person for each in lines if each.code == "cost")
    again = lines_of(plan, a_stay({15: EIGHT}, since=14, once=False), Calendar())
    assert [each.facts["unit"] for each in again if each.code == "cost"] == ["day", "month"]


def test_moved_rest_days_are_not_planned() -> None:
    """A weekday off by the yearly notice is no day to enter; a statutory holiday is paid and no day to enter either."""
    off = Calendar(off=frozenset({date(2026, 12, 1), date(2026, 12, 2)}), statutory=frozenset({date(2026, 12, 2)}))
    missing = to_enter(a_stay({}, presume=4), DAILY.weekdays, off)
    assert missing == [date(2026, 12, 3), date(2026, 12, 4)]
    assert amounts(DAILY, a_stay({}, until=4, presume=4), off) == {"day": 40_000, "holiday": 20_000, "presumed": 0}


def test_months() -> None:
    """The last day and the next first one, over the end of a year."""
    assert (month_end(DEC), next_month(DEC)) == (LAST, date(2027, 1, 1))


plans = st.builds(
    Plan,
    pay_fen=st.integers(1, 3_000_000),
    pay_unit=st.sampled_from(["hour", "day", "month"]),
    day_minutes=st.integers(30, 480),
    weekdays=st.lists(st.integers(1, 7), min_size=1, max_size=6, unique=True).map(tuple),
    costs=st.lists(
        st.builds(Cost, st.sampled_from(["meals", "lodging"]), st.sampled_from(["day", "month", "once"]),
                  st.integers(1, 500_000)), max_size=3,
    ).map(tuple),
)  # fmt: skip
entries = st.sampled_from(KINDS).flatmap(
    lambda kind: st.builds(Entry, st.just(kind), st.integers(1, 1_440) if kind == WORKED else st.just(0))
)


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    """Anybody's part of December with anything entered."""
    since = draw(st.integers(1, 31))
    until = draw(st.integers(since, 31))
    days = draw(st.dictionaries(st.integers(since, until), entries, max_size=20))
    return a_stay(days, since=since, until=until, presume=draw(st.integers(0, 31)), once=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(plans, st.lists(stays(), max_size=4), st.sets(st.integers(1, 31), max_size=3))
def test_the_parts_of_everybody_are_the_deals(plan: Plan, people: list[Stay], free: set[int]) -> None:
    """Wages of people and costs add up to the deal's; the two legs differ by costs and by what is not given back; no
    line is below zero; nothing is taken off a wage."""
    days = frozenset(DEC.replace(day=each) for each in free)
    months = [lines_of(plan, stay, Calendar(days, days)) for stay in people]
    everything: list[Line] = [line for lines in months for line in lines]
    total, of_people = sums_of(everything), added(sums_of(lines) for lines in months)
    assert total == of_people
    assert all(line.amount_fen >= 0 for line in everything)
    firm = sum(line.amount_fen for line in everything if line.given_back)
    assert firm == total.firm_fen == total.wage_fen - total.own_fen + total.cost_fen
    assert sum(line.amount_fen for line in everything if line.to_person) == total.wage_fen


@settings(max_examples=100, deadline=None)
@given(plans, stays())
def test_more_work_is_never_less_pay(plan: Plan, stay: Stay) -> None:
    """Another hour on a day that was worked does not make the wage smaller."""
    worked = [day for day, each in stay.entries.items() if each.kind == WORKED and each.minutes <= 1_380]
    if not worked:
        return
    longer = dict(stay.entries)
    longer[worked[0]] = Entry(WORKED, longer[worked[0]].minutes + 60)
    before = sums_of(lines_of(plan, stay, Calendar())).wage_fen
    # each line is rounded by itself: two of them may hide a fen
    assert sums_of(lines_of(plan, replace(stay, entries=longer), Calendar())).wage_fen >= before - 1
