"""Supply postings as everybody finds them, as their person has them, and as officers look at them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Gone, Missing
from service.pages import After, Page, page_of
from service.supplies.doors import knows, require_seen, whose
from service.supplies.lifecycle import PUBLIC
from service.supplies.showing import own_view, views_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.supplies.filters import SupplyFilter
    from service.supplies.views import SupplyView


async def list_supplies(ctx: Context, wanted: SupplyFilter, *, after: After, limit: int) -> Page[SupplyView]:
    """The public list, newest first; nobody's person in it."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.supplies.page(wanted, after(now), limit + 1)
        views = await views_of(uow, rows, own=False)
        return page_of(views, limit, now, lambda view: [_written(view.published_at), str(view.id)])


async def get_supply(ctx: Context, supply_id: UUID, *, by: Caller | None) -> SupplyView:
    """One: the person and officers of the place in every state, everybody while it is public. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.supplies.get(supply_id)
        if by is not None and await knows(uow, row, by):
            return await own_view(uow, row)
        return (await views_of(uow, [await uow.supplies.shown(supply_id)], own=False))[0]


async def show_supply(ctx: Context, supply_id: UUID) -> SupplyView:
    """One for its page. Raises Missing (never public), Gone supply_gone (not now)."""
    async with ctx.uow() as uow:
        row = await uow.supplies.get(supply_id)
        if row.published_at is None:
            raise Missing
        if row.state not in PUBLIC:
            raise Gone("supply_gone")
        return (await views_of(uow, [row], own=False))[0]


async def list_own_supplies(ctx: Context, worker_id: UUID | None, *, by: Caller) -> list[SupplyView]:
    """Every one of a person, newest first. Raises Missing."""
    async with ctx.uow() as uow:
        person = whose(worker_id, by)
        await require_seen(uow, person, by)
        return await views_of(uow, await uow.supplies.of_worker(person), own=True)


async def list_supply_reviews(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[SupplyView]:
    """What waits for an officer of the caller's regions, the oldest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        regions = None if by.role == "admin" else by.regions
        rows = await uow.supplies.in_review(regions, after(now), limit + 1)
        moments = {row.id: row.created_at for row in rows}
        views = await views_of(uow, rows, own=True)
        return page_of(views, limit, now, lambda view: [_written(moments[view.id]), str(view.id)])


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant is not None else ""
