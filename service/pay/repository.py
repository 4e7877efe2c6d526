"""Queries over pay records and what they are reckoned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from service.attendance.tables import TimesheetRow
from service.employers.tables import MemberRow
from service.engagements.tables import EngagementRow, HoursRow, at_place
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow, PostingVersionRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow

Places = Mapping[str, UUID]
WORKED = ("confirmed", "on_duty", "completed", "ended_early", "broken_off")
# What an employer should look at first.
_URGENCY = case({"overdue": 0, "disputed": 1, "due": 2, "paid_by_employer": 3}, value=PayRecordRow.state, else_=4)


@dataclass(frozen=True, slots=True)
class Sources:
    """What pay is reckoned from: the accepted version's terms, the posting as it stands, the shift's plan."""

    terms: Mapping[str, Any]
    posting: PostingRow
    break_minutes: int


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of one state, in fen."""

    state: str
    records: int
    due_fen: int
    paid_fen: int
    received_fen: int


class PayRepository:
    """Pay records by worker, employer and region."""

    def __init__(self, session: AsyncSession):
        self.session = session

    def new(self, **fields: Any) -> PayRecordRow:
        """A record that is due; to be given to `uow.add`."""
        return PayRecordRow(state="due", paid_fen=0, **fields)

    async def get(self, record_id: UUID) -> PayRecordRow | None:
        """One record, as it stands."""
        return await self.session.get(PayRecordRow, record_id)

    async def lock(self, record_id: UUID) -> PayRecordRow | None:
        """The worker's row first, then the record, fresh (INV-20: a timer and a person queue here)."""
        known = await self.get(record_id)
        if known is None:
            return None
        await self.lock_workers([known.worker_id])
        query = select(PayRecordRow).where(PayRecordRow.id == record_id).with_for_update()
        return (await self.session.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def lock_workers(self, workers: Sequence[UUID]) -> None:
        """The workers' rows, in one order for everybody."""
        for worker_id in sorted(workers):
            query = select(WorkerRow.id).where(WorkerRow.id == worker_id).with_for_update(key_share=True)
            await self.session.execute(query)

    async def of_engagement(self, engagement_id: UUID, kind: str) -> PayRecordRow | None:
        """The record of that kind, locked."""
        query = select(PayRecordRow).where(PayRecordRow.engagement_id == engagement_id, PayRecordRow.kind == kind)
        query = query.with_for_update().execution_options(populate_existing=True)
        return (await self.session.scalars(query)).one_or_none()

    async def engagement(self, engagement_id: UUID) -> EngagementRow | None:
        """The seat that a record is for."""
        return await self.session.get(EngagementRow, engagement_id)

    async def sources(self, engagement: EngagementRow) -> Sources:
        """Terms of the version that both accepted; where it holds no pay, the posting's columns decide."""
        version = select(PostingVersionRow.terms).where(
            PostingVersionRow.posting_id == engagement.posting_id,
            PostingVersionRow.terms_version == engagement.terms_version,
        )
        terms = (await self.session.execute(version)).scalar_one_or_none() or {}
        posting = await self.session.get_one(PostingRow, engagement.posting_id)
        shift = await self.session.get_one(ShiftRow, engagement.shift_id)
        return Sources(terms, posting, shift.break_minutes)

    async def minutes_before(self, engagement: EngagementRow, first: date, next_first: date) -> int:
        """Minutes of the worker with this employer in [first, next_first) in seats that began before this one."""
        query = (
            select(func.coalesce(func.sum(HoursRow.minutes), 0))
            .join(EngagementRow, EngagementRow.id == HoursRow.engagement_id)
            .where(
                HoursRow.worker_id == engagement.worker_id,
                HoursRow.employer_id == engagement.employer_id,
                HoursRow.local_day >= first,
                HoursRow.local_day < next_first,
                EngagementRow.state.in_(WORKED),
                tuple_(EngagementRow.starts_at, EngagementRow.id) < (engagement.starts_at, engagement.id),
            )
        )
        return int((await self.session.execute(query)).scalar_one())

    async def lock_seats(self, shift_id: UUID) -> list[EngagementRow]:
        """Every seat ever taken in a shift with its worker locked first, then the shift, then the seats."""
        workers = select(EngagementRow.worker_id).where(EngagementRow.shift_id == shift_id)
        await self.lock_workers(list((await self.session.scalars(workers)).all()))
        await self.session.execute(select(ShiftRow.id).where(ShiftRow.id == shift_id).with_for_update())
        seats = select(EngagementRow).where(EngagementRow.shift_id == shift_id).order_by(EngagementRow.id)
        seats = seats.with_for_update().execution_options(populate_existing=True)
        return list((await self.session.scalars(seats)).all())

    async def shift(self, shift_id: UUID) -> ShiftRow | None:
        """The shift to be closed."""
        return await self.session.get(ShiftRow, shift_id)

    async def sheet(self, engagement_id: UUID) -> TimesheetRow | None:
        """The timesheet of a seat, locked."""
        query = select(TimesheetRow).where(TimesheetRow.engagement_id == engagement_id).with_for_update()
        return (await self.session.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def payers(self, employer_id: UUID) -> list[UUID]:
        """The people who answer for the employer's money."""
        query = select(MemberRow.person_id).where(
            MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None), MemberRow.role != "clerk"
        )
        return list((await self.session.scalars(query.order_by(MemberRow.person_id))).all())

    # -- lists -------------------------------------------------------------------------------------------

    async def of_worker(
        self, worker_id: UUID, *, state: str | None, of: Places, after: Sequence[Any] | None, limit: int
    ) -> list[PayRecordRow]:
        """A worker's earnings, the latest due day first."""
        query = select(PayRecordRow).where(PayRecordRow.worker_id == worker_id, *_narrowed(state, of))
        if after is not None:
            key = (date.fromisoformat(after[0]), UUID(after[1]))
            query = query.where(tuple_(PayRecordRow.due_on, PayRecordRow.id) < key)
        query = query.order_by(PayRecordRow.due_on.desc(), PayRecordRow.id.desc()).limit(limit)
        return list((await self.session.scalars(query)).all())

    async def of_employer(
        self, employer_id: UUID, *, state: str | None, of: Places, after: Sequence[Any] | None, limit: int
    ) -> list[tuple[PayRecordRow, int]]:
        """An employer's debts, what is unpaid first: overdue, disputed, due, then the rest, by due day."""
        query = select(PayRecordRow, _URGENCY).where(PayRecordRow.employer_id == employer_id, *_narrowed(state, of))
        order = (_URGENCY, PayRecordRow.due_on, PayRecordRow.id)
        if after is not None:
            key = (int(after[0]), date.fromisoformat(after[1]), UUID(after[2]))
            query = query.where(tuple_(*order) > key)
        rows = (await self.session.execute(query.order_by(*order).limit(limit))).all()
        return [(row[0], row[1]) for row in rows]

    async def open_of(self, worker_id: UUID) -> list[PayRecordRow]:
        """What a worker has most likely been paid for: stated as paid before merely owed, the latest first."""
        query = select(PayRecordRow).where(
            PayRecordRow.worker_id == worker_id,
            PayRecordRow.state.in_(("paid_by_employer", "due", "overdue", "disputed")),
        )
        stated = case({"paid_by_employer": 0}, value=PayRecordRow.state, else_=1)
        query = query.order_by(stated, PayRecordRow.due_at.desc(), PayRecordRow.id.desc())
        return list((await self.session.scalars(query)).all())

    async def overdue_in(
        self, regions: Sequence[str] | None, *, after: Sequence[Any] | None, limit: int
    ) -> list[PayRecordRow]:
        """What is overdue or disputed in regions (prefixes; None is everywhere), the longest first."""
        query = select(PayRecordRow).where(PayRecordRow.state.in_(("overdue", "disputed")))
        if regions is not None:
            query = query.where(or_(false(), *(_lies_in(PayRecordRow.city_code, region) for region in regions)))
        if after is not None:
            key = (datetime.fromisoformat(after[0]), UUID(after[1]))
            query = query.where(tuple_(PayRecordRow.due_at, PayRecordRow.id) > key)
        return list(await self.session.scalars(query.order_by(PayRecordRow.due_at, PayRecordRow.id).limit(limit)))

    async def totals(self, *, worker_id: UUID | None = None, employer_id: UUID | None = None) -> list[Total]:
        """Sums by state, of one worker or one employer."""
        received = func.coalesce(PayRecordRow.received_fen, 0)
        query = select(
            PayRecordRow.state,
            func.count(),
            func.sum(PayRecordRow.due_fen),
            func.sum(PayRecordRow.paid_fen),
            func.sum(received),
        )
        if worker_id is not None:
            query = query.where(PayRecordRow.worker_id == worker_id)
        else:
            query = query.where(PayRecordRow.employer_id == employer_id)
        rows = (await self.session.execute(query.group_by(PayRecordRow.state).order_by(PayRecordRow.state))).all()
        return [Total(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]


def _narrowed(state: str | None, of: Places) -> list[ColumnElement[bool]]:
    """The conditions of a list that was narrowed to a state and to a seat, a shift or a posting."""
    of_state: list[ColumnElement[bool]] = [PayRecordRow.state == state] if state is not None else []
    return of_state + at_place(PayRecordRow.engagement_id, of)


def _lies_in(column: Any, region: str) -> Any:
    """GB/T 2260: a province covers its cities, a city its districts."""
    trimmed = region
    while trimmed.endswith("00") and len(trimmed) > 2:
        trimmed = trimmed[:-2]
    return column.startswith(trimmed, autoescape=True)
