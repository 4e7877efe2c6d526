"""Who does not want to see whom: both sides' blocks, for every way to a seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import exists, select

from service.employers.rules import is_public, public_name
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.ids import new_id
from service.workers.tables import BlockRow
from service.workers.views import BlockView

if TYPE_CHECKING:
    from service.uow import Uow

Side = Literal["employer", "worker"]


class BlocksRepository:
    """One row for each side that blocks; either side's row keeps the two apart."""

    def __init__(self, uow: Uow):
        self.uow = uow

    def new(self, *, employer_id: UUID, worker_id: UUID, set_by: Side, reason: str | None) -> BlockRow:
        """A block, not yet added."""
        return BlockRow(id=new_id(), employer_id=employer_id, worker_id=worker_id, set_by=set_by, reason=reason)

    async def live(self, *, employer_id: UUID, worker_id: UUID, set_by: Side) -> BlockRow | None:
        """This side's live block of the other."""
        found = select(BlockRow).where(
            BlockRow.employer_id == employer_id,
            BlockRow.worker_id == worker_id,
            BlockRow.set_by == set_by,
            BlockRow.lifted_at.is_(None),
        )
        return (await self.uow.session.scalars(found)).one_or_none()

    async def between(self, *, employer_id: UUID, worker_id: UUID) -> bool:
        """Whether either side blocks the other."""
        apart = exists().where(
            BlockRow.employer_id == employer_id, BlockRow.worker_id == worker_id, BlockRow.lifted_at.is_(None)
        )
        return bool((await self.uow.session.execute(select(apart))).scalar_one())

    async def employers_apart_from(self, worker_id: UUID) -> frozenset[UUID]:
        """Employers whom the worker must not meet, whoever set it."""
        found = select(BlockRow.employer_id).where(BlockRow.worker_id == worker_id, BlockRow.lifted_at.is_(None))
        return frozenset(await self.uow.session.scalars(found))

    async def set_by_worker(self, worker_id: UUID) -> Sequence[BlockView]:
        """The worker's own list, with the employers' names."""
        found = (
            select(BlockRow, EmployerRow.name, EmployerRow.kind)
            .join(EmployerRow, EmployerRow.id == BlockRow.employer_id)
            .where(BlockRow.worker_id == worker_id, BlockRow.set_by == "worker", BlockRow.lifted_at.is_(None))
            .order_by(BlockRow.created_at, BlockRow.id)
        )
        return [
            BlockView(row.id, row.version, row.employer_id, public_name(name, kind), row.reason, row.created_at)
            for row, name, kind in await self.uow.session.execute(found)
        ]

    async def set_by_employer(self, employer_id: UUID) -> Sequence[BlockRow]:
        """The employer's own list."""
        found = select(BlockRow).where(
            BlockRow.employer_id == employer_id, BlockRow.set_by == "employer", BlockRow.lifted_at.is_(None)
        )
        return (await self.uow.session.scalars(found.order_by(BlockRow.created_at, BlockRow.id))).all()

    async def of_worker(self, worker_id: UUID) -> Sequence[BlockRow]:
        """Both sides' live rows about a worker, for a merge."""
        found = select(BlockRow).where(BlockRow.worker_id == worker_id, BlockRow.lifted_at.is_(None))
        return (await self.uow.session.scalars(found.order_by(BlockRow.id))).all()

    async def employer_name(self, employer_id: UUID) -> str:
        """The name of an employer as everybody reads it. Raises Missing, also for one that is not public."""
        row = await self.uow.session.get(EmployerRow, employer_id)
        if row is None or not is_public(row.state):
            raise Missing
        return public_name(row.name, row.kind)
