"""Who waits for work now, and where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import String, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from service.errors import Refused
from service.ids import new_id
from service.reference.within import within
from service.venues.tables import VenueRow
from service.workers.tables import CrewMemberRow, WaitingRow
from service.workers.views import CrewSize

if TYPE_CHECKING:
    from service.uow import Uow


class WaitingsRepository:
    """Rows of 等活; a worker has one live row at most."""

    def __init__(self, uow: Uow):
        self.uow = uow

    def new(self, worker_id: UUID, **fields: Any) -> WaitingRow:
        """A row that begins to wait, not yet added."""
        return WaitingRow(id=new_id(), worker_id=worker_id, state="waiting", **fields)

    async def live(self, worker_id: UUID) -> WaitingRow | None:
        """The live row; under the worker's lock it stays what it is."""
        return (await self.live_of([worker_id])).get(worker_id)

    async def live_of(self, worker_ids: Collection[UUID]) -> dict[UUID, WaitingRow]:
        """Who of these waits, and how. A row past its `until` no longer waits, whether the timer ran or not."""
        now = await self.uow.now()
        found = select(WaitingRow).where(
            WaitingRow.worker_id.in_(worker_ids), WaitingRow.state == "waiting", WaitingRow.until > now
        )
        return {row.worker_id: row for row in await self.uow.session.scalars(found)}

    async def unended(self, worker_id: UUID) -> WaitingRow | None:
        """The row in state waiting, even when its time is over and the timer has not run yet."""
        found = select(WaitingRow).where(WaitingRow.worker_id == worker_id, WaitingRow.state == "waiting")
        return (await self.uow.session.scalars(found)).one_or_none()

    async def find(self, waiting_id: UUID) -> WaitingRow | None:
        """One row, for its timer."""
        return await self.uow.session.get(WaitingRow, waiting_id, populate_existing=True)

    async def venue(self, venue_id: UUID) -> VenueRow:
        """An open venue. Raises Refused venue_unknown."""
        row = await self.uow.session.get(VenueRow, venue_id)
        if row is None or row.state != "open":
            raise Refused("venue_unknown", field="/venue_id")
        return row

    async def page(
        self,
        regions: Sequence[str],
        *,
        venue_id: UUID | None,
        trade: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[WaitingRow]:
        """Who waits in these regions, longest first."""
        now = await self.uow.now()
        found = select(WaitingRow).where(
            WaitingRow.state == "waiting", WaitingRow.until > now, within(WaitingRow.city_code, regions)
        )
        if venue_id is not None:
            found = found.where(WaitingRow.venue_id == venue_id)
        if trade is not None:
            found = found.where(WaitingRow.trades.contains(cast([trade], JSONB)))
        if after is not None:
            found = found.where(tuple_(WaitingRow.created_at, WaitingRow.id) > after)
        found = found.order_by(WaitingRow.created_at, WaitingRow.id).limit(limit)
        return (await self.uow.session.scalars(found)).all()

    async def counts(self, region: str, venue_id: UUID | None) -> tuple[int, list[tuple[str, int]]]:
        """How many people wait in a region (at a venue), and how many for each trade, most first."""
        now = await self.uow.now()
        where = [WaitingRow.state == "waiting", WaitingRow.until > now, within(WaitingRow.city_code, [region])]
        if venue_id is not None:
            where.append(WaitingRow.venue_id == venue_id)
        everybody = select(func.count()).select_from(WaitingRow).where(*where)
        people = (await self.uow.session.execute(everybody)).scalar_one()
        trade = func.jsonb_array_elements_text(WaitingRow.trades).table_valued("value", joins_implicitly=True)
        name = cast(trade.c.value, String)
        many = func.count(WaitingRow.id)
        found = select(name, many).where(*where).group_by(name).order_by(many.desc(), name)
        return people, [(code, number) for code, number in await self.uow.session.execute(found)]

    async def crew_sizes(self, crew_ids: Collection[UUID]) -> dict[UUID, CrewSize]:
        """How many are in each crew."""
        found = (
            select(CrewMemberRow.crew_id, func.count())
            .where(
                CrewMemberRow.crew_id.in_(crew_ids),
                CrewMemberRow.joined_at.is_not(None),
                CrewMemberRow.left_at.is_(None),
            )
            .group_by(CrewMemberRow.crew_id)
        )
        return {crew: CrewSize(crew, joined) for crew, joined in await self.uow.session.execute(found)}
