"""Employers by id, by person, and as the officers of a region see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from service.employers.tables import EmployerRow, MemberRow
from service.errors import Missing
from service.reference.within import within
from service.text import fold

if TYPE_CHECKING:
    from service.uow import Uow

Regions = tuple[str, ...] | None  # None: every region


class EmployersRepository:
    """Who needs hands."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> EmployerRow:
        """An employer for `uow.add`; the name's folded form is made here."""
        return EmployerRow(state="applied", name_folded=fold(fields["name"]), reliability=[], **fields)

    async def get(self, employer_id: UUID) -> EmployerRow:
        """An employer by id. Raises Missing."""
        row = await self.session.get(EmployerRow, employer_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, employer_id: UUID) -> EmployerRow:
        """An employer, kept from other writers. Raises Missing. Lock a worker first where both are needed."""
        asked = select(EmployerRow).where(EmployerRow.id == employer_id)
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of_person(self, person_id: UUID) -> Sequence[tuple[EmployerRow, str]]:
        """(employer, role) of every live membership, the oldest first."""
        asked = (
            select(EmployerRow, MemberRow.role)
            .join(MemberRow, MemberRow.employer_id == EmployerRow.id)
            .where(MemberRow.person_id == person_id, MemberRow.left_at.is_(None))
            .order_by(MemberRow.created_at, MemberRow.id)
        )
        return [(row, role) for row, role in await self.session.execute(asked)]

    async def waiting(self, regions: Regions, after: list[Any] | None, limit: int) -> Sequence[EmployerRow]:
        """Applications with a promised answer, the most urgent first."""
        asked = select(EmployerRow).where(EmployerRow.state == "applied", EmployerRow.answer_by.is_not(None))
        return await self._page(asked, EmployerRow.answer_by, regions, after, limit)

    async def due_soon(
        self, regions: Regions, until: datetime, after: list[Any] | None, limit: int
    ) -> Sequence[EmployerRow]:
        """Verified employers whose verification lapses before `until`, the earliest first."""
        asked = select(EmployerRow).where(EmployerRow.state == "verified", EmployerRow.recheck_at < until)
        return await self._page(asked, EmployerRow.recheck_at, regions, after, limit)

    async def found(
        self, regions: Regions, text: str | None, state: str | None, after: list[Any] | None, limit: int
    ) -> Sequence[EmployerRow]:
        """Employers of a region by part of the name or by the whole credit code, the newest first."""
        asked = select(EmployerRow)
        if state is not None:
            asked = asked.where(EmployerRow.state == state)
        if text is not None:
            named = EmployerRow.name_folded.contains(fold(text), autoescape=True)
            asked = asked.where(or_(named, EmployerRow.credit_code == text.strip().upper()))
        if regions is not None:
            asked = asked.where(_inside(regions))
        if after is not None:
            asked = asked.where(EmployerRow.id < UUID(after[0]))
        return (await self.session.scalars(asked.order_by(EmployerRow.id.desc()).limit(limit))).all()

    async def _page(
        self, asked: Select[EmployerRow], by: Any, regions: Regions, after: list[Any] | None, limit: int
    ) -> Sequence[EmployerRow]:
        if regions is not None:
            asked = asked.where(_inside(regions))
        if after is not None:
            asked = asked.where(tuple_(by, EmployerRow.id) > (datetime.fromisoformat(after[0]), UUID(after[1])))
        return (await self.session.scalars(asked.order_by(by, EmployerRow.id).limit(limit))).all()


def _inside(regions: tuple[str, ...]) -> ColumnElement[bool]:
    """An employer belongs to its district, or to its city where no district is known (GB/T 2260 prefix)."""
    place = func.coalesce(EmployerRow.district_code, EmployerRow.city_code)
    return within(place, regions)
