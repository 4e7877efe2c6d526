"""The publication log of the open-data feed, its tallies, its seats, and how far its builder has come."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, one_of
from service.db.tables import Xid8
from service.feed.rules import ENDLESS, KINDS


class FeedEntryRow(Base):
    """One published change of one entity: its public content, or a tombstone (`removed`).

    `seq` is dense in the order of publication. An entry holds from `seq` until `next_seq`, the entry that replaced
    it (ENDLESS: it holds still), so what was public at a cursor C is every content with seq <= C < next_seq. `line`
    is the entry as it is sent; `digest` the SHA-256 of its canonical body. `origin` names the partner who supplied
    the entity; `trades` and `places` (prefixes of GB/T 2260) are what filters ask; `slot` is where snapshots cut.
    `entity_id` refers to two tables, and its tombstone stays when the entity is erased: there is no foreign key, and
    `linggong feed-rebuild` compares.
    """

    __tablename__ = "feed_entries"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    next_seq: Mapped[int] = mapped_column(BigInteger, default=ENDLESS)
    prev_seq: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    entity_id: Mapped[UUID]
    slot: Mapped[int] = mapped_column(SmallInteger)
    removed: Mapped[bool]
    urgent: Mapped[bool] = mapped_column(default=False)
    city_code: Mapped[str]
    state: Mapped[str]
    trades: Mapped[list[str]] = mapped_column(ARRAY(Text))
    places: Mapped[list[str]] = mapped_column(ARRAY(Text))
    origin: Mapped[str | None]
    digest: Mapped[bytes | None]
    line: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("next_seq > seq and (prev_seq is null or prev_seq < seq)", name="order"),
        CheckConstraint("removed = (digest is null)", name="digest"),
        Index(
            "uq_feed_entries_current", "kind", "entity_id", unique=True, postgresql_where=text(f"next_seq = {ENDLESS}")
        ),
        Index("ix_feed_entries_slot", "slot", "next_seq", "seq", postgresql_where=text("not removed")),
        Index("ix_feed_entries_next_seq", "next_seq", postgresql_where=text(f"next_seq < {ENDLESS}")),
        Index("ix_feed_entries_urgent", "seq", postgresql_where=text("urgent")),
        Index("ix_feed_entries_origin", "origin", "kind", "entity_id", postgresql_where=text("origin is not null")),
        Index("ix_feed_entries_at", "at"),
    )


class FeedTallyRow(Base):
    """Of one cell (`place/<kind>/<city>/<state>` or `slot/<number>`): how many are public, and the sum of their
    digests modulo 2^256. Kept in the transaction of each entry."""

    __tablename__ = "feed_tallies"

    cell: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Numeric(78, 0))

    __table_args__ = (CheckConstraint("count >= 0 and total >= 0", name="whole"),)


class FeedStateRow(Base):
    """How far the builder of one list («content», «seats») has come; locked by whoever builds.

    Everything of the log up to (`horizon`, `line`) is published. `filled_at` is empty until what was public before
    the feed began has been taken in, by id from `filling` on. Cursors below `floor` can no longer be served.
    `day` is the day for which certificates were judged. `epoch` tells this feed from every other.
    """

    __tablename__ = "feed_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[UUID]
    horizon: Mapped[int] = mapped_column(Xid8)
    line: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    floor: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    filling: Mapped[str] = mapped_column(server_default="")
    filled_at: Mapped[datetime | None]
    day: Mapped[date | None]
    built_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("floor <= seq", name="floor"),)


class FeedSeatsRow(Base):
    """Open seats of one public posting in its open shifts to come; `seq` rises with each change, `next_at` is when
    the earliest of them begins, and the figure is another one by itself. Without a foreign key: the figure of what was
    erased goes when the builder next looks."""

    __tablename__ = "feed_seats"

    posting_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    open_seats: Mapped[int]
    open_shifts: Mapped[int]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("open_seats >= 0 and open_shifts >= 0", name="whole"),)


class FeedSupplyCountRow(Base):
    """At least how many people look for work of a trade in a place at a time of the week; as it was on `day`.

    `district_code` is empty for the whole city. What is not there is fewer than five, or kept back so that no
    difference of two figures is.
    """

    __tablename__ = "feed_supply_counts"

    city_code: Mapped[str] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(primary_key=True)
    trade: Mapped[str] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(primary_key=True)
    at_least: Mapped[int]
    day: Mapped[date]

    __table_args__ = (CheckConstraint("at_least >= 5 and at_least % 5 = 0", name="at_least"),)
