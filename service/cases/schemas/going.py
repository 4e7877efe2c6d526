"""What goes out: cases, lists, figures, questions, appeals, documents."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from service.http.types import Facts, Moment, Out


class CasePauseOut(Out):
    """Days that do not count: from the first until the day before the last."""

    reason: str
    from_on: date
    to_on: date | None


class CaseDeadlineOut(Out):
    """A limit: `days` of its unit after `starts_on`, over at the end of `due_on`."""

    id: UUID
    version: int
    state: str
    way: str
    way_name: str
    step: str
    step_name: str
    unit: str
    starts_on: date
    days: int
    extension: int
    extended_days: int
    due_on: date | None
    met_on: date | None
    source: str | None
    pauses: list[CasePauseOut]


class CaseHandoverOut(Out):
    """To an outside body, under its number."""

    id: UUID
    way: str
    way_name: str
    body: str
    reference: str | None
    handed_on: date
    result: str | None
    recovered_fen: int | None
    resulted_on: date | None


class CaseNoteOut(Out):
    """A line of the file; `by` is a role."""

    kind: str
    words: str | None
    facts: Facts
    by: str
    at: Moment


class CaseHelpOut(Out):
    """What will happen, in words."""

    code: str
    text: str


class HotlineOut(Out):
    """Whom to call."""

    number: str
    name: str


class CaseQuestionOut(Out):
    """A question to an employer, and its answer. It names nobody and no case."""

    id: UUID
    version: int
    state: str
    question: str
    asked_at: Moment
    answer_by: Moment
    answer: str | None
    words: str | None
    answered_at: Moment | None


class CaseQuestionsOut(Out):
    """The newest first."""

    items: list[CaseQuestionOut]
    next_cursor: str | None


class CaseHeadOut(Out):
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
    opened_at: Moment
    due_on: date | None
    closed_at: Moment | None


class CaseOut(CaseHeadOut):
    """A case; `questions` and what follows only for officers. `possible` are the moves that the caller may take."""

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
    deadlines: list[CaseDeadlineOut]
    handovers: list[CaseHandoverOut]
    notes: list[CaseNoteOut]
    help: list[CaseHelpOut]
    hotlines: list[HotlineOut]
    decision_appeal_id: UUID | None
    questions: list[CaseQuestionOut] | None
    facts: Facts | None
    source: str | None
    complainant_id: UUID | None
    complainant_name: str | None
    contact_left: bool | None
    claimed_by: UUID | None
    may_handle: bool | None


class CaseLineOut(CaseHeadOut):
    """One case of a list."""

    overdue: bool
    escalated_at: Moment | None
    claimed_by: UUID | None


class CasesOut(Out):
    """What is due first; own ones the newest first."""

    items: list[CaseLineOut]
    next_cursor: str | None


class ChargeReceiptOut(Out):
    """A reported charge; `receipt` opens it again, and is told once."""

    number: str
    receipt: str | None
    state: str
    kind: str
    kind_name: str
    opened_at: Moment
    result: str | None
    declined_reason: str | None
    sentence: str | None
    closed_at: Moment | None
    handovers: list[CaseHandoverOut]
    help: list[CaseHelpOut]
    hotlines: list[HotlineOut]


class CaseContactOut(Out):
    """A number that was left; `verified` with a code."""

    phone: str
    verified: bool


class CaseFiguresOut(Out):
    """Of a time (received, closed, the median of working days) and of now (open, overdue)."""

    received: int
    closed: int
    open: int
    overdue: int
    median_working_days: float | None


class KindFiguresOut(CaseFiguresOut):
    """The same of one kind."""

    kind: str


class CaseCountsOut(Out):
    """From the first to the last day, both counted."""

    since: date
    until: date
    total: CaseFiguresOut
    by_kind: list[KindFiguresOut]


class CaseKindOut(Out):
    """A kind of cases; `public` is taken without an account."""

    code: str
    name: str
    urgent: bool
    shielded: bool
    mediation: bool
    charge: bool
    public: bool
    call: list[str]


class CaseChargeOut(Out):
    """What money may have been taken for."""

    code: str
    name: str


class CaseLimitOut(Out):
    """A limit of a way; `by: person` is the complainant's own."""

    code: str
    name: str
    unit: str
    count: int
    extension: int
    after: str | None
    by: str
    source: str


class CaseWayOut(Out):
    """A way that a case may go."""

    code: str
    name: str
    hotline: str | None
    formal: bool
    bodies: list[str]
    limits: list[CaseLimitOut]


class CaseWaysOut(Out):
    """Kinds, charges and ways, as they are today."""

    kinds: list[CaseKindOut]
    charges: list[CaseChargeOut]
    ways: list[CaseWayOut]


class DecisionAppealOut(Out):
    """An appeal against a platform's decision; `may_review` only for officers, `case_id` not for the employer."""

    id: UUID
    version: int
    state: str
    case_id: UUID | None
    against: str
    noun: str
    subject_id: UUID
    title: str
    city_code: str
    filed_at: Moment
    answer_by: Moment
    words: str | None
    answer: str | None
    answer_words: str | None
    finding: str | None
    outcome_reason: str | None
    closed_at: Moment | None
    may_review: bool | None


class DecisionAppealsOut(Out):
    """The newest first."""

    items: list[DecisionAppealOut]
    next_cursor: str | None


class ExtractTotalsOut(Out):
    """Agreed minutes, and money: due, said to be paid, said to be received, still owed."""

    seats: int
    minutes: int
    due_fen: int
    paid_fen: int
    received_fen: int
    owed_fen: int


class ExtractEmployerOut(Out):
    """Whom the work was for."""

    id: UUID
    name: str | None


class ExtractAnswerOut(Out):
    """What one side (`asked`) has answered to a follow-up question about work of a posting; amounts in yuan."""

    posting_id: UUID
    title: str
    milestone: str
    at: str
    asked: str
    question: str
    answer: str | int
    answered_by: str = Field(description="the side itself, or the office that wrote it down")
    channel: str


class ExtractOut(Out):
    """The ledger extract: each seat with its terms, told times, hours, pay and messages (codes and times), as they
    stand, and what both sides have answered to follow-up questions. `hash` is of all the rest."""

    made_at: str
    worker_name: str | None
    employers: list[ExtractEmployerOut]
    seats: list[dict[str, Any]]
    lendings: list[dict[str, Any]] = Field(description="own lendings: firms, terms, days, months as stated, wages")
    answers: list[ExtractAnswerOut]
    totals: ExtractTotalsOut
    hash: str
