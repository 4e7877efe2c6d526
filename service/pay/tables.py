"""Pay records: what is due, when, what was paid by whom and how; less than due is not paid."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful
from service.pay.lifecycle import PAY_RECORD


class PayRecordRow(Stateful):
    """One debt of an employer to a worker: for work done, or for a late call-off."""

    __tablename__ = "pay_records"
    NOUN = "pay_record"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    kind: Mapped[str]
    worker_id: Mapped[UUID]
    employer_id: Mapped[UUID]
    city_code: Mapped[str]
    due_fen: Mapped[int] = mapped_column(BigInteger)
    reckoning: Mapped[list] = mapped_column(JSONB)  # the parts that add up to due_fen
    due_on: Mapped[date]
    due_at: Mapped[datetime]  # the last instant that is still in time
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_means: Mapped[str | None]
    paid_at: Mapped[datetime | None]  # as the employer said; may lie before it was said
    paid_recorded_at: Mapped[datetime | None]  # when it was said, by the shared clock
    received_fen: Mapped[int | None] = mapped_column(BigInteger)
    received_means: Mapped[str | None]
    received_at: Mapped[datetime | None]
    overdue_since: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(PAY_RECORD.check(), name="state"),
        CheckConstraint("kind in ('work', 'call_off')", name="kind"),
        CheckConstraint("paid_at <= paid_recorded_at", name="paid_at"),
        CheckConstraint("due_fen >= 0 and paid_fen >= 0", name="amounts"),
        CheckConstraint("state <> 'settled' or received_fen >= due_fen", name="settled_in_full"),
        CheckConstraint("state <> 'paid_by_employer' or paid_fen >= due_fen", name="paid_in_full"),
        CheckConstraint("state <> 'overdue' or overdue_since is not null", name="overdue_since"),
        Index("uq_pay_records_kind", "engagement_id", "kind", unique=True),
        Index("ix_pay_records_worker", "worker_id", "due_on", "id"),
        Index("ix_pay_records_employer", "employer_id", "state", "due_on"),
        Index(
            "ix_pay_records_due", "employer_id", "due_at", "id",
            postgresql_where=text("kind = 'work' and state <> 'cancelled'"),
        ),
        Index(
            "ix_pay_records_told", "city_code", text("coalesce(paid_recorded_at, received_at)"),
            postgresql_where=text("kind = 'work' and state in ('paid_by_employer', 'settled')"),
        ),
        Index("ix_pay_records_open", "due_at", postgresql_where=text("state in ('due', 'overdue', 'disputed')")),
    )  # fmt: skip
