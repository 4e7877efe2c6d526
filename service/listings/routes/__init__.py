"""Listings over HTTP: both sides in one list, for everybody."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ANYBODY, MEMBER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, joined, may
from service.http.routing import router as make_router
from service.http.types import Id, RegionCode, Whole, line
from service.listings import usecases
from service.listings.routes.looking import FilterQuery, ListingQuery, parameters, router_of, wanted
from service.listings.rules.found import read_key
from service.listings.schemas import ListingCountsOut, ListingsOut, SuggestionsOut, counted, facets_shown, shown

_search = router_of(ListingQuery)
_counts = router_of(FilterQuery)
_typing = make_router("listings")
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


@_typing.get(
    "/listings/suggest",
    response_model=SuggestionsOut,
    responses=problems(401, 422),
    summary="Complete what somebody is typing",
)
@may(ANYBODY)
async def list_suggestions(
    ctx: Ctx,
    q: Annotated[line(40), Query(description="the beginning of a word, in characters, pinyin or initials")],  # type: ignore[valid-type]
    limit: Annotated[Whole, Query(ge=1, le=20)] = 8,
    region: Annotated[RegionCode | None, Query(description="where: what is found there comes first")] = None,
) -> Any:
    """Trades with their other names, places, set phrases, what has most listings first; public names of employers."""
    items, meant = await usecases.suggest(ctx, q, limit, region)
    return {"items": items, "did_you_mean": meant}


@_typing.get(
    "/searches/{search_id}/listings",
    response_model=ListingsOut,
    responses=problems(400, 401, 403, 404, 409, 410, 422),
    summary="What a saved search finds",
)
@may(WORKER, MEMBER, object="search")
async def list_search_listings(
    ctx: Ctx,
    search_id: Id,
    by: By,
    personalised: Annotated[bool | None, Query(description="else as the search was saved")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """`personalised=false`: by distance or time alone, nothing of one's profile is used."""
    filters = {"list": "search", "id": search_id, "personalised": personalised}
    after = after_cursor(ctx, cursor, filters, read_key)
    page = await usecases.list_search_listings(
        ctx, search_id, personalised=personalised, after=after, limit=limit, by=by
    )
    items = [shown(view, ctx.language) for view in page.items]
    more: dict[str, Any] = {"total": counted(page.total), "facets": None, "did_you_mean": []}
    return paged(ctx, page, filters) | more | {"items": items}


router = joined(_typing, _search, _counts)
