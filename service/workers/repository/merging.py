"""Everything that hangs on a worker's record, for the day on which two records turn out to be one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.applications.tables import ApplicationRow
from service.attendance.tables import TimesheetRow
from service.db.base import Entity
from service.employers.tables import PoolMemberRow
from service.engagements.tables import EngagementRow, HoursRow
from service.pay.tables import PayRecordRow
from service.reliability.tables import ReliabilityEventRow
from service.workers.tables import BlockRow, CertificateRow, SkillRow

if TYPE_CHECKING:
    from service.uow import Uow

RE_POINTED: tuple[Any, ...] = (
    ApplicationRow, EngagementRow, TimesheetRow, PayRecordRow, CertificateRow, ReliabilityEventRow,
)  # fmt: skip


class MergingRepository:
    """Reads what is to be handed over; the reaction hands it over through the log, row by row."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def asks_twice(self, a: UUID, b: UUID) -> bool:
        """Whether both records have a live application for one shift, or for one posting as a whole."""
        ours, theirs = aliased(ApplicationRow), aliased(ApplicationRow)
        found = (
            select(ours.id)
            .join(theirs, theirs.posting_id == ours.posting_id)
            .where(
                ours.worker_id == a,
                theirs.worker_id == b,
                ours.state.in_(LIVE_APPLICATION),
                theirs.state.in_(LIVE_APPLICATION),
                ours.shift_id.is_not_distinct_from(theirs.shift_id),
            )
        )
        return (await self.uow.session.scalars(found.limit(1))).one_or_none() is not None

    async def hanging_on(self, worker_id: UUID) -> Sequence[Entity]:
        """Rows that simply go over to the kept record."""
        made: list[Entity] = []
        for table in RE_POINTED:
            made += await self._of(table, worker_id)
        return made

    async def skills(self, worker_id: UUID) -> Sequence[SkillRow]:
        """Live skills."""
        return await self._of(SkillRow, worker_id, SkillRow.removed_at.is_(None))

    async def pools(self, worker_id: UUID) -> Sequence[PoolMemberRow]:
        """Live places in employers' own pools."""
        return await self._of(PoolMemberRow, worker_id, PoolMemberRow.removed_at.is_(None))

    async def blocks(self, worker_id: UUID) -> Sequence[BlockRow]:
        """Live blocks of both sides."""
        return await self._of(BlockRow, worker_id, BlockRow.lifted_at.is_(None))

    async def hand_over_hours(self, given_up: UUID, kept: UUID) -> None:
        """The ledger counts for the kept record; its lines are not versioned."""
        await self.uow.session.execute(update(HoursRow).where(HoursRow.worker_id == given_up).values(worker_id=kept))

    async def _of(self, table: Any, worker_id: UUID, *where: Any) -> Sequence[Any]:
        found = select(table).where(table.worker_id == worker_id, *where).order_by(table.id)
        return (await self.uow.session.scalars(found)).all()
