"""Fairs themselves, and the places and numbers that are counted under a fair's lock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_, update
from sqlalchemy.orm.attributes import set_committed_value

from service.errors import Missing
from service.fairs.filters import FairFilter
from service.fairs.lifecycle import COMING, PUBLIC
from service.fairs.tables import FairRow
from service.ids import new_id
from service.reference.within import around, within
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.uow import Uow

UNSET = (
    "description", "district_code", "venue_id", "address", "lon", "lat", "sent_datum", "online_url", "hotline",
    "capacity", "expected_attendance", "permit_number", "plans_acknowledged_at", "plans_acknowledged_by",
    "announced_at", "suspend_reason", "returns_on", "call_off_reason", "came", "spoke", "hired",
)  # fmt: skip


class FairRowRepository:
    """Lock a fair before anything that hangs on it."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> FairRow:
        """A draft, for `uow.add`."""
        return FairRow(
            **({"id": new_id(), "state": "draft", "taken": 0, "next_number": 1} | dict.fromkeys(UNSET) | fields)
        )

    async def get(self, fair_id: UUID) -> FairRow:
        """By id, whatever its state. Raises Missing."""
        row = await self.session.get(FairRow, fair_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, fair_id: UUID) -> FairRow:
        """One, kept from other writers until the end. Raises Missing."""
        asked = select(FairRow).where(FairRow.id == fair_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def page(
        self, wanted: FairFilter, now: datetime, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[FairRow]:
        """Public ones: to come, the next first; or past, the last first."""
        asked = select(FairRow).where(FairRow.state.in_(PUBLIC), *_matching(wanted))
        key = tuple_(FairRow.starts_at, FairRow.id)
        if wanted.past:
            asked = asked.where(FairRow.ends_at <= now).order_by(FairRow.starts_at.desc(), FairRow.id.desc())
            asked = asked.where(key < tuple_(*after)) if after is not None else asked
        else:
            asked = asked.where(FairRow.ends_at > now).order_by(FairRow.starts_at, FairRow.id)
            asked = asked.where(key > tuple_(*after)) if after is not None else asked
        return (await self.session.scalars(asked.limit(limit))).all()

    async def desk_page(
        self,
        regions: Sequence[str] | None,
        states: Collection[str] | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[FairRow]:
        """Of these regions in every state, the newest beginning first."""
        asked = select(FairRow)
        if regions is not None:
            asked = asked.where(or_(within(FairRow.city_code, regions), within(FairRow.district_code, regions)))
        if states is not None:
            asked = asked.where(FairRow.state.in_(states))
        if after is not None:
            asked = asked.where(tuple_(FairRow.starts_at, FairRow.id) < tuple_(*after))
        return (
            await self.session.scalars(asked.order_by(FairRow.starts_at.desc(), FairRow.id.desc()).limit(limit))
        ).all()

    async def calendar(self, region: str | None, since: datetime, most: int) -> Sequence[FairRow]:
        """Public ones of a region that end after an instant, by time."""
        asked = select(FairRow).where(
            FairRow.state.in_(PUBLIC), FairRow.ends_at > since, *_matching(FairFilter(region))
        )
        return (await self.session.scalars(asked.order_by(FairRow.starts_at, FairRow.id).limit(most))).all()

    async def places(self, now: datetime) -> Sequence[str]:
        """Cities and districts with fairs to come, to choose from."""
        place = select(FairRow.city_code).where(FairRow.state.in_(COMING), FairRow.ends_at > now).distinct()
        return sorted((await self.session.scalars(place)).all())

    async def venue(self, venue_id: UUID) -> VenueRow | None:
        """A market, in whatever state."""
        found: VenueRow | None = await self.session.get(VenueRow, venue_id)
        return found

    async def take_place(self, fair: FairRow) -> bool:
        """One place more, or False where the fair is full; its row is locked by this, and the database agrees."""
        free = or_(FairRow.capacity.is_(None), FairRow.taken < FairRow.capacity)
        return await self._count(fair, FairRow.taken + 1, free)

    async def free_place(self, fair: FairRow) -> bool:
        """One place less."""
        return await self._count(fair, FairRow.taken - 1, FairRow.taken > 0)

    async def _count(self, fair: FairRow, taken: Any, allowed: ColumnElement[bool]) -> bool:
        step = update(FairRow).where(FairRow.id == fair.id, allowed).values(taken=taken).returning(FairRow.taken)
        counted = await self.session.scalar(step.execution_options(synchronize_session=False))
        if counted is None:
            return False
        set_committed_value(fair, "taken", counted)
        return True

    async def draw_number(self, fair: FairRow) -> int:
        """The next number of the fair; numbers are dense and never used twice."""
        step = update(FairRow).where(FairRow.id == fair.id).values(next_number=FairRow.next_number + 1)
        drawn = step.returning(FairRow.next_number).execution_options(synchronize_session=False)
        following = int((await self.session.execute(drawn)).scalar_one())
        set_committed_value(fair, "next_number", following)
        return following - 1


def _matching(wanted: FairFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.region is not None:
        found.append(around(FairRow, wanted.region))
    if wanted.kind is not None:
        found.append(FairRow.kind == wanted.kind)
    if wanted.venue_id is not None:
        found.append(FairRow.venue_id == wanted.venue_id)
    if wanted.group is not None:
        found.append(or_(FairRow.audience == [], FairRow.audience.contains([wanted.group])))
    return found
