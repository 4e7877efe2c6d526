"""What everybody sees of a zone: its open columns with their counts, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Missing, Refused
from service.listings.rules.filters import ListingFilter, check_filter, filter_from, in_query
from service.listings.rules.found import CAP, Hit, Key, as_cursor
from service.listings.rules.questions import Question
from service.listings.rules.together import Part
from service.listings.views import ListingView
from service.pages import After, Page
from service.zones import rules
from service.zones.counting import counted
from service.zones.rules import Opening, opening, scope_of, windows_of
from service.zones.views import ColumnView, CountView, ZoneView, column_view, zone_view

if TYPE_CHECKING:
    from service.balances.views import BalanceView
    from service.context import Context
    from service.reference.data.shapes import Season
    from service.uow import Uow
    from service.zones.tables import ZoneColumnRow, ZoneRow

SIDES = ("demand", "supply")
BALANCES_SHOWN = 20  # of the column of shared labour; `GET /v1/balances` has all


@dataclass(frozen=True, slots=True)
class ZonePage(Page[ListingView]):
    """A page of a zone or column; `pinned` stands above its first page; `meant` are words that find something, where
    those that were asked for find nothing."""

    zone: ZoneView
    column: ColumnView | None
    pinned: Sequence[ListingView]
    count: CountView
    meant: Sequence[str] = ()
    balances: Sequence[BalanceView] = ()
    terms: str | None = None  # of shared labour: the clause that holds here, in words


async def list_zones(ctx: Context, *, code: str | None, region: str | None) -> list[ZoneView]:
    """Open zones without counts; with a region those that it lies in, the nearest ground first."""
    async with ctx.uow() as uow:
        rows = [row for row in await uow.zones.all() if code in (None, row.code)]
        if region is not None:
            rows = [row for row in rows if rules.is_within(row.region_code, region)]
            rows.sort(key=lambda row: row.region_code is None)
        columns = await uow.zones.columns([row.id for row in rows])
        return [await _view(uow, row, [each for each in columns if each.zone_id == row.id]) for row in rows]


async def get_zone(ctx: Context, zone_id: UUID, *, area: ListingFilter) -> ZoneView:
    """A zone with its open columns, each with its counts inside an area. Raises Missing, Refused region_not_in_zone."""
    async with ctx.uow() as uow:
        return await zone_with_counts(uow, await _open_zone(uow, zone_id), area)


async def find_zone(ctx: Context, code: str, *, area: ListingFilter) -> ZoneView:
    """The same by the zone's code, for pages. Raises Missing."""
    async with ctx.uow() as uow:
        return await zone_with_counts(uow, await zone_of(uow, code), area)


async def list_zone(
    ctx: Context, zone: UUID | str, column: str | None, narrowing: ListingFilter, *, after: After, limit: int
) -> ZonePage:
    """What stands in a zone, or in one of its open columns, narrowed further.

    Raises Missing (`column_not_open` where its dates are not now), Refused region_not_in_zone and those of
    `check_filter`.
    """
    async with ctx.uow() as uow:
        row = await _open_zone(uow, zone) if isinstance(zone, UUID) else await zone_of(uow, zone)
        return await page_in(uow, row, column, narrowing, after(await uow.now()), limit)


async def page_in(
    uow: Uow, zone: ZoneRow, column: str | None, narrowing: ListingFilter, key: Key | None, limit: int
) -> ZonePage:
    """A page of a zone after a key."""
    chosen, parts = await _asked(uow, zone, column, narrowing)
    found = await uow.listings.page(parts, key, limit + 1)
    pins = await _pins(uow, zone, chosen, parts) if key is None else []
    page = await _page(uow, zone, chosen, parts, pins, found.hits, limit)
    if key is None:
        page = replace(page, balances=await _balances(uow, zone, chosen, parts[-1]))
    page = replace(page, terms=await _terms(uow, zone, chosen, parts[-1]))
    if page.items or page.pinned or narrowing.q is None or key is not None:
        return page
    return replace(page, meant=await uow.listings.meant(parts[:-1], narrowing))


async def screen_in(
    uow: Uow, zone: ZoneRow, column: str | None, narrowing: ListingFilter, number: int, lines: int
) -> tuple[ZonePage, bool]:
    """A screen of so many lines, the first one is 0, and whether more follow: firms' balances, what is pinned, then the
    others, each once over all screens."""
    chosen, parts = await _asked(uow, zone, column, narrowing)
    pins = await _pins(uow, zone, chosen, parts)
    first = {hit.id for hit in pins}
    found = await uow.listings.page(parts, None, (number + 1) * lines + 1)
    firms = await _balances(uow, zone, chosen, parts[-1])
    above = firms[number * lines : (number + 1) * lines]
    left = lines - len(above)
    hits = [*pins, *(hit for hit in found.hits if hit.id not in first)][max(0, number * lines - len(firms)) :]
    page = await _page(uow, zone, chosen, parts, [hit for hit in hits[:left] if hit.id in first], hits, left)
    page = replace(page, balances=above, terms=await _terms(uow, zone, chosen, parts[-1]))
    return page, len(hits) > left or len(firms) > (number + 1) * lines


async def zone_with_counts(uow: Uow, zone: ZoneRow, area: ListingFilter) -> ZoneView:
    """A zone with what is open in it now."""
    now = await uow.now()
    wanted = _inside(zone, area)
    seasons = list((await uow.reference.catalogue()).newest("season").values())
    rows = [
        (row, state)
        for row in await uow.zones.columns([zone.id])
        for state in [opening_of(row, zone, seasons, now)]
        if row.state == "shown" and state.open
    ]
    scope = scope_in(zone)
    asked: list[list[Part]] = [[scope, wanted]]
    asked += [[scope, filter_from(row.filter), wanted] for row, _ in rows]
    key = (zone.id, wanted.model_dump_json(), tuple((row.id, row.version) for row, _ in rows))

    async def count() -> list[CountView]:
        whole, *each = await _counts(uow, asked)
        pairs = zip((row for row, _ in rows), each, strict=True)
        return [whole, *[await _with_balances(uow, zone, row, wanted, found) for row, found in pairs]]

    (whole, *each), at = await counted(uow.ctx, key, now, count)
    language = uow.ctx.language
    views = [column_view(row, state, language, count) for (row, state), count in zip(rows, each, strict=True)]
    return zone_view(zone, views, whole, at, language)


def opening_of(row: ZoneColumnRow, zone: ZoneRow, seasons: Iterable[Season], now: datetime) -> Opening:
    """Whether a column is open by its dates and its season's."""
    return opening(row.opens_at, row.closes_at, windows_of(seasons, row.season, zone.region_code), now)


# -- what they share ----------------------------------------------------------------------------------


async def _open_zone(uow: Uow, zone_id: UUID) -> ZoneRow:
    zone = await uow.zones.get(zone_id)
    if zone.state != "open":
        raise Missing
    return zone


async def zone_of(uow: Uow, code: str) -> ZoneRow:
    """An open zone by its code. Raises Missing."""
    zone = await uow.zones.by_code(code)
    if zone is None or zone.state != "open":
        raise Missing
    return zone


def scope_in(zone: ZoneRow) -> Question:
    """What belongs to a zone."""
    return scope_of(zone.region_code)


def _inside(zone: ZoneRow, wanted: ListingFilter) -> ListingFilter:
    """The narrowing, when its codes exist and its places lie in the zone."""
    check_filter(wanted, in_query)
    if any(not rules.touches(zone.region_code, code) for code in wanted.regions):
        raise Refused("region_not_in_zone", field="query:region")
    return wanted


async def _open_column(uow: Uow, zone: ZoneRow, code: str, now: datetime) -> ZoneColumnRow:
    rows = [row for row in await uow.zones.columns([zone.id]) if row.code == code and row.state == "shown"]
    if not rows:
        raise Missing
    seasons = (await uow.reference.catalogue()).newest("season").values()
    state = opening_of(rows[0], zone, seasons, now)
    if not state.open:
        raise Missing("column_not_open", opens_at=state.changes_at)
    return rows[0]


async def _asked(
    uow: Uow, zone: ZoneRow, column: str | None, narrowing: ListingFilter
) -> tuple[ZoneColumnRow | None, list[Part]]:
    """The column that is meant, and all that has to hold in it; what the reader adds stands last."""
    wanted = _inside(zone, narrowing)
    chosen = await _open_column(uow, zone, column, await uow.now()) if column else None
    return chosen, [scope_in(zone), *([filter_from(chosen.filter)] if chosen else []), wanted]


async def _page(
    uow: Uow,
    zone: ZoneRow,
    chosen: ZoneColumnRow | None,
    parts: Sequence[Part],
    pins: Sequence[Hit],
    hits: Sequence[Hit],
    limit: int,
) -> ZonePage:
    """The first `limit` of the hits, those that are pinned apart; where there are more, the page has a last one."""
    first = {hit.id for hit in pins}
    (count,) = await _counts(uow, [parts])
    count = await _with_balances(uow, zone, chosen, parts[-1], count)
    return ZonePage(
        items=[view for view in await uow.listings.shown(hits[:limit]) if view.id not in first],
        last=as_cursor(hits[limit - 1]) if len(hits) > limit else None,
        now=await uow.now(),
        zone=await _view(uow, zone, [chosen] if chosen else []),
        column=await _column(uow, zone, chosen, count) if chosen else None,
        pinned=await uow.listings.shown(pins),
        count=count,
    )


async def _pins(uow: Uow, zone: ZoneRow, column: ZoneColumnRow | None, parts: Sequence[Part]) -> list[Hit]:
    """What is pinned here and would be found here: a pin never brings in what the filter leaves out."""
    here = [
        pin
        for pin in await uow.zones.pins(zone.id, await uow.now())
        if pin.column_id == (column.id if column else None)
    ]
    return await uow.listings.among(parts, [pin.subject_id for pin in here]) if here else []


async def _counts(uow: Uow, asked: Sequence[Sequence[Part]]) -> list[CountView]:
    """Both sides of each; a filter for one side has none on the other."""
    several = [[*(_told(part, side) for part in parts), _side(side)] for parts in asked for side in SIDES]
    found = iter(await uow.listings.counts(several))
    made = []
    for demand, supply in zip(found, found, strict=True):
        made.append(CountView(min(demand, CAP), min(supply, CAP), demand > CAP or supply > CAP))
    return made


async def _with_balances(
    uow: Uow, zone: ZoneRow, column: ZoneColumnRow | None, wanted: Part, count: CountView
) -> CountView:
    """In the column of shared labour also the balances of firms."""
    asked = _shared(zone, column, wanted)
    if asked is None:
        return count
    region, trade, _ = asked
    found = await uow.ctx.wiring.ports["balances.counted"](uow, region, trade=trade)
    return replace(count, **found)


async def _balances(uow: Uow, zone: ZoneRow, column: ZoneColumnRow | None, wanted: Part) -> Sequence[BalanceView]:
    asked = _shared(zone, column, wanted)
    if asked is None:
        return ()
    region, trade, side = asked
    found: Sequence[BalanceView] = await uow.ctx.wiring.ports["balances.standing"](
        uow, region, BALANCES_SHOWN, side=side, trade=trade
    )
    return found


async def _terms(uow: Uow, zone: ZoneRow, column: ZoneColumnRow | None, wanted: Part) -> str | None:
    asked = _shared(zone, column, wanted)
    return None if asked is None else str(await uow.ctx.wiring.ports["balances.terms_said"](uow, asked[0]))


def _shared(
    zone: ZoneRow, column: ZoneColumnRow | None, wanted: Part
) -> tuple[str | None, str | None, str | None] | None:
    """(region, trade, side) of the balances that a column shows; None where it shows none: words and the surroundings
    of a market find listings alone."""
    if column is None or not isinstance(wanted, ListingFilter) or wanted.q is not None or wanted.venue_id is not None:
        return None
    if not rules.shares_labour(filter_from(column.filter).kinds):
        return None
    side = rules.BALANCE_SIDES.get(wanted.side) if wanted.side is not None else None
    return next(iter(wanted.regions), zone.region_code), next(iter(wanted.trades), None), side


def _side(side: str) -> ListingFilter:
    return ListingFilter.model_validate({"side": side})


def _told(part: Part, side: str) -> Part:
    """A season's trades are others for those who are wanted in it and those who are free in it."""
    if isinstance(part, ListingFilter) and part.seasons and part.side is None:
        return part.model_copy(update={"side": side})
    return part


async def _view(uow: Uow, zone: ZoneRow, columns: Sequence[ZoneColumnRow]) -> ZoneView:
    """A zone with those of the columns that are open, without counts."""
    now = await uow.now()
    views = [await _column(uow, zone, row, None) for row in columns]
    return zone_view(zone, [view for view in views if view.open], None, now, uow.ctx.language)


async def _column(uow: Uow, zone: ZoneRow, row: ZoneColumnRow, count: CountView | None) -> ColumnView:
    seasons = (await uow.reference.catalogue()).newest("season").values()
    return column_view(row, opening_of(row, zone, seasons, await uow.now()), uow.ctx.language, count)
