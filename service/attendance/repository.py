"""Queries over what was told of arrivals and departures, and over timesheets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import false, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from service.actor import Actor
from service.attendance.rules import PRESENT
from service.attendance.tables import AttendanceRow, TimesheetRow
from service.db.tables import CounterRow, TransitionRow
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.tables import EngagementRow, at_place
from service.ids import new_id
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow


@dataclass(frozen=True, slots=True)
class Seat:
    """An engagement with its shift and posting, and the kind of its employer."""

    engagement: EngagementRow
    shift: ShiftRow
    posting: PostingRow
    employer_kind: str

    @property
    def meeting_point(self) -> tuple[float, float] | None:
        """Where people come to: the pick-up point if there is one, else the place of work."""
        pickup = self.posting.pickup
        if pickup and pickup.get("lon") is not None:
            return float(pickup["lon"]), float(pickup["lat"])
        if self.posting.lon is None or self.posting.lat is None:
            return None
        return self.posting.lon, self.posting.lat

    @property
    def point_is_approximate(self) -> bool:
        """Whether the place is only its district's centre, or a household's: its points are kept to a kilometre."""
        pickup = self.posting.pickup
        if self.employer_kind == "household":
            return True
        return self.posting.approximate and not (pickup and pickup.get("lon") is not None)


class AttendanceRepository:
    """Told facts by engagement; timesheets by engagement, worker and employer."""

    def __init__(self, session: AsyncSession):
        self.session = session

    # -- seats -------------------------------------------------------------------------------------------

    async def seat(self, engagement_id: UUID) -> Seat | None:
        """An engagement with its surroundings, as it stands."""
        query = (
            select(EngagementRow, ShiftRow, PostingRow, EmployerRow.kind)
            .join(ShiftRow, ShiftRow.id == EngagementRow.shift_id)
            .join(PostingRow, PostingRow.id == EngagementRow.posting_id)
            .join(EmployerRow, EmployerRow.id == EngagementRow.employer_id)
            .where(EngagementRow.id == engagement_id)
            .execution_options(populate_existing=True)
        )
        found = (await self.session.execute(query)).one_or_none()
        return Seat(*found) if found is not None else None

    async def lock_seat(self, engagement_id: UUID, *, with_shift: bool = False) -> Seat | None:
        """The same, locked in the order of the house: worker, shift where seats change, engagement."""
        query = select(EngagementRow.worker_id, EngagementRow.shift_id).where(EngagementRow.id == engagement_id)
        known = (await self.session.execute(query)).one_or_none()
        if known is None:
            return None
        worker = select(WorkerRow.id).where(WorkerRow.id == known.worker_id).with_for_update(key_share=True)
        await self.session.execute(worker)
        if with_shift:
            await self.session.execute(select(ShiftRow.id).where(ShiftRow.id == known.shift_id).with_for_update())
        await self.session.execute(
            select(EngagementRow.id).where(EngagementRow.id == engagement_id).with_for_update(key_share=True)
        )
        return await self.seat(engagement_id)

    async def shift(self, shift_id: UUID) -> ShiftRow | None:
        """The shift whose code is shown."""
        return await self.session.get(ShiftRow, shift_id)

    async def current_seats(self, worker_id: UUID, now: datetime, early: timedelta) -> list[EngagementRow]:
        """A worker's seats of about now: from `early` before the start to a day after the end, the nearest first."""
        query = select(EngagementRow).where(
            EngagementRow.worker_id == worker_id,
            EngagementRow.state.in_(("confirmed", "on_duty", "no_show", "completed")),
            EngagementRow.starts_at <= now + early,
            EngagementRow.ends_at >= now - timedelta(days=1),
        )
        rows = (await self.session.scalars(query)).all()
        return sorted(rows, key=lambda row: (row.ends_at < now, abs(row.starts_at - now), row.id))

    async def members(self, employer_id: UUID, *, clerks: bool) -> list[UUID]:
        """The people who act for the employer; clerks for attendance only."""
        query = select(MemberRow.person_id).where(MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None))
        if not clerks:
            query = query.where(MemberRow.role != "clerk")
        return list((await self.session.scalars(query.order_by(MemberRow.person_id))).all())

    # -- told facts --------------------------------------------------------------------------------------

    async def tell(
        self,
        engagement_id: UUID,
        kind: str,
        method: str,
        *,
        at: datetime,
        told_at: datetime,
        by: Actor,
        distance_m: int | None = None,
        replaces: UUID | None = None,
        reason: str | None = None,
    ) -> AttendanceRow:
        """Keep one told fact."""
        row = AttendanceRow(
            id=new_id(),
            engagement_id=engagement_id,
            kind=kind,
            method=method,
            at=at,
            told_at=told_at,
            actor_kind=by.kind,
            actor_id=by.id,
            distance_m=distance_m,
            replaces=replaces,
            reason=reason,
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def facts(self, engagement_id: UUID) -> list[AttendanceRow]:
        """Everything told about a seat, in the order of telling."""
        query = select(AttendanceRow).where(AttendanceRow.engagement_id == engagement_id)
        return list((await self.session.scalars(query.order_by(AttendanceRow.told_at, AttendanceRow.id))).all())

    async def count_try(self, name: str, subject: bytes, window_start: datetime) -> int:
        """One more try in a window; how many there were."""
        row = pg_insert(CounterRow).values(name=name, subject=subject, window_start=window_start, count=1)
        counted = row.on_conflict_do_update(
            index_elements=["name", "subject", "window_start"], set_={"count": CounterRow.count + 1}
        ).returning(CounterRow.count)
        return int((await self.session.execute(counted)).scalar_one())

    async def contested(
        self, regions: Sequence[str] | None, *, after: Sequence[Any] | None, limit: int
    ) -> list[tuple[AttendanceRow, EngagementRow]]:
        """Absences that the worker contests and reports that nobody was on site, undecided, oldest first."""
        later = aliased(AttendanceRow)
        decided = select(later.id).where(later.replaces == AttendanceRow.id).exists()
        query = (
            select(AttendanceRow, EngagementRow)
            .join(EngagementRow, EngagementRow.id == AttendanceRow.engagement_id)
            .where(
                or_(
                    (AttendanceRow.kind == "answer")
                    & AttendanceRow.reason.in_(PRESENT)
                    & (EngagementRow.state == "no_show")
                    & EngagementRow.absence_final_at.is_(None),
                    (AttendanceRow.kind == "employer_absent") & ~decided,
                )
            )
        )
        if regions is not None:
            query = query.where(or_(false(), *(_lies_in(EngagementRow.city_code, region) for region in regions)))
        if after is not None:
            key = (datetime.fromisoformat(after[0]), UUID(after[1]))
            query = query.where(tuple_(AttendanceRow.told_at, AttendanceRow.id) > key)
        query = query.order_by(AttendanceRow.told_at, AttendanceRow.id).limit(limit)
        return [(row[0], row[1]) for row in (await self.session.execute(query)).all()]

    # -- timesheets --------------------------------------------------------------------------------------

    def new_sheet(self, **fields: Any) -> TimesheetRow:
        """A timesheet, to be given to `uow.add`."""
        return TimesheetRow(**fields)

    async def sheet_of(self, engagement_id: UUID) -> TimesheetRow | None:
        """The timesheet of a seat, locked."""
        query = select(TimesheetRow).where(TimesheetRow.engagement_id == engagement_id).with_for_update()
        return (await self.session.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def sheet(self, timesheet_id: UUID) -> TimesheetRow | None:
        """One timesheet, as it stands."""
        return await self.session.get(TimesheetRow, timesheet_id)

    async def sheets(
        self,
        *,
        worker_id: UUID | None,
        employer_id: UUID | None,
        regions: Sequence[str] | None,
        state: str | None,
        of: Mapping[str, UUID],
        after: Sequence[Any] | None,
        limit: int,
    ) -> list[TimesheetRow]:
        """Timesheets of a worker, an employer or regions, the newest first; `of` names a seat, shift or posting."""
        query = select(TimesheetRow).where(*at_place(TimesheetRow.engagement_id, of))
        if worker_id is not None:
            query = query.where(TimesheetRow.worker_id == worker_id)
        elif employer_id is not None:
            query = query.where(TimesheetRow.employer_id == employer_id)
        elif regions is not None:
            query = query.where(or_(false(), *(_lies_in(TimesheetRow.city_code, region) for region in regions)))
        if state is not None:
            query = query.where(TimesheetRow.state == state)
        if after is not None:
            key = (datetime.fromisoformat(after[0]), UUID(after[1]))
            query = query.where(tuple_(TimesheetRow.created_at, TimesheetRow.id) < key)
        query = query.order_by(TimesheetRow.created_at.desc(), TimesheetRow.id.desc()).limit(limit)
        return list((await self.session.scalars(query)).all())

    async def pay_of(self, engagement_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """The pay records for work done in these seats, by seat."""
        query = select(PayRecordRow.engagement_id, PayRecordRow.id).where(
            PayRecordRow.engagement_id.in_(engagement_ids), PayRecordRow.kind == "work"
        )
        return {row[0]: row[1] for row in (await self.session.execute(query)).all()}

    async def last_actor(self, noun: str, entity_id: UUID, action: str) -> str | None:
        """The kind of actor who last took an action on a thing."""
        query = select(TransitionRow.actor_kind).where(
            TransitionRow.noun == noun, TransitionRow.entity_id == entity_id, TransitionRow.action == action
        )
        query = query.order_by(TransitionRow.version.desc()).limit(1)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def count_told(self, engagement_id: UUID, kind: str) -> int:
        """How often a kind of fact was told about a seat."""
        query = select(func.count()).where(AttendanceRow.engagement_id == engagement_id, AttendanceRow.kind == kind)
        return int((await self.session.execute(query)).scalar_one())


def _lies_in(column: Any, region: str) -> Any:
    """GB/T 2260: a province covers its cities, a city its districts."""
    trimmed = region
    while trimmed.endswith("00") and len(trimmed) > 2:
        trimmed = trimmed[:-2]
    return column.startswith(trimmed, autoescape=True)
