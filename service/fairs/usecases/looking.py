"""Fairs as everybody finds them, as their officers keep them, and as calendars."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Refused
from service.fairs.filters import FairFilter
from service.fairs.ground import fair_shown, shown_fair
from service.fairs.views import BoothView, FairView, booth_view, fair_view
from service.pages import After, Page, page_of
from service.policies import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

MOST_IN_CALENDAR = 1000


async def list_fairs(ctx: Context, wanted: FairFilter, *, after: After, limit: int) -> Page[FairView]:
    """To come, the next first; or past ones, the last first. Raises Refused fair_audience_unknown."""
    async with ctx.uow() as uow:
        groups = (await uow.reference.catalogue()).labels("priority_group")
        if wanted.group is not None and wanted.group not in groups:
            raise Refused("fair_audience_unknown", field="query:group", expected=", ".join(sorted(groups)))
        now = await uow.now()
        rows = await uow.fairs.page(wanted, now, after(now), limit + 1)
        return page_of([fair_view(row) for row in rows], limit, now, _key)


async def list_desk_fairs(
    ctx: Context, *, states: Collection[str] | None, by: Caller, after: After, limit: int
) -> Page[FairView]:
    """Of the caller's regions, drafts too."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.fairs.desk_page(by.served, states, after(now), limit + 1)
        return page_of([await fair_shown(uow, row, by) for row in rows], limit, now, _key)


def _key(view: FairView) -> list[str]:
    return [view.starts_at.isoformat(), str(view.id)]


async def get_fair(ctx: Context, fair_id: UUID, *, by: Caller | None) -> FairView:
    """One; a draft is there for its officers only. Raises Missing."""
    async with ctx.uow() as uow:
        return await fair_shown(uow, await shown_fair(uow, fair_id, by), by)


async def list_fair_booths(ctx: Context, fair_id: UUID) -> list[BoothView]:
    """Confirmed ones with what they offer at present, by number. Raises Missing."""
    async with ctx.uow() as uow:
        await shown_fair(uow, fair_id, None)
        return await _booths(uow, fair_id)


async def show_fair(ctx: Context, fair_id: UUID) -> tuple[FairView, list[BoothView]]:
    """A page's worth: the fair with its booths. Raises Missing."""
    async with ctx.uow() as uow:
        row = await shown_fair(uow, fair_id, None)
        return fair_view(row), await _booths(uow, fair_id)


async def _booths(uow: Uow, fair_id: UUID) -> list[BoothView]:
    """An employer that an officer has paused or shut out is not shown."""
    rows = await uow.fairs.shown_booths(fair_id)
    names = await uow.fairs.exhibitors([row.employer_id for row in rows])
    postings = await uow.fairs.postings_at([row.id for row in rows])
    return [booth_view(row, names[row.employer_id][0], postings[row.id]) for row in rows if names[row.employer_id][2]]


async def list_places(ctx: Context) -> list[str]:
    """Cities with fairs to come."""
    async with ctx.uow() as uow:
        return list(await uow.fairs.places(await uow.now()))


async def calendar_of(ctx: Context, region: str | None) -> tuple[list[FairView], datetime]:
    """The fairs of a region (or of the whole country) of the last months and to come. Raises Refused region_unknown."""
    async with ctx.uow() as uow:
        now = await uow.now()
        known = (await uow.reference.catalogue()).regions(local_day(now))
        if region is not None and region not in known:
            raise Refused("region_unknown", field="query:region")
        since = now - timedelta(days=ctx.policies.at(now, region).fairs.calendar_days_back)
        return [fair_view(row) for row in await uow.fairs.calendar(region, since, MOST_IN_CALENDAR)], now
