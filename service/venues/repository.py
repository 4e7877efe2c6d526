"""Queries on venues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, select

from service.errors import Missing
from service.reference.within import around
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.geo import Box
    from service.uow import Uow

MOST_SCANNED = 5_000


@dataclass(frozen=True, slots=True)
class VenueFilter:
    """Which open venues: in a region (prefix of GB/T 2260), of a kind, inside a box of degrees."""

    region: str | None = None
    kind: str | None = None
    box: Box | None = None


class VenueRepository:
    """Markets, stations and windows."""

    Filter = VenueFilter

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> VenueRow:
        """A venue for `uow.add`; it opens with its first log line."""
        return VenueRow(state="open", **fields)

    async def get(self, venue_id: UUID) -> VenueRow:
        """A venue by id, closed ones included. Raises Missing."""
        row = await self.session.get(VenueRow, venue_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, venue_id: UUID) -> VenueRow:
        """A venue, kept from other writers until the end of the transaction. Raises Missing."""
        asked = select(VenueRow).where(VenueRow.id == venue_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def page(self, wanted: VenueFilter, after: UUID | None, limit: int) -> Sequence[VenueRow]:
        """Open venues by id."""
        asked = _matching(wanted)
        if after is not None:
            asked = asked.where(VenueRow.id > after)
        return (await self.session.scalars(asked.order_by(VenueRow.id).limit(limit))).all()

    async def around(self, wanted: VenueFilter) -> Sequence[VenueRow]:
        """Open venues with a point inside the box: few enough to sort in memory."""
        asked = _matching(wanted).where(VenueRow.lon.is_not(None))
        return (await self.session.scalars(asked.order_by(VenueRow.id).limit(MOST_SCANNED))).all()


def _matching(wanted: VenueFilter) -> Select[VenueRow]:
    asked = select(VenueRow).where(VenueRow.state == "open")
    if wanted.kind is not None:
        asked = asked.where(VenueRow.kind == wanted.kind)
    if wanted.region is not None:
        asked = asked.where(around(VenueRow, wanted.region))
    if wanted.box is not None:
        box = wanted.box
        asked = asked.where(VenueRow.lon.between(box.west, box.east), VenueRow.lat.between(box.south, box.north))
    return asked
