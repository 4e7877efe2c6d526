"""What somebody has worked and earned: in pages, and as a whole to take along."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Refused
from service.pages import After, Page, page_of
from service.workers.reach import see
from service.workers.views import WorkHistory, WorkRecord
from service.worktime import at_local

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
MOST_EXPORTED = 10_000


async def list_history(
    ctx: Context, worker_id: UUID, *, since: date | None, until: date | None, after: After, limit: int, by: Caller
) -> Page[WorkRecord]:
    """Engagements that began on the local days [since, until], newest first; an officer sees the own regions'."""
    _check_days(since, until)
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        now = await uow.now()
        rows = await uow.work_records.page(
            worker_id,
            regions=None if by.role == "worker" else by.regions,
            since=at_local(since, 0) if since else None,
            before=at_local(until + timedelta(days=1), 0) if until else None,
            after=after(now),
            limit=limit + 1,
        )
        return uow.answer(page_of(rows, limit, now, lambda row: [row.starts_at.isoformat(), str(row.engagement_id)]))


async def export_history(
    ctx: Context, worker_id: UUID, *, since: date | None, until: date | None, by: Caller
) -> WorkHistory:
    """The same as a whole, up to 10,000 engagements, with the lendings of these days; `complete` says whether that was
    all."""
    _check_days(since, until)
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        rows = await uow.work_records.page(
            worker_id,
            regions=None if by.role == "worker" else by.regions,
            since=at_local(since, 0) if since else None,
            before=at_local(until + timedelta(days=1), 0) if until else None,
            after=None,
            limit=MOST_EXPORTED + 1,
        )
        lendings = await uow.work_records.lendings(
            worker_id, regions=None if by.role == "worker" else by.regions, since=since, until=until
        )
        shown = rows[:MOST_EXPORTED]
        return uow.answer(
            WorkHistory(
                worker_id=worker_id,
                made_at=await uow.now(),
                complete=len(rows) <= MOST_EXPORTED,
                minutes=sum(row.minutes or 0 for row in shown if row.minutes_agreed),
                received_fen=sum(pay.received_fen or 0 for row in shown for pay in row.pay),
                records=shown,
                lendings=lendings,
            )
        )


def _check_days(since: date | None, until: date | None) -> None:
    for name, day in (("from", since), ("until", until)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise Refused("day_out_of_range", field=f"query:{name}", least=EARLIEST, most=LATEST)
    if since is not None and until is not None and until < since:
        raise Refused("days_reversed", field="query:until", first_day=since, last_day=until)
