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
    with lent as materialized (
        select week, lender_id, borrower_id, minutes
            from lent_minutes(cast(:since as timestamptz), cast(:till as timestamptz))
            where worker_id = :worker_id and week between :first and :last)
    select h.week, h.employer_id, e.name, sum(h.minutes), sum(h.part_time), sum(h.lent) from (
        select week, employer_id, minutes, case when part_time then minutes else 0 end as part_time, 0 as lent
            from hours_ledger where worker_id = :worker_id and week between :first and :last
        union all select week, borrower_id, minutes, 0, minutes from lent
        union all select week, lender_id, 0, 0, minutes from lent) h
    join employers e on e.id = h.employer_id
    group by h.week, h.employer_id, e.name order by h.week, e.name, h.employer_id
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

    async def weeks(self, worker_id: UUID, first: date, last: date) -> Sequence[tuple[date, UUID, str, int, int, int]]:
        """(Monday, employer, its name, minutes, of them part-time, lent) of the weeks from `first` to `last`, in order.

        Hours lent, as the firms have agreed on them, are minutes of the firm that the person is lent to; beside
        part-time work they count with both firms.
        """
        facts = {
            "worker_id": worker_id, "first": first, "last": last, "since": at_local(first, 0),
            "till": at_local(last + timedelta(days=7), 0),
        }  # fmt: skip
        return [
            (week, employer_id, name, int(minutes), int(part_time), int(lent))
            for week, employer_id, name, minutes, part_time, lent in await self.uow.session.execute(_WEEKS, facts)
        ]
