"""Shifts: the dated occurrences of a posting, with their seats."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful
from service.shifts.lifecycle import SHIFT


class ShiftRow(Stateful):
    """`taken` counts held, confirmed, on-duty and worked seats; the database keeps it within headcount.
    `reopened_seats` of the free ones were left on the spot: these alone are taken once the shift has begun.

    `wait_numbers` is the last waitlist number drawn, under this row's lock.
    """

    __tablename__ = "shifts"
    NOUN = "shift"
    PERSONAL: ClassVar = frozenset({"check_in_code_sealed"})

    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    city_code: Mapped[str]
    occurrence: Mapped[str]  # names the place in the pattern or series, so that renewal never doubles
    local_day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    break_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    headcount: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    wait_numbers: Mapped[int] = mapped_column(default=0)
    check_in_code_sealed: Mapped[bytes | None]
    cancelled_at: Mapped[datetime | None]
    reopened_seats: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    reopened_at: Mapped[datetime | None]  # a seat was left on the spot and is open for the rest
    reopened_why: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(SHIFT.check(), name="state"),
        CheckConstraint("taken between 0 and headcount", name="seats"),
        CheckConstraint("headcount between 1 and 10000", name="headcount"),
        CheckConstraint("ends_at > starts_at and ends_at <= starts_at + interval '24 hours'", name="span"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at is not null)", name="cancelled_at"),
        CheckConstraint("reopened_seats >= 0", name="reopened_seats"),
        CheckConstraint("reopened_why is null or reopened_at is not null", name="reopened"),
        CheckConstraint("reopened_why ~ '^[a-z_]{1,40}$'", name="reopened_why"),
        Index("uq_shifts_occurrence", "posting_id", "occurrence", unique=True),
        Index("ix_shifts_posting", "posting_id", "starts_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_shifts_open", "city_code", "starts_at", "id", postgresql_where=text("state = 'open'")),
    )
