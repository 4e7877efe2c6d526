"""Zones (灵活就业专区), their columns (专栏) and pins (置顶). No column of these tables can hold a charge."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful
from service.zones.lifecycle import COLUMN, PIN, ZONE


class ZoneRow(Stateful):
    """The zone of one jurisdiction under its local name; `region_code` None is the whole country."""

    __tablename__ = "zones"
    NOUN = "zone"

    code: Mapped[str] = mapped_column(unique=True)  # of the jurisdiction
    region_code: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    notice_zh: Mapped[str | None] = mapped_column(Text)
    notice_en: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint(ZONE.check(), name="state"),)


class ZoneColumnRow(Stateful):
    """A saved filter with its place in the order and its dates.

    `filter` is a stored ListingFilter; `season` the code of a season whose windows in the zone's area open the column;
    `[opens_at, closes_at)` where it is dated by itself.
    """

    __tablename__ = "zone_columns"
    NOUN = "zone_column"

    zone_id: Mapped[UUID] = mapped_column(ForeignKey("zones.id"))
    code: Mapped[str]
    place: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    filter: Mapped[dict] = mapped_column(JSONB)
    season: Mapped[str | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    shipped: Mapped[bool] = mapped_column(default=False)  # came with the service, and may be hidden, not renamed away

    __table_args__ = (
        CheckConstraint(COLUMN.check(), name="state"),
        CheckConstraint("place between 0 and 999", name="place"),
        CheckConstraint("closes_at > opens_at", name="closes_at"),
        CheckConstraint("jsonb_typeof(filter) = 'object'", name="filter"),
        Index("uq_zone_columns_code", "zone_id", "code", unique=True),
    )


class ZonePinRow(Stateful):
    """A listing put first in a zone, or in one of its columns, for a time and with a reason."""

    __tablename__ = "zone_pins"
    NOUN = "zone_pin"

    zone_id: Mapped[UUID] = mapped_column(ForeignKey("zones.id"))
    column_id: Mapped[UUID | None] = mapped_column(ForeignKey("zone_columns.id"))
    side: Mapped[str]  # demand: a posting; supply: a supply posting
    subject_id: Mapped[UUID]
    reason: Mapped[str]
    until: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(PIN.check(), name="state"),
        CheckConstraint("side in ('demand', 'supply')", name="side"),
        CheckConstraint("until > created_at", name="until"),
        Index(
            "uq_zone_pins_subject", "zone_id", "column_id", "subject_id", unique=True,
            postgresql_where=text("state = 'pinned'"), postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
