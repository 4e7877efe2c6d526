"""Referrals, the talks that they lead to, and the slips that are carried."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.referrals.lifecycle import FINAL, LIVE, OPEN, REFERRAL, SLIP, TALK

ORIGINS = ("officer", "kiosk", "broker")
TALK_KINDS = ("at_work", "venue", "phone", "video")
RESULTS = ("hired", "talk_again", "not_suited", "filled", "worker_declined")
_LIVE = text(one_of("state", LIVE))
_OPEN = text(one_of("state", OPEN))


class ReferralRow(Stateful):
    """One person recommended for one posting, or for one of its shifts.

    `answer_by`: until when the side whose turn it is may answer. `yes_terms_version`: the terms that the person said
    yes to, and with `ready` may be taken on under without being asked again. `batch_id` ties a group. `agency_id`: the
    broker (劳务经纪人) that recommends, where no officer does.
    """

    __tablename__ = "referrals"
    NOUN = "referral"
    PERSONAL: ClassVar = frozenset({"note"})

    number: Mapped[str] = mapped_column(unique=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shifts.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    origin: Mapped[str]
    referred_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"))
    batch_id: Mapped[UUID]
    place_in_batch: Mapped[int]
    quick: Mapped[bool]
    note: Mapped[str | None]
    answer_by: Mapped[datetime | None]
    ready: Mapped[bool] = mapped_column(default=False)
    yes_terms_version: Mapped[int | None]
    worker_answered_at: Mapped[datetime | None]
    employer_answered_at: Mapped[datetime | None]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"), unique=True)
    close_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(REFERRAL.check(), name="state"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint("(origin = 'broker') = (agency_id is not null)", name="agency"),
        CheckConstraint(f"({one_of('state', FINAL)}) = (ended_at is not null)", name="ended_at"),
        CheckConstraint("not ready or yes_terms_version is not null", name="ready"),
        CheckConstraint(
            "state not in ('hired', 'on_duty', 'no_show', 'completed', 'ended_early', 'paid', 'pay_overdue')"
            " or engagement_id is not null", name="seated",
        ),
        Index("uq_referrals_live", "worker_id", "posting_id", unique=True, postgresql_where=_LIVE),
        Index("ix_referrals_posting", "posting_id", "id"),
        Index("ix_referrals_worker", "worker_id", "id"),
        Index("ix_referrals_employer", "employer_id", "id"),
        Index("ix_referrals_agency", "agency_id", "id", postgresql_where=text("agency_id is not null")),
        Index("ix_referrals_place", "city_code", "state", "id"),
        Index("ix_referrals_waiting", "answer_by", "id", postgresql_where=text(f"{_OPEN.text}")),
        Index("ix_referrals_batch", "batch_id"),
    )  # fmt: skip


class TalkRow(Stateful):
    """A meeting of both sides (对接洽谈): when, where, and what came of it."""

    __tablename__ = "talks"
    NOUN = "talk"
    PERSONAL: ClassVar = frozenset({"place"})

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"))
    kind: Mapped[str]
    place: Mapped[str | None]
    at: Mapped[datetime]
    arranged_by: Mapped[str]
    missed_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(TALK.check(), name="state"),
        CheckConstraint(one_of("kind", TALK_KINDS), name="kind"),
        CheckConstraint("arranged_by in ('worker', 'employer', 'officer')", name="arranged_by"),
        CheckConstraint("missed_by in ('worker', 'employer', 'both')", name="missed_by_known"),
        CheckConstraint("(state = 'missed') = (missed_by is not null)", name="missed_by"),
        CheckConstraint("(state = 'planned') = (ended_at is null)", name="ended_at"),
        Index("uq_talks_planned", "referral_id", unique=True, postgresql_where=text("state = 'planned'")),
        Index("ix_talks_referral", "referral_id", "id"),
    )


class SlipRow(Stateful):
    """A slip that was handed out. Its text is not kept, only what it was made of; one is in force at a time."""

    __tablename__ = "slips"
    NOUN = "slip"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    chance: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    result: Mapped[str | None]
    result_reason: Mapped[str | None]
    receipt_number: Mapped[str | None] = mapped_column(unique=True)
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(SLIP.check(), name="state"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("(state = 'redeemed') = (result is not null)", name="redeemed"),
        CheckConstraint("(result is null) = (receipt_number is null)", name="receipt"),
        CheckConstraint("(state = 'issued') = (ended_at is null)", name="ended_at"),
        CheckConstraint("octet_length(chance) = 16", name="chance"),
        CheckConstraint("expires_at > issued_at", name="expires"),
        Index("uq_slips_issued", "referral_id", unique=True, postgresql_where=text("state = 'issued'")),
        Index("ix_slips_referral", "referral_id", "id"),
    )
