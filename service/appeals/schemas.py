"""API shapes of appeals."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from service.appeals.rules import LEAST_LETTERS
from service.http.types import In, Moment, Out, ReasonCode, paragraph

State = Literal["filed", "granted", "upheld"]


class AppealIn(In):
    """Why the decision is wrong, in the appellant's words: there is one appeal, and an empty one is none."""

    words: paragraph(1000, least=LEAST_LETTERS)  # type: ignore[valid-type]


class AppealDecisionIn(In):
    """Shown again, or upheld with a code of `posting_reject` (a rejection) or `posting_take_down` (a removal);
    `sentence` is told to the appellant."""

    outcome: Literal["grant", "uphold"]
    reason: ReasonCode | None = None
    sentence: paragraph(500) | None = None  # type: ignore[valid-type]


class AppealOut(Out):
    """An appeal; `decided_by` and `may_decide` only for officers."""

    id: UUID
    version: int
    state: State
    noun: str
    subject_id: UUID
    city_code: str
    title: str
    against: str
    against_reason: str | None
    against_at: Moment | None
    words: str | None
    filed_at: Moment
    due_at: Moment
    overdue: bool
    outcome_reason: str | None
    sentence: str | None
    closed_at: Moment | None
    decided_by: UUID | None
    may_decide: bool | None


class AppealsOut(Out):
    """By due time."""

    items: list[AppealOut]
    next_cursor: str | None
