"""Queries of shifts: locks in a fixed order, the guarded counter of seats, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm.attributes import set_committed_value

from service.applications.tables import ApplicationRow
from service.db.driver import write
from service.errors import Missing
from service.shifts.laying import LAY_OUT, LaidOut, facts_of
from service.shifts.tables import ShiftRow

if TYPE_CHECKING:
    from service.uow import Uow

# The posting is read FOR SHARE in the same statement: whoever closes it waits for this seat, or this seat
# sees it closed (INV-04). «filled» is shown to the public as full; a seat that has become free counts.
TAKE = text(
    """
    with offered as (
        select id from postings where id = :posting_id and state in ('published', 'filled') for share)
    update shifts set taken = taken + 1 from offered
    where shifts.id = :id and shifts.posting_id = offered.id and shifts.state = 'open'
      and shifts.taken < shifts.headcount and (:begun or shifts.starts_at > :now)
    returning shifts.taken, shifts.headcount
    """
)
FREE = text("update shifts set taken = taken - 1 where id = :id and taken > 0 returning taken, headcount")


class ShiftRepository:
    """`uow.shifts`."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    @staticmethod
    def new(**columns: Any) -> ShiftRow:
        """A row that `uow.add` will store."""
        return ShiftRow(**columns)

    async def lay_out(self, plan: LaidOut) -> None:
        """Store new shifts of one posting as `uow.add` would, ends scheduled; nothing reacts to their birth."""
        await self.uow.write_behind(self._write_plans, plan)

    async def _write_plans(self, plans: Sequence[LaidOut]) -> None:
        now = await self.uow.now()
        await write(self.session, LAY_OUT, [facts_of(plans, now, self.uow.ctx.request_id, self.uow.ctx.vault)])

    async def get(self, shift_id: UUID) -> ShiftRow:
        """Raises Missing."""
        row = await self.session.get(ShiftRow, shift_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, shift_id: UUID) -> ShiftRow:
        """The row for changing: rivals for its seats queue here. Raises Missing."""
        rows = await self.lock_many([shift_id])
        if not rows:
            raise Missing
        return rows[0]

    async def lock_many(self, shift_ids: Iterable[UUID]) -> list[ShiftRow]:
        """Several rows, locked in the order of their ids; those that are not there are left out."""
        return await self._locked(ShiftRow.id.in_(sorted(set(shift_ids))))

    async def lock_open(self, posting_id: UUID, day: date | None = None) -> list[ShiftRow]:
        """The open shifts of a posting (of one day), locked in the order of their ids; lock the posting after."""
        of_day = [ShiftRow.local_day == day] if day else []
        return await self._locked(ShiftRow.posting_id == posting_id, ShiftRow.state == "open", *of_day)

    async def _locked(self, *where: ColumnElement[bool]) -> list[ShiftRow]:
        query = select(ShiftRow).where(*where).order_by(ShiftRow.id).with_for_update(key_share=True)
        rows = await self.session.execute(query.execution_options(populate_existing=True))
        return list(rows.scalars())

    async def take(self, shift: ShiftRow, *, now: datetime, begun: bool = False) -> bool:
        """One seat more, or False: full, called off, begun (unless `begun` is allowed), or no longer offered."""
        values = {"id": shift.id, "posting_id": shift.posting_id, "now": now, "begun": begun}
        counted = (await self.session.execute(TAKE, values)).one_or_none()
        if counted is None:
            return False
        set_committed_value(shift, "taken", counted.taken)
        if counted.taken == counted.headcount:
            await self.uow.schedule("posting.count_seats", shift.posting_id, now)
        return True

    async def free(self, shift: ShiftRow, *, now: datetime) -> bool:
        """One seat less, or False when none was taken."""
        counted = (await self.session.execute(FREE, {"id": shift.id})).one_or_none()
        if counted is None:
            return False
        set_committed_value(shift, "taken", counted.taken)
        if counted.taken == counted.headcount - 1:
            await self.uow.schedule("posting.count_seats", shift.posting_id, now)
        return True

    async def occurrences(self, posting_id: UUID) -> set[str]:
        """The keys of every shift that the posting ever had."""
        query = select(ShiftRow.occurrence).where(ShiftRow.posting_id == posting_id)
        return set((await self.session.execute(query)).scalars())

    async def of_posting(
        self, posting_id: UUID, *, since: datetime | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[ShiftRow]:
        """Shifts by start; with `since` only those that end later."""
        query = select(ShiftRow).where(ShiftRow.posting_id == posting_id)
        if since is not None:
            query = query.where(ShiftRow.ends_at > since)
        if after is not None:
            later = (ShiftRow.starts_at == after[0]) & (ShiftRow.id > after[1])
            query = query.where((ShiftRow.starts_at > after[0]) | later)
        query = query.order_by(ShiftRow.starts_at, ShiftRow.id).limit(limit)
        return (await self.session.execute(query)).scalars().all()

    async def ids_to_come(self, posting_id: UUID, *, since: datetime, limit: int) -> Sequence[UUID]:
        """The open shifts that end later, by start."""
        query = select(ShiftRow.id).where(
            ShiftRow.posting_id == posting_id, ShiftRow.state == "open", ShiftRow.ends_at > since
        )
        return (await self.session.scalars(query.order_by(ShiftRow.starts_at, ShiftRow.id).limit(limit))).all()

    async def is_party(self, posting_id: UUID, worker_id: UUID) -> bool:
        """Whether a worker has had to do with the posting."""
        query = select(ApplicationRow.id).where(
            ApplicationRow.posting_id == posting_id, ApplicationRow.worker_id == worker_id
        )
        return (await self.session.execute(query.limit(1))).first() is not None
