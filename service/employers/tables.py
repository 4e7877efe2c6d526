"""Employers, their sites, their members with roles, their own pool of people (老熟人)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity, Stateful, one_of
from service.employers.lifecycle import EMPLOYER, INVITATION

KINDS = ("enterprise", "sole_trader", "public_body", "household", "hr_agency")


class EmployerRow(Stateful):
    """Who needs hands. A household has no credit code; everyone else has one, checked and unique.

    `name` is what everybody reads: of who was verified once, the name that an officer has compared. `new_name` waits
    for the next comparison. `name_folded` is for searching, and holds both.
    """

    __tablename__ = "employers"
    NOUN = "employer"
    PERSONAL: ClassVar = frozenset({"contact_name_sealed", "contact_phone_sealed", "review_note"})

    kind: Mapped[str]
    name: Mapped[str]
    new_name: Mapped[str | None]
    name_folded: Mapped[str]
    credit_code: Mapped[str | None]
    licence_number: Mapped[str | None]  # HR agencies: 人力资源服务许可证 or filing number
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str | None]
    contact_name_sealed: Mapped[bytes | None]
    contact_phone_sealed: Mapped[bytes | None]
    answer_by: Mapped[datetime | None]  # when the officer's answer is promised
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None]
    recheck_at: Mapped[datetime | None]
    review_note: Mapped[str | None]  # the officer's words to the employer beside the coded reason
    papers_renewed_at: Mapped[datetime | None]  # when it last said that its papers are valid
    held_from: Mapped[str | None]  # the state that a hold has interrupted
    contact_shown_at: Mapped[datetime | None]  # when staff last opened the contact; the log says who and why
    reliability: Mapped[list] = mapped_column(default=list)  # what counts of its marks: {"kind", "excused", "at"}
    # {"jobs", "on_time", "same_day"} of the last jobs whose pay was due; null: too few to say anything
    payment_record: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        CheckConstraint(EMPLOYER.check(), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("kind = 'household' or credit_code is not null", name="credit_code"),
        CheckConstraint("kind <> 'hr_agency' or licence_number is not null", name="licence_number"),
        CheckConstraint("(state = 'held') = (held_from is not null)", name="held_from"),
        Index("uq_employers_credit_code", "credit_code", unique=True),
        Index("ix_employers_review", "answer_by", "id", postgresql_where=text("state = 'applied'")),
    )


class MemberRow(Entity):
    """A person who acts for an employer: owner, manager (posts, decides) or clerk (attendance only)."""

    __tablename__ = "members"
    NOUN = "member"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str]
    left_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("role in ('owner', 'manager', 'clerk')", name="role"),
        Index("uq_members_live", "employer_id", "person_id", unique=True, postgresql_where=text("left_at is null")),
    )


class InvitationRow(Stateful):
    """Somebody is asked to act for an employer. Whoever proves the phone number may say yes; nobody else.

    The number is kept as a keyed hash; the sealed copy (for the inviter's own list) goes when it is closed.
    """

    __tablename__ = "invitations"
    NOUN = "invitation"
    PERSONAL: ClassVar = frozenset({"phone_hash", "phone_sealed"})

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    role: Mapped[str]
    phone_hash: Mapped[bytes] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(INVITATION.check(), name="state"),
        CheckConstraint("role in ('owner', 'manager', 'clerk')", name="role"),
        CheckConstraint("(state = 'waiting') = (closed_at is null)", name="closed_at"),
        Index(
            "uq_invitations_live", "employer_id", "phone_hash", unique=True, postgresql_where=text("state = 'waiting'")
        ),
    )


class SiteRow(Entity):
    """A place of work of an employer."""

    __tablename__ = "sites"
    NOUN = "site"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    name: Mapped[str]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    approximate: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="point_range"),
    )


class PoolMemberRow(Entity):
    """老熟人: people whom an employer asks first; with `auto_accept` their claim needs no decision."""

    __tablename__ = "pool_members"
    NOUN = "pool_member"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    auto_accept: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_pool_members_live", "employer_id", "worker_id", unique=True,
            postgresql_where=text("removed_at is null"),
        ),
    )  # fmt: skip
