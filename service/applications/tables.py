"""Applications: who wants which seat, or is wanted for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.applications.lifecycle import APPLICATION, LIVE
from service.db.base import Stateful, one_of

_LIVE = text(one_of("state", LIVE))


class ApplicationRow(Stateful):
    """For one shift, or (pattern-bound, `shift_id` empty) for the posting as a whole.

    `wait_number` is the place in the waitlist, drawn under the shift's lock. `batch_id` ties the
    occurrences (or the members of a crew) that were asked for together; `all_or_nothing` and `at_least`
    say how they stand and fall. A pending application holds no seat.
    """

    __tablename__ = "applications"
    NOUN = "application"

    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shifts.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    origin: Mapped[str]
    batch_id: Mapped[UUID | None] = mapped_column(index=True)
    crew_id: Mapped[UUID | None] = mapped_column(ForeignKey("crews.id"))
    all_or_nothing: Mapped[bool] = mapped_column(default=False)
    at_least: Mapped[int | None]
    wait_number: Mapped[int | None]
    confirm_by: Mapped[datetime | None]
    terms_version: Mapped[int]
    note: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(APPLICATION.check(), name="state"),
        CheckConstraint(
            "origin in ('applied', 'claimed', 'invited', 'sight', 'officer', 'stand_in', 'hall')", name="origin"
        ),
        CheckConstraint("state <> 'waitlisted' or wait_number is not null", name="wait_number"),
        CheckConstraint(f"({_LIVE.text}) = (closed_at is null)", name="closed_at"),
        CheckConstraint("state <> 'offered' or confirm_by is not null", name="confirm_by"),
        Index("uq_applications_live_shift", "worker_id", "shift_id", unique=True, postgresql_where=_LIVE),
        Index(
            "uq_applications_live_posting", "worker_id", "posting_id", unique=True,
            postgresql_where=text(f"{_LIVE.text} and shift_id is null"),
        ),
        Index("uq_applications_wait_number", "shift_id", "wait_number", unique=True),
        Index("ix_applications_posting", "posting_id", "state", "id"),
        Index("ix_applications_worker", "worker_id", "created_at", "id"),
        Index("ix_applications_shift", "shift_id", "state", "wait_number"),
    )  # fmt: skip
