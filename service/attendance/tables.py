"""Attendance: arrivals and departures as they were told, and the hours that both sides agree on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from service.attendance.lifecycle import TIMESHEET
from service.db.base import Base, Stateful
from service.ids import new_id


class AttendanceRow(Base):
    """One told fact. A geofence check keeps the distance, never the point; a repair keeps what it replaces."""

    __tablename__ = "attendance"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    kind: Mapped[str]
    method: Mapped[str]
    at: Mapped[datetime]
    told_at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    distance_m: Mapped[int | None]
    replaces: Mapped[UUID | None] = mapped_column(ForeignKey("attendance.id"))
    reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "kind in ('set_out', 'check_in', 'check_out', 'absent', 'employer_absent', 'answer', 'repair')",
            name="kind",
        ),
        CheckConstraint(
            "method in ('qr', 'code', 'geofence', 'employer', 'officer', 'worker', 'timer')", name="method"
        ),
        Index("ix_attendance_engagement", "engagement_id", "told_at"),
    )


class TimesheetRow(Stateful):
    """Times, unpaid break and pieces of one engagement; `minutes` is the paid time both see."""

    __tablename__ = "timesheets"
    NOUN = "timesheet"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"), unique=True)
    employer_id: Mapped[UUID]
    worker_id: Mapped[UUID]
    city_code: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    break_minutes: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[int]
    pieces: Mapped[int | None]
    extra_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str | None]
    agreed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(TIMESHEET.check(), name="state"),
        CheckConstraint("finished_at >= started_at", name="span"),
        CheckConstraint("break_minutes between 0 and 480", name="break_minutes"),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        CheckConstraint("pieces is null or pieces between 0 and 1000000", name="pieces"),
        CheckConstraint("extra_fen >= 0", name="extra_fen"),
        CheckConstraint("(state = 'agreed') = (agreed_at is not null)", name="agreed_at"),
    )
