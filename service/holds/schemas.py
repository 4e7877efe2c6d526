"""API shapes of holds."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from service.http.types import In, Moment, Out, ReasonCode, paragraph

Noun = Literal["posting", "supply", "employer"]
State = Literal["open", "confirmed", "lifted", "ended"]


class HoldIn(In):
    """Why it is paused: a code of the reason list `hold`; `sentence` is for the officers only."""

    reason: ReasonCode
    sentence: paragraph(500) | None = None  # type: ignore[valid-type]


class ConfirmIn(In):
    """Why it goes for good: a code of the list `posting_take_down`, for an employer of `employer_suspend`; both have
    every code of `hold`."""

    reason: ReasonCode


class HoldOut(Out):
    """What one officer has paused and a second one confirms or lifts by `decide_by`; `own`: placed by the caller,
    who may not decide it."""

    id: UUID
    version: int
    state: State
    noun: Noun
    subject_id: UUID
    employer_id: UUID | None
    city_code: str
    title: str
    reason: str
    sentence: str | None
    placed_by: UUID
    placed_at: Moment
    decide_by: Moment
    overdue: bool
    escalated_at: Moment | None
    decided_by: UUID | None
    outcome_reason: str | None
    closed_at: Moment | None
    own: bool


class HoldsOut(Out):
    """By the time until which they are decided."""

    items: list[HoldOut]
    next_cursor: str | None


class HoldCountsOut(Out):
    """Open holds, and those past their time."""

    open: int
    overdue: int
