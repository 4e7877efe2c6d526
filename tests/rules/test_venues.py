"""Opening hours that begin at 03:00 and cross midnight."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.geo import Point
from service.venues.lifecycle import VENUE
from service.venues.rules import check_hours, is_open, nearest, opens_in_minutes
from service.worktime import SHANGHAI

FRIDAY = datetime(2026, 11, 20, tzinfo=SHANGHAI)


def hours(weekday: int, opens: str, closes: str) -> dict[str, Any]:
    return {"weekday": weekday - 1, "opens": opens, "closes": closes}


@pytest.mark.parametrize(
    ("entry", "clock", "opened"),
    [
        (hours(5, "03:00", "11:00"), "02:59", False),
        (hours(5, "03:00", "11:00"), "03:00", True),
        (hours(5, "03:00", "11:00"), "11:00", False),
        (hours(4, "20:00", "02:00"), "01:59", True),
        (hours(4, "20:00", "02:00"), "02:00", False),
        (hours(5, "20:00", "02:00"), "01:00", False),
        (hours(5, "00:00", "00:00"), "23:59", True),
        (hours(4, "12:00", "12:00"), "11:59", True),
        (hours(4, "12:00", "12:00"), "12:00", False),
    ],
)
def test_a_market_is_open_from_its_opening_minute_to_before_its_closing_minute(
    entry: dict[str, Any], clock: str, opened: bool
) -> None:
    """On a Friday in Shanghai; a closing time at or before the opening one is on the next day."""
    hour, minute = map(int, clock.split(":"))
    assert is_open([entry], FRIDAY.replace(hour=hour, minute=minute)) is opened


def test_sunday_night_reaches_into_monday() -> None:
    """The week is a ring."""
    monday = FRIDAY + timedelta(days=3)
    assert is_open([hours(7, "22:00", "04:00")], monday.replace(hour=3))
    with pytest.raises(Refused) as refused:
        check_hours([hours(7, "22:00", "04:00"), hours(1, "03:00", "11:00")])
    assert refused.value.errors[0].pointer == "/hours/1"


def test_touching_hours_are_allowed() -> None:
    """A market that closes at noon may open again at noon."""
    check_hours([hours(1, "03:00", "12:00"), hours(1, "12:00", "18:00"), hours(7, "18:00", "03:00")])


@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 1439), st.integers(0, 1439)), max_size=6),
    st.integers(0, 7 * 1440 - 1),
)
def test_waiting_until_it_opens_finds_it_open(entries: list[tuple[int, int, int]], minute: int) -> None:
    """`opens_in_minutes` is 0 exactly when open, and that many minutes later it is open."""
    made = [hours(day, f"{a // 60:02d}:{a % 60:02d}", f"{b // 60:02d}:{b % 60:02d}") for day, a, b in entries]
    now = FRIDAY + timedelta(minutes=minute)
    waits = opens_in_minutes(made, now)
    assert (waits == 0) == is_open(made, now)
    assert (waits is None) == (not made)
    if waits is not None:
        assert is_open(made, now + timedelta(minutes=waits))


def test_the_nearest_come_first_and_far_ones_not_at_all() -> None:
    """Sorted by metres, equal distances by id."""
    here = Point(121.4365, 31.188)
    near, same, far = (SimpleNamespace(id=name) for name in "bac")
    spot = Point(121.44, 31.188)
    found = nearest([(near, spot), (same, spot), (far, Point(121.9, 31.2))], here, 5_000)
    assert [thing.id for _, thing in found] == ["a", "b"]


def test_a_venue_is_open_or_closed() -> None:
    """A closed one can only be reopened."""
    assert VENUE.fire("open", "close") == "closed"
    assert VENUE.fire("closed", "reopen") == "open"
    with pytest.raises(Conflict):
        VENUE.fire("closed", "close")
