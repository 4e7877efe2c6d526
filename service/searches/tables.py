"""Saved searches, what was found for their people, and who wants no alerts at all."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Entity


class SearchRow(Entity):
    """A person's saved ListingFilter (its stored form). A removed one keeps neither name nor filter.

    `anchors` are tokens of which every listing that it finds has one (none while there are no alerts): from a new
    listing the searches that may mean it are found through their index. Only what was published after `alerts_from`
    is told. A `personalised` one leaves out employers whom the person does not want to see.
    """

    __tablename__ = "searches"
    NOUN = "search"
    PERSONAL: ClassVar = frozenset({"name", "filter", "anchors"})  # what somebody looks for, and where, is theirs

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    name: Mapped[str | None]
    filter: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    anchors: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    alerts: Mapped[bool]
    alerts_from: Mapped[datetime]
    personalised: Mapped[bool]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_searches_person", "person_id", "id", postgresql_where=text("removed_at is null")),
        Index("ix_searches_anchors", "anchors", postgresql_using="gin"),
    )


class SearchHitRow(Base):
    """A posting group that was found for a person, once, whichever of the searches found it first.

    `listing_id` is that of a posting or a supply posting and is kept when it is public no more: no table has them all.
    """

    __tablename__ = "search_hits"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    group_key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    listing_id: Mapped[UUID]
    search_id: Mapped[UUID] = mapped_column(ForeignKey("searches.id"))
    found_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_search_hits_listing", "person_id", "listing_id", unique=True),
        Index("ix_search_hits_found", "found_at"),
    )


class AlertStopRow(Base):
    """Somebody wants no alerts, of none of the searches."""

    __tablename__ = "alert_stops"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    since: Mapped[datetime]
