"""Tell the going wages of weeks that are over, and answer what was told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.pages import After, Page, page_of
from service.reference.catalogue import trades
from service.wages.rules import WEEK, cells_of, last_closed_week, samples_of

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow
    from service.wages.rules import Wanted

SOURCES = ("paid", "advertised")
WEEKS_CAUGHT_UP = 4  # after an outage


def group_of(trade: str) -> str | None:
    """The industry that a trade belongs to; None for a trade that is no longer known."""
    found = trades().get(trade)
    return found.industry if found is not None else None


async def tell_week(uow: Uow, source: str, city: str, week: date) -> None:
    """Tell a city's week, once: later records change nothing of it. A second call leaves everything as it is."""
    now = await uow.now()
    if week > last_closed_week(now) or not await uow.wages.begin(source, city, week, now):
        return
    samples = samples_of(await uow.wages.rows(source, city, week))
    await uow.wages.add(source, city, week, cells_of(samples, city, group_of), now)


async def untold(uow: Uow) -> list[tuple[str, str, date]]:
    """(source, city, week) of everything that is over and has not been told, the last weeks only."""
    last = last_closed_week(await uow.now())
    weeks = [last - WEEK * back for back in reversed(range(WEEKS_CAUGHT_UP))]
    return [
        (source, city, week) for week in weeks for source in SOURCES for city in await uow.wages.cities(source, week)
    ]


async def list_wages(ctx: Context, wanted: Wanted, week: date | None, *, after: After, limit: int) -> Page[Any]:
    """Cells of a week, without one of the last that tells any of what is wanted. After a key: of its week."""
    async with ctx.uow() as uow:
        now = await uow.now()
        mark: tuple[date, UUID] | None = after(now)
        found = mark[0] if mark else week or await uow.wages.newest_week(wanted)
        rows = await uow.wages.page(wanted, found, mark[1] if mark else None, limit + 1) if found else []
        return page_of(rows, limit, now, lambda row: [row.week.isoformat(), str(row.id)])
