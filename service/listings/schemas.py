"""Listings on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import PaymentRecordOut
from service.http.types import Moment, Out
from service.i18n import render
from service.listings.rules.found import BANDS, CAP
from service.listings.views import ListingView
from service.reference.catalogue import enums, regions, trades
from service.reliability.rules import payment_shown


class ListingCodeOut(Out):
    """A code and what it is called."""

    code: str
    label: str


class ListingPointOut(Out):
    """WGS-84, as everybody sees it."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class ListingPlaceOut(Out):
    """Where; `approximate` where the point is the middle of a district, or near a household."""

    city_code: str
    district_codes: list[str]
    point: ListingPointOut | None
    approximate: bool


class ListingPayOut(Out):
    """What is paid, or hoped for."""

    amount_fen: int
    most_fen: int | None
    currency: Literal["CNY"]
    unit: str
    settlement: str | None


class ListingEmployerOut(Out):
    """Who needs hands; a household's name is masked."""

    id: UUID
    name: str
    kind: str
    verified: bool
    payment_record: PaymentRecordOut


class ListingOut(Out):
    """One offer of work (demand) or one person who looks for it (supply); `path` leads to the whole of it."""

    id: UUID
    number: int = Field(description="short and public: to be read aloud, and /n/{number} leads to its page")
    side: Literal["demand", "supply"]
    path: str
    title: str
    trades: list[ListingCodeOut]
    kind: ListingCodeOut
    work_modes: list[ListingCodeOut]
    place: ListingPlaceOut
    pay: ListingPayOut | None
    first_day: date | None
    last_day: date | None
    headcount: int | None
    free_seats: int | None
    next_start: Moment | None
    employer: ListingEmployerOut | None
    published_at: Moment
    valid_until: Moment
    distance_m: int | None = Field(description="from the point that was asked for to the point shown")
    similar: int = Field(description="how many more there are of the same offer; of people who look for work always 0")


class CountOut(Out):
    """Exact unless `more`: then there are more than so many."""

    count: int
    more: bool


class FacetOut(CountOut):
    """Of one code; null for none."""

    code: str | None
    label: str


class FacetsOut(Out):
    """Where the total says `more`, each count is of the first thousand found: at least so many."""

    side: list[FacetOut]
    trade: list[FacetOut]
    district: list[FacetOut]
    settlement: list[FacetOut]
    work_mode: list[FacetOut]
    pay_band: list[FacetOut] = Field(description="by what an hour pays, where that can be reckoned")


class ListingsOut(Out):
    """A page."""

    items: list[ListingOut]
    next_cursor: str | None
    total: CountOut
    facets: FacetsOut | None
    did_you_mean: list[str] = Field(description="other words, where these find nothing")


class ListingCountsOut(Out):
    """How many there are."""

    total: CountOut
    facets: FacetsOut


class SuggestionOut(Out):
    """A word to search for; `code` of a trade or place, `employer_id` of an employer."""

    text: str
    kind: Literal["trade", "place", "phrase", "employer"]
    code: str | None
    employer_id: UUID | None


class SuggestionsOut(Out):
    """What the text may become, or, where nothing begins so, what it may have been meant to be."""

    items: list[SuggestionOut]
    did_you_mean: list[str]


def shown(view: ListingView, language: str) -> dict[str, Any]:
    """One line."""
    path = "postings" if view.side == "demand" else "supplies"
    point = None if view.point is None else {"type": "Point", "coordinates": view.point}
    pay = None
    if view.pay_fen is not None:
        pay = {"amount_fen": view.pay_fen, "most_fen": view.pay_most_fen, "currency": "CNY", "unit": view.pay_unit}
        pay |= {"settlement": view.settlement}
    return {
        **{name: getattr(view, name) for name in _SAME},
        "path": f"/v1/{path}/{view.id}",
        "trades": [_coded("trade", code, language) for code in view.trades],
        "kind": _coded("kind", view.kind, language),
        "work_modes": [_coded("work_mode", code, language) for code in view.work_modes],
        "place": {
            "city_code": view.city_code,
            "district_codes": view.district_codes,
            "point": point,
            "approximate": view.approximate,
        },
        "pay": pay,
        "employer": _employer(view.employer, language),
    }


def _employer(found: Mapping[str, Any] | None, language: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {**found, "payment_record": payment_shown(found["payment_record"], language)}


_SAME = (
    "id", "number", "side", "title", "first_day", "last_day", "headcount", "free_seats", "next_start",
    "published_at", "valid_until", "distance_m", "similar",
)  # fmt: skip
_NAMED = {"district_code": "district", "band": "pay_band"}


def counted(total: int, *, more: bool = False) -> dict[str, Any]:
    """A number that is cut at the cap."""
    return {"count": min(total, CAP), "more": more or total > CAP}


def facets_shown(
    facets: Mapping[str, Sequence[tuple[str | None, int]]], total: int, language: str
) -> dict[str, list[dict[str, Any]]]:
    """Each code with its name and its number."""
    more = total > CAP
    return {
        _NAMED.get(name, name): [
            {**_coded(_NAMED.get(name, name), code, language), **counted(count, more=more)} for code, count in pairs
        ]
        for name, pairs in facets.items()
    }


def _coded(kind: str, code: str | None, language: str) -> dict[str, Any]:
    return {"code": code, "label": _label(kind, code, language)}


def _label(kind: str, code: str | None, language: str) -> str:
    if code is None:
        return render("listing.none", language)
    if kind == "pay_band":
        return _band(int(code), language)
    if kind == "side" or (kind == "kind" and code in ("work", "service")):
        return render(f"listing.{kind}.{code}", language)
    known: Mapping[str, Any] = {"trade": trades, "district": regions}.get(kind, lambda: enums().get(_LIST[kind], {}))()
    found = known.get(code)
    return code if found is None else found.en if language == "en" else found.zh


_LIST = {"settlement": "settlement", "work_mode": "work_mode", "kind": "job_kind"}


def _band(band: int, language: str) -> str:
    if band == 0:
        return render("listing.band.below", language, most=BANDS[0] // 100)
    if band == len(BANDS):
        return render("listing.band.above", language, least=BANDS[-1] // 100)
    return render("listing.band.between", language, least=BANDS[band - 1] // 100, most=BANDS[band] // 100)
