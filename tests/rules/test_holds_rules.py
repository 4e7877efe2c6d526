"""Holds: states, by when and by whom they are decided, what goes back to what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.employers.lifecycle import EMPLOYER
from service.errors import Conflict
from service.holds import rules
from service.holds.lifecycle import HOLD
from service.worktime import SHANGHAI, local_day

A, B = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize("state", sorted(HOLD.states))
def test_an_open_hold_ends_once(state: str) -> None:
    """Every state × every action."""
    for action in HOLD.actions:
        if state == "open":
            assert HOLD.is_final(HOLD.fire(state, action))
            continue
        with pytest.raises(Conflict):
            HOLD.fire(state, action)


@pytest.mark.parametrize("before", ["applied", "verified", "restricted"])
def test_an_employer_goes_back_to_where_it_was(before: str) -> None:
    """Through the hold and out of it; a confirmed one is suspended."""
    held = EMPLOYER.fire(before, "hold")
    assert held == "held"
    assert EMPLOYER.fire(held, f"lift_{before}") == before
    assert EMPLOYER.fire(held, "suspend") == "suspended"


def test_who_is_out_already_is_not_held() -> None:
    """Refused and suspended employers offer nothing that could be paused."""
    for state in ("refused", "suspended", "held"):
        with pytest.raises(Conflict):
            EMPLOYER.fire(state, "hold")


def test_nobody_decides_an_own_hold() -> None:
    """Another person does."""
    rules.check_second(A, B)
    with pytest.raises(Conflict, match="hold_own"):
        rules.check_second(A, A)


@given(day=st.dates(date(2026, 1, 1), date(2026, 12, 1)), minute=st.integers(0, 1439), days=st.integers(1, 5))
def test_it_is_decided_by_the_end_of_a_working_day(day: date, minute: int, days: int) -> None:
    """At midnight after the n-th working day; the day itself does not count."""

    def after(start: date, count: int) -> date:
        while count:
            start += timedelta(days=1)
            count -= start.weekday() < 5
        return start

    now = datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(minutes=minute)
    due = rules.decide_by(now, days, after)
    last = local_day(due - timedelta(microseconds=1))
    assert due > now
    assert last == after(day, days)
    assert last.weekday() < 5


@pytest.mark.parametrize(
    ("before", "employer", "over", "back"),
    [
        ("shown", "verified", False, "shown"), ("shown", "applied", False, "shown"),
        ("shown", "restricted", False, "restriction"), ("shown", "held", False, "restriction"),
        ("shown", "verified", True, "over"), ("employer", "verified", False, "employer"),
        ("restriction", "verified", True, "restriction"),
    ],
)  # fmt: skip
def test_a_posting_goes_back_to_what_it_was(before: str, employer: str, over: bool, back: str) -> None:
    """Shown only where it was shown, still holds, and its employer may post."""
    assert rules.back_of_posting(before, employer, over=over) == back


@pytest.mark.parametrize(
    ("before", "over", "back"),
    [
        ("shown", False, "shown"), ("rest", False, "shown"), ("person", False, "person"), ("person", True, "person"),
        ("shown", True, "over"), ("rest", True, "over"),
    ],
)  # fmt: skip
def test_a_supply_posting_goes_back_to_what_it_was(before: str, over: bool, back: str) -> None:
    """What the person paused stays paused; a rest that lasts is seen to when it is shown (supplies' reaction)."""
    assert rules.back_of_supply(before, over=over) == back
