"""What pages about postings show: one posting as everybody sees it, the newest of an area, the sitemap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Gone, Missing
from service.jobpages.cuts import cuts
from service.listings.rules.found import Hit
from service.listings.rules.listing import still_wanted
from service.pages import After, Page, page_of
from service.reference.catalogue import regions
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.jobpages.repository import Part
    from service.jobpages.rules import Area
    from service.uow import Uow
    from service.wages.rules import Going

SHIFTS_SHOWN = 6
PART_SIZE = 9_999  # with the list of jobs ten thousand addresses, quick to write; 50,000 would be allowed


@dataclass(frozen=True, slots=True)
class JobView:
    """A public posting and its open shifts to come (start, end, free seats)."""

    posting: Mapping[str, Any]
    shifts: Sequence[tuple[datetime, datetime, int]]
    now: datetime
    going: Going | None = None
    wanted: int | None = None  # how many are still wanted at once, as lists say it


@dataclass(frozen=True, slots=True)
class MovedView:
    """The posting that stayed when two were found to be the same."""

    into: UUID


@dataclass(frozen=True, slots=True)
class JobList:
    """A page of the newest, with the places where a reader can look on."""

    page: Page[dict[str, Any]]
    places: Sequence[str]


async def show_job(ctx: Context, posting_id: UUID) -> JobView | MovedView:
    """One posting as everybody sees it, or the one that it was merged into.

    Raises Missing (never public), Gone job_gone (no longer).
    """
    posting = await ctx.wiring.ports["postings.shown_to_all"](ctx, posting_id)
    async with ctx.uow() as uow:
        if posting is None:
            into = await uow.job_pages.merged_into(posting_id)
            if into is None:
                raise Gone("job_gone")
            return MovedView(into)
        now = await uow.now()
        shifts = await uow.job_pages.next_shifts(posting_id, now, SHIFTS_SHOWN)
        listed = await uow.listings.shown([Hit(posting_id, "demand", now, None, 0)])
        wanted = still_wanted(listed[0].free_seats, listed[0].headcount) if listed else None
        return JobView(posting, shifts, now, await _going(uow, posting, now), wanted)


async def find_numbered(ctx: Context, number: int) -> tuple[str, UUID]:
    """(side, id) of the posting or supply posting of a public number. Raises Missing (never public)."""
    async with ctx.uow() as uow:
        found: tuple[str, UUID] | None = await uow.job_pages.numbered(number)
        if found is None:
            raise Missing
        return found


async def _going(uow: Uow, posting: Mapping[str, Any], now: datetime) -> Going | None:
    """What such work was really paid lately in the district, else in the city."""
    place = posting["place"]
    days = uow.ctx.policies.at(now, place["city_code"]).postings.going_wage_days
    areas = [code for code in (place["district_code"], place["city_code"]) if code]
    since = local_day(now) - timedelta(days=days)
    return await uow.wages.going(posting["trade"], areas, posting["pay"]["unit"], since)


async def list_jobs(ctx: Context, area: Area, *, after: After, limit: int) -> JobList:
    """Open postings of an area, the last published first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.job_pages.newest(area, after(now), now, limit + 1)
        page = page_of(rows, limit, now, lambda row: [row["published_at"].isoformat(), str(row["id"])])
        return JobList(page, await _places(uow, area))


async def _places(uow: Uow, area: Area) -> list[str]:
    """The districts of a city; elsewhere the cities with open postings."""
    if area.code is None or area.code.endswith("0000"):
        return list(await uow.job_pages.cities(area.cities))
    inside = (code for code, row in regions().items() if code.startswith(area.cities) and row.replaced_by is None)
    return [code for code in inside if not code.endswith("00")]


async def list_sitemaps(ctx: Context) -> list[Part]:
    """The parts that have something in them; the first one always has."""
    return [part for part in await cuts(ctx, PART_SIZE) if part.live or part.number == 1]


async def show_sitemap(ctx: Context, number: int) -> list[tuple[str, str]]:
    """The addresses of one part: (id, last change as it is written). Raises Missing for one that is not listed."""
    parts = await cuts(ctx, PART_SIZE)
    if number > max(len(parts), 1):
        raise Missing
    if not parts:
        return []
    until = parts[number].first_id if number < len(parts) else None
    async with ctx.uow() as uow:
        found: list[tuple[str, str]] = await uow.job_pages.part(parts[number - 1].first_id, until, PART_SIZE)
    if not found and number != 1:
        raise Missing
    return found
