"""What a seat's times decide: hours by day, tiers of cancelling, the question before the shift, stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.errors import Conflict, DomainError
from service.policies.model import ApplicationsPolicy, CancelTier, step_at
from service.worktime import split_at_midnight, week_of

SILENT = "no_answer_before_start"  # why a seat goes whose worker did not say whether he comes
OPEN_BOTH_SIDES = ("confirmed", "on_duty", "completed", "ended_early", "broken_off", "no_show")  # both have said yes

Pieces = Sequence[tuple[date, int]]


def planned_pieces(starts_at: datetime, ends_at: datetime, break_minutes: int) -> list[tuple[date, int]]:
    """(local day, minutes) of a shift; the unpaid break is taken from its end (INV-08: split at midnight)."""
    end = max(ends_at - timedelta(minutes=break_minutes), starts_at + timedelta(minutes=1))
    return split_at_midnight(starts_at, end)


def by_week(pieces: Pieces) -> list[tuple[date, date, int]]:
    """(day, its Monday, minutes) as the ledger keeps them; a day without minutes is left out."""
    return [(day, week_of(day), minutes) for day, minutes in pieces if minutes]


def minutes_to(start: datetime, now: datetime) -> float:
    """Minutes until the start, negative after it."""
    return (start - now).total_seconds() / 60


def worker_tier(
    now: datetime, starts_at: datetime, accepted_at: datetime | None, policy: ApplicationsPolicy
) -> CancelTier:
    """The tier of a worker's cancellation: soon after the own yes (and not near the start) it is grace."""
    left = minutes_to(starts_at, now)
    grace = timedelta(minutes=policy.cancel_grace_after_yes_minutes)
    fresh = accepted_at is not None and now - accepted_at <= grace
    if fresh and left >= policy.cancel_grace_ends_before_start_minutes:
        return policy.worker_cancel_tiers[0]
    return step_at(policy.worker_cancel_tiers, left)


def employer_tier(now: datetime, starts_at: datetime, policy: ApplicationsPolicy) -> CancelTier:
    """The tier of an employer's call-off."""
    return step_at(policy.employer_cancel_tiers, minutes_to(starts_at, now))


def cancel_refusal(state: str, starts_at: datetime, now: datetime) -> DomainError | None:
    """Work that has begun is not cancelled: absence and an early end have ways of their own."""
    if state == "confirmed" and now >= starts_at:
        return Conflict("shift_begun", starts_at=starts_at)
    return None


@dataclass(frozen=True, slots=True)
class Preshift:
    """When the question «coming?» is asked, and when a silent seat is offered on."""

    opens_at: datetime
    due_at: datetime


def preshift(starts_at: datetime, policy: ApplicationsPolicy) -> Preshift:
    """The times of the question before a shift."""
    return Preshift(
        starts_at - timedelta(minutes=policy.preshift_opens_before_start_minutes),
        starts_at - timedelta(minutes=policy.preshift_answer_before_start_minutes),
    )


def answer_by(starts_at: datetime, asked_at: datetime, policy: ApplicationsPolicy) -> datetime:
    """When who was asked now is silent: whoever is asked late has a while too, at most until the start."""
    least = asked_at + timedelta(minutes=policy.preshift_answer_least_minutes)
    return min(max(preshift(starts_at, policy).due_at, least), starts_at)


def stand_in_refusal(
    *, state: str, starts_at: datetime, now: datetime, policy: ApplicationsPolicy
) -> DomainError | None:
    """A stand-in may be looked for while the seat is confirmed and the start is not too near."""
    if state != "confirmed":
        return Conflict("seat_not_confirmed", state=state)
    least = policy.stand_in_search_ends_before_start_minutes
    if minutes_to(starts_at, now) < least:
        return Conflict("too_late_for_stand_in", minutes=least)
    return None


def week_left(minutes: int, limit: int) -> int:
    """Minutes left of a week's limit."""
    return max(0, limit - minutes)
