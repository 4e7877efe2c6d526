"""Queries on disclosed fees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from service.employers.lifecycle import EMPLOYER
from service.employers.rules import is_public
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.fees.tables import FeeDisclosureRow, FeeRemarkRow
from service.reference.within import around

if TYPE_CHECKING:
    from service.uow import Uow

HIDDEN = tuple(sorted(state for state in EMPLOYER.states if not is_public(state)))


class FeeRepository:
    """`uow.fees`."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    @staticmethod
    def new(**fields: Any) -> FeeDisclosureRow:
        """A version for `uow.add`."""
        return FeeDisclosureRow(**fields)

    @staticmethod
    def new_remark(**fields: Any) -> FeeRemarkRow:
        """A remark, or the end of one, for `uow.add`."""
        return FeeRemarkRow(**fields)

    async def of(self, employer_id: UUID, capacity: str | None = None) -> Sequence[FeeDisclosureRow]:
        """Every version of an employer, the newest first."""
        asked = select(FeeDisclosureRow).where(FeeDisclosureRow.employer_id == employer_id)
        if capacity is not None:
            asked = asked.where(FeeDisclosureRow.capacity == capacity)
        return (
            await self.session.scalars(asked.order_by(FeeDisclosureRow.capacity, FeeDisclosureRow.number.desc()))
        ).all()

    async def get(self, employer_id: UUID, disclosure_id: UUID) -> FeeDisclosureRow:
        """One version of an employer. Raises Missing."""
        asked = select(FeeDisclosureRow).where(
            FeeDisclosureRow.id == disclosure_id, FeeDisclosureRow.employer_id == employer_id
        )
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def remarks(self, disclosure_ids: Iterable[UUID]) -> dict[UUID, FeeRemarkRow]:
        """The newest remark, or end of one, of each."""
        asked = select(FeeRemarkRow).where(FeeRemarkRow.disclosure_id.in_(list(disclosure_ids)))
        rows = await self.session.scalars(asked.order_by(FeeRemarkRow.created_at, FeeRemarkRow.id))
        return {row.disclosure_id: row for row in rows}

    async def in_force(
        self, today: date, region: str | None, capacity: str | None, after: tuple[UUID, str] | None, limit: int
    ) -> Sequence[FeeDisclosureRow]:
        """What holds today, one for each employer and capacity, of employers that the public sees."""
        asked = (
            select(FeeDisclosureRow)
            .ext(distinct_on(FeeDisclosureRow.employer_id, FeeDisclosureRow.capacity))
            .join(EmployerRow, and_(EmployerRow.id == FeeDisclosureRow.employer_id, EmployerRow.state.not_in(HIDDEN)))
            .where(FeeDisclosureRow.valid_from <= today)
        )
        if capacity is not None:
            asked = asked.where(FeeDisclosureRow.capacity == capacity)
        if region is not None:
            asked = asked.where(around(EmployerRow, region))
        if after is not None:
            asked = asked.where(tuple_(FeeDisclosureRow.employer_id, FeeDisclosureRow.capacity) > after)
        newest = (FeeDisclosureRow.valid_from.desc(), FeeDisclosureRow.number.desc())
        order = (FeeDisclosureRow.employer_id, FeeDisclosureRow.capacity, *newest)
        return (await self.session.scalars(asked.order_by(*order).limit(limit))).all()
