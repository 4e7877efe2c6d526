"""Holds: an officer's pause of a posting, a supply posting or an employer, decided by another person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful
from service.holds.lifecycle import HOLD


class HoldRow(Stateful):
    """What is paused, by whom and why, until when a second person decides, and what was decided.

    `sentence` is for officers only. The second person is guaranteed by the row itself (`second_person`).
    """

    __tablename__ = "holds"
    NOUN = "hold"

    noun: Mapped[str]
    subject_id: Mapped[UUID]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    title: Mapped[str]
    reason: Mapped[str]
    sentence: Mapped[str | None] = mapped_column(Text)
    placed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    decide_by: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(HOLD.check(), name="state"),
        CheckConstraint("noun in ('posting', 'supply', 'employer')", name="noun"),
        CheckConstraint("(state = 'open') = (closed_at is null)", name="closed_at"),
        CheckConstraint("(state in ('confirmed', 'lifted')) = (decided_by is not null)", name="decided_by"),
        CheckConstraint("decided_by <> placed_by", name="second_person"),
        Index("uq_holds_open", "noun", "subject_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_holds_due", "decide_by", "id", postgresql_where=text("state = 'open'")),
        Index("ix_holds_employer", "employer_id", postgresql_where=text("state = 'open'")),
    )
