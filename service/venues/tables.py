"""Venues: gig markets, stations and service windows (零工市场、零工驿站)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.venues.lifecycle import VENUE

KINDS = ("gig_market", "labour_market", "gig_station", "service_window", "online_market")


class VenueRow(Stateful):
    """A place where people meet work; listed in the public directory."""

    __tablename__ = "venues"
    NOUN = "venue"

    kind: Mapped[str]
    operator_kind: Mapped[str]
    name: Mapped[str]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    hours: Mapped[list] = mapped_column(JSONB, default=list)  # {"weekday", "opens", "closes"}; may open at 03:00
    facilities: Mapped[list] = mapped_column(JSONB, default=list)
    hotline: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(VENUE.check(), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="point_range"),
    )
