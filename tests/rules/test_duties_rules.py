"""The duty roster: states, times, and whom something at a place is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.duties.lifecycle import DUTY
from service.duties.rules import Officer, admins_of, check_removable, check_times, in_turn, levels_of, told_at
from service.errors import Conflict, Refused
from service.worktime import SHANGHAI

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=SHANGHAI)
TODAY, HOUR = NOW.date(), timedelta(hours=1)
LONGEST = timedelta(days=31)


def officer(number: int, *regions: str, role: str = "officer") -> Officer:
    return Officer(UUID(int=number), role, regions or ("310000",))


def told(level: str, duties: Any, active: Any, most: int = 5, day: date = TODAY) -> set[int]:
    return {one.int for one in told_at(level, duties, active, day=day, most=most)}


@pytest.mark.parametrize("state", sorted(DUTY.states))
def test_an_entry_is_taken_out_once(state: str) -> None:
    """From planned only."""
    if state == "planned":
        assert DUTY.fire(state, "remove") == "removed"
    else:
        with pytest.raises(Conflict, match="wrong_state"):
            DUTY.fire(state, "remove")


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        ("310104", ("310104", "310100", "310000")),
        ("330203", ("330203", "330200", "330000")),
        ("330000", ("330000",)),
        ("310000", ("310000", "310100")),
    ],
)
def test_around_a_region_are_its_city_and_its_province(code: str, levels: tuple[str, ...]) -> None:
    """The narrowest first, none twice."""
    assert levels_of(code) == levels


def test_whoever_is_on_duty_nearest_is_told_and_nobody_else() -> None:
    """Of the district before the city, of the city before the province; several at once."""
    here, there, wide, idle = officer(1), officer(2), officer(3), officer(4, "310104")
    active = [here, there, wide, idle]
    duties = [("310104", here), ("310104", there), ("310100", wide)]
    assert told("310104", duties, active) == {1, 2}
    assert told("310105", duties, active) == {3}
    assert told("310104", duties, active, most=1) < {1, 2}


def test_an_empty_roster_leaves_the_officers_of_the_narrowest_region_and_then_administrators() -> None:
    """Who is on duty where he answers for nothing any more counts as nobody."""
    here, wide, admin = officer(1, "310104"), officer(2, "310000"), officer(3, role="admin")
    assert told("310104", [], [here, wide, admin]) == {1}
    assert told("310105", [], [here, wide, admin]) == {2}
    assert told("330200", [], [here, wide, admin]) == {3}
    assert told("310105", [("310105", here)], [here, wide, admin]) == {2}
    assert told("310104", [], []) == set()


def test_administrators_of_the_place_come_before_others() -> None:
    """Those without a region answer for all of them."""
    near, far = officer(1, "310000", role="admin"), officer(2, "330000", role="admin")
    anywhere = Officer(UUID(int=3), "admin", ())
    found = admins_of("310104", [near, far, anywhere], day=TODAY, most=5)
    assert {one.int for one in found} == {1, 3}
    assert admins_of("310104", [far], day=TODAY, most=5) == [far.id]


@given(st.sets(st.integers(1, 10**6), max_size=12), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_the_turn_of_a_day_is_one_order_of_all(numbers: set[int], day: date) -> None:
    """Everybody stands in it once, however they are handed in."""
    people = [officer(number) for number in sorted(numbers)]
    assert in_turn(people, day) == in_turn(people[::-1], day)
    assert sorted(in_turn(people, day)) == [one.id for one in people]


def test_in_a_month_everybody_has_been_told() -> None:
    """Ten officers, three told a day: nobody is always among them, nobody never."""
    people = [officer(number) for number in range(1, 11)]
    days = [set(told_at("310104", [], people, day=TODAY + timedelta(days=n), most=3)) for n in range(30)]
    assert set.union(*days) == {one.id for one in people}
    assert set.intersection(*days) == set()


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (NOW, NOW, "duty_times"),
        (NOW + HOUR, NOW, "duty_times"),
        (NOW - 2 * HOUR, NOW, "duty_past"),
        (NOW, NOW + LONGEST + HOUR, "duty_too_long"),
    ],
)
def test_times_that_cannot_be(starts: datetime, ends: datetime, code: str) -> None:
    """Backwards, over, or too long; a duty that has begun can be entered."""
    with pytest.raises(Refused, match=code):
        check_times(starts, ends, NOW, LONGEST)
    check_times(NOW - HOUR, NOW + HOUR, NOW, LONGEST)


def test_what_is_over_is_not_taken_out() -> None:
    """Until its last moment it can be."""
    check_removable(NOW + HOUR, NOW)
    with pytest.raises(Conflict, match="duty_over"):
        check_removable(NOW, NOW)
