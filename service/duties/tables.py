"""The duty roster (值班表): who is on duty in which region, from when until when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful
from service.duties.lifecycle import DUTY


class DutyRow(Stateful):
    """One officer on duty in one region, [starts_at, ends_at). Several may be at once, nobody twice at once."""

    __tablename__ = "duties"
    NOUN = "duty"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    region_code: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(DUTY.check(), name="state"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        ExcludeConstraint(
            ("staff_id", "="),
            ("region_code", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("state = 'planned'"),
            using="gist",
            name="ex_duties_overlap",
        ),
        Index("ix_duties_region", "region_code", "ends_at", postgresql_where=text("state = 'planned'")),
        Index("ix_duties_time", "starts_at", "id"),
    )
