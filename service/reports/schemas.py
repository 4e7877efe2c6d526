"""API shapes of reports."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from service.http.types import In, Moment, Out, paragraph

Category = Literal["fee", "papers_withheld", "child_labour", "safety", "fake", "discrimination", "wage", "other"]


class ReportIn(In):
    """What is wrong; no name, phone or other personal detail is needed."""

    category: Category
    words: paragraph(1000) | None = None  # type: ignore[valid-type]


class ReceiptOut(Out):
    """The number of the report, and until when an officer looks at it."""

    id: UUID
    category: str
    answer_by: Moment


class ReportOut(Out):
    """An own report. `answer`: acted, nothing_found, gone (it had ended by itself)."""

    id: UUID
    noun: str
    subject_id: UUID
    category: str
    state: str
    reported_at: Moment
    answer_by: Moment
    answer: str | None
    answered_at: Moment | None


class ReportsOut(Out):
    """The newest first."""

    items: list[ReportOut]
    next_cursor: str | None
