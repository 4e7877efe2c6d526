"""Halls: the dated rule of a venue, its sessions, who is present under which number."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity, Stateful, one_of
from service.halls.lifecycle import HALL_SESSION, PRESENCE

WAYS_IN = ("card", "word", "own", "officer", "kiosk")


class HallRuleRow(Entity):
    """What one venue has chosen from a day on: how the line is ordered, when sessions are, how long people have.

    `first_come`: by number; who got nothing at the last sessions moves up `turn_places` for each, at most
    `turn_most` (先到先得 + 轮空优先). `draw`: by a seed committed before the session opens. `sessions` is a list of
    {"weekday" (Monday 0), "name", "opens", "closes", "plan_at"} in "HH:MM"; times at or before `day_begins`
    (minutes after midnight) belong to the day before, so a working day may begin at 03:00.
    """

    __tablename__ = "hall_rules"
    NOUN = "hall_rule"

    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venues.id"))
    valid_from: Mapped[date]
    order_rule: Mapped[str]
    objective: Mapped[str]
    turn_places: Mapped[int] = mapped_column(SmallInteger)
    turn_most: Mapped[int] = mapped_column(SmallInteger)
    return_after: Mapped[int] = mapped_column(SmallInteger)
    several_each: Mapped[bool]
    answer_minutes: Mapped[int] = mapped_column(SmallInteger)
    change_minutes: Mapped[int] = mapped_column(SmallInteger)
    rounds_most: Mapped[int] = mapped_column(SmallInteger)
    day_begins: Mapped[int] = mapped_column(SmallInteger)
    sessions: Mapped[list] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("venue_id", "valid_from", name="uq_hall_rules_day"),
        CheckConstraint("order_rule in ('first_come', 'draw')", name="order_rule"),
        CheckConstraint("objective in ('seats', 'score')", name="objective"),
        CheckConstraint("turn_places between 0 and 1000 and turn_most between 0 and 1000", name="turns"),
        CheckConstraint("return_after between 0 and 100", name="return_after"),
        CheckConstraint("answer_minutes between 1 and 240", name="answer_minutes"),
        CheckConstraint("change_minutes between 0 and 120", name="change_minutes"),
        CheckConstraint("rounds_most between 1 and 10", name="rounds_most"),
        CheckConstraint("day_begins between 0 and 720", name="day_begins"),
    )


class HallSessionRow(Stateful):
    """One session of a venue on one working day. `next_number` is drawn under the row's lock and never goes back.

    `seed_commitment` (SHA-256 of the seed, hex) is public from the start; the seed stays sealed until a plan
    of the session is published. `rule` is the venue's choice as it stood when the session was planned.
    """

    __tablename__ = "hall_sessions"
    NOUN = "hall_session"
    PERSONAL: ClassVar = frozenset({"seed_sealed"})

    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venues.id"))
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    day: Mapped[date]
    name: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    plan_at: Mapped[datetime | None]
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("hall_rules.id"))
    rule: Mapped[dict] = mapped_column(JSONB)
    next_number: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    seed_commitment: Mapped[str]
    seed_sealed: Mapped[bytes]
    seed: Mapped[str | None]
    cancel_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(HALL_SESSION.check(), name="state"),
        CheckConstraint("closes_at > opens_at and closes_at <= opens_at + interval '24 hours'", name="span"),
        CheckConstraint("plan_at is null or (plan_at >= opens_at and plan_at <= closes_at)", name="plan_at"),
        CheckConstraint("next_number >= 1", name="next_number"),
        CheckConstraint(
            "seed is null or encode(sha256(convert_to(seed, 'UTF8')), 'hex') = seed_commitment", name="seed"
        ),
        ExcludeConstraint(
            ("venue_id", "="),
            (text("tstzrange(opens_at, closes_at)"), "&&"),
            where=text("state <> 'cancelled'"),
            using="gist",
            name="ex_hall_sessions_overlap",
        ),
        Index("ix_hall_sessions_venue", "venue_id", "day", "opens_at"),
    )


class PresenceRow(Stateful):
    """One person at one session under one number. Rows are never deleted, numbers never used twice.

    `place` orders the line, in halves: twice the number at first, farther back after a return from being passed.
    `turns_owed` counts the last sessions here that ended without work for this person.
    """

    __tablename__ = "presences"
    NOUN = "presence"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("hall_sessions.id"))
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venues.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    waiting_id: Mapped[UUID | None] = mapped_column(ForeignKey("waitings.id"))
    city_code: Mapped[str]
    number: Mapped[int]
    place: Mapped[int]
    turns_owed: Mapped[int] = mapped_column(SmallInteger, default=0)
    way_in: Mapped[str]
    signed_in_at: Mapped[datetime]
    calls: Mapped[int] = mapped_column(SmallInteger, default=0)
    called_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(PRESENCE.check(), name="state"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(one_of("way_in", WAYS_IN), name="way_in"),
        UniqueConstraint("session_id", "number", name="uq_presences_number"),
        UniqueConstraint("session_id", "worker_id", name="uq_presences_worker"),
        Index("ix_presences_line", "session_id", "state", "place", "number"),
        Index("ix_presences_worker", "worker_id", "signed_in_at"),
    )
