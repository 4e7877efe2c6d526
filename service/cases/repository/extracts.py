"""What the ledger says of a worker's work with an employer: every row that stands, nothing that anybody wrote."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import or_, select

from service.attendance.tables import AttendanceRow, TimesheetRow
from service.deals.tables import DealRow, LentRow
from service.engagements.tables import EngagementRow
from service.messages.tables import MessageRow
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow

if TYPE_CHECKING:
    from service.uow import Uow

MOST_SEATS = 1000
MOST_MESSAGES = 5000


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rows of a worker's seats, as they stand."""

    seats: Sequence[tuple[EngagementRow, str, str]]  # with title and trade
    attendance: Sequence[AttendanceRow]
    sheets: Sequence[TimesheetRow]
    pay: Sequence[PayRecordRow]
    messages: Sequence[MessageRow]


class ExtractRepository:
    """Reads only, and leaves no trace on what it reads: nobody learns that it was asked."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def ledger(
        self,
        worker_id: UUID,
        *,
        engagement_id: UUID | None = None,
        employer_id: UUID | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Ledger:
        """One seat, or every seat with an employer that begins within a time."""
        asked = (
            select(EngagementRow, PostingRow.title, PostingRow.trade)
            .join(PostingRow, PostingRow.id == EngagementRow.posting_id)
            .where(EngagementRow.worker_id == worker_id)
        )
        for column, wanted in ((EngagementRow.id, engagement_id), (EngagementRow.employer_id, employer_id)):
            asked = asked.where(column == wanted) if wanted is not None else asked
        if since is not None:
            asked = asked.where(EngagementRow.starts_at >= since)
        if until is not None:
            asked = asked.where(EngagementRow.starts_at < until)
        asked = asked.order_by(EngagementRow.starts_at, EngagementRow.id).limit(MOST_SEATS)
        seats = [(row, title, trade) for row, title, trade in await self.session.execute(asked)]
        ids = [row.id for row, _, _ in seats]
        sheets = await self._of(TimesheetRow, TimesheetRow.engagement_id, ids)
        pay = await self._of(PayRecordRow, PayRecordRow.engagement_id, ids)
        told = await self._of(AttendanceRow, AttendanceRow.engagement_id, ids)
        about = [*ids, *(row.id for row in sheets), *(row.id for row in pay)]
        return Ledger(
            seats, sorted(told, key=lambda row: row.told_at), sheets, pay, await self._messages(worker_id, about)
        )

    def nothing(self) -> Ledger:
        """No seat at all: of who was lent the lending is told."""
        return Ledger((), (), (), (), ())

    async def _of(self, table: Any, column: Any, ids: Collection[UUID]) -> list[Any]:
        if not ids:
            return []
        return list((await self.session.scalars(select(table).where(column.in_(ids)).order_by(table.id))).all())

    async def _messages(self, person_id: UUID, about: Collection[UUID]) -> Sequence[MessageRow]:
        if not about:
            return []
        asked = select(MessageRow).where(
            MessageRow.person_id == person_id, MessageRow.employer_id.is_(None), MessageRow.subject_id.in_(about)
        )
        return (await self.session.scalars(asked.order_by(MessageRow.created_at).limit(MOST_MESSAGES))).all()

    async def has_worked_for(self, worker_id: UUID, employer_id: UUID) -> bool:
        """Whether somebody has, or has had, a seat with an employer, or was lent by it or to it."""
        asked = select(EngagementRow.id).where(
            EngagementRow.worker_id == worker_id, EngagementRow.employer_id == employer_id
        )
        lent = (
            select(LentRow.id)
            .join(DealRow, DealRow.id == LentRow.deal_id)
            .where(LentRow.worker_id == worker_id, LentRow.consented_at.is_not(None))
            .where(or_(DealRow.lender_id == employer_id, DealRow.borrower_id == employer_id))
        )
        found = [(await self.session.execute(each.limit(1))).first() for each in (asked, lent)]
        return any(each is not None for each in found)
