"""Zones in the open: what is in them now, for everybody and for nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from service.http.caller import ANYBODY
from service.http.paging import CursorText, Limit, after_cursor, next_cursor
from service.http.responses import problems
from service.http.routing import Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id, RegionCode
from service.listings.rules.filters import ListingFilter
from service.listings.rules.found import read_key
from service.listings.schemas import shown
from service.zones.schemas import ZoneListOut, ZoneOut, ZonesOut
from service.zones.usecases import reading

router = make_router("zones")
Area = Annotated[RegionCode | None, Query(description="a province, city or district inside the zone")]
Market = Annotated[UUID | None, Query(description="a market: what is around it")]


@router.get("/zones", response_model=ZonesOut, responses=problems(401, 422), summary="The zones")
@may(ANYBODY)
async def list_zones(
    ctx: Ctx,
    code: Annotated[str | None, Query(pattern=r"^[A-Z]{2,6}$", description="of the jurisdiction")] = None,
    region: Annotated[RegionCode | None, Query(description="a place: the zones that it lies in, nearest first")] = None,
) -> Any:
    """Each under its local name, with the columns that are open now."""
    return {"items": await reading.list_zones(ctx, code=code, region=region)}


@router.get("/zones/{zone_id}", response_model=ZoneOut, responses=problems(401, 404, 422), summary="One zone")
@may(ANYBODY)
async def get_zone(ctx: Ctx, zone_id: Id, region: Area = None, venue_id: Market = None) -> Any:
    """Its open columns in their order, each with how many listings of both sides stand in it."""
    return await reading.get_zone(ctx, zone_id, area=_narrowing(region=region, venue_id=venue_id))


@router.get(
    "/zones/{zone_id}/listings",
    response_model=ZoneListOut,
    responses=problems(400, 401, 404, 410, 422),
    summary="What stands in a zone",
)
@may(ANYBODY)
async def list_zone(
    ctx: Ctx,
    zone_id: Id,
    column: Annotated[
        str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,31}$", description="code of an open column")
    ] = None,
    side: Literal["demand", "supply"] | None = None,
    region: Area = None,
    venue_id: Market = None,
    trade: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = None,
    q: Annotated[str | None, Query(min_length=1, max_length=100, description="words")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """What is pinned first, then the newest first; words put the best first."""
    said = {"side": side, "region": region, "venue_id": venue_id, "trade": trade, "q": q}
    filters = {"list": "zone", "zone": zone_id, "column": column, **said}
    page = await reading.list_zone(
        ctx, zone_id, column, _narrowing(**said), after=after_cursor(ctx, cursor, filters, read_key), limit=limit
    )
    return {
        "items": [shown(each, ctx.language) for each in page.items],
        "pinned": [shown(each, ctx.language) for each in page.pinned],
        "count": page.count, "column": page.column, "balances": page.balances,
        "next_cursor": next_cursor(ctx, page, filters),
    }  # fmt: skip


def _narrowing(**said: Any) -> ListingFilter:
    """What is said, as a filter."""
    named = {"region": "regions", "trade": "trades"}
    made = {
        named.get(name, name): (value,) if name in named else value for name, value in said.items() if value is not None
    }
    return ListingFilter(**made)
