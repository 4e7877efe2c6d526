"""API shapes of reliability: every mark in words, and what becomes of it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import PaymentRecordOut
from service.http.types import In, Moment, Out, ReasonCode, paragraph
from service.i18n import render
from service.reliability.rules import LEAST_LETTERS, payment_shown
from service.reliability.views import ReliabilityPage

State = Literal["counted", "contested", "upheld", "excused"]


class ContestIn(In):
    """Why the mark is wrong: a code of `reliability_contest`, and in words; there is one try."""

    reason: ReasonCode
    words: paragraph(1000, least=LEAST_LETTERS)  # type: ignore[valid-type]


class ContestDecisionIn(In):
    """Excused or upheld, with a code of `reliability_decision`; `sentence` is told to whose mark it is."""

    outcome: Literal["excuse", "uphold"]
    reason: ReasonCode
    sentence: paragraph(500) | None = None  # type: ignore[valid-type]


class MarkOut(Out):
    """One mark; `worker_id`, `employer_id` and `may_decide` only for officers."""

    id: UUID
    version: int
    state: State
    kind: str
    message: str = Field(description="what happened, when, at which work")
    effect: str = Field(description="whether and how much it counts, until when, or why not")
    speaks_for: bool
    at: Moment
    work_title: str | None
    work_starts_at: Moment | None
    engagement_id: UUID | None
    pay_record_id: UUID | None
    weight: int
    left_permille: int = Field(description="how much of its weight it still has")
    counts: bool
    forgotten_on: date = Field(description="the first day on which it counts no more")
    excused_reason: str | None
    may_contest: bool
    contest_until: Moment
    contest_reason: str | None
    contest_words: str | None
    contested_at: Moment | None
    decide_by: Moment | None
    decision_reason: str | None
    sentence: str | None
    decided_at: Moment | None
    worker_id: UUID | None
    employer_id: UUID | None
    may_decide: bool | None


class ReliabilityOut(Out):
    """A record: its value now, the rules, what it is used for, and a page of its marks, the newest first."""

    side: Literal["worker", "employer"]
    value_permille: int
    start_permille: int = Field(description="the value of somebody without marks")
    fade_days: int
    prior_events: int = Field(description="everybody starts as if with so many fresh events at the start value")
    uses: list[str] = Field(description="what the service does with it, and what it never does")
    payment_record: PaymentRecordOut | None = Field(description="of employers: what everybody reads")
    items: list[MarkOut]
    next_cursor: str | None


class ContestedMarksOut(Out):
    """By due time."""

    items: list[MarkOut]
    next_cursor: str | None


def record_shown(page: ReliabilityPage, language: str) -> dict[str, Any]:
    """A page of a record with its words; `next_cursor` is for the route to add."""
    own = ("side", "value_permille", "start_permille", "fade_days", "prior_events")
    shown: dict[str, Any] = {name: getattr(page, name) for name in own}
    points = page.bonus_permille // 10
    uses = {"worker": ("order", "nothing_else", "seen"), "employer": ("order", "seen")}[page.side]
    said = [render(f"reliability.use.{page.side}.{use}", language, points=points) for use in uses]
    shown["uses"] = [*said, render("reliability.use.never", language)]
    shown["payment_record"] = None
    if page.side == "employer":
        shown["payment_record"] = payment_shown(page.payment_record, language)
    shown["items"] = page.items
    return shown
