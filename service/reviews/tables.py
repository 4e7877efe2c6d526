"""Reviews: one row for each time that something waits for an officer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.reviews.lifecycle import NOUNS, REVIEW
from service.reviews.rules import KINDS, OUTCOMES


class ReviewRow(Stateful):
    """Why something waits, until when, who has it, what was decided and by whom.

    `subject_version` is the version of the posting or supply posting whose words are looked at; `entered_by` are
    the officers who entered or changed it for others, and may not decide it. `reasons` are codes, `overrules`
    [{"rule", "reason"}], `checked` codes of the checklist in force on `checklist_of`; `facts` of a duplicate names the
    posting that it repeats (`of`, `alike_permille`).
    """

    __tablename__ = "reviews"
    NOUN = "review"

    noun: Mapped[str]
    subject_id: Mapped[UUID]
    subject_version: Mapped[int]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    kind: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime]
    entered_by: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)), default=list)
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    claimed_until: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None]
    reasons: Mapped[list] = mapped_column(JSONB, default=list)
    sentence: Mapped[str | None] = mapped_column(Text)
    overrules: Mapped[list] = mapped_column(JSONB, default=list)
    checked: Mapped[list] = mapped_column(JSONB, default=list)
    checklist_of: Mapped[date | None]
    facts: Mapped[dict] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(REVIEW.check(), name="state"),
        CheckConstraint(one_of("noun", NOUNS), name="noun"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome_known"),
        CheckConstraint("priority between 0 and 3", name="priority"),
        CheckConstraint("(claimed_by is null) = (claimed_until is null)", name="claim"),
        CheckConstraint("state <> 'claimed' or claimed_by is not null", name="claimed"),
        CheckConstraint("(state in ('decided', 'closed')) = (closed_at is not null)", name="closed_at"),
        CheckConstraint("(state = 'decided') = (outcome is not null)", name="outcome"),
        CheckConstraint("(state = 'decided') = (decided_by is not null)", name="decided_by"),
        CheckConstraint("decided_by is null or not (decided_by = any(entered_by))", name="not_own_entry"),
        Index("uq_reviews_open", "noun", "subject_id", unique=True,
              postgresql_where=text("state in ('waiting', 'claimed')")),
        Index("ix_reviews_queue", "priority", "due_at", "id", postgresql_where=text("state in ('waiting', 'claimed')")),
        Index("ix_reviews_subject", "noun", "subject_id", "id"),
        Index("ix_reviews_closed", "closed_at", "id", postgresql_where=text("state = 'decided'")),
    )  # fmt: skip
