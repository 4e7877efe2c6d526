"""Times to answer, the quiet window, and what several seats asked for together need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from service.applications.case import Place
from service.errors import Conflict, DomainError, Refused
from service.policies.model import ApplicationsPolicy, step_at


def minutes_to(start: datetime, now: datetime) -> float:
    """Minutes until the start, negative after it."""
    return (start - now).total_seconds() / 60


def confirm_by(start: datetime, now: datetime, policy: ApplicationsPolicy) -> datetime:
    """Until when a promoted waitlister may say yes: a ladder that shrinks towards the start, never past it."""
    step = step_at(policy.waitlist_confirm_ladder, minutes_to(start, now))
    return min(now + timedelta(minutes=step.confirm_within_minutes), start)


def in_quiet_window(start: datetime, now: datetime, policy: ApplicationsPolicy) -> bool:
    """So near the start that a free place goes to all who wait, and the first yes wins."""
    return minutes_to(start, now) < policy.waitlist_first_yes_before_start_minutes


def answer_by(
    start: datetime | None, now: datetime, *, minutes: int, urgent_minutes: int, urgent_before: int
) -> datetime:
    """The end of a time to answer: shorter when the start is near, and never past the start."""
    if start is None:
        return now + timedelta(minutes=minutes)
    urgent = minutes_to(start, now) <= urgent_before
    return min(now + timedelta(minutes=urgent_minutes if urgent else minutes), max(start, now))


def worker_answers_by(start: datetime | None, now: datetime, policy: ApplicationsPolicy) -> datetime:
    """Until when a worker may answer an offer or invitation."""
    return answer_by(
        start,
        now,
        minutes=policy.offer_answer_minutes,
        urgent_minutes=policy.offer_answer_urgent_minutes,
        urgent_before=policy.urgent_before_start_minutes,
    )


def employer_answers_by(start: datetime | None, now: datetime, policy: ApplicationsPolicy) -> datetime:
    """Until when an employer may answer an application."""
    return answer_by(
        start,
        now,
        minutes=policy.employer_answer_minutes,
        urgent_minutes=policy.employer_answer_urgent_minutes,
        urgent_before=policy.urgent_before_start_minutes,
    )


# -- several together --------------------------------------------------------------------------------


def clashes(places: Iterable[Place], gap_minutes: int) -> DomainError | None:
    """Shifts asked for together must not overlap each other."""
    gap = timedelta(minutes=gap_minutes)
    ordered = sorted(places, key=lambda place: (place.starts_at, str(place.shift_id)))
    for earlier, later in pairwise(ordered):
        if later.starts_at < earlier.ends_at + gap:
            return Conflict("shifts_overlap", shift_ids=[earlier.shift_id, later.shift_id])
    return None


def crew_seats(willing: int, free: int, at_least: int) -> int:
    """How many of a crew get a seat. Raises Conflict `crew_does_not_fit` when fewer than `at_least` would."""
    seats = min(willing, free)
    if seats < at_least or seats < 1:
        raise Conflict("crew_does_not_fit", at_least=at_least, willing=willing, free=free)
    return seats


# -- hire by sight -----------------------------------------------------------------------------------


def sight_refusal(
    *, verified: bool, people: int, starts_at: datetime, ends_at: datetime, people_max: int, days_max: int
) -> DomainError | None:
    """What an unverified employer may do by sight: few people at a time (this one counted in), few days."""
    if verified:
        return None
    if people > people_max:
        return Refused("sight_people_limit", most=people_max)
    if ends_at - starts_at > timedelta(days=days_max):
        return Refused("sight_days_limit", most=days_max)
    return None
