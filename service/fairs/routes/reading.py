"""Fairs as everybody finds them: a list, one, its booths, and calendars to subscribe to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from service.fairs.calendar_feed import calendar_of
from service.fairs.filters import FairFilter
from service.fairs.schemas.fairs import FairKind, FairOut, FairsOut
from service.fairs.schemas.people import BoothsOut
from service.fairs.showing import calendar_name
from service.fairs.usecases import looking
from service.http.caller import ANYBODY
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import problems
from service.http.routing import Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Code, Id, RegionCode

router = make_router("fairs")
Region = Annotated[RegionCode | None, Query(description="province, city or district (GB/T 2260)")]
ICS: dict[str, Any] = {
    "description": "An iCalendar (RFC 5545)",
    "content": {"text/calendar": {"schema": {"type": "string"}}},
}
AS_ICS = "text/calendar; charset=utf-8"


@router.get("/fairs", response_model=FairsOut, responses=problems(400, 401, 410, 422), summary="Find fairs")
@may(ANYBODY)
async def list_fairs(
    ctx: Ctx,
    region: Region = None,
    kind: FairKind | None = None,
    venue_id: Id | None = None,
    group: Annotated[Code | None, Query(description="for this target group, or for everybody")] = None,
    past: Annotated[bool, Query(description="those that are over, the last first")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """To come, the next first; suspended and called-off ones say so."""
    wanted = FairFilter(region, kind, venue_id, group, past)
    filters = {"list": "fairs", "region": region, "kind": kind, "venue": venue_id, "group": group, "past": past}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await looking.list_fairs(ctx, wanted, after=after, limit=limit), filters)


@router.get(
    "/fairs/calendar.ics", summary="Fairs as a calendar", response_class=Response,
    responses=problems(401, 422) | {200: ICS},
)  # fmt: skip
@may(ANYBODY)
async def get_fairs_calendar(ctx: Ctx, region: Region = None) -> Response:
    """To subscribe to: fairs of a province, city or district, of the last months and to come."""
    fairs, _ = await looking.calendar_of(ctx, region)
    made = calendar_of(fairs, calendar_name(region, ctx.language), ctx.settings.base_url, ctx.language)
    return Response(made, media_type=AS_ICS)


@router.get("/fairs/{fair_id}", response_model=FairOut, responses=problems(401, 404, 422), summary="One fair")
@may(ANYBODY)
async def get_fair(ctx: Ctx, fair_id: Id, by: PerhapsBy) -> Any:
    """When, where, for whom. Officers of the place also see drafts, and what the law asks for."""
    return await looking.get_fair(ctx, fair_id, by=by)


@router.get(
    "/fairs/{fair_id}/calendar.ics", summary="One fair as a calendar", response_class=Response,
    responses=problems(401, 404, 422) | {200: ICS},
)  # fmt: skip
@may(ANYBODY)
async def get_fair_calendar(ctx: Ctx, fair_id: Id) -> Response:
    """An event for each session."""
    fair = await looking.get_fair(ctx, fair_id, by=None)
    return Response(calendar_of([fair], fair.title, ctx.settings.base_url, ctx.language), media_type=AS_ICS)


@router.get(
    "/fairs/{fair_id}/booths", response_model=BoothsOut, responses=problems(401, 404, 422), summary="Booths of a fair"
)
@may(ANYBODY)
async def list_fair_booths(ctx: Ctx, fair_id: Id) -> Any:
    """Confirmed ones with the postings that can be had there at present."""
    return {"items": await looking.list_fair_booths(ctx, fair_id)}
