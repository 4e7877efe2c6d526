"""How many people look for work, for everybody to know, and nobody to be found by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from service.feed.following import FIRST
from service.feed.rules import SUPPLY
from service.feed.supply_counts import lines_of, tellable
from service.feed.views import CountView, ResultView
from service.pages import After, Page, page_of
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller

NO_CELL = ("", "", "", "")


async def count_supply(ctx: Context) -> int:
    """Count once on each day of Shanghai; the number of figures that may be told, 0 where they stand already.

    People are counted in a transaction that writes nothing: one that writes, and takes a minute, would keep
    everybody who reads the log waiting for its end.
    """
    plain = replace(ctx, once=None)
    async with plain.uow() as uow:
        day, known = local_day(await uow.now()), await uow.feed.state(SUPPLY)
        if known is not None and known.day == day:
            return 0
        told = tellable(lines_of(await uow.feed.people_by_line(day)))
    async with plain.uow() as uow:
        state = await uow.feed.lock_state(SUPPLY, wait=False)
        if state is None or state.day == day:
            return 0
        await uow.feed.tell_counts(told, day)
        return len(told)


async def list_supply_counts(
    ctx: Context, trades: Sequence[str], prefix: str, *, after: After, limit: int
) -> Page[CountView]:
    """Figures by city, district, trade and band."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.feed.counts_page(after(now) or NO_CELL, trades, prefix, limit + 1)
        views = [CountView(**row) for row in rows]
        return page_of(views, limit, now, lambda view: [view.city_code, view.district_code, view.trade, view.band])


async def list_results(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[ResultView]:
    """What became of each posting that the caller's partner brought: its state, and how many people were hired."""
    async with ctx.uow() as uow:
        now = await uow.now()
        origin = (await uow.accounts.key(by.account_id)).name
        rows = await uow.feed.results(origin, after(now) or FIRST, limit + 1)
        views = [ResultView(**row) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])
