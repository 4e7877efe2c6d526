"""What speaks for or against a worker or an employer: one row an event, with what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.reliability.lifecycle import MARK
from service.reliability.rules import BAD, GOOD


class ReliabilityEventRow(Stateful):
    """A mark of one side: of a worker or of an employer, never of both.

    What counts of them is copied into the `reliability` of that worker or employer, where rankings read it.
    """

    __tablename__ = "reliability_events"
    NOUN = "reliability_event"
    PERSONAL: ClassVar = frozenset({"contest_words"})

    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    city_code: Mapped[str | None]
    cause: Mapped[str | None]  # why it came about, where the kind does not say it
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))
    pay_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("pay_records.id"))
    marked_by: Mapped[UUID | None]  # the officer who caused it
    excused_reason: Mapped[str | None]
    contest_reason: Mapped[str | None]
    contest_words: Mapped[str | None] = mapped_column(Text)
    contested_at: Mapped[datetime | None]
    contested_for: Mapped[UUID | None]  # the officer who entered it
    decide_by: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    sentence: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(MARK.check(), name="state"),
        CheckConstraint(one_of("kind", sorted(GOOD | BAD)), name="kind"),
        CheckConstraint("num_nonnulls(worker_id, employer_id) = 1", name="one_side"),
        CheckConstraint("(state = 'excused') = (excused_reason is not null)", name="excused_reason"),
        CheckConstraint("num_nulls(contest_reason, contested_at, decide_by) in (0, 3)", name="contested_whole"),
        CheckConstraint("state not in ('contested', 'upheld') or contested_at is not null", name="contested_at"),
        CheckConstraint("num_nulls(decided_by, decided_at, decision_reason) in (0, 3)", name="decided_whole"),
        CheckConstraint("state <> 'upheld' or decided_by is not null", name="decided_by"),
        CheckConstraint(
            "decided_by is null or (decided_by is distinct from marked_by"
            " and decided_by is distinct from contested_for)",
            name="another_person",
        ),
        Index("ix_reliability_events_worker", "worker_id", "at", "id", postgresql_where=text("worker_id is not null")),
        Index(
            "ix_reliability_events_employer", "employer_id", "at", "id",
            postgresql_where=text("employer_id is not null"),
        ),
        Index("ix_reliability_events_seat", "engagement_id"),
        Index("ix_reliability_events_open", "decide_by", "id", postgresql_where=text("state = 'contested'")),
    )  # fmt: skip
