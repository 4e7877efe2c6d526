"""Pure decisions of halls: working days, sessions, turns, order, places; lifecycles walked state by action."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.halls.lifecycle import HALL_SESSION, PRESENCE
from service.halls.rules import (
    HallRule,
    InLine,
    SessionSpec,
    business_day,
    check_sessions,
    commitment,
    day_ends,
    moved_up,
    order,
    place_behind,
    sessions_on,
    turns_owed,
)
from service.lifecycle import Lifecycle
from service.worktime import SHANGHAI


def a_rule(**more: Any) -> HallRule:
    fields: dict[str, Any] = {
        "order_rule": "first_come", "objective": "seats", "turn_places": 5, "turn_most": 12, "return_after": 3,
        "several_each": False, "answer_minutes": 10, "change_minutes": 5, "rounds_most": 3, "day_begins": 180,
        "sessions": (),
    }  # fmt: skip
    return HallRule(**(fields | more))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        ("2026-11-22T23:59", 22), ("2026-11-23T00:01", 22), ("2026-11-23T02:59", 22), ("2026-11-23T03:00", 23),
        ("2026-11-23T12:00", 23),
    ],
)  # fmt: skip
def test_a_working_day_begins_at_three(clock: str, day: int) -> None:
    """Who comes at half past two still comes to yesterday's work."""
    assert business_day(local(clock), 180) == date(2026, 11, day)
    assert day_ends(date(2026, 11, 22), 180) == local("2026-11-23T03:00")


def test_clock_times_before_the_days_beginning_are_past_midnight() -> None:
    """A night session of Monday's working day opens at one on Tuesday morning, one at 22:00 runs into the night."""
    rule = a_rule(sessions=(SessionSpec(0, "night", "01:00", "02:30"), SessionSpec(0, "late", "22:00", "00:30")))
    late, night = sessions_on(rule, date(2026, 11, 23))
    assert (night.opens_at, night.closes_at) == (local("2026-11-24T01:00"), local("2026-11-24T02:30"))
    assert (late.opens_at, late.closes_at) == (local("2026-11-23T22:00"), local("2026-11-24T00:30"))
    assert sessions_on(rule, date(2026, 11, 24)) == []


def test_sessions_that_share_a_minute_are_refused_also_over_the_weeks_end() -> None:
    """Sunday's night runs into Monday's morning."""
    early = SessionSpec(0, "early", "03:00", "05:00")
    check_sessions(a_rule(sessions=(SessionSpec(6, "night", "22:00", "03:00"), early)))
    with pytest.raises(Refused):
        check_sessions(a_rule(sessions=(SessionSpec(6, "night", "22:00", "03:01"), early)))


def test_turns_are_counted_from_the_newest_and_bounded() -> None:
    """Three at five places reach twelve; a day with work ends the row."""
    rule = a_rule()
    assert [turns_owed(past, rule) for past in ([], ["unserved"], ["placed", "unserved"], ["unserved"] * 9)] == [
        0, 1, 0, 3,
    ]  # fmt: skip
    assert [moved_up(rule, turns) for turns in (0, 1, 2, 3)] == [0, 5, 10, 12]
    assert turns_owed(["unserved"], a_rule(turn_places=0)) == 0
    assert moved_up(a_rule(order_rule="draw"), 3) == 0


LINE = st.lists(
    st.builds(InLine, st.integers(1, 60), st.integers(2, 140), st.integers(0, 4)), unique_by=lambda each: each.number
)


@given(LINE)
def test_nobody_moves_up_farther_than_the_rule_allows(line: list[InLine]) -> None:
    """Only people up to `turn_most` places behind can come before somebody, and equal claims go by place and number."""
    rule = a_rule()
    ranked = {number: at for at, number in enumerate(order(rule, None, line))}
    for one in line:
        for other in line:
            if ranked[other.number] < ranked[one.number]:
                assert other.place - one.place <= 2 * rule.turn_most
                if other.turns_owed <= one.turns_owed:
                    assert (other.place, other.number) <= (one.place, one.number)


@given(LINE, st.text("0123456789abcdef", min_size=8, max_size=8))
def test_a_draw_is_the_order_of_the_hashes_whatever_the_order_of_arrival(line: list[InLine], seed: str) -> None:
    """SHA-256 of seed, colon, number; anybody can do it again."""
    expected = sorted((each.number for each in line), key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest())
    assert order(a_rule(order_rule="draw"), seed, reversed(line)) == expected
    assert commitment(seed) == hashlib.sha256(seed.encode()).hexdigest()


@given(st.lists(st.integers(2, 99), unique=True), st.integers(2, 99), st.integers(0, 5))
def test_somebody_passed_comes_back_behind_so_many_and_never_ahead_of_the_old_place(
    line: list[int], own: int, after: int
) -> None:
    """Fewer people than that: behind the last."""
    place = place_behind(line, own, after)
    assert place >= own
    assert sum(each < place for each in line) >= min(after, len(line))


@pytest.mark.parametrize("lifecycle", [HALL_SESSION, PRESENCE])
def test_every_state_meets_every_action(lifecycle: Lifecycle) -> None:
    """What the table does not allow is a conflict that names what is possible."""
    for state in lifecycle.states:
        for action in lifecycle.actions:
            if (state, action) in lifecycle.moves:
                assert lifecycle.fire(state, action) in lifecycle.states
                continue
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)
            assert refused.value.facts["possible"] == lifecycle.possible(state)
    assert HALL_SESSION.is_final("closed")
    assert PRESENCE.is_final("unserved")
