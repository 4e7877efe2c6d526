"""Reports from the public. Nobody on the other side ever reads one, nor learns that there is one."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.reports.lifecycle import REPORT
from service.reports.rules import ANSWERS, CATEGORIES


class ReportRow(Stateful):
    """What somebody says is wrong. `source` is a keyed hash of who and about what, made for this one subject: it tells
    two people apart and leads to nobody; `reporter_id` only of who was signed in, to be answered."""

    __tablename__ = "reports"
    NOUN = "report"
    PERSONAL: ClassVar = frozenset({"words", "source", "reporter_id"})

    noun: Mapped[str]
    subject_id: Mapped[UUID]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    category: Mapped[str]
    words: Mapped[str | None] = mapped_column(Text)
    source: Mapped[bytes]
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("reviews.id"))
    answer_by: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(REPORT.check(), name="state"),
        CheckConstraint("noun in ('posting', 'supply', 'employer')", name="noun"),
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint(one_of("answer", ANSWERS), name="answer_known"),
        CheckConstraint("(state = 'answered') = (answer is not null)", name="answer"),
        CheckConstraint("(state = 'answered') = (answered_at is not null)", name="answered_at"),
        Index("uq_reports_source", "source", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_reports_review", "review_id"),
        Index("ix_reports_reporter", "reporter_id", "id", postgresql_where=text("reporter_id is not null")),
        Index("ix_reports_open", "noun", "subject_id", postgresql_where=text("state = 'open'")),
    )
