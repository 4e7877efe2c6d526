"""Alarms: states, who may press what when, what leaving does, and that nothing of it ever costs the worker a mark."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import policies
from service.alarms import rules
from service.alarms.data import always_call, kinds
from service.alarms.lifecycle import ALARM, LIVE
from service.alarms.rules import KINDS, SIDES, Kind
from service.applications.case import rest_begins
from service.applications.reactions import REACTIONS as OF_SEATS
from service.cases.ways import kind_of
from service.engagements.lifecycle import ENGAGEMENT, SEATED
from service.errors import Conflict, Refused
from service.reference.catalogue import reasons
from service.reliability.reactions import REACTIONS as OF_MARKS
from service.worktime import SHANGHAI

START = datetime(2026, 11, 23, 17, 0, tzinfo=SHANGHAI)
END, HOUR, MINUTE = START + timedelta(hours=4), timedelta(hours=1), timedelta(minutes=1)
MOVES = {
    ("open", "take"): "taken", ("open", "withdraw"): "withdrawn", ("taken", "release"): "open",
    ("taken", "close"): "closed", ("withdrawn", "press_again"): "open",
}  # fmt: skip
LEAVES = ("break_off", "reopen_seat", "turn_away")


@pytest.fixture(scope="module")
def policy() -> Any:
    return policies.at(START, "310100").alarms


@pytest.mark.parametrize("state", sorted(ALARM.states))
@pytest.mark.parametrize("action", sorted(ALARM.actions))
def test_an_alarm_is_taken_closed_or_taken_back(state: str, action: str) -> None:
    """Every state × every action."""
    wanted = MOVES.get((state, action))
    if wanted is None:
        with pytest.raises(Conflict, match="wrong_state"):
            ALARM.fire(state, action)
    else:
        assert ALARM.fire(state, action) == wanted
    assert ALARM.is_final(state) is (state == "closed")
    assert set(LIVE) < ALARM.states


@pytest.mark.parametrize("state", sorted(ENGAGEMENT.states))
@pytest.mark.parametrize("kind", KINDS)
def test_leaving_is_a_move_of_the_seat_or_there_is_none(kind: str, state: str) -> None:
    """Every kind × every state of a seat: what leaving does can be done, and only to a seat that goes on."""
    how = rules.how_to_leave(kinds()[kind], state)
    if how in ("break_off", "turn_away"):
        assert ENGAGEMENT.fire(state, how) in ("ended_early", "cancelled")
    else:
        assert (how == "stay_absent") is (state == "no_show" and kind == "not_let_in")
        assert state not in ("on_duty", "confirmed")


def test_no_move_of_leaving_is_known_to_marks() -> None:
    """What reliability reacts to never comes from an alarm; a reopened seat is counted free."""
    for action in LEAVES:
        assert ("engagement", action) not in OF_MARKS
    assert all(("engagement", action) in OF_SEATS for action in ("reopen_seat", "turn_away"))
    assert "broken_off" not in SEATED
    assert "ended_early" in SEATED


@given(st.lists(st.sampled_from([*LEAVES, "start"]), max_size=8))
def test_no_sequence_of_alarm_moves_ever_costs_the_worker_a_mark(actions: list[str]) -> None:
    """From a confirmed seat, in any order: no move that marks react to; a seat given up is never taken back."""
    state, given_up = "confirmed", False
    for action in actions:
        if (state, action) not in ENGAGEMENT.moves:
            continue
        state = ENGAGEMENT.fire(state, action)
        assert ("engagement", action) not in OF_MARKS
        assert not (given_up and state in SEATED)
        given_up = given_up or state not in SEATED


@pytest.mark.parametrize("state", sorted(ENGAGEMENT.states))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("checked_in", [True, False])
@pytest.mark.parametrize(
    ("now", "when"),
    [
        (START - HOUR - MINUTE, "alarm_too_early"), (START - HOUR, None), (END, None), (END + 2 * HOUR, None),
        (END + 2 * HOUR + MINUTE, "alarm_too_late"),
    ],
)  # fmt: skip
def test_who_may_press_what_when(
    policy: Any, state: str, kind: str, now: datetime, when: str | None, *, checked_in: bool
) -> None:
    """Every state × kind × checked in or not × time, beside the table in words."""
    said = _pressed(kinds()[kind], policy, state, now, checked_in=checked_in)
    if state in ("held", "cancelled"):
        assert said == {"held": "alarm_seat_not_firm", "cancelled": "alarm_seat_over"}[state]
    elif when == "alarm_too_late" or (when is not None and not checked_in):
        assert said == when
    elif kind == "not_let_in" or (checked_in and state != "confirmed"):
        assert said is None
    else:
        assert said == "alarm_not_checked_in"


def test_only_the_worker_says_that_the_gate_stays_shut(policy: Any) -> None:
    """The other kinds are for both sides."""
    when: dict[str, Any] = {
        "starts_at": START,
        "ends_at": END,
        "opens_at": START - HOUR,
        "now": START,
        "policy": policy,
    }
    for kind in kinds().values():
        if kind.code != "not_let_in":
            rules.check_may_press(kind, side="employer", state="on_duty", checked_in=True, **when)
            continue
        with pytest.raises(Refused, match="alarm_of_other_side"):
            rules.check_may_press(kind, side="employer", state="confirmed", checked_in=False, **when)


def test_of_danger_the_employer_hears_only_that_somebody_has_gone() -> None:
    """And nobody is asked for hours of somebody who never got in."""
    told = {kind.code: rules.said_of_leaving(kind, "break_off") for kind in kinds().values()}
    assert [code for code, said in told.items() if said == "alarm.left_quietly"] == ["danger"]
    assert {rules.said_of_leaving(kind, "turn_away") for kind in kinds().values()} == {"alarm.left_gate"}


def _pressed(kind: Kind, policy: Any, state: str, now: datetime, *, checked_in: bool) -> str | None:
    try:
        rules.check_may_press(
            kind, side="worker", state=state, checked_in=checked_in, starts_at=START, ends_at=END,
            opens_at=START - HOUR, now=now, policy=policy,
        )  # fmt: skip
    except Conflict as refused:
        return refused.code
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_read_by_the_own_side_and_officers_and_by_the_other_only_in_the_open(kind: str) -> None:
    """As the kind of case that it opens says."""
    row = kinds()[kind]
    for side in SIDES:
        for reader in (*SIDES, "office"):
            shown = rules.reads_all(row, side=side, reader=reader)
            assert shown is (reader in (side, "office") or not row.shielded)
    if row.case is not None:
        assert row.shielded is kind_of(row.case, START.date()).shielded


def test_kinds_name_what_there_is() -> None:
    """Cases, reasons of an employer's absence, and numbers; harm is grave and its seat waits."""
    for kind in kinds().values():
        assert kind.mark is None or kind.mark in reasons()["employer_no_show"]
        assert kind.grave is kind.reopens_when_safe
        assert len(set(rules.numbers_of(kind, always_call()))) == len(kind.call) + len(always_call())
    assert rules.numbers_of(kinds()["injury"], always_call())[0] == "120"


@given(left=st.integers(-300, 1440), posting=st.sampled_from(["published", "filled", "paused", "closed", "expired"]),
       shift=st.sampled_from(["open", "ended", "cancelled"]), private=st.booleans())  # fmt: skip
def test_a_seat_is_offered_only_where_it_is_public_and_worth_it(
    left: int, posting: str, shift: str, *, private: bool
) -> None:
    """An hour of the shift is left, the shift and its posting are open, and it is no deal by sight."""
    policy = policies.at(START, "310100").alarms
    offers = rules.offers_rest(
        shift_state=shift, posting_state=posting, private=private, ends_at=START + left * MINUTE, now=START,
        policy=policy,
    )  # fmt: skip
    assert offers is (left >= 60 and shift == "open" and posting in ("published", "filled") and not private)


@given(minutes=st.integers(-120, 300), seconds=st.integers(0, 59))
def test_the_rest_of_a_shift_begins_after_the_yes(minutes: int, seconds: int) -> None:
    """Never in the past and never at the end; before the start, and with little left, it is the shift itself."""
    now = START + minutes * MINUTE + timedelta(seconds=seconds)
    begins = rest_begins(START, END, now, 60)
    if now < START or END - now < HOUR:
        assert begins == START
    else:
        assert now < begins <= now + MINUTE
        assert begins < END


def test_limits_and_who_closes(policy: Any) -> None:
    """Grave ones sooner; who has taken it, or an administrator; only what is harmless is taken back."""
    grave, plain = kinds()["danger"], kinds()["pay_differs"]
    assert rules.take_by(grave, START, policy) < rules.take_by(plain, START, policy)
    assert rules.close_by(grave, START, policy) < rules.close_by(plain, START, policy)
    rules.check_holder(1, 1, admin=False)
    rules.check_holder(1, 2, admin=True)
    with pytest.raises(Conflict, match="alarm_taken"):
        rules.check_holder(1, 2, admin=False)
    rules.check_withdrawable(plain, left=False)
    for kind, left in ((grave, False), (plain, True)):
        with pytest.raises(Conflict, match="alarm_stays"):
            rules.check_withdrawable(kind, left=left)
    with pytest.raises(Refused, match="alarm_worker_leaves"):
        rules.check_side_leaves("employer")
    assert rules.reopens_now(plain, safe=False)
    assert not rules.reopens_now(grave, safe=False)


@pytest.mark.parametrize("code", KINDS)
def test_how_often_one_side_presses_a_day(code: str, policy: Any) -> None:
    """Up to the policy's figure; danger and injuries without end, and each of them told anew."""
    kind = kinds()[code]
    rules.check_room(kind, policy.most_a_day - 1, policy)
    if kind.grave:
        rules.check_room(kind, 1000, policy)
        assert rules.goes_on_since(kind, START, policy) is None
    else:
        with pytest.raises(Conflict, match="alarm_enough_today"):
            rules.check_room(kind, policy.most_a_day, policy)
        assert rules.goes_on_since(kind, START, policy) == START - HOUR
