"""Alarms as both sides of a seat and the officers of the place see them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.alarms.views import AlarmCounts, AlarmView, alarm_view
from service.errors import Missing
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.alarms.tables import AlarmRow
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller


def _sees(by: Caller, about: AlarmRow | EngagementRow) -> bool:
    if by.role == "worker":
        return by.worker_id == about.worker_id
    if by.role == "member":
        return by.employer_id == about.employer_id
    return by.role in STAFF and by.serves_any(about.city_code, getattr(about, "district_code", None))


async def get_alarm(ctx: Context, alarm_id: UUID, *, by: Caller) -> AlarmView:
    """One, also the other side's; of whose words see `reads_all`. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.alarms.get(alarm_id)
        if not _sees(by, row):
            raise Missing
        return await alarm_view(uow, row, by)


async def list_seat_alarms(ctx: Context, engagement_id: UUID, *, by: Caller) -> dict[str, Any]:
    """Everything that was pressed about a seat. Raises Missing."""
    async with ctx.uow() as uow:
        if not _sees(by, await uow.engagements.get(engagement_id)):
            raise Missing
        return {"items": [await alarm_view(uow, row, by) for row in await uow.alarms.of_seat(engagement_id)]}


async def list_alarms(
    ctx: Context,
    *,
    states: Collection[str],
    kind: str | None,
    overdue: bool,
    mine: bool,
    by: Caller,
    after: After,
    limit: int,
) -> Page[AlarmView]:
    """Of the caller's regions, the gravest first, of these the newest."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.alarms.page(
            by.served,
            states=states,
            kind=kind,
            overdue_at=now if overdue else None,
            mine=by.account_id if mine else None,
            after=after(now),
            limit=limit + 1,
        )
        page = page_of(list(rows), limit, now, lambda row: [row.gravity, row.created_at.isoformat(), str(row.id)])
        return Page([await alarm_view(uow, row, by) for row in page.items], page.last, page.now)


async def count_alarms(ctx: Context, *, by: Caller) -> AlarmCounts:
    """How many wait for somebody in the caller's regions."""
    async with ctx.uow() as uow:
        return AlarmCounts(*await uow.alarms.counts(by.served, await uow.now()))
