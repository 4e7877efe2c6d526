"""What the use cases on appeals answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.appeals.tables import AppealRow


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal. `decided_by` and `may_decide` only for officers; the appellant never learns who decided."""

    id: UUID
    version: int
    state: str
    noun: str
    subject_id: UUID
    city_code: str
    title: str
    against: str
    against_reason: str | None
    against_at: datetime | None
    words: str | None
    filed_at: datetime
    due_at: datetime
    overdue: bool
    outcome_reason: str | None
    sentence: str | None
    closed_at: datetime | None
    decided_by: UUID | None
    may_decide: bool | None


_SAME = (
    "id", "version", "state", "noun", "subject_id", "city_code", "title", "against", "against_reason", "against_at",
    "words", "due_at", "outcome_reason", "sentence", "closed_at",
)  # fmt: skip


def appeal_view(row: AppealRow, *, now: datetime, officer: UUID | None) -> AppealView:
    """An appeal at a moment, for an officer or (None) for who filed it."""
    return AppealView(
        **{name: getattr(row, name) for name in _SAME},
        filed_at=row.created_at,
        overdue=row.due_at <= (row.closed_at or now),
        decided_by=row.decided_by if officer is not None else None,
        may_decide=row.state == "filed" and officer not in row.barred if officer is not None else None,
    )
