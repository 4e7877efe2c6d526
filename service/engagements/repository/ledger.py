"""The ledger of hours: minutes by engagement and day, summed over weeks and employers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from service.employers.tables import EmployerRow
from service.engagements.rules import Pieces, by_week
from service.engagements.tables import EngagementRow, HoursRow

if TYPE_CHECKING:
    from service.uow import Uow


class LedgerRepository:
    """Planned minutes from the yes on, agreed minutes once the timesheet stands, none for seats given up."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def set_hours(self, engagement: EngagementRow, pieces: Pieces) -> None:
        """Replace the minutes of an engagement by (local day, minutes); an empty list removes them."""
        await self.uow.flush()
        await self.uow.session.execute(delete(HoursRow).where(HoursRow.engagement_id == engagement.id))
        rows = [
            {
                "engagement_id": engagement.id,
                "local_day": day,
                "week": week,
                "worker_id": engagement.worker_id,
                "employer_id": engagement.employer_id,
                "part_time": engagement.job_kind == "part_time",
                "minutes": minutes,
            }
            for day, week, minutes in by_week(pieces)
        ]
        if rows:
            await self.uow.session.execute(insert(HoursRow), rows)

    async def weeks(self, worker_id: UUID, first: date, last: date) -> Sequence[tuple[date, UUID, str, bool, int]]:
        """(Monday, employer, its name, part-time?, minutes) of the weeks from `first` to `last`, in order."""
        found = (
            select(
                HoursRow.week, HoursRow.employer_id, EmployerRow.name, HoursRow.part_time, func.sum(HoursRow.minutes)
            )
            .join(EmployerRow, EmployerRow.id == HoursRow.employer_id)
            .where(HoursRow.worker_id == worker_id, HoursRow.week.between(first, last))
            .group_by(HoursRow.week, HoursRow.employer_id, EmployerRow.name, HoursRow.part_time)
            .order_by(HoursRow.week, EmployerRow.name, HoursRow.employer_id, HoursRow.part_time)
        )
        return [
            (week, employer_id, name, part_time, int(minutes))
            for week, employer_id, name, part_time, minutes in await self.uow.session.execute(found)
        ]
