"""Records of somebody's work: engagements with their agreed hours and pay, for history, export and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import aliased

from service.attendance.tables import TimesheetRow
from service.deals.lifecycle import LENT_FIRM, LENT_WORKED
from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow
from service.reference.within import within
from service.workers.views import CalendarEntry, LentRecord, PayView, WorkRecord
from service.worktime import DAY_MINUTES, at_local, end_of_day, local_day

if TYPE_CHECKING:
    from service.uow import Uow

SHOWN_IN_CALENDAR = ("held", "confirmed", "on_duty", "completed", "ended_early", "broken_off", "cancelled")
LENT_IN_CALENDAR = (*dict.fromkeys((*LENT_FIRM, *LENT_WORKED)), "withdrawn", "dropped")
_LENDER, _BORROWER = aliased(EmployerRow), aliased(EmployerRow)
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

    async def lendings(
        self, worker_id: UUID, *, regions: Sequence[str] | None, since: date | None, until: date | None
    ) -> list[LentRecord]:
        """Every lending that the worker has looked at and whose days touch [since, until], newest first."""
        found = _lendings().where(LentRow.worker_id == worker_id, within(LentRow.city_code, regions))
        if since is not None:
            found = found.where(LentRow.last_day >= since)
        if until is not None:
            found = found.where(LentRow.first_day <= until)
        rows = await self.uow.session.execute(found.order_by(LentRow.first_day.desc(), LentRow.id.desc()))
        return [_lent_record(*row) for row in rows]

    async def lent_calendar(self, worker_id: UUID, since: datetime) -> list[CalendarEntry]:
        """Lendings that the worker has said yes to and that reach beyond `since`, also those that came to nothing:
        each its first day, which comes again on its weekdays."""
        found = _lendings().where(
            LentRow.worker_id == worker_id,
            LentRow.consented_at.is_not(None),
            LentRow.last_day >= local_day(since),
            LentRow.state.in_(LENT_IN_CALENDAR),
        )
        rows = await self.uow.session.execute(found.order_by(LentRow.first_day, LentRow.id))
        return [entry for row in rows if (entry := _lent_entry(*row)) is not None]

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


def _lendings() -> Any:
    return (
        select(LentRow, DealRow, _LENDER.name, _BORROWER.name)
        .join(DealRow, DealRow.id == LentRow.deal_id)
        .join(_LENDER, _LENDER.id == DealRow.lender_id)
        .join(_BORROWER, _BORROWER.id == DealRow.borrower_id)
    )


def _lent_record(row: LentRow, deal: DealRow, lender: str, borrower: str) -> LentRecord:
    return LentRecord(
        lent_id=row.id,
        state=row.state,
        work=deal.work,
        trade=deal.trade,
        lender=lender,
        borrower=borrower,
        first_day=row.first_day,
        last_day=row.last_day,
        day_from=f"{row.day_from:%H:%M}",
        day_until=f"{row.day_until:%H:%M}",
        weekdays=row.weekdays,
        started_at=row.started_at,
        left_on=row.left_on,
        end_reason=row.end_reason,
        injured_at=row.injured_at,
    )


def _lent_entry(row: LentRow, deal: DealRow, lender: str, borrower: str) -> CalendarEntry | None:
    """None where no weekday of it lies within its days."""
    last = row.left_on or row.last_day
    day = next(
        (each for at in range(7) if (each := row.first_day + timedelta(days=at)).isoweekday() in row.weekdays), None
    )
    if day is None or day > last:
        return None
    begins, ends = _minute(row.day_from), _minute(row.day_until)
    state = "lent_off" if row.state in ("withdrawn", "dropped") else "lent"
    return CalendarEntry(
        row.id, row.version, state, at_local(day, begins), at_local(day, ends if ends > begins else ends + DAY_MINUTES),
        row.created_at, row.updated_at, deal.work, deal.address, borrower, tuple(row.weekdays), end_of_day(last),
    )  # fmt: skip


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


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
