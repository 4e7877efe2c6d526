"""Queries on brokers and the people they act for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from service.brokers.lifecycle import LIVE
from service.brokers.tables import BrokerageRow
from service.errors import Missing
from service.ids import new_id

if TYPE_CHECKING:
    from service.uow import Uow


class BrokerRepository:
    """Who acts for whom."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> BrokerageRow:
        """One for `uow.add`."""
        names = ("wording", "agreed_at", "agreed_how", "closed_at")
        return BrokerageRow(**(dict.fromkeys(names) | {"id": new_id(), "state": "asked"} | fields))

    async def get(self, brokerage_id: UUID, *, lock: bool = False) -> BrokerageRow:
        """One. Raises Missing."""
        asked = select(BrokerageRow).where(BrokerageRow.id == brokerage_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def between(self, agency_id: UUID, person_id: UUID) -> BrokerageRow | None:
        """The live one between the two, kept from other writers."""
        asked = select(BrokerageRow).where(
            BrokerageRow.agency_id == agency_id, BrokerageRow.person_id == person_id,
            BrokerageRow.state.in_(LIVE),
        )  # fmt: skip
        return (await self.session.scalars(asked.with_for_update(key_share=True))).one_or_none()

    async def acted_for(self, agency_id: UUID, person_ids: Collection[UUID], *, lock: bool = False) -> frozenset[UUID]:
        """Who of these has said yes to the agency, and has not left; `lock`: and does not until the end."""
        asked = select(BrokerageRow.person_id).where(
            BrokerageRow.agency_id == agency_id, BrokerageRow.person_id.in_(person_ids), BrokerageRow.state == "active"
        )
        asked = asked.order_by(BrokerageRow.id).with_for_update(key_share=True) if lock else asked
        return frozenset(await self.session.scalars(asked))

    async def live(self, **which: UUID) -> Sequence[BrokerageRow]:
        """Those of a person or of an agency that have not ended; in one order."""
        asked = select(BrokerageRow).filter_by(**which).where(BrokerageRow.state.in_(LIVE))
        asked = asked.order_by(BrokerageRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def of_person(self, person_id: UUID) -> Sequence[BrokerageRow]:
        """Every one of a person."""
        asked = select(BrokerageRow).where(BrokerageRow.person_id == person_id)
        return (await self.session.scalars(asked.order_by(BrokerageRow.id))).all()

    async def page(self, mine: dict[str, UUID | None], after: UUID | None, limit: int) -> Sequence[BrokerageRow]:
        """One side's, the newest first."""
        asked = select(BrokerageRow).filter_by(**mine)
        if after is not None:
            asked = asked.where(BrokerageRow.id < after)
        return (await self.session.scalars(asked.order_by(BrokerageRow.id.desc()).limit(limit))).all()
