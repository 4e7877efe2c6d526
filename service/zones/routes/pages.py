"""Zones as pages: to look through on a phone, to hang on a wall, to print and pin to a board."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from service.http.caller import ANYBODY
from service.http.html import page, page_router, words
from service.http.html.rendering import CHOSEN, link
from service.http.paging import CursorText, after_cursor, next_cursor
from service.http.routing import Ctx, may
from service.http.types import Whole
from service.i18n import render
from service.listings.rules.filters import MOST_TEXT, ListingFilter
from service.listings.rules.found import read_key
from service.reference.catalogue import on, regions
from service.worktime import local_day
from service.zones import showing
from service.zones.rules import WHOLE
from service.zones.usecases import boards, reading

router = page_router()
IN_ONE_PAGE = 20
Area = Annotated[str | None, Query(pattern=r"^[1-9][0-9]{5}$")]
Words = Annotated[str | None, Query(max_length=MOST_TEXT)]
Market = Annotated[UUID | None, Query()]


@router.get("/zone", operation_id="list_zone_pages")
@may(ANYBODY)
async def list_zone_pages(ctx: Ctx) -> Any:
    """Every open zone by its name."""
    zones = await reading.list_zones(ctx, code=None, region=None)
    listed = [
        {"code": each.code, "name": each.name, "place": showing.said_ground(each.region_code, ctx.language)}
        for each in zones
    ]
    return page("zones/zones.html", ctx.language, {"zones": listed}, here="/zone")


@router.get("/zone/{code}", operation_id="show_zone_page")
@may(ANYBODY)
async def show_zone_page(ctx: Ctx, request: Request, code: str, region: Area = None, venue_id: Market = None) -> Any:
    """The open columns with their counts, for an area or around a market."""
    if code != code.upper():
        return _in_capitals(request, code)
    zone = await reading.find_zone(ctx, code, area=_area(region, venue_id))
    facts = {
        **_around(zone, f"/zone/{zone.code}", region, venue_id, ctx.language),
        "counted": showing.counted(zone.count, ctx.language),
        "tiles": showing.tiles(zone, ctx.language),
        **_search(f"/zone/{zone.code}/{WHOLE}", region, venue_id),
    }
    return page("zones/zone.html", ctx.language, facts, here=_here(f"/zone/{code}", region, venue_id))


@router.get("/zone/{code}/board", operation_id="show_zone_board")
@may(ANYBODY)
async def show_zone_board(
    ctx: Ctx,
    request: Request,
    code: str,
    region: Area = None,
    venue_id: Market = None,
    column: Annotated[str | None, Query(max_length=32)] = None,
    turn: Annotated[Whole, Query(ge=0, le=showing.BOARD_PAGES)] = 0,
) -> Any:
    """A wall screen: a few large lines that follow each other, column by column, without a hand or a script."""
    if code != code.upper():
        return _in_capitals(request, code)
    board = await boards.show_board(ctx, code, _area(region, venue_id), showing.Turn(column, turn))
    following = board.following
    path = f"/zone/{board.zone.code}/board"
    facts = {
        **_around(board.zone, path, region, venue_id, ctx.language),
        **_lines(ctx, board.page),
        "seconds": showing.BOARD_SECONDS,
        "next": link(path, region=region, venue_id=venue_id, column=following.column, turn=following.page or None),
        "as_of": showing.as_of(board.page.now, ctx.language),
    }
    return page("zones/board.html", ctx.language, facts, here=path)


@router.get("/zone/{code}/print", operation_id="show_zone_sheet")
@may(ANYBODY)
async def show_zone_sheet(ctx: Ctx, request: Request, code: str, region: Area = None, venue_id: Market = None) -> Any:
    """Sheets for the board of a market or a village: every open column with its first lines."""
    if code != code.upper():
        return _in_capitals(request, code)
    sheet = await boards.show_sheet(ctx, code, _area(region, venue_id))
    path = f"/zone/{sheet.zone.code}/print"
    facts = {
        **_around(sheet.zone, path, region, venue_id, ctx.language),
        "market": sheet.market,
        "as_of": showing.as_of(sheet.now, ctx.language),
        "sections": [section for section in _sections(ctx, sheet) if section["lines"] or section.get("balances")],
    }
    return page("zones/print.html", ctx.language, facts, here=_here(path, region, venue_id))


@router.get("/zone/{code}/{column}", operation_id="show_zone_column")
@may(ANYBODY)
async def show_zone_column(
    ctx: Ctx, request: Request, code: str, column: str, region: Area = None, venue_id: Market = None, q: Words = None,
    cursor: CursorText = None,
) -> Any:  # fmt: skip
    """What stands in a column (or in the whole zone: «all»), the newest first, twenty at a time; with words what has
    them, the nearest in meaning first."""
    if code != code.upper():
        return _in_capitals(request, code)
    chosen = None if column == WHOLE else column
    q = (q or "").strip() or None
    filters = {"list": "zone_page", "zone": code, "column": column, "region": region, "venue_id": venue_id, "q": q}
    found = await reading.list_zone(
        ctx, code, chosen, _area(region, venue_id, q), after=after_cursor(ctx, cursor, filters, read_key),
        limit=IN_ONE_PAGE,
    )  # fmt: skip
    path = f"/zone/{found.zone.code}/{column}"
    more = next_cursor(ctx, found, filters)
    facts = {
        **_around(found.zone, path, region, venue_id, ctx.language),
        **_lines(ctx, found),
        **_search(path, region, venue_id, q),
        "more": link(path, region=region, venue_id=venue_id, q=q, cursor=more) if more else None,
        "balances_most": reading.BALANCES_SHOWN,
        "is_first": cursor is None,
        "whole": link(path, region=region, venue_id=venue_id),
        "meant": [(word, link(path, region=region, venue_id=venue_id, q=word)) for word in found.meant],
    }
    return page("zones/column.html", ctx.language, facts, here=_here(path, region, venue_id, q))


def _in_capitals(request: Request, code: str) -> Response:
    """The same address with the zone's code as it is written."""
    rest = request.url.path.removeprefix(f"/zone/{code}")
    asked = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/zone/{quote(code.upper())}{quote(rest)}{asked}", 301)


def _area(region: str | None, venue_id: UUID | None, q: str | None = None) -> ListingFilter:
    return ListingFilter(regions=(region,) if region else (), venue_id=venue_id, q=q)


def _search(path: str, region: str | None, venue_id: UUID | None, q: str | None = None) -> dict[str, Any]:
    """The form to look for words: a plain GET, which would lose the query of its address, so that fields keep it."""
    return {"found_at": path, "q": q, "kept": {"region": region, "venue_id": venue_id, "lang": CHOSEN.get()}}


def _around(zone: Any, path: str, region: str | None, venue_id: UUID | None, language: str) -> dict[str, Any]:
    """What every page of a zone knows: where the reader is, what lies above and below."""
    known = (row.code for row in on(local_day(zone.counted_at), regions().values()))
    named = [(code, words.said_region(code, language)) for code in showing.places(zone, sorted(known), region)]
    return {
        "zone": zone,
        "place": showing.said_ground(zone.region_code, language),
        "region": region,
        "venue_id": venue_id,
        "here": path,
        "areas": named if venue_id is None else [],
        "trail": [(code, words.said_region(code, language)) for code in showing.trail(zone, region)],
    }


def _lines(ctx: Ctx, found: Any) -> dict[str, Any]:
    language = ctx.language
    return {
        "name": found.column.name if found.column else render("zone.everything", language),
        "counted": showing.counted(found.count, language),
        "lines": showing.page_entries(found, language),
        "balances": [ctx.wiring.ports["balances.line"](each, language) for each in found.balances],
        "terms": found.terms,
    }


def _sections(ctx: Ctx, sheet: boards.SheetView) -> list[dict[str, Any]]:
    """What is pinned in the whole zone, then column by column."""
    language = ctx.language
    lines = showing.entries(sheet.pinned, language, pinned=True)
    pinned = {"name": render("zone.pinned", language), "lines": lines, "balances": [], "terms": None}
    sections = [pinned, *(_lines(ctx, found) for _, found in sheet.parts)]
    return [each for each in sections if each["lines"] or each["balances"]]


def _here(path: str, region: str | None, venue_id: UUID | None, q: str | None = None) -> str:
    """A page's own address without a language."""
    query = {"region": region, "venue_id": venue_id, "q": q}
    said = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{path}?{said}" if said else path
