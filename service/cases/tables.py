"""Cases and what hangs on them: notes, deadlines with their pauses, hand-overs, questions to the other side, appeals
against decisions of platforms. Nobody on the other side reads any of it but the questions put to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.lifecycle import CASE, DEADLINE, DECISION, ENDED, OPEN, QUESTION
from service.cases.rules.handling import (
    AGAINST,
    ANSWERS,
    DECISION_ANSWERS,
    MEDIATIONS,
    NOTES,
    QUESTIONS,
    RESULTS,
    SIDES,
)
from service.db.base import Base, Entity, Stateful, one_of
from service.ids import new_id

_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"


class CaseRow(Stateful):
    """What somebody holds to be wrong, by whom, against whom, and what came of it. `number` is read aloud and opens
    nothing; `receipt_hash` is of what opens it to who has no account. `barred`: they decided what it is about."""

    __tablename__ = "cases"
    NOUN = "case"
    PERSONAL: ClassVar = frozenset({
        "complainant_id", "for_employer_id", "against_words", "words", "evidence", "facts", "sentence",
        "contact_sealed", "receipt_hash",
    })  # fmt: skip

    number: Mapped[str]
    kind: Mapped[str]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"))
    side: Mapped[str]
    complainant_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    for_employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    against_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    against_words: Mapped[str | None] = mapped_column(Text)
    noun: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    charge: Mapped[str | None]
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict] = mapped_column(JSONB, default=dict)
    source: Mapped[str]
    agreed_how: Mapped[str | None]
    shielded: Mapped[bool]
    urgent: Mapped[bool]
    receipt_hash: Mapped[bytes | None] = mapped_column(unique=True)
    contact_sealed: Mapped[bytes | None]
    contact_verified: Mapped[bool]
    barred: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)), default=list)
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    escalated_at: Mapped[datetime | None]
    mediation: Mapped[str | None]
    declined_reason: Mapped[str | None]
    result: Mapped[str | None]
    recovered_fen: Mapped[int | None] = mapped_column(BigInteger)
    sentence: Mapped[str | None] = mapped_column(Text)
    resulted_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(SmallInteger, default=0)
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(CASE.check(), name="state"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint("noun ~ '^[a-z_]{1,40}$'", name="noun"),
        CheckConstraint(one_of("mediation", MEDIATIONS), name="mediation"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("(noun is null) = (subject_id is null)", name="subject"),
        CheckConstraint("amount_fen is null or amount_fen > 0", name="amount_fen"),
        CheckConstraint("recovered_fen is null or recovered_fen >= 0", name="recovered_fen"),
        CheckConstraint("side <> 'public' or complainant_id is null", name="public"),
        CheckConstraint(f"({one_of('state', ENDED)}) = (closed_at is not null)", name="closed_at"),
        CheckConstraint("(state = 'declined') = (declined_reason is not null)", name="declined_reason"),
        CheckConstraint("state not in ('result', 'closed') or result is not null", name="result_told"),
        CheckConstraint("state <> 'result' or resulted_at is not null", name="resulted_at"),
        CheckConstraint("handled_by is null or not (handled_by = any(barred))", name="another_person"),
        CheckConstraint("claimed_by is null or not (claimed_by = any(barred))", name="claimed_by_another"),
        Index("uq_cases_number", "number", unique=True),
        Index(
            "uq_cases_open", "kind", text(f"coalesce(complainant_id, {_NOBODY})"), "noun", "subject_id", unique=True,
            postgresql_where=text(f"subject_id is not null and {one_of('state', OPEN)}"),
        ),
        Index("ix_cases_city", "city_code", "state", "id"),
        Index("ix_cases_complainant", "complainant_id", "id", postgresql_where=text("complainant_id is not null")),
        Index("ix_cases_closed", "closed_at", postgresql_where=text("closed_at is not null")),
    )  # fmt: skip


class CaseNoteRow(Base):
    """What was said or done beside the moves; never changed."""

    __tablename__ = "case_notes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    words: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict] = mapped_column(JSONB, default=dict)
    by_kind: Mapped[str]
    by_id: Mapped[UUID | None]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("kind", NOTES), name="kind"),
        Index("ix_case_notes_case", "case_id", "id"),
    )


class CaseHandoverRow(Entity):
    """A case handed to an outside body: which, under what number, on which day, and what it came to."""

    __tablename__ = "case_handovers"
    NOUN = "case_handover"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    way: Mapped[str]
    body: Mapped[str]
    reference: Mapped[str | None]
    handed_on: Mapped[date]
    result: Mapped[str | None]
    recovered_fen: Mapped[int | None] = mapped_column(BigInteger)
    resulted_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("(result is null) = (resulted_on is null)", name="resulted_on"),
        CheckConstraint("resulted_on is null or resulted_on >= handed_on", name="in_order"),
        Index("ix_case_handovers_case", "case_id", "id"),
    )


class CaseDeadlineRow(Stateful):
    """A limit that runs: `days` of a unit after `starts_on`, over at the end of `due_on` (null while it is paused).
    `way` and `step` name the limit in ways.yaml."""

    __tablename__ = "case_deadlines"
    NOUN = "case_deadline"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    handover_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_handovers.id"))
    city_code: Mapped[str]
    way: Mapped[str]
    step: Mapped[str]
    unit: Mapped[str]
    starts_on: Mapped[date]
    days: Mapped[int] = mapped_column(SmallInteger)
    extended_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_on: Mapped[date | None]
    met_on: Mapped[date | None]
    missed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(DEADLINE.check(), name="state"),
        CheckConstraint("unit in ('working', 'calendar')", name="unit"),
        CheckConstraint("days > 0 and extended_days >= 0", name="days"),
        CheckConstraint("(state = 'paused') = (due_on is null) or state in ('met', 'dropped')", name="due_on"),
        CheckConstraint("state <> 'met' or met_on is not null", name="met_on"),
        CheckConstraint("(state = 'missed') = (missed_at is not null)", name="missed_at"),
        Index("ix_case_deadlines_case", "case_id", "id"),
        Index("ix_case_deadlines_running", "due_on", "id", postgresql_where=text("state = 'running'")),
    )


class CasePauseRow(Base):
    """Days that a limit does not count: from `from_on`, until the day before `to_on`."""

    __tablename__ = "case_pauses"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deadline_id: Mapped[UUID] = mapped_column(ForeignKey("case_deadlines.id"))
    reason: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    paused_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    resumed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("to_on is null or to_on >= from_on", name="span"),
        Index("uq_case_pauses_open", "deadline_id", unique=True, postgresql_where=text("to_on is null")),
        Index("ix_case_pauses_deadline", "deadline_id", "from_on"),
    )


class CaseQuestionRow(Stateful):
    """A neutral question to an employer. What its members read of it holds nothing of the case."""

    __tablename__ = "case_questions"
    NOUN = "case_question"
    PERSONAL: ClassVar = frozenset({"case_id", "words", "answered_by"})

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    question: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    answer_by: Mapped[datetime]
    answer: Mapped[str | None]
    words: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(QUESTION.check(), name="state"),
        CheckConstraint(one_of("question", QUESTIONS), name="question"),
        CheckConstraint(one_of("answer", ANSWERS), name="answer_known"),
        CheckConstraint("(state = 'answered') = (answer is not null)", name="answer"),
        Index("ix_case_questions_case", "case_id", "id"),
        Index("ix_case_questions_employer", "employer_id", "id"),
        Index("uq_case_questions_open", "case_id", "question", unique=True, postgresql_where=text("state = 'asked'")),
    )


class DecisionAppealRow(Stateful):
    """An appeal against a platform's decision: an absence that was marked here, or what an outside platform decided.
    Whoever decided it says why; a person who had no part in it reviews and decides (`barred` may not)."""

    __tablename__ = "decision_appeals"
    NOUN = "decision_appeal"
    PERSONAL: ClassVar = frozenset({"answer_words", "finding"})

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), unique=True)
    against: Mapped[str]
    noun: Mapped[str]
    subject_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    title: Mapped[str]
    barred: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)), default=list)
    answer_by: Mapped[datetime]
    answer: Mapped[str | None]
    answer_words: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    finding: Mapped[str | None] = mapped_column(Text)
    outcome_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(DECISION.check(), name="state"),
        CheckConstraint(one_of("against", AGAINST), name="against"),
        CheckConstraint(one_of("answer", DECISION_ANSWERS), name="answer"),
        CheckConstraint("noun in ('engagement', 'employer')", name="noun"),
        CheckConstraint("(state in ('filed', 'answered', 'reviewed')) = (closed_at is null)", name="closed_at"),
        CheckConstraint(
            "state not in ('reviewed', 'upheld', 'overturned') or reviewed_by is not null", name="reviewed_by"
        ),
        CheckConstraint("(state in ('upheld', 'overturned')) = (outcome_reason is not null)", name="outcome_reason"),
        CheckConstraint("reviewed_by is null or not (reviewed_by = any(barred))", name="another_person"),
        CheckConstraint("reviewed_by is null or reviewed_by is distinct from answered_by", name="not_who_answered"),
        Index(
            "uq_decision_appeals_open", "noun", "subject_id", "person_id", unique=True,
            postgresql_where=text("state in ('filed', 'answered', 'reviewed')"),
        ),
        Index("ix_decision_appeals_employer", "employer_id", "id"),
    )  # fmt: skip
