"""Reliability fades, forgives what is excused, condemns nobody quickly, and good shifts restore it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Event, InvalidInput, ReliabilityRules, reliability_permille

BASELINE = ReliabilityRules().baseline
events = st.lists(
    st.builds(Event, st.sampled_from(["completed", "no_show", "late", "unpaid"]), st.booleans(), st.integers(0, 500)),
    max_size=12,
)


def bad(kind: str = "no_show", age: int = 0, *, excused: bool = False) -> Event:
    return Event(kind, excused, age)


GOOD = Event("completed", False, 0)


def test_no_history_is_the_baseline_and_one_absence_does_not_condemn() -> None:
    """800 at the start, 571 after a fresh no-show, 667 after being late once."""
    assert reliability_permille([]) == BASELINE == 800
    assert reliability_permille([bad()]) == 571
    assert reliability_permille([bad("late")]) == 667


def test_old_events_are_forgotten() -> None:
    """Half as heavy after half the time, gone after a year."""
    assert reliability_permille([bad(age=365)]) == BASELINE
    assert reliability_permille([bad()]) < reliability_permille([bad(age=180)]) < BASELINE


def test_eight_good_shifts_restore_the_baseline_after_a_no_show() -> None:
    """Seven are not yet enough, eight are."""
    assert reliability_permille([bad(), *[GOOD] * 7]) < BASELINE
    assert reliability_permille([bad(), *[GOOD] * 8]) >= BASELINE


def test_employers_are_measured_by_the_same_formula() -> None:
    """An unpaid shift weighs like a no-show."""
    assert reliability_permille([bad("unpaid")]) == reliability_permille([bad("no_show")])


def test_a_kind_nobody_defined_is_refused() -> None:
    """Unknown kinds raise instead of counting as nothing."""
    with pytest.raises(InvalidInput, match="unknown_kind"):
        reliability_permille([bad("gossip")])


@given(events)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_excused_events_change_nothing_and_order_is_no_matter(history: list[Event]) -> None:
    """Dropping what is excused, or reading backwards, gives the same permille within 0…1000."""
    value = reliability_permille(history)
    assert 0 <= value <= 1000
    assert value == reliability_permille([event for event in history if not event.excused])
    assert value == reliability_permille(history[::-1])


@given(events)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_a_good_shift_never_lowers_and_a_bad_one_never_lifts(history: list[Event]) -> None:
    """Monotone in both directions."""
    value = reliability_permille(history)
    assert reliability_permille([*history, bad()]) <= value <= reliability_permille([*history, GOOD])
