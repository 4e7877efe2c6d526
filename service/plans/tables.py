"""Plans of a hall: one round of one session each, and what it says to every person in line."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful
from service.plans.lifecycle import PLAN, PLAN_LINE


class PlanRow(Stateful):
    """One round of one session: what went in (`bundle`, without names), what came out, how good it is.

    `bundle` holds numbers, edges and seats only, so that it can be shown and run again; `digest` is its
    SHA-256. `total`, `bound` in millionths of a point.
    """

    __tablename__ = "plans"
    NOUN = "plan"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("hall_sessions.id"))
    city_code: Mapped[str]
    round: Mapped[int] = mapped_column(SmallInteger)
    drawn_at: Mapped[datetime]
    publish_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    algorithm: Mapped[str]
    reproducible: Mapped[bool]
    seats_open: Mapped[int]
    seats_filled: Mapped[int]
    people: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    bound: Mapped[int] = mapped_column(BigInteger)
    seats_bound: Mapped[int]
    digest: Mapped[str]
    bundle: Mapped[dict] = mapped_column(JSONB, deferred=True)  # megabytes; read by `PlanRepository.bundle`

    __table_args__ = (
        CheckConstraint(PLAN.check(), name="state"),
        CheckConstraint("total <= bound and seats_filled <= seats_bound and seats_bound <= seats_open", name="bound"),
        UniqueConstraint("session_id", "round", name="uq_plans_round"),
        Index("uq_plans_live", "session_id", unique=True, postgresql_where=text("state in ('drawn', 'published')")),
    )


class PlanLineRow(Stateful):
    """What a plan says to one present person: a seat in a shift, or nothing and why (`why`, `facts`)."""

    __tablename__ = "plan_lines"
    NOUN = "plan_line"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    presence_id: Mapped[UUID] = mapped_column(ForeignKey("presences.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    number: Mapped[int]
    rank: Mapped[int]  # the place in the order by which the plan was made, from 1
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shifts.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    score: Mapped[int | None] = mapped_column(BigInteger)
    why: Mapped[str]
    facts: Mapped[dict] = mapped_column(JSONB, default=dict)
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("plan_lines.id"))

    __table_args__ = (
        CheckConstraint(PLAN_LINE.check(), name="state"),
        CheckConstraint("(state = 'left_over') = (shift_id is null)", name="shift_id"),
        Index(
            "uq_plan_lines_live", "presence_id", "shift_id", unique=True,
            postgresql_where=text("state in ('proposed', 'offered')"),
        ),
        Index("ix_plan_lines_plan", "plan_id", "rank", "id"),
        Index("ix_plan_lines_shift", "shift_id", "state"),
        Index("ix_plan_lines_application", "application_id"),
    )  # fmt: skip
