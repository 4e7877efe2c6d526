"""Engagements, the ledger of hours across all employers, and hires by sight that wait for a yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Stateful
from service.engagements.lifecycle import ENGAGEMENT, HIRE


class EngagementRow(Stateful):
    """One worker's seat in one shift. `during` is [start, end + gap): no two firm ones of a worker overlap.

    A held seat (promised to a waitlister until `confirm_by`) counts in the shift, not in the overlap rule.
    Nobody is on duty without the terms that both sides accepted (INV-09), nor before the day after the
    16th birthday (INV-07).
    """

    __tablename__ = "engagements"
    NOUN = "engagement"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id"))
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    job_kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    introducible_from: Mapped[date]
    confirm_by: Mapped[datetime | None]
    terms_version: Mapped[int]
    terms_hash: Mapped[str]
    worker_accepted_at: Mapped[datetime | None]
    employer_accepted_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # pre-shift question
    reassured_at: Mapped[datetime | None]  # the worker's answer: I am coming
    set_out_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stand_in_wanted_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancel_tier: Mapped[str | None]
    absence_final_at: Mapped[datetime | None]
    unverified_employer: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint(ENGAGEMENT.check(), name="state"),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("lower(during) = starts_at and upper(during) >= ends_at", name="during"),
        CheckConstraint("state <> 'held' or confirm_by is not null", name="confirm_by"),
        CheckConstraint(
            "state in ('held', 'cancelled')"
            " or (worker_accepted_at is not null and employer_accepted_at is not null)",
            name="terms_accepted",
        ),
        CheckConstraint(
            "(starts_at at time zone 'Asia/Shanghai')::date >= introducible_from", name="of_age_at_work"
        ),
        CheckConstraint(
            "(created_at at time zone 'Asia/Shanghai')::date >= introducible_from", name="of_age_at_booking"
        ),
        CheckConstraint(
            "cancelled_by is null or cancelled_by in ('worker', 'employer', 'service')", name="cancelled_by"
        ),
        ExcludeConstraint(
            ("worker_id", "="),
            ("during", "&&"),
            where=text("state in ('confirmed', 'on_duty')"),
            using="gist",
            name="ex_engagements_overlap",
        ),
        Index(
            "uq_engagements_live", "worker_id", "shift_id", unique=True,
            postgresql_where=text("state in ('held', 'confirmed', 'on_duty')"),
        ),
        Index("ix_engagements_shift", "shift_id", "state"),
        Index("ix_engagements_worker", "worker_id", "starts_at", "id"),
        Index("ix_engagements_employer", "employer_id", "starts_at", "id"),
    )  # fmt: skip


class HoursRow(Base):
    """Minutes of one engagement on one calendar day in Shanghai; the sum over employers is the ledger."""

    __tablename__ = "hours_ledger"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    local_day: Mapped[date]
    week: Mapped[date]  # its Monday
    worker_id: Mapped[UUID]
    employer_id: Mapped[UUID]
    part_time: Mapped[bool]
    minutes: Mapped[int]

    __table_args__ = (
        PrimaryKeyConstraint("engagement_id", "local_day"),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        CheckConstraint("extract(isodow from week) = 1", name="week"),
        Index("ix_hours_ledger_worker_week", "worker_id", "week"),
    )


class HireRow(Stateful):
    """现场成交: what an employer and a worker agreed face to face, waiting for the worker's yes.

    The yes makes posting, shift, application, engagement and terms in one transaction; `engagement_id`
    then names the seat. `proposed_by` is the member's person.
    """

    __tablename__ = "hires"
    NOUN = "hire"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    proposed_by: Mapped[UUID | None]
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"))
    trade: Mapped[str]
    title: Mapped[str]
    job_kind: Mapped[str]
    pay_fen: Mapped[int] = mapped_column(BigInteger)
    pay_unit: Mapped[str]
    settlement: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    break_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    adult_only: Mapped[bool] = mapped_column(default=False)
    certificates: Mapped[list] = mapped_column(default=list)
    unverified_employer: Mapped[bool] = mapped_column(default=False)
    answer_by: Mapped[datetime]
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))

    __table_args__ = (
        CheckConstraint(HIRE.check(), name="state"),
        CheckConstraint("ends_at > starts_at and ends_at <= starts_at + interval '24 hours'", name="span"),
        CheckConstraint("pay_fen between 1 and 100000000", name="pay_fen"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        CheckConstraint("(state = 'accepted') = (engagement_id is not null)", name="engagement_id"),
        Index("uq_hires_open", "employer_id", "worker_id", unique=True, postgresql_where=text("state = 'proposed'")),
        Index("ix_hires_worker", "worker_id", "state", "answer_by"),
    )


def at_place(engagement_id: Any, of: Mapping[str, UUID]) -> list[ColumnElement[bool]]:
    """Conditions that narrow what belongs to seats (hours, pay) by a column that names the seat.

    `of` maps engagement_id, shift_id and posting_id; each may be absent.
    """
    found: list[ColumnElement[bool]] = [engagement_id == of["engagement_id"]] if "engagement_id" in of else []
    columns = {"shift_id": EngagementRow.shift_id, "posting_id": EngagementRow.posting_id}
    places = [column == of[name] for name, column in columns.items() if name in of]
    if places:
        found.append(engagement_id.in_(select(EngagementRow.id).where(*places)))
    return found
