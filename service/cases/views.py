"""What the use cases on cases answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases.lifecycle import BY_PERSON, CASE
from service.cases.ways import kinds, limit_of, way_on
from service.reference.rules import named

if TYPE_CHECKING:
    from service.cases.tables import (
        CaseDeadlineRow,
        CaseHandoverRow,
        CaseNoteRow,
        CasePauseRow,
        CaseQuestionRow,
        CaseRow,
        DecisionAppealRow,
    )


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What a case and its line in a list have in common."""

    id: UUID
    version: int
    number: str
    state: str
    kind: str
    kind_name: str
    city_code: str
    district_code: str | None
    venue_id: UUID | None
    against_id: UUID | None
    shielded: bool
    urgent: bool
    opened_at: datetime
    due_on: date | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseView(CaseHead):
    """A case for who brought it or, with what is only theirs, for the officers of the place."""

    side: str
    noun: str | None
    subject_id: UUID | None
    against_name: str | None
    against_words: str | None
    charge: str | None
    amount_fen: int | None
    words: str | None
    evidence: str | None
    mediation: str | None
    declined_reason: str | None
    result: str | None
    recovered_fen: int | None
    sentence: str | None
    reopened: int
    possible: list[str]
    deadlines: list[dict[str, Any]]
    handovers: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    help: list[dict[str, str]]
    hotlines: list[dict[str, str]]
    decision_appeal_id: UUID | None
    questions: list[dict[str, Any]] | None
    facts: dict[str, Any] | None
    source: str | None
    complainant_id: UUID | None
    complainant_name: str | None = field(repr=False)
    contact_left: bool | None
    claimed_by: UUID | None
    may_handle: bool | None


@dataclass(frozen=True, slots=True)
class CaseLine(CaseHead):
    """One case of a list."""

    overdue: bool
    escalated_at: datetime | None
    claimed_by: UUID | None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What who has no account gets back; `receipt` opens the case again and is told once."""

    number: str
    receipt: str | None
    state: str
    kind: str
    kind_name: str
    opened_at: datetime
    result: str | None
    declined_reason: str | None
    sentence: str | None
    closed_at: datetime | None
    handovers: list[dict[str, Any]]
    help: list[dict[str, str]]
    hotlines: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What an employer is asked; nothing in it leads to a case."""

    id: UUID
    version: int
    state: str
    question: str
    asked_at: datetime
    answer_by: datetime
    answer: str | None
    words: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """An appeal against a platform's decision, for both sides and the officers; `may_review` only for these."""

    id: UUID
    version: int
    state: str
    case_id: UUID | None
    against: str
    noun: str
    subject_id: UUID
    title: str
    city_code: str
    filed_at: datetime
    answer_by: datetime
    words: str | None
    answer: str | None
    answer_words: str | None
    finding: str | None
    outcome_reason: str | None
    closed_at: datetime | None
    may_review: bool | None


_HEAD = (
    "id", "version", "number", "state", "kind", "city_code", "district_code", "venue_id", "against_id", "shielded",
    "urgent", "closed_at",
)  # fmt: skip
_SAME = (
    *_HEAD, "side", "noun", "subject_id", "against_words", "charge", "amount_fen", "words", "evidence", "mediation",
    "declined_reason", "result", "recovered_fen", "sentence", "reopened",
)  # fmt: skip
_LINE = (*_HEAD, "escalated_at", "claimed_by")
_DECISION = (
    "id", "version", "state", "against", "noun", "subject_id", "title", "city_code", "answer_by", "answer",
    "answer_words", "finding", "outcome_reason", "closed_at",
)  # fmt: skip
NEXT = ("running", "missed")


def kind_name(row: CaseRow, language: str) -> str:
    """The name of a case's kind in a language."""
    found = kinds(row.created_at.date()).get(row.kind)
    return named(found, language) if found is not None else row.kind


def next_due(deadlines: Sequence[CaseDeadlineRow]) -> date | None:
    """The earliest day on which something is due that has not been met."""
    waiting = [row.due_on for row in deadlines if row.state in NEXT and row.met_on is None and row.due_on is not None]
    return min(waiting, default=None)


def case_view(
    row: CaseRow, parts: dict[str, Any], language: str, *, officer: bool, mine: UUID | None = None
) -> CaseView:
    """A case with its parts; what only officers read is left out for who brought it."""
    possible = CASE.possible(row.state)
    held_back = {"questions": None, "facts": None, "source": None, "complainant_id": None, "complainant_name": None,
                 "contact_left": None, "claimed_by": None, "may_handle": None}  # fmt: skip
    shown = {
        "questions": parts.get("questions"),
        "facts": dict(row.facts),
        "source": row.source,
        "complainant_id": row.complainant_id,
        "complainant_name": parts.get("complainant_name"),
        "contact_left": row.contact_sealed is not None,
        "claimed_by": row.claimed_by,
        "may_handle": mine not in row.barred,
    }
    common = ("against_name", "deadlines", "handovers", "notes", "help", "hotlines", "due_on", "decision_appeal_id")
    return CaseView(
        **{name: getattr(row, name) for name in _SAME},
        **{name: parts[name] for name in common},
        kind_name=kind_name(row, language),
        opened_at=row.created_at,
        possible=[each for each in possible if officer or each in BY_PERSON],
        **(shown if officer else held_back),
    )


def line_view(row: CaseRow, due_on: date | None, today: date, language: str) -> CaseLine:
    """One line of a list."""
    return CaseLine(
        **{name: getattr(row, name) for name in _LINE},
        kind_name=kind_name(row, language),
        opened_at=row.created_at,
        due_on=due_on,
        overdue=row.closed_at is None and due_on is not None and due_on < today,
    )


def deadline_part(row: CaseDeadlineRow, pauses: Sequence[CasePauseRow], language: str) -> dict[str, Any]:
    """A limit with its name and pauses."""
    limit, way = limit_of(row.way, row.step, row.starts_on), way_on(row.way, row.starts_on)
    names = ("id", "version", "state", "way", "step", "unit", "starts_on", "days", "extended_days", "due_on", "met_on")
    spans = [{"reason": each.reason, "from_on": each.from_on, "to_on": each.to_on} for each in pauses]
    return {name: getattr(row, name) for name in names} | {
        "way_name": named(way, language) if way else row.way,
        "step_name": named(limit, language) if limit else row.step,
        "extension": limit.extension if limit else 0,
        "source": limit.source if limit else None,
        "pauses": spans,
    }


def handover_part(row: CaseHandoverRow, language: str) -> dict[str, Any]:
    """A hand-over with the name of its way."""
    way = way_on(row.way, row.handed_on)
    names = ("id", "way", "body", "reference", "handed_on", "result", "recovered_fen", "resulted_on")
    return {name: getattr(row, name) for name in names} | {"way_name": named(way, language) if way else row.way}


def note_part(row: CaseNoteRow) -> dict[str, Any]:
    """A line of the file; by which role, never by whom."""
    return {"kind": row.kind, "words": row.words, "facts": dict(row.facts), "by": row.by_kind, "at": row.at}


def question_view(row: CaseQuestionRow) -> QuestionView:
    """What was asked and answered, without a word of the case."""
    names = ("id", "version", "state", "question", "answer_by", "answer", "words", "answered_at")
    return QuestionView(**{name: getattr(row, name) for name in names}, asked_at=row.created_at)


def decision_view(row: DecisionAppealRow, *, words: str | None, side: str, mine: UUID | None = None) -> DecisionView:
    """For the appellant, the employer (`side`: member, who learns no number of a case) or an officer."""
    officer = side == "officer"
    return DecisionView(
        **{name: getattr(row, name) for name in _DECISION},
        case_id=None if side == "member" else row.case_id,
        filed_at=row.created_at,
        words=words,
        may_review=mine not in row.barred and mine != row.answered_by if officer else None,
    )
