"""What shifts decide: which hold people, how far seats may be lowered or raised, what may still be called off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from service.errors import Conflict, Refused


def staffed(shifts: Iterable[tuple[UUID, str, int]]) -> list[UUID]:
    """The ids of those (id, occurrence, taken) in which somebody has a seat, by occurrence."""
    return [shift_id for shift_id, _, taken in sorted(shifts, key=lambda each: each[1]) if taken > 0]


def check_headcount(*, taken: int, wanted: int) -> None:
    """Raises Conflict `headcount_below_taken`: seats that people have are not taken away by a number."""
    if wanted < taken:
        raise Conflict("headcount_below_taken", taken=taken, wanted=wanted)


def check_raise(*, wanted: int, present: int, reviewed: int, limit: int, needs_review: bool) -> None:
    """Raises Refused over the limit of the place, or above what was reviewed where a review is needed."""
    if wanted > limit:
        raise Refused("headcount_over_limit", field="/headcount", most=limit)
    if needs_review and wanted > max(present, reviewed):
        raise Refused("headcount_needs_review", field="/headcount", most=max(present, reviewed))


def check_not_begun(starts_at: datetime, now: datetime) -> None:
    """Raises Conflict `shift_begun`: what has begun is ended early, not called off."""
    if starts_at <= now:
        raise Conflict("shift_begun", starts_at=starts_at)
