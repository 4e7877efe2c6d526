"""Who comes to a fair: places, the waiting list, who was there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import exists, func, select

from service.errors import Missing
from service.fairs.lifecycle import ENTRY_LIVE
from service.fairs.tables import EntryRow, FairRow
from service.ids import new_id
from service.messages.tables import MessageRow
from service.people.tables import PersonRow

if TYPE_CHECKING:
    from service.uow import Uow


class FairEntryRepository:
    """Its fair is locked before an entry is written."""

    uow: Uow
    session: Any

    def new_entry(self, fair: FairRow, worker_id: UUID, *, state: str, number: int, **more: Any) -> EntryRow:
        """Not yet added."""
        fields: dict[str, Any] = {"came_at": None, "way_in": None} | more
        return EntryRow(
            id=new_id(), state=state, fair_id=fair.id, worker_id=worker_id, city_code=fair.city_code, number=number,
            **fields,
        )  # fmt: skip

    async def entry(self, entry_id: UUID) -> EntryRow:
        """By id, to look at. Raises Missing."""
        row: EntryRow | None = await self.session.get(EntryRow, entry_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_entry(self, entry_id: UUID) -> EntryRow:
        """One, kept until the end. Raises Missing."""
        row = await self._locked(EntryRow.id == entry_id)
        if row is None:
            raise Missing
        return row

    async def entry_of(self, fair_id: UUID, worker_id: UUID) -> EntryRow | None:
        """A person's at a fair, kept until the end."""
        return await self._locked(EntryRow.fair_id == fair_id, EntryRow.worker_id == worker_id)

    async def entry_numbered(self, fair_id: UUID, number: int) -> EntryRow | None:
        """By the number that was given out."""
        return await self._locked(EntryRow.fair_id == fair_id, EntryRow.number == number)

    async def entry_of_phone(self, fair_id: UUID, phone_hash: bytes) -> EntryRow | None:
        """Of somebody who has signed up, by the phone; None where two records have it."""
        owners = select(PersonRow.id).where(PersonRow.phone_hash == phone_hash)
        asked = select(EntryRow).where(EntryRow.fair_id == fair_id, EntryRow.worker_id.in_(owners))
        rows = (await self.session.scalars(asked.with_for_update().execution_options(populate_existing=True))).all()
        return rows[0] if len(rows) == 1 else None

    async def first_waiting(self, fair_id: UUID) -> EntryRow | None:
        """Whose turn it is on the waiting list."""
        asked = select(EntryRow).where(EntryRow.fair_id == fair_id, EntryRow.state == "waiting")
        asked = asked.order_by(EntryRow.number).limit(1).with_for_update()
        row: EntryRow | None = (
            await self.session.scalars(asked.execution_options(populate_existing=True))
        ).one_or_none()
        return row

    async def _locked(self, *where: Any) -> EntryRow | None:
        asked = select(EntryRow).where(*where).with_for_update().execution_options(populate_existing=True)
        row: EntryRow | None = (await self.session.scalars(asked)).one_or_none()
        return row

    async def ahead(self, row: EntryRow) -> int:
        """How many wait before this one."""
        asked = select(func.count()).where(
            EntryRow.fair_id == row.fair_id, EntryRow.state == "waiting", EntryRow.number < row.number
        )
        return int((await self.session.execute(asked)).scalar_one())

    async def entries_page(
        self, fair_id: UUID, *, states: Collection[str] | None, after: int, limit: int
    ) -> Sequence[EntryRow]:
        """By number."""
        asked = select(EntryRow).where(EntryRow.fair_id == fair_id, EntryRow.number > after)
        if states is not None:
            asked = asked.where(EntryRow.state.in_(states))
        rows: Sequence[EntryRow] = (await self.session.scalars(asked.order_by(EntryRow.number).limit(limit))).all()
        return rows

    async def entries_of(
        self, worker_id: UUID, *, after: UUID | None = None, limit: int | None = None
    ) -> Sequence[Any]:
        """(entry, fair) of a person, the newest first."""
        asked = select(EntryRow, FairRow).join(FairRow, FairRow.id == EntryRow.fair_id)
        asked = asked.where(EntryRow.worker_id == worker_id).order_by(EntryRow.id.desc())
        if after is not None:
            asked = asked.where(EntryRow.id < after)
        found: Sequence[Any] = (await self.session.execute(asked.limit(limit) if limit else asked)).all()
        return found

    async def entry_counts(self, fair_id: UUID) -> dict[str, int]:
        """How many are in which state."""
        asked = (
            select(EntryRow.state, func.count().label("people"))
            .where(EntryRow.fair_id == fair_id)
            .group_by(EntryRow.state)
        )
        return {row.state: row.people for row in await self.session.execute(asked)}

    async def to_settle(self, fair_id: UUID, limit: int) -> Sequence[EntryRow]:
        """Who still waits or is expected once the fair has ended, locked in one order."""
        asked = select(EntryRow).where(EntryRow.fair_id == fair_id, EntryRow.state.in_(ENTRY_LIVE))
        rows: Sequence[EntryRow] = (
            await self.session.scalars(asked.order_by(EntryRow.id).limit(limit).with_for_update())
        ).all()
        return rows

    async def untold(self, fair_id: UUID, dedupe: str, limit: int) -> Sequence[UUID]:
        """People with a place or on the list who have not been told this yet."""
        told = exists().where(MessageRow.person_id == EntryRow.worker_id, MessageRow.dedupe == dedupe)
        asked = select(EntryRow.worker_id).where(EntryRow.fair_id == fair_id, EntryRow.state.in_(ENTRY_LIVE), ~told)
        rows: Sequence[UUID] = (await self.session.scalars(asked.order_by(EntryRow.id).limit(limit))).all()
        return rows
