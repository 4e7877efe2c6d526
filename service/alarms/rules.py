"""Which alarm may be pressed when, what a departure does to a seat, who reads which words, what is due when.

Nothing here can cost the worker a mark: the moves of a seat that an alarm makes have none (INV-36), and what an
officer finds only ever takes marks back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from service.errors import Conflict, Refused
from service.policies.model import AlarmsPolicy

SIDES = ("worker", "employer")
KINDS = ("danger", "injury", "not_let_in", "work_differs", "pay_differs")
RESULTS = ("founded", "settled", "unfounded", "mistake")
GRAVE = 1
OFFERED = ("published", "filled")  # postings whose seats are offered
WHO_CAME = ("on_duty", "completed", "ended_early", "broken_off", "no_show")
Leaving = Literal["break_off", "turn_away", "stay_absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One thing that may be wrong on the spot, and what follows from it; see kinds.yaml."""

    code: str
    zh: str
    en: str
    gravity: int
    not_checked_in: bool = False
    reopens_when_safe: bool = False
    shielded: bool = False
    case: str | None = None
    check: bool = False
    mark: str | None = None
    call: tuple[str, ...] = ()
    sides: tuple[str, ...] = SIDES

    @property
    def grave(self) -> bool:
        """Whether somebody may come to harm."""
        return self.gravity == GRAVE


def check_may_press(
    kind: Kind,
    *,
    side: str,
    state: str,
    checked_in: bool,
    starts_at: datetime,
    ends_at: datetime,
    opens_at: datetime,
    now: datetime,
    policy: AlarmsPolicy,
) -> None:
    """From check-in to a little after the end; «not let in» from the opening of the check-in on.

    Raises Refused `alarm_of_other_side`, Conflict `alarm_seat_over`, `alarm_seat_not_firm`, `alarm_too_early`,
    `alarm_too_late` (a case is the way then), `alarm_not_checked_in`.
    """
    if side not in kind.sides:
        raise Refused("alarm_of_other_side", field="/kind")
    if state == "held":
        raise Conflict("alarm_seat_not_firm")
    if state == "cancelled":
        raise Conflict("alarm_seat_over")
    if now > ends_at + timedelta(minutes=policy.grace_minutes):
        raise Conflict("alarm_too_late", ended_at=ends_at)
    if now < opens_at and not checked_in:
        raise Conflict("alarm_too_early", opens_at=opens_at)
    if not kind.not_checked_in and not (checked_in and state in WHO_CAME):
        raise Conflict("alarm_not_checked_in", starts_at=starts_at)


def check_room(kind: Kind, pressed: int, policy: AlarmsPolicy) -> None:
    """Raises Conflict `alarm_enough_today` where one side has pressed so often about its seat on this day; never where
    somebody may come to harm."""
    if not kind.grave and pressed >= policy.most_a_day:
        raise Conflict("alarm_enough_today", most=policy.most_a_day)


def goes_on_since(kind: Kind, now: datetime, policy: AlarmsPolicy) -> datetime | None:
    """Taken back after this moment and pressed again, it is the earlier alarm; where somebody may come to harm each
    press is told anew."""
    return None if kind.grave else now - timedelta(minutes=policy.press_again_minutes)


def how_to_leave(kind: Kind, state: str) -> Leaving | None:
    """What leaving does to a seat in this state; None where there is nothing to leave.

    Who was not let in leaves a seat that stays confirmed, or is marked absent already (and is excused with the alarm).
    """
    if state == "on_duty":
        return "break_off"
    if state == "confirmed":
        return "turn_away"
    return "stay_absent" if state == "no_show" and kind.not_checked_in else None


def check_side_leaves(side: str) -> None:
    """Raises Refused `alarm_worker_leaves`: it is the worker who leaves, on an alarm of his own."""
    if side != "worker":
        raise Refused("alarm_worker_leaves", field="/leaving")


def said_of_leaving(kind: Kind, how: Leaving) -> str:
    """What the employer is told: of what is shielded only that somebody has gone; at the gate there are no hours."""
    if how != "break_off":
        return "alarm.left_gate"
    return "alarm.left_quietly" if kind.shielded else "alarm.left"


def offers_rest(
    *, shift_state: str, posting_state: str, private: bool, ends_at: datetime, now: datetime, policy: AlarmsPolicy
) -> bool:
    """Whether a seat left on the spot is worth offering: it is public, and enough of the shift is left."""
    left = ends_at - now >= timedelta(minutes=policy.reopen_least_minutes)
    return left and shift_state == "open" and posting_state in OFFERED and not private


def reopens_now(kind: Kind, *, safe: bool) -> bool:
    """Whether a seat may be offered again: after danger or an injury not before an officer has found it safe."""
    return safe or not kind.reopens_when_safe


def check_withdrawable(kind: Kind, *, left: bool) -> None:
    """Raises Conflict `alarm_stays`: an officer looks where somebody may have come to harm, or has left."""
    if kind.grave or left:
        raise Conflict("alarm_stays")


def take_by(kind: Kind, now: datetime, policy: AlarmsPolicy) -> datetime:
    """By when an officer takes it."""
    return now + timedelta(minutes=policy.grave_take_minutes if kind.grave else policy.take_minutes)


def close_by(kind: Kind, now: datetime, policy: AlarmsPolicy) -> datetime:
    """By when the officer who has taken it closes it."""
    return now + timedelta(minutes=policy.grave_close_minutes if kind.grave else policy.close_minutes)


def check_holder(taken_by: object, by: object, *, admin: bool) -> None:
    """Raises Conflict `alarm_taken`: who has taken it has it until it is given back; an administrator may step in."""
    if taken_by != by and not admin:
        raise Conflict("alarm_taken")


def reads_all(kind: Kind, *, side: str, reader: str) -> bool:
    """Whether a side (or an officer) reads what was written and found: its own, the other's where none is shielded."""
    return reader == "office" or reader == side or not kind.shielded


def numbers_of(kind: Kind, always: Iterable[str]) -> tuple[str, ...]:
    """Numbers to call, the most urgent first."""
    return (*kind.call, *(number for number in always if number not in kind.call))
