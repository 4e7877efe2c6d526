"""Appeals against rejections and removals, decided by somebody who had no part in them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from service.appeals.lifecycle import APPEAL
from service.db.base import Stateful


class AppealRow(Stateful):
    """What was decided against, by whom (`barred`: they and all who had a part in it may not decide this), and what
    came of it. `words` are the appellant's."""

    __tablename__ = "appeals"
    NOUN = "appeal"
    PERSONAL: ClassVar = frozenset({"words"})

    noun: Mapped[str]
    subject_id: Mapped[UUID]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    title: Mapped[str]
    against: Mapped[str]  # rejection, removal
    against_reason: Mapped[str | None]
    against_at: Mapped[datetime | None]
    barred: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)), default=list)
    words: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome_reason: Mapped[str | None]
    sentence: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(APPEAL.check(), name="state"),
        CheckConstraint("noun in ('posting', 'supply')", name="noun"),
        CheckConstraint("against in ('rejection', 'removal')", name="against"),
        CheckConstraint("(state = 'filed') = (closed_at is null)", name="closed_at"),
        CheckConstraint("(state in ('granted', 'upheld')) = (decided_by is not null)", name="decided_by"),
        CheckConstraint("decided_by is null or not (decided_by = any(barred))", name="another_person"),
        Index("uq_appeals_filed", "noun", "subject_id", unique=True, postgresql_where=text("state = 'filed'")),
        Index("ix_appeals_due", "due_at", "id", postgresql_where=text("state = 'filed'")),
        Index("ix_appeals_subject", "noun", "subject_id", "id"),
    )
