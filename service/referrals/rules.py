"""Pure decisions on referrals: how long each side has, what a receipt does, who may arrange what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications.rules import told_to_employer
from service.errors import Conflict, DomainError, Refused

if TYPE_CHECKING:
    from service.policies.model import ReferralsPolicy

# Whose no an employer's receipt is (the other results are none), and which list of reasons it takes one from.
NO_OF = {"not_suited": "employer", "filled": "employer", "worker_declined": "worker"}
REASONS_OF = {"not_suited": "application_reject", "worker_declined": "worker_decline"}
MISSED_BY = {"worker": "employer", "employer": "worker", "neither": "both"}  # who came → who did not

NOT_FOR_BROKERS = {"already_engaged": "not_available"}  # a person's seats are the person's own


def is_quick(starts_at: datetime | None, now: datetime, policy: ReferralsPolicy) -> bool:
    """Work that begins soon is answered within minutes (即时快招)."""
    return starts_at is not None and starts_at - now <= timedelta(minutes=policy.quick_before_start_minutes)


def only_shift(to_come: Sequence[UUID]) -> UUID:
    """The one shift that people can still be sent to. Raises Refused `shift_needed`, `shift_none_open`."""
    if not to_come:
        raise Refused("shift_none_open", field="/shift_id")
    if len(to_come) > 1:
        raise Refused("shift_needed", field="/shift_id", count=len(to_come))
    return to_come[0]


def answer_by(
    side: str, *, quick: bool, starts_at: datetime | None, now: datetime, policy: ReferralsPolicy
) -> datetime:
    """Until when `worker`, `employer` or who has an `offer` may answer; never after the work has begun."""
    minutes = {
        ("worker", False): policy.worker_answer_minutes,
        ("worker", True): policy.worker_answer_quick_minutes,
        ("employer", False): policy.employer_answer_minutes,
        ("employer", True): policy.employer_answer_quick_minutes,
        ("offer", False): policy.offer_answer_minutes,
        ("offer", True): policy.offer_answer_quick_minutes,
    }[side, quick]
    until = now + timedelta(minutes=minutes)
    return min(until, starts_at) if starts_at is not None and starts_at > now else until


def slip_expires(starts_at: datetime | None, now: datetime, policy: ReferralsPolicy) -> datetime:
    """A slip holds to a while after the work's start, without a start for the policy's time; whole seconds."""
    until = now + timedelta(minutes=policy.slip_valid_minutes)
    if starts_at is not None:
        least = now + timedelta(minutes=policy.slip_least_minutes)
        until = max(starts_at + timedelta(minutes=policy.slip_after_start_minutes), least)
    return until.replace(microsecond=0)


def check_talk_time(at: datetime, now: datetime, starts_at: datetime | None, policy: ReferralsPolicy) -> None:
    """Raises Refused `talk_time`, `talk_after_start`: a talk lies ahead, not too far, and before the work begins."""
    if not now < at <= now + timedelta(days=policy.talk_ahead_days):
        raise Refused("talk_time", field="/at", days=policy.talk_ahead_days)
    if starts_at is not None and at >= starts_at:
        raise Refused("talk_after_start", field="/at", starts_at=starts_at)


def talk_said(
    template: str, *, at: datetime, kind: str, place: str | None, address: str | None
) -> tuple[str, dict[str, Any]]:
    """The template and what it says of a talk: when, how, and where somebody has to go somewhere."""
    where = place or (address if kind == "at_work" else None)
    said: dict[str, Any] = {"at": at, "talk_kind": kind}
    return (f"{template}_where", said | {"place": where}) if where else (template, said)


def check_talks_today(arranged: int, policy: ReferralsPolicy) -> None:
    """Raises Conflict `talks_enough_today`: each is told to the other side, whose day of texts is not for one side to
    fill."""
    if arranged >= policy.talks_a_day:
        raise Conflict("talks_enough_today", most=policy.talks_a_day)


def check_talk_place(kind: str, place: str | None) -> None:
    """Raises Refused `talk_place_needed`: whoever has to go somewhere must be told where."""
    if kind == "venue" and place is None:
        raise Refused("talk_place_needed", field="/place")


def check_result(result: str, reason: str | None) -> None:
    """Raises Refused `reason_needed`, `reason_unneeded`: a no says why, a yes does not."""
    if result in REASONS_OF and reason is None:
        raise Refused("reason_needed", field="/reason")
    if result not in REASONS_OF and reason is not None:
        raise Refused("reason_unneeded", field="/reason")


def check_answer(outcome: str, reason: str | None) -> None:
    """Raises Refused `reason_needed`, `reason_unneeded`: the employer's no says why, the yes does not."""
    if outcome == "decline" and reason is None:
        raise Refused("reason_needed", field="/reason")
    if outcome != "decline" and reason is not None:
        raise Refused("reason_unneeded", field="/reason")


def check_said_yes(worker_answered_at: datetime | None) -> None:
    """Nobody is sent with a slip who has not agreed to go. Raises Conflict `worker_not_asked`."""
    if worker_answered_at is None:
        raise Conflict("worker_not_asked")


def check_broker_may(*, own: bool, ready: bool, on_behalf: str | None) -> None:
    """A broker's people answer themselves, and nobody is sent to the broker itself.

    Raises Refused `broker_asks_person`, Conflict `broker_own_posting`.
    """
    if ready or on_behalf is not None:
        raise Refused("broker_asks_person", field="/ready" if ready else "query:on_behalf")
    if own:
        raise Conflict("broker_own_posting")


def told_to_broker(refusal: DomainError) -> tuple[str, dict[str, Any]]:
    """A refusal as a broker gets it: no more than an employer gets, and nobody else's doings."""
    code, facts = told_to_employer(refusal)
    if code in NOT_FOR_BROKERS:
        return NOT_FOR_BROKERS[code], {}
    return code, {} if code == "referral_live" else facts


def check_talk_begun(at: datetime, now: datetime) -> None:
    """Raises Refused `talk_ahead`: what came of a talk is said after its time."""
    if now < at:
        raise Refused("talk_ahead", starts_at=at)
