"""Records of somebody's work: engagements with their agreed hours and pay, for history, export and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import aliased

from service.attendance.tables import TimesheetRow
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow
from service.reference.within import within
from service.workers.views import CalendarEntry, PayView, WorkRecord

if TYPE_CHECKING:
    from service.uow import Uow

SHOWN_IN_CALENDAR = ("held", "confirmed", "on_duty", "completed", "ended_early", "broken_off", "cancelled")
_WORK, _CALL_OFF = aliased(PayRecordRow), aliased(PayRecordRow)


class WorkRecordsRepository:
    """Reads only; the rows belong to other features."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def page(
        self,
        worker_id: UUID,
        *,
        regions: Sequence[str] | None,
        since: datetime | None,
        before: datetime | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[WorkRecord]:
        """Engagements that began in [since, before), newest first; `regions` narrows to an officer's own."""
        found = _records().where(EngagementRow.worker_id == worker_id, within(EngagementRow.city_code, regions))
        if since is not None:
            found = found.where(EngagementRow.starts_at >= since)
        if before is not None:
            found = found.where(EngagementRow.starts_at < before)
        if after is not None:
            found = found.where(tuple_(EngagementRow.starts_at, EngagementRow.id) < after)
        found = found.order_by(EngagementRow.starts_at.desc(), EngagementRow.id.desc()).limit(limit)
        return [_record(row) for row in await self.uow.session.execute(found)]

    async def calendar(self, worker_id: UUID, since: datetime, limit: int = 1000) -> list[CalendarEntry]:
        """Seats from `since` on, called-off ones too: a calendar must hear of them to take them out."""
        found = (
            select(EngagementRow, PostingRow.title, PostingRow.address, EmployerRow.name)
            .join(PostingRow, PostingRow.id == EngagementRow.posting_id)
            .join(EmployerRow, EmployerRow.id == EngagementRow.employer_id)
            .where(
                EngagementRow.worker_id == worker_id,
                EngagementRow.ends_at >= since,
                EngagementRow.state.in_(SHOWN_IN_CALENDAR),
            )
            .order_by(EngagementRow.starts_at, EngagementRow.id)
            .limit(limit)
        )
        return [
            CalendarEntry(
                row.id, row.version, row.state, row.starts_at, row.ends_at, row.created_at, row.updated_at,
                title, address, employer,
            )
            for row, title, address, employer in await self.uow.session.execute(found)
        ]  # fmt: skip


def _records() -> Any:
    return (
        select(EngagementRow, PostingRow.title, PostingRow.trade, EmployerRow.name, TimesheetRow, _WORK, _CALL_OFF)
        .join(PostingRow, PostingRow.id == EngagementRow.posting_id)
        .join(EmployerRow, EmployerRow.id == EngagementRow.employer_id)
        .outerjoin(TimesheetRow, TimesheetRow.engagement_id == EngagementRow.id)
        .outerjoin(_WORK, and_(_WORK.engagement_id == EngagementRow.id, _WORK.kind == "work"))
        .outerjoin(_CALL_OFF, and_(_CALL_OFF.engagement_id == EngagementRow.id, _CALL_OFF.kind == "call_off"))
    )


def _record(row: Any) -> WorkRecord:
    engagement, title, trade, employer, timesheet, work, call_off = row
    return WorkRecord(
        engagement_id=engagement.id,
        state=engagement.state,
        title=title,
        trade=trade,
        employer_id=engagement.employer_id,
        employer=employer,
        starts_at=engagement.starts_at,
        ends_at=engagement.ends_at,
        started_at=engagement.started_at,
        finished_at=engagement.finished_at,
        minutes=timesheet.minutes if timesheet else None,
        minutes_agreed=bool(timesheet and timesheet.agreed_at),
        pieces=timesheet.pieces if timesheet else None,
        pay=tuple(_pay(each) for each in (work, call_off) if each is not None),
    )


def _pay(row: PayRecordRow) -> PayView:
    return PayView(row.kind, row.state, row.due_fen, row.due_on, row.paid_fen, row.received_fen, row.received_means)
