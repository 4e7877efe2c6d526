"""Alarms from the place of work, and what was said about them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.alarms.lifecycle import ALARM, LIVE
from service.alarms.rules import KINDS, RESULTS, SIDES
from service.db.base import Base, Stateful, one_of
from service.ids import new_id


class AlarmRow(Stateful):
    """One side's press about one seat, and what an officer found. One live alarm of a kind for each side of a seat.

    What was written is sealed under the key of who pressed (`pressed_by`). `left_at`: the worker went without a mark;
    `held_seat`: the seat waits for the officer's word that the place is safe.
    """

    __tablename__ = "alarms"
    NOUN = "alarm"
    PERSONAL: ClassVar = frozenset({"words_sealed", "pressed_by", "worker_id"})

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id"))
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    side: Mapped[str]
    kind: Mapped[str]
    gravity: Mapped[int] = mapped_column(SmallInteger)
    pressed_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    words_sealed: Mapped[bytes | None]
    left_at: Mapped[datetime | None]
    left_as: Mapped[str | None]
    back_in_line: Mapped[bool | None]
    held_seat: Mapped[bool] = mapped_column(default=False)
    reopened_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str | None]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("reviews.id"))
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(ALARM.check(), name="state"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("gravity between 1 and 9", name="gravity"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("(state = 'closed') = (result is not null)", name="result_told"),
        CheckConstraint(f"({one_of('state', LIVE)}) = (closed_at is null)", name="closed_at"),
        CheckConstraint("state <> 'taken' or taken_by is not null", name="taken_by"),
        CheckConstraint("state <> 'open' or taken_by is null", name="free"),
        CheckConstraint("side = 'worker' or left_at is null", name="worker_leaves"),
        CheckConstraint("(left_at is null) = (left_as is null)", name="left_as"),
        CheckConstraint("left_at is not null or not (held_seat or reopened_at is not null)", name="seat_left"),
        CheckConstraint("not (held_seat and reopened_at is not null)", name="held_or_open"),
        CheckConstraint("state <> 'withdrawn' or left_at is null", name="withdrawn"),
        Index(
            "uq_alarms_live", "engagement_id", "side", "kind", unique=True,
            postgresql_where=text(one_of("state", LIVE)),
        ),
        Index("ix_alarms_engagement", "engagement_id", "id"),
        Index("ix_alarms_live", "gravity", "due_at", "id", postgresql_where=text(one_of("state", LIVE))),
        Index("ix_alarms_left", "shift_id", "worker_id", postgresql_where=text("left_at is not null")),
        Index("ix_alarms_worker", "worker_id"),
    )  # fmt: skip


class AlarmNoteRow(Base):
    """What a side added by pressing again (sealed under its person's key), or an officer wrote; never changed."""

    __tablename__ = "alarm_notes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    alarm_id: Mapped[UUID] = mapped_column(ForeignKey("alarms.id"))
    side: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words: Mapped[str | None] = mapped_column(Text)
    words_sealed: Mapped[bytes | None]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("side in ('worker', 'employer', 'office')", name="side"),
        CheckConstraint("(side = 'office') = (staff_id is not null)", name="staff_id"),
        CheckConstraint("side <> 'office' or words_sealed is null", name="words"),
        CheckConstraint("side = 'office' or (words is null and person_id is not null)", name="sealed"),
        Index("ix_alarm_notes_alarm", "alarm_id", "at", "id"),
    )
