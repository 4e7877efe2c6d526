"""Crews and who is in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from service.errors import Missing
from service.ids import new_id
from service.workers.tables import CrewMemberRow, CrewRow

if TYPE_CHECKING:
    from service.uow import Uow


class CrewsRepository:
    """A crew's row is locked before people are counted, after the worker who moves."""

    def __init__(self, uow: Uow):
        self.uow = uow

    def new(self, leader_id: UUID, *, name: str, least: int) -> CrewRow:
        """A crew, not yet added."""
        return CrewRow(id=new_id(), leader_id=leader_id, name=name, least=least, state="open")

    def new_member(self, crew_id: UUID, worker_id: UUID) -> CrewMemberRow:
        """An invitation, not yet added; with `joined_at` it is a place."""
        return CrewMemberRow(id=new_id(), crew_id=crew_id, worker_id=worker_id)

    async def lock(self, crew_id: UUID) -> CrewRow:
        """An open crew, locked. Raises Missing."""
        found = select(CrewRow).where(CrewRow.id == crew_id).with_for_update(key_share=True)
        row = (await self.uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()
        if row is None or row.state != "open":
            raise Missing
        return row

    async def members(self, crew_id: UUID) -> Sequence[CrewMemberRow]:
        """Those in it and those asked, the first first."""
        return (await self.members_of([crew_id])).get(crew_id, [])

    async def members_of(self, crew_ids: Collection[UUID]) -> dict[UUID, list[CrewMemberRow]]:
        """The same for many crews."""
        found = select(CrewMemberRow).where(CrewMemberRow.crew_id.in_(crew_ids), CrewMemberRow.left_at.is_(None))
        made: dict[UUID, list[CrewMemberRow]] = {}
        for row in await self.uow.session.scalars(found.order_by(CrewMemberRow.created_at, CrewMemberRow.id)):
            made.setdefault(row.crew_id, []).append(row)
        return made

    async def place(self, crew_id: UUID, worker_id: UUID) -> CrewMemberRow:
        """This worker's live place or invitation. Raises Missing."""
        found = select(CrewMemberRow).where(
            CrewMemberRow.crew_id == crew_id, CrewMemberRow.worker_id == worker_id, CrewMemberRow.left_at.is_(None)
        )
        row = (await self.uow.session.scalars(found)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of_worker(self, worker_id: UUID) -> Sequence[CrewRow]:
        """Open crews that somebody is in or asked into."""
        found = (
            select(CrewRow)
            .join(CrewMemberRow, CrewMemberRow.crew_id == CrewRow.id)
            .where(CrewRow.state == "open", CrewMemberRow.worker_id == worker_id, CrewMemberRow.left_at.is_(None))
            .order_by(CrewRow.created_at, CrewRow.id)
        )
        return (await self.uow.session.scalars(found)).all()

    async def joined_by(self, worker_id: UUID) -> Sequence[CrewRow]:
        """Open crews that somebody is in by an own yes."""
        found = (
            select(CrewRow)
            .join(CrewMemberRow, CrewMemberRow.crew_id == CrewRow.id)
            .where(
                CrewRow.state == "open",
                CrewMemberRow.worker_id == worker_id,
                CrewMemberRow.joined_at.is_not(None),
                CrewMemberRow.left_at.is_(None),
            )
            .order_by(CrewRow.created_at, CrewRow.id)
        )
        return (await self.uow.session.scalars(found)).all()

    async def everything_of(self, worker_id: UUID) -> tuple[Sequence[CrewRow], Sequence[CrewMemberRow]]:
        """Every crew led and every place ever had, for a merge."""
        led = select(CrewRow).where(CrewRow.leader_id == worker_id).order_by(CrewRow.id)
        places = select(CrewMemberRow).where(CrewMemberRow.worker_id == worker_id).order_by(CrewMemberRow.id)
        return (await self.uow.session.scalars(led)).all(), (await self.uow.session.scalars(places)).all()
