"""What the use cases on holds answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.holds.tables import HoldRow


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold as officers of the place see it; `own`: the caller placed it and may not decide it."""

    id: UUID
    version: int
    state: str
    noun: str
    subject_id: UUID
    employer_id: UUID | None
    city_code: str
    title: str
    reason: str
    sentence: str | None
    placed_by: UUID
    placed_at: datetime
    decide_by: datetime
    overdue: bool
    escalated_at: datetime | None
    decided_by: UUID | None
    outcome_reason: str | None
    closed_at: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class HoldCounts:
    """Open holds, and those past their time."""

    open: int
    overdue: int


_SAME = (
    "id", "version", "state", "noun", "subject_id", "employer_id", "city_code", "title", "reason", "sentence",
    "placed_by", "decide_by", "escalated_at", "decided_by", "outcome_reason", "closed_at",
)  # fmt: skip


def hold_view(row: HoldRow, *, by: UUID, now: datetime) -> HoldView:
    """A hold at a moment."""
    return HoldView(
        **{name: getattr(row, name) for name in _SAME},
        placed_at=row.created_at,
        overdue=row.decide_by <= (row.closed_at or now),
        own=row.placed_by == by,
    )
