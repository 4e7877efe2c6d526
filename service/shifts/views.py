"""A shift as it is shown: times and seats, never who sits in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.shifts.tables import ShiftRow


@dataclass(frozen=True)
class ShiftView:
    """One shift; `version` is its ETag."""

    id: UUID
    version: int
    posting_id: UUID
    state: str
    local_day: date
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    headcount: int
    taken: int
    free_seats: int
    cancelled_at: datetime | None
    reopened_at: datetime | None
    reopened_why: str | None


def shift_view(row: ShiftRow) -> ShiftView:
    """The view of a row; a shift that takes nobody has no free seats."""
    return ShiftView(
        id=row.id,
        version=row.version,
        posting_id=row.posting_id,
        state=row.state,
        local_day=row.local_day,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        break_minutes=row.break_minutes,
        headcount=row.headcount,
        taken=row.taken,
        free_seats=row.headcount - row.taken if row.state == "open" else 0,
        cancelled_at=row.cancelled_at,
        reopened_at=row.reopened_at,
        reopened_why=row.reopened_why,
    )


@dataclass(frozen=True)
class CalledOff:
    """What was called off, and what became of the posting."""

    posting_id: UUID
    posting_state: str
    shifts: Sequence[ShiftView]
