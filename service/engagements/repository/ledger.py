"""The ledger of hours: minutes by engagement and day, summed over weeks and employers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, insert, text

from service.engagements.rules import Pieces, by_week
from service.engagements.tables import EngagementRow, HoursRow
from service.worktime import at_local

if TYPE_CHECKING:
    from service.uow import Uow


_WEEKS = text(
    """
    select h.week, h.employer_id, e.name, h.part_time, sum(h.minutes) from (
        select week, employer_id, part_time, minutes from hours_ledger
            where worker_id = :worker_id and week between :first and :last
        union all select week, borrower_id, false, minutes
            from lent_minutes(cast(:since as timestamptz), cast(:till as timestamptz))
            where worker_id = :worker_id and week between :first and :last) h
    join employers e on e.id = h.employer_id
    group by h.week, h.employer_id, e.name, h.part_time order by h.week, e.name, h.employer_id, h.part_time
    """
)


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
        """(Monday, employer, its name, part-time?, minutes) of the weeks from `first` to `last`, in order; hours lent,
        as the firms have agreed on them, are those of the firm that the person is lent to."""
        facts = {
            "worker_id": worker_id, "first": first, "last": last, "since": at_local(first, 0),
            "till": at_local(last + timedelta(days=7), 0),
        }  # fmt: skip
        return [
            (week, employer_id, name, part_time, int(minutes))
            for week, employer_id, name, part_time, minutes in await self.uow.session.execute(_WEEKS, facts)
        ]
