"""A zone in words: tiles, lines and boards for pages, screens and paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from service.http.html import words
from service.i18n import render
from service.listings.rules.listing import still_wanted
from service.policies.loader import wider
from service.reference.rules import MUNICIPALITIES, region_prefix
from service.worktime import SHANGHAI

if TYPE_CHECKING:
    from service.listings.views import ListingView
    from service.zones.usecases.reading import ZonePage
    from service.zones.views import CountView, ZoneView

BOARD_LINES = 10
BOARD_PAGES = 3  # of one column before the next one comes
FIRM_LINES, FIRM_PAGES = 5, 4  # of what firms lend and lack, which says more in a line
BOARD_SECONDS = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """An open column of a zone's page."""

    code: str
    name: str
    said: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing as one line; `path` leads to its own page."""

    path: str
    number: int
    title: str
    seeks: str
    pay: str
    where: str
    when: str
    seats: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a board is: a column (None: the whole zone) and a page of it."""

    column: str | None
    page: int


def tiles(zone: ZoneView, language: str) -> list[Tile]:
    """The open columns with their counts in words."""
    return [Tile(each.code, each.name, counted(each.count, language), not has_any(each.count)) for each in zone.columns]


def counted(count: CountView | None, language: str) -> str:
    """How many jobs and people there are; a side with nobody is left out, unless both are."""
    if count is None:
        return ""
    more = "+" if count.more else ""
    firms = [
        render(f"balance.count_{side}", language, count=number)
        for side, number in (("surplus", count.surplus), ("shortage", count.shortage))
        if number
    ]
    said = [
        render(f"zone.count_{side}", language, count=f"{number}{more}")
        for side, number in (("demand", count.demand), ("supply", count.supply))
        if number
    ] + firms
    return words.listed(said, language) if said else render("zone.count_none", language)


def entries(listings: Iterable[ListingView], language: str, *, pinned: bool = False) -> list[Entry]:
    """Listings as lines."""
    return [_entry(each, language, pinned) for each in listings]


def page_entries(found: ZonePage, language: str) -> list[Entry]:
    """A page as lines, what is pinned first."""
    return [*entries(found.pinned, language, pinned=True), *entries(found.items, language)]


def _entry(each: ListingView, language: str, pinned: bool) -> Entry:
    demand = each.side == "demand"
    return Entry(
        path=f"/jobs/{each.id}" if demand else f"/supply/{each.id}",
        number=each.number,
        title=each.title,
        seeks="" if demand else render(f"zone.seeks_{each.kind}", language),
        pay=_pay(each, language),
        where=_where(each, language),
        when=_when(each, language),
        seats=_seats(each, language),
        pinned=pinned,
    )


def _pay(each: ListingView, language: str) -> str:
    if each.pay_fen is None or each.pay_unit is None:
        return render("zone.pay_open", language)
    pay = {"amount_fen": each.pay_fen, "most_fen": each.pay_most_fen, "unit": each.pay_unit}
    said = words.said_pay(pay, language)
    return said if each.side == "demand" else render("zone.pay_wish", language, pay=said)


def _seats(each: ListingView, language: str) -> str:
    wanted = still_wanted(each.free_seats, each.headcount)
    return render("zone.seats", language, count=wanted) if wanted else ""


def _where(each: ListingView, language: str) -> str:
    if set(each.work_modes) == {"remote"}:
        return render("zone.anywhere", language)
    if not each.district_codes:
        return words.said_place(each.city_code, None, language)
    named = [words.said_region(code, language) for code in each.district_codes[:3]]
    return words.listed(named, language)


def _when(each: ListingView, language: str) -> str:
    if each.next_start is not None:
        return said_start(each.next_start, language)
    return render("zone.days_open", language)


def places(zone: ZoneView, codes: Iterable[str], region: str | None) -> list[str]:
    """The areas one level below where the reader is: provinces of the country, cities of one, districts of a city.

    A province that is one city has districts at once.
    """
    above = region or zone.region_code
    lead = "" if above is None else region_prefix(above)
    depth = 6 if above in MUNICIPALITIES else min(len(lead) + 2, 6)
    below = (code for code in codes if code.startswith(lead) and code != above)
    return [code for code in below if len(region_prefix(code)) == depth]


def trail(zone: ZoneView, region: str | None) -> list[str]:
    """The areas above the reader's, the widest first, inside the zone."""
    if region is None:
        return []
    top = zone.region_code
    kept = [
        code for code in reversed(wider(region)) if top is None or (code != top and code.startswith(region_prefix(top)))
    ]
    return kept if region in kept else [*kept, region]


def next_turn(zone: ZoneView, turn: Turn, more: bool, pages: int = BOARD_PAGES) -> Turn:
    """The next page of the column while there is one, then the next column that has something, then the whole again."""
    if more and turn.page + 1 < pages:
        return Turn(turn.column, turn.page + 1)
    full: Sequence[str | None] = [None, *(each.code for each in zone.columns if has_any(each.count))]
    at = full.index(turn.column) if turn.column in full else 0
    return Turn(full[(at + 1) % len(full)], 0)


def has_any(count: CountView | None) -> bool:
    """Whether anything stands in a column: listings of either side, or what firms would lend or lack."""
    return count is not None and bool(count.demand + count.supply or count.surplus or count.shortage)


def as_of(moment: datetime, language: str) -> str:
    """The moment of a board or a sheet of paper."""
    return render("zone.as_of", language, when=said_start(moment, language))


def said_start(moment: datetime, language: str) -> str:
    """A day and a time of it, on Shanghai's clock."""
    time = f"{moment.astimezone(SHANGHAI):%H:%M}"
    return render("zone.start", language, day=words.said_day(moment, language), time=time)


def said_ground(region: str | None, language: str) -> str:
    """The name of a zone's area."""
    return words.said_region(region, language) if region else render("zone.country", language)
