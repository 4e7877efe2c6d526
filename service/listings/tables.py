"""Listings: one narrow row for each posting and supply posting that the public sees, and for nothing else.

Not an entity: nothing moves here. A row follows its posting in the transaction that shows, changes or hides it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base


class ListingRow(Base):
    """As `service.listings.rules.listing.Listing` says it, field by field. `id` is that of the posting or supply
    posting, `owner_id` of its employer or worker: two tables each, so no foreign keys; `listings.rebuild` compares."""

    __tablename__ = "listings"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str]
    owner_id: Mapped[UUID]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    trade: Mapped[str]
    kind: Mapped[str]
    work_mode: Mapped[str]
    filled: Mapped[bool] = mapped_column(server_default=text("false"))  # no seat is free
    settlement: Mapped[str | None]
    pay_unit: Mapped[str | None]
    pay_fen: Mapped[int | None] = mapped_column(BigInteger)
    pay_hour_fen: Mapped[int | None] = mapped_column(BigInteger)
    pay_day_fen: Mapped[int | None] = mapped_column(BigInteger)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    first_minute: Mapped[int | None] = mapped_column(SmallInteger)
    last_minute: Mapped[int | None] = mapped_column(SmallInteger)
    published_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    group_key: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (
        CheckConstraint("side in ('demand', 'supply')", name="side"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        Index("ix_listings_tokens", "tokens", postgresql_using="gin"),
        Index("ix_listings_owner", "owner_id"),
        Index("ix_listings_group", "group_key"),
    )


class ListingOwnerRow(Base):
    """The public name of an employer with listings, folded, in pinyin and by its initials: for whoever is typing.

    A household has none. The row may outlive the listings; whoever asks looks whether there are any. No foreign key:
    it is written with every listing, and a name that nobody has any more is found by nobody.
    """

    __tablename__ = "listing_owners"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str]
    sound: Mapped[str]
    initials: Mapped[str]

    __table_args__ = (
        Index("ix_listing_owners_folded", "folded", postgresql_ops={"folded": "text_pattern_ops"}),
        Index("ix_listing_owners_sound", "sound", postgresql_ops={"sound": "text_pattern_ops"}),
        Index("ix_listing_owners_initials", "initials", postgresql_ops={"initials": "text_pattern_ops"}),
    )
