"""Workers: what they can do, where, when; who waits today; crews; cards; blocks between the two sides."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Entity, Stateful
from service.ids import new_id
from service.workers.lifecycle import CREW, WAITING, WORKER


class WorkerRow(Stateful):
    """A person's working profile; its id is the person's id. Lock it before any shift.

    `weekly` is a list of {"weekday": 0–6 (Monday 0), "start": minute, "end": minute}; an end at or before
    the start crosses midnight; None means nothing is known. `exceptions` is a list of
    {"day", "start", "end", "free"}. `introducible_from` is the day after the 16th birthday.
    """

    __tablename__ = "workers"
    NOUN = "worker"
    PERSONAL: ClassVar = frozenset({"home_lon", "home_lat"})

    id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    city_code: Mapped[str | None]
    district_code: Mapped[str | None]
    introducible_from: Mapped[date | None]
    adult_from: Mapped[date | None]
    home_lon: Mapped[float | None]
    home_lat: Mapped[float | None]
    home_datum: Mapped[str | None]
    home_approximate: Mapped[bool] = mapped_column(default=False)
    radius_m: Mapped[int] = mapped_column(default=10_000)
    weekly: Mapped[list | None] = mapped_column(JSONB(none_as_null=True))
    exceptions: Mapped[list] = mapped_column(JSONB, default=list)
    pay_wish_fen: Mapped[int | None] = mapped_column(BigInteger)
    pay_wish_unit: Mapped[str | None]
    intro: Mapped[str | None]
    reliability: Mapped[list] = mapped_column(JSONB, default=list)  # marks that count: {"kind", "excused", "at"}

    __table_args__ = (
        CheckConstraint(WORKER.check(), name="state"),
        CheckConstraint("radius_m between 100 and 200000", name="radius_m"),
        CheckConstraint("(home_lon is null) = (home_lat is null)", name="home"),
        CheckConstraint("home_lon between -180 and 180 and home_lat between -90 and 90", name="home_range"),
    )


class SkillRow(Entity):
    """One thing that a worker can do: a trade of the catalogue, or words where no trade fits."""

    __tablename__ = "skills"
    NOUN = "skill"

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    trade: Mapped[str | None]
    name: Mapped[str]
    level: Mapped[int | None] = mapped_column(SmallInteger)  # 0 none, 1 basic, 2 middle, 3 high, 4 master
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("level between 0 and 4", name="level"),
        Index(
            "uq_skills_live", "worker_id", "trade", "name", unique=True,
            postgresql_where=text("removed_at is null"), postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip


class CertificateRow(Entity):
    """A certificate with its days; the number is sealed, the officer's check recorded."""

    __tablename__ = "certificates"
    NOUN = "certificate"
    PERSONAL: ClassVar = frozenset({"number_sealed"})

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    kind: Mapped[str]
    number_sealed: Mapped[bytes | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]  # the last valid day
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("valid_until >= valid_from", name="days"),)


class WaitingRow(Stateful):
    """等活: here, today, for these trades, with these people, until then. One live row a worker."""

    __tablename__ = "waitings"
    NOUN = "waiting"
    PERSONAL: ClassVar = frozenset({"lon", "lat"})

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    city_code: Mapped[str | None]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    trades: Mapped[list] = mapped_column(JSONB, default=list)
    own_tools: Mapped[list] = mapped_column(JSONB, default=list)
    crew_id: Mapped[UUID | None] = mapped_column(ForeignKey("crews.id"))
    until: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(WAITING.check(), name="state"),
        Index("uq_waitings_live", "worker_id", unique=True, postgresql_where=text("state = 'waiting'")),
    )


class CrewRow(Stateful):
    """搭伙: two to six people who want to work together, all of them or at least `least`."""

    __tablename__ = "crews"
    NOUN = "crew"

    leader_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    name: Mapped[str]
    least: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        CheckConstraint(CREW.check(), name="state"),
        CheckConstraint("least between 1 and 6", name="least"),
    )


class CrewMemberRow(Entity):
    """One person's place in a crew; nobody is in without an own yes."""

    __tablename__ = "crew_members"
    NOUN = "crew_member"

    crew_id: Mapped[UUID] = mapped_column(ForeignKey("crews.id"), index=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_crew_members_live", "crew_id", "worker_id", unique=True, postgresql_where=text("left_at is null")),
    )


class WorkerCodeRow(Base):
    """Codes that stand for a worker: the printed card, the calendar feed, the six-digit word for today."""

    __tablename__ = "worker_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    kind: Mapped[str]  # card, feed or word
    hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind in ('card', 'feed', 'word')", name="kind"),
        Index("uq_worker_codes_live", "hash", unique=True, postgresql_where=text("revoked_at is null")),
    )


class BlockRow(Entity):
    """One side does not want to see the other; matching and every way to a seat respect it."""

    __tablename__ = "blocks"
    NOUN = "block"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    set_by: Mapped[str]
    reason: Mapped[str | None]
    lifted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("set_by in ('employer', 'worker')", name="set_by"),
        Index(
            "uq_blocks_live", "employer_id", "worker_id", "set_by", unique=True,
            postgresql_where=text("lifted_at is null"),
        ),
    )  # fmt: skip
