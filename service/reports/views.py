"""What the use cases on reports answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.reports.tables import ReportRow


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What whoever reports gets back: a number, and until when it is looked at."""

    id: UUID
    category: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class ReportView:
    """An own report with its answer."""

    id: UUID
    noun: str
    subject_id: UUID
    category: str
    state: str
    reported_at: datetime
    answer_by: datetime
    answer: str | None
    answered_at: datetime | None


def receipt(row: ReportRow) -> ReceiptView:
    """The receipt of a report."""
    return ReceiptView(row.id, row.category, row.answer_by)


def report_view(row: ReportRow) -> ReportView:
    """A report as its own reporter sees it."""
    names = ("id", "noun", "subject_id", "category", "state", "answer_by", "answer", "answered_at")
    return ReportView(**{name: getattr(row, name) for name in names}, reported_at=row.created_at)
