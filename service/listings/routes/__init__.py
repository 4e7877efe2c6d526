"""Listings over HTTP: both sides in one list, for everybody."""

from __future__ import annotations

from typing import Any

from service.http.caller import ANYBODY
from service.http.paging import after_cursor, paged
from service.http.responses import problems
from service.http.routing import Ctx, joined, may
from service.listings import usecases
from service.listings.routes.looking import FilterQuery, ListingQuery, parameters, router_of, wanted
from service.listings.rules.found import read_key
from service.listings.schemas import ListingCountsOut, ListingsOut, counted, facets_shown, shown

_search = router_of(ListingQuery)
_counts = router_of(FilterQuery)
PROBLEMS = problems(400, 401, 410, 422)


@_search.get(
    "/listings",
    response_model=ListingsOut,
    responses=PROBLEMS,
    summary="Find work and people who look for it",
    openapi_extra={"parameters": parameters(ListingQuery)},
)
@may(ANYBODY)
async def list_listings(ctx: Ctx) -> Any:
    """Both sides, by words (also pinyin and initials), place, trade, time and pay; nobody's phone or door in it.

    Counts are exact up to 1,000 and say «more» above it; they count every listing, also those of a group. A listing
    of supply lies in the middle of its district, a household's near it.
    """
    query: ListingQuery = wanted()
    page = await usecases.list_listings(
        ctx,
        query.filter(),
        after=after_cursor(ctx, query.cursor, query.filters, read_key),
        limit=query.limit,
        grouped=query.grouped,
        facets=query.facets,
    )
    facets = None if page.facets is None else facets_shown(page.facets, page.total, ctx.language)
    items = [shown(view, ctx.language) for view in page.items]
    more = {"total": counted(page.total), "facets": facets, "did_you_mean": list(page.did_you_mean)}
    return paged(ctx, page, query.filters) | more | {"items": items}


@_counts.get(
    "/listings/counts",
    response_model=ListingCountsOut,
    responses=problems(401, 422),
    summary="Count what a search finds",
    openapi_extra={"parameters": parameters(FilterQuery)},
)
@may(ANYBODY)
async def count_listings(ctx: Ctx) -> Any:
    """In all and by facet, without the listings."""
    query: FilterQuery = wanted()
    page = await usecases.list_listings(
        ctx, query.filter(), after=lambda now: None, limit=1, grouped=False, facets=True
    )
    return {"total": counted(page.total), "facets": facets_shown(page.facets or {}, page.total, ctx.language)}


router = joined(_search, _counts)
