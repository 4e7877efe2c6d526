"""Queries on balances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from service.balances.filters import BalanceFilter
from service.balances.lifecycle import IN_THE_OPEN, LIVE, PUBLIC
from service.balances.tables import BalanceRow
from service.deals.tables import DealRow
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.ids import new_id
from service.reference.within import around, within

if TYPE_CHECKING:
    from service.uow import Uow

EMPTY = ("agency_id", "agreed_at", "agreed_by", "published_at", "closed_at", "close_reason")


class BalanceRepository:
    """Surplus and shortage."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> BalanceRow:
        """One for `uow.add`."""
        return BalanceRow(**(dict.fromkeys(EMPTY) | {"id": new_id(), "state": "draft", "taken": 0} | fields))

    async def get(self, balance_id: UUID) -> BalanceRow:
        """By id, in every state. Raises Missing."""
        row = await self.find(balance_id)
        if row is None:
            raise Missing
        return row

    async def find(self, balance_id: UUID) -> BalanceRow | None:
        """By id, in every state, if it is there."""
        return await self.session.get(BalanceRow, balance_id, populate_existing=True)

    async def hold(self, balance_ids: Iterable[UUID]) -> None:
        """Keep several from other writers until the end; in one order."""
        await self._locked(select(BalanceRow).where(BalanceRow.id.in_(set(balance_ids))))

    async def deals_of(self, balance_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """The deals for which people of these are spoken for, or were placed; the newest first."""
        wanted = set(balance_ids)
        asked = select(DealRow.id, DealRow.surplus_id, DealRow.shortage_id).where(
            DealRow.taken > 0, or_(DealRow.surplus_id.in_(wanted), DealRow.shortage_id.in_(wanted))
        )
        found: dict[UUID, list[UUID]] = {}
        for deal in await self.session.execute(asked.order_by(DealRow.id.desc())):
            for balance_id in {deal.surplus_id, deal.shortage_id} & wanted:
                found.setdefault(balance_id, []).append(deal.id)
        return found

    async def lock(self, balance_id: UUID) -> BalanceRow:
        """One, kept from other writers until the end. Raises Missing."""
        asked = select(BalanceRow).where(BalanceRow.id == balance_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def firms(self, employer_ids: Iterable[UUID | None]) -> dict[UUID, EmployerRow]:
        """Employers by their ids."""
        named = {each for each in employer_ids if each is not None}
        asked = select(EmployerRow).where(EmployerRow.id.in_(named))
        return {row.id: row for row in await self.session.scalars(asked)}

    async def is_shown(self, row: BalanceRow) -> bool:
        """Whether everybody may see it at present: published, by a firm whose papers are in order."""
        found = await self.session.scalar(_public().where(BalanceRow.id == row.id).with_only_columns(BalanceRow.id))
        return found is not None

    async def live(self, employer_id: UUID) -> int:
        """How many of a firm have not ended; what an agency has entered without its yes yet takes none of its room."""
        own = or_(BalanceRow.agency_id.is_(None), BalanceRow.agreed_at.is_not(None))
        asked = select(func.count()).where(BalanceRow.employer_id == employer_id, BalanceRow.state.in_(LIVE), own)
        return int((await self.session.execute(asked)).scalar_one())

    async def entered(self, agency_id: UUID, employer_id: UUID, since: datetime) -> tuple[int, list[datetime]]:
        """(how many of an agency's wait for a firm's yes, when it asked that firm after `since`, the oldest first)."""
        both = BalanceRow.agency_id == agency_id, BalanceRow.employer_id == employer_id
        waiting = select(func.count()).where(*both, BalanceRow.state == "draft", BalanceRow.agreed_at.is_(None))
        asked = select(BalanceRow.created_at).where(*both, BalanceRow.created_at > since)
        return int(await self.session.scalar(waiting) or 0), sorted(await self.session.scalars(asked))

    async def open_of(self, employer_id: UUID) -> Sequence[BalanceRow]:
        """What a firm has in the open, kept from other writers; in one order."""
        asked = select(BalanceRow).where(BalanceRow.employer_id == employer_id, BalanceRow.state.in_(IN_THE_OPEN))
        return await self._locked(asked)

    async def through(self, agency_id: UUID) -> Sequence[BalanceRow]:
        """What an agency has entered that has not ended, kept from other writers; in one order."""
        asked = select(BalanceRow).where(BalanceRow.agency_id == agency_id, BalanceRow.state.in_(LIVE))
        return await self._locked(asked)

    async def _locked(self, asked: Select[Any]) -> Sequence[BalanceRow]:
        asked = asked.order_by(BalanceRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def page(
        self, wanted: BalanceFilter, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[BalanceRow]:
        """Public ones, the newest first."""
        asked = _narrowed(_public(), wanted)
        if after is not None:
            asked = asked.where(func.row(BalanceRow.published_at, BalanceRow.id) < func.row(*after))
        asked = asked.order_by(BalanceRow.published_at.desc(), BalanceRow.id.desc())
        return (await self.session.scalars(asked.limit(limit))).all()

    async def counts(self, wanted: BalanceFilter) -> dict[str, int]:
        """How many public ones there are of each side."""
        asked = _narrowed(_public(), wanted).with_only_columns(BalanceRow.side, func.count())
        found = {side: int(number) for side, number in await self.session.execute(asked.group_by(BalanceRow.side))}
        return {"surplus": 0, "shortage": 0} | found

    async def mine(self, employer_id: UUID, state: str | None, after: UUID | None, limit: int) -> Sequence[BalanceRow]:
        """A firm's own, or those that an agency has entered; the newest first."""
        asked = select(BalanceRow).where(
            or_(BalanceRow.employer_id == employer_id, BalanceRow.agency_id == employer_id)
        )
        return await self._newest(asked, state, after, limit)

    async def around(
        self, served: tuple[str, ...] | None, wanted: BalanceFilter, state: str | None, after: UUID | None, limit: int
    ) -> Sequence[BalanceRow]:
        """In every state, where officers serve (None: everywhere); the newest first."""
        asked = _narrowed(select(BalanceRow).where(_served(served)), wanted)
        return await self._newest(asked, state, after, limit)

    async def _newest(
        self, asked: Select[Any], state: str | None, after: UUID | None, limit: int
    ) -> Sequence[BalanceRow]:
        if state is not None:
            asked = asked.where(BalanceRow.state == state)
        if after is not None:
            asked = asked.where(BalanceRow.id < after)
        return (await self.session.scalars(asked.order_by(BalanceRow.id.desc()).limit(limit))).all()

    async def market(self, side: str, served: tuple[str, ...] | None = None) -> Sequence[BalanceRow]:
        """Everything public of one side, in a region or everywhere, in the order of ids."""
        asked = _public().where(BalanceRow.side == side, _served(served))
        return (await self.session.scalars(asked.order_by(BalanceRow.id))).all()


def _public() -> Select[Any]:
    return (
        select(BalanceRow)
        .join(EmployerRow, EmployerRow.id == BalanceRow.employer_id)
        .where(BalanceRow.state.in_(PUBLIC), EmployerRow.state == "verified")
    )


def _served(served: tuple[str, ...] | None) -> ColumnElement[bool]:
    return or_(within(BalanceRow.city_code, served), within(BalanceRow.district_code, served))


def _narrowed(asked: Select[Any], wanted: BalanceFilter) -> Select[Any]:
    if wanted.region is not None:
        asked = asked.where(around(BalanceRow, wanted.region))
    for name in ("trade", "side", "season"):
        if getattr(wanted, name) is not None:
            asked = asked.where(getattr(BalanceRow, name) == getattr(wanted, name))
    if wanted.day_from is not None:
        asked = asked.where(BalanceRow.last_day >= wanted.day_from)
    if wanted.day_to is not None:
        asked = asked.where(BalanceRow.first_day <= wanted.day_to)
    return asked
