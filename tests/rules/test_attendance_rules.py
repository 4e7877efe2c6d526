"""Check-in windows, what an answer means, and the hours that follow from what was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.attendance import rules
from service.attendance.lifecycle import TIMESHEET
from service.errors import Conflict, Refused
from service.policies import shipped

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
PLAN = rules.Plan(START, START + timedelta(hours=4), 30)
POLICY = shipped().at(START.date(), "310100").attendance
SHIFT = UUID(int=7)
MINUTES = st.integers(-600, 600).map(lambda minutes: timedelta(minutes=minutes))


def test_codes_have_their_digits_and_hold_no_person() -> None:
    """The spoken code keeps its leading zeros; the QR holds shift and hash only."""
    assert rules.digits_of(b"\0" * 32, 4) == "0000"
    assert rules.qr_text(SHIFT, b"\1" * 32) == f"LG1.{SHIFT}.{'01' * 16}"
    rules.check_code("1234", "1234")
    for wrong, code in (
        ("1235", "check_in_code_wrong"),
        (None, "check_in_code_needed"),
        ("１２３４", "check_in_code_wrong"),
    ):
        with pytest.raises(Refused) as refused:
            rules.check_code(wrong, "1234")
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("minutes", "helped", "code"),
    [
        (-61, False, "check_in_too_early"),
        (-61, True, "check_in_too_early"),
        (-60, False, None),
        (120, False, None),
        (121, False, "check_in_too_late"),
        (121, True, None),
    ],
)
def test_check_in_window(minutes: int, helped: bool, code: str | None) -> None:
    """From an hour before to two hours after the start; later only with help."""
    now = START + timedelta(minutes=minutes)
    if code is None:
        rules.check_window(now, START, POLICY, helped=helped)
    else:
        with pytest.raises(Conflict) as refused:
            rules.check_window(now, START, POLICY, helped=helped)
        assert refused.value.code == code


def test_place_is_compared_and_only_the_distance_comes_out() -> None:
    """Within 300 m; a district's centre is no meeting point."""
    here = (121.4365, 31.1880)
    assert rules.distance_to(here, here, approximate=False, metres=300) == 0
    assert 200 < rules.distance_to((121.4390, 31.1880), here, approximate=False, metres=300) < 300
    with pytest.raises(Refused):
        rules.distance_to((121.45, 31.1880), here, approximate=False, metres=300)
    with pytest.raises(Refused):
        rules.distance_to(None, here, approximate=False, metres=300)
    for meeting, approximate in ((None, False), (here, True)):
        with pytest.raises(Conflict):
            rules.distance_to(here, meeting, approximate=approximate, metres=300)


NEUTRAL = {"was_present": True, "turned_away": True, "ill_or_injured": True, "transport_failed": False}


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("was_present", "contested"),
        ("turned_away", "contested"),
        ("ill_or_injured", "excused"),
        ("transport_failed", "stands"),
        ("not_there", "stands"),
    ],
)
def test_what_an_answer_means(answer: str, meaning: str) -> None:
    """«I was there» is contested, a neutral reason excuses, the rest lets the absence stand."""
    assert rules.meaning_of(answer, NEUTRAL) == meaning


def test_unknown_answer_names_the_valid_ones() -> None:
    """Nothing is guessed."""
    with pytest.raises(Refused) as refused:
        rules.meaning_of("dog_ate_it", NEUTRAL)
    assert "not_there" in refused.value.facts["expected"]


def test_planned_hours_where_nothing_was_told() -> None:
    """Planned times, the unpaid break off."""
    assert rules.proposed_hours(PLAN, None, None, late_tolerance_minutes=10).minutes == 210


@pytest.mark.parametrize(
    ("arrived", "left", "paid"),
    [
        (-30, 240, 210),  # early is no work
        (10, 240, 210),  # ten minutes late is on time
        (20, 240, 190),
        (0, 300, 210),  # staying on is claimed, never assumed
        (0, 120, 90),
        (0, 10, 0),  # the break never exceeds the time
        (300, 310, 0),
    ],
)
def test_proposed_hours(arrived: int, left: int, paid: int) -> None:
    """What was told bends the plan."""
    hours = rules.proposed_hours(
        PLAN,
        START + timedelta(minutes=arrived),
        START + timedelta(minutes=left),
        late_tolerance_minutes=10,
    )
    assert hours.minutes == paid


@given(MINUTES, MINUTES, st.integers(0, 480))
def test_proposed_hours_stay_within_the_plan(arrived: timedelta, left: timedelta, pause: int) -> None:
    """Never outside the planned time, never negative, and the ledger's pieces add up to the minutes."""
    plan = rules.Plan(PLAN.starts_at, PLAN.ends_at, pause)
    hours = rules.proposed_hours(plan, START + arrived, START + left, late_tolerance_minutes=10)
    assert plan.starts_at <= hours.started_at <= hours.finished_at <= plan.ends_at
    assert 0 <= hours.minutes <= 240
    assert hours.break_minutes <= 480
    assert sum(minutes for _, minutes in rules.pieces_of(hours)) == hours.minutes


@given(st.integers(0, 1440), st.integers(0, 1440), st.integers(0, 480))
def test_stated_hours_are_split_at_midnight_without_loss(begin: int, span: int, pause: int) -> None:
    """Whatever a side states, the days' minutes add up to the paid minutes."""
    started = PLAN.starts_at + timedelta(minutes=begin % 600)
    finished = started + timedelta(minutes=span)
    if pause > span:
        with pytest.raises(Refused):
            rules.stated_hours(PLAN, started, finished, pause, finished)
        return
    hours = rules.stated_hours(PLAN, started, finished, pause, finished)
    assert hours.minutes == span - pause == sum(minutes for _, minutes in rules.pieces_of(hours))


@pytest.mark.parametrize(
    ("begin", "end", "pause", "now", "code"),
    [
        (0, -1, 0, 600, "hours_end_before_start"),
        (0, 240, 0, 239, "hours_in_future"),
        (0, 1441, 0, 5000, "hours_too_long"),
        (-721, 240, 0, 600, "hours_off_plan"),
        (0, 60, 61, 600, "break_too_long"),
    ],
)
def test_impossible_hours(begin: int, end: int, pause: int, now: int, code: str) -> None:
    """Each impossibility is named."""
    times = [START + timedelta(minutes=minutes) for minutes in (begin, end, now)]
    with pytest.raises(Refused) as refused:
        rules.stated_hours(PLAN, times[0], times[1], pause, times[2])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("state", "side", "step"),
    [
        ("open", "worker", "propose_as_worker"),
        ("open", "employer", "propose_as_employer"),
        ("by_worker", "employer", "agree"),
        ("by_employer", "worker", "agree"),
    ],
)
def test_yes_of_a_side(state: str, side: str, step: str) -> None:
    """The first yes proposes, the second agrees."""
    assert rules.next_step(state, side) == step


def test_nobody_agrees_with_himself() -> None:
    """One's own proposal waits for the other side."""
    with pytest.raises(Conflict):
        rules.next_step("by_worker", "worker")


@pytest.mark.parametrize("state", sorted(TIMESHEET.states))
@pytest.mark.parametrize("action", sorted(TIMESHEET.actions))
def test_every_state_meets_every_action(state: str, action: str) -> None:
    """A move is in the table or refused; only agreed is final."""
    if (state, action) in TIMESHEET.moves:
        assert TIMESHEET.fire(state, action) in TIMESHEET.states
    else:
        with pytest.raises(Conflict):
            TIMESHEET.fire(state, action)
    assert TIMESHEET.is_final(state) == (state == "agreed")


@dataclass
class Fact:
    id: UUID
    kind: str
    told_at: datetime
    replaces: UUID | None = None


def test_latest_fact_skips_what_was_repaired() -> None:
    """A repaired mark is no longer the latest; a new one is."""
    first = Fact(UUID(int=1), "absent", START)
    repair = Fact(UUID(int=2), "repair", START + timedelta(minutes=1), replaces=first.id)
    again = Fact(UUID(int=3), "absent", START + timedelta(minutes=2))
    assert rules.latest([first], "absent") is first
    assert rules.latest([first, repair], "absent") is None
    assert rules.latest([first, repair, again], "absent") is again
