"""Fairs: when, where, for whom; the booths of employers; who comes; what was proposed and why. Nothing here costs."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Stateful, one_of
from service.fairs.lifecycle import BOOTH, BOOTH_LIVE, ENTRY, FAIR, PROPOSAL
from service.fairs.rules import KINDS, MEASURES, SUBJECTS, WAYS_IN

_NOT_SHOWN = "state in ('draft', 'discarded')"
_LIVE_BOOTH = text(one_of("state", BOOTH_LIVE))


class FairRow(Stateful):
    """One fair. `sessions` are [{"number", "starts_at", "ends_at", "cut"}]; `starts_at` and `ends_at` those of the
    first and last one that is not cut. `audience` are codes of target groups, none of them: everybody.

    `taken` counts places under this row's lock and `next_number` gives out numbers there; the database keeps `taken`
    within `capacity`. Before it is shown the three plans are acknowledged, and a large one has its permit.
    """

    __tablename__ = "fairs"
    NOUN = "fair"

    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text)
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"), index=True)
    address: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    online_url: Mapped[str | None]
    audience: Mapped[list] = mapped_column(JSONB, default=list)
    sessions: Mapped[list] = mapped_column(JSONB)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    organiser: Mapped[str]
    hotline: Mapped[str | None]
    capacity: Mapped[int | None]
    booths: Mapped[int] = mapped_column(SmallInteger, default=0)
    expected_attendance: Mapped[int | None]
    permit_needed: Mapped[bool] = mapped_column(default=False)
    permit_number: Mapped[str | None]
    plans_acknowledged_at: Mapped[datetime | None]
    plans_acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    announced_at: Mapped[datetime | None]
    suspend_reason: Mapped[str | None]
    returns_on: Mapped[date | None]
    call_off_reason: Mapped[str | None]
    taken: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_number: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    came: Mapped[int | None]
    spoke: Mapped[int | None]
    hired: Mapped[int | None]

    __table_args__ = (
        CheckConstraint(FAIR.check(), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("jsonb_array_length(sessions) between 1 and 200", name="sessions"),
        CheckConstraint("jsonb_array_length(audience) <= 10", name="audience"),
        CheckConstraint("(case when kind = 'online' then online_url else address end) is not null", name="place"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="point_range"),
        CheckConstraint("capacity between 1 and 100000", name="capacity"),
        CheckConstraint("booths between 0 and 1000", name="booths"),
        CheckConstraint("taken >= 0 and (capacity is null or taken <= capacity)", name="taken"),
        CheckConstraint("next_number >= 1", name="next_number"),
        CheckConstraint(f"{_NOT_SHOWN} or announced_at is not null", name="announced_at"),
        CheckConstraint(
            f"{_NOT_SHOWN} or (plans_acknowledged_at is not null and plans_acknowledged_by is not null)", name="plans"
        ),
        CheckConstraint(f"{_NOT_SHOWN} or not permit_needed or permit_number is not null", name="permit"),
        CheckConstraint(
            "(state = 'suspended') = (returns_on is not null) and (state = 'suspended') = (suspend_reason is not null)",
            name="suspended",
        ),
        CheckConstraint("(state = 'called_off') = (call_off_reason is not null)", name="called_off"),
        CheckConstraint(
            "(came is null) = (spoke is null) and (came is null) = (hired is null)"
            " and hired >= 0 and spoke >= hired and came >= spoke",
            name="results",
        ),
        Index(
            "ix_fairs_public", "starts_at", "id",
            postgresql_where=text("state in ('announced', 'suspended', 'running', 'over', 'called_off')"),
        ),
        Index("ix_fairs_city", "city_code", "starts_at", "id"),
    )  # fmt: skip


class BoothRow(Stateful):
    """An employer's booth at a fair under its number, from the asking on; its postings stand in `booth_postings`."""

    __tablename__ = "fair_booths"
    NOUN = "fair_booth"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"), index=True)
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    city_code: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    decline_reason: Mapped[str | None]
    came: Mapped[int | None]
    spoke: Mapped[int | None]
    hired: Mapped[int | None]

    __table_args__ = (
        CheckConstraint(BOOTH.check(), name="state"),
        CheckConstraint("number between 1 and 1000", name="number"),
        CheckConstraint("(state = 'declined') = (decline_reason is not null)", name="decline_reason"),
        CheckConstraint(
            "(came is null) = (spoke is null) and (came is null) = (hired is null)"
            " and hired >= 0 and spoke >= hired and came >= spoke",
            name="results",
        ),
        Index("uq_fair_booths_number", "fair_id", "number", unique=True, postgresql_where=_LIVE_BOOTH),
        Index("uq_fair_booths_employer", "fair_id", "employer_id", unique=True, postgresql_where=_LIVE_BOOTH),
    )


class BoothPostingRow(Base):
    """A posting that an employer brings to its booth."""

    __tablename__ = "booth_postings"

    booth_id: Mapped[UUID] = mapped_column(ForeignKey("fair_booths.id"), primary_key=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"), primary_key=True, index=True)


class EntryRow(Stateful):
    """A person who wants to come to a fair: with a place, on the waiting list (by number), or there."""

    __tablename__ = "fair_entries"
    NOUN = "fair_entry"

    fair_id: Mapped[UUID] = mapped_column(ForeignKey("fairs.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    city_code: Mapped[str]
    number: Mapped[int]
    came_at: Mapped[datetime | None]
    way_in: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(ENTRY.check(), name="state"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(state = 'came') = (came_at is not null)", name="came_at"),
        CheckConstraint("(came_at is null) = (way_in is null)", name="way_in"),
        CheckConstraint(one_of("way_in", WAYS_IN), name="way_in_known"),
        UniqueConstraint("fair_id", "worker_id", name="uq_fair_entries_worker"),
        UniqueConstraint("fair_id", "number", name="uq_fair_entries_number"),
        Index("ix_fair_entries_state", "fair_id", "state", "number"),
    )


class ProposalRow(Stateful):
    """A fair that figures speak for, once for each place, trade or group, and month. `measure` says which threshold
    was reached first; the figures and the thresholds stay as they were that day."""

    __tablename__ = "fair_proposals"
    NOUN = "fair_proposal"

    city_code: Mapped[str]
    place_code: Mapped[str]
    subject: Mapped[str]
    code: Mapped[str]
    month: Mapped[date]
    measure: Mapped[str]
    seekers: Mapped[int]
    seats: Mapped[int]
    seekers_least: Mapped[int]
    seats_least: Mapped[int]
    days: Mapped[int] = mapped_column(SmallInteger)
    fair_id: Mapped[UUID | None] = mapped_column(ForeignKey("fairs.id"), index=True)
    dismiss_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(PROPOSAL.check(), name="state"),
        CheckConstraint(one_of("subject", SUBJECTS), name="subject"),
        CheckConstraint(one_of("measure", MEASURES), name="measure"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("seekers >= 0 and seats >= 0 and days >= 1", name="figures"),
        CheckConstraint("seekers >= seekers_least or seats >= seats_least", name="reached"),
        CheckConstraint("(state = 'drafted') = (fair_id is not null)", name="fair_id"),
        CheckConstraint("(state = 'dismissed') = (dismiss_reason is not null)", name="dismiss_reason"),
        UniqueConstraint("place_code", "subject", "code", "month", name="uq_fair_proposals_month"),
        Index("ix_fair_proposals_open", "created_at", "id", postgresql_where=text("state = 'open'")),
    )
