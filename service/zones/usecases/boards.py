"""Boards and sheets: a zone for those who stand before a wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from service.listings.rules.filters import ListingFilter, filter_from
from service.listings.views import ListingView
from service.zones.rules import shares_labour
from service.zones.showing import BOARD_LINES, BOARD_PAGES, FIRM_LINES, FIRM_PAGES, Turn, has_any, next_turn
from service.zones.usecases.reading import ZonePage, screen_in, zone_of, zone_with_counts
from service.zones.views import ColumnView, ZoneView

if TYPE_CHECKING:
    from service.context import Context

SHEET_LINES = 15  # of one column


@dataclass(frozen=True, slots=True)
class BoardView:
    """What a screen shows now and what it asks for next."""

    zone: ZoneView
    page: ZonePage
    following: Turn


@dataclass(frozen=True, slots=True)
class SheetView:
    """A zone on paper: what is pinned in it, and its open columns that have something, each with its first listings."""

    zone: ZoneView
    market: str | None
    pinned: Sequence[ListingView]
    parts: Sequence[tuple[ColumnView, ZonePage]]
    now: datetime


async def show_board(ctx: Context, code: str, area: ListingFilter, turn: Turn) -> BoardView:
    """A turn of a zone's screen; a column that has closed meanwhile gives way to the whole. Raises Missing, Refused."""
    async with ctx.uow() as uow:
        row = await zone_of(uow, code)
        zone = await zone_with_counts(uow, row, area)
        column = turn.column if turn.column in {each.code for each in zone.columns} else None
        firms = {each.code for each in zone.columns if shares_labour(filter_from(each.filter).kinds)}
        lines, pages = (FIRM_LINES, FIRM_PAGES) if column in firms else (BOARD_LINES, BOARD_PAGES)
        shown = Turn(column, turn.page if column == turn.column else 0)
        wanted = area if column else area.model_copy(update={"side": "demand"})
        found, more = await screen_in(uow, row, column, wanted, shown.page, lines)
        return BoardView(zone, found, next_turn(zone, shown, more, pages))


async def show_sheet(ctx: Context, code: str, area: ListingFilter) -> SheetView:
    """Everything that is worth paper. Raises Missing, Refused."""
    async with ctx.uow() as uow:
        row = await zone_of(uow, code)
        zone = await zone_with_counts(uow, row, area)
        market = (await uow.venues.get(area.venue_id)).name if area.venue_id else None
        parts = []
        for column in zone.columns:
            if has_any(column.count):
                found, _ = await screen_in(uow, row, column.code, area, 0, SHEET_LINES)
                parts.append((column, found))
        whole, _ = await screen_in(uow, row, None, area, 0, SHEET_LINES)
        return SheetView(zone, market, whole.pinned, parts, await uow.now())
