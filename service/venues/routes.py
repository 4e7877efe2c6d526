"""Markets and stations over HTTP: a public directory, kept by the officers of each region."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from service.errors import Refused
from service.geo import Point, PointRefused, to_wgs84
from service.http.caller import ADMIN, ANYBODY, OFFICER
from service.http.measures import PointIn
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Decimals, Id, RegionCode, Whole
from service.venues import usecases
from service.venues.schemas import VenueCloseIn, VenueIn, VenueKind, VenueOut, VenuePageOut, VenuePatch

router = make_router("venues")


def _origin(lon: float | None, lat: float | None, datum: str) -> Point | None:
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise Refused("point_incomplete", field="query:lat" if lat is None else "query:lon")
    try:
        return to_wgs84(lon, lat, datum)
    except PointRefused as wrong:
        raise Refused(wrong.code, field="query:lon") from None


def _stored(fields: dict[str, Any], point: PointIn | None) -> dict[str, Any]:
    """The body's fields as columns: the point in WGS-84 beside the datum it came in."""
    if "point" not in fields:
        return fields
    kept = {name: value for name, value in fields.items() if name != "point"}
    lon, lat = point.wgs84() if point is not None else (None, None)
    return kept | {"lon": lon, "lat": lat, "sent_datum": point.datum if point is not None else None}


@router.get(
    "/venues",
    response_model=VenuePageOut,
    responses=problems(400, 401, 410, 422),
    summary="Find markets and stations",
)
@may(ANYBODY)
async def list_venues(
    ctx: Ctx,
    region: Annotated[RegionCode | None, Query(description="province, city or district (GB/T 2260)")] = None,
    kind: VenueKind | None = None,
    lon: Annotated[Decimals | None, Query(description="degrees east of the point to measure from")] = None,
    lat: Annotated[Decimals | None, Query(description="degrees north of the point to measure from")] = None,
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84",
    radius_m: Annotated[Whole, Query(ge=100, le=200_000, description="with a point: how far")] = 50_000,
    open_now: Annotated[bool, Query(description="only those open at this hour")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """With a point the nearest first and only within the radius; else in a fixed order. Closed ones are left out."""
    filters = {
        "region": region, "kind": kind, "lon": lon, "lat": lat, "datum": datum, "radius_m": radius_m,
        "open_now": open_now,
    }  # fmt: skip
    page = await usecases.list_venues(
        ctx,
        region=region,
        kind=kind,
        near=_origin(lon, lat, datum),
        radius_m=radius_m,
        open_now=open_now,
        after=after_cursor(ctx, cursor, filters),
        limit=limit,
    )
    return paged(ctx, page, filters)


@router.get(
    "/venues/{venue_id}",
    response_model=VenueOut,
    responses=problems(401, 404),
    summary="One market or station",
)
@may(ANYBODY)
async def get_venue(ctx: Ctx, venue_id: Id) -> Any:
    """Closed ones are shown too, so that an old link explains itself."""
    return await usecases.read_venue(ctx, venue_id)


@router.post(
    "/venues",
    status_code=201,
    response_model=VenueOut,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    summary="Add a market or station",
)
@may(OFFICER, ADMIN, object="venue", key="optional", location="/v1/venues/{value.id}")
async def add_venue(ctx: Ctx, body: VenueIn, by: By) -> Any:
    """By an officer of the region. It is listed at once."""
    return await usecases.add_venue(ctx, by=by, **_stored(body.model_dump(), body.point))


@router.patch(
    "/venues/{venue_id}",
    response_model=VenueOut,
    responses=problems(*WRITE, 412, 428),
    summary="Change a market or station",
)
@may(OFFICER, ADMIN, object="venue", key="optional")
async def change_venue(ctx: Ctx, venue_id: Id, body: VenuePatch, version: IfMatch, by: By) -> Any:
    """Only fields that are sent change; an optional field sent as null is emptied."""
    changes = _stored(body.model_dump(exclude_unset=True), body.point)
    empty = {"district_code", "hotline", "lon", "lat", "sent_datum"}
    kept = {name: value for name, value in changes.items() if value is not None or name in empty}
    return await usecases.change_venue(ctx, venue_id, seen=version, changes=kept, by=by)


@router.post(
    "/venues/{venue_id}/close",
    response_model=VenueOut,
    responses=problems(*WRITE),
    summary="Take a market or station out of the directory",
)
@may(OFFICER, ADMIN, object="venue", key="optional")
async def close_venue(ctx: Ctx, venue_id: Id, body: VenueCloseIn, by: By) -> Any:
    """Nothing is deleted; it can be reopened."""
    return await usecases.close_venue(ctx, venue_id, reason=body.reason, by=by)


@router.post(
    "/venues/{venue_id}/reopen",
    response_model=VenueOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Bring a market or station back",
)
@may(OFFICER, ADMIN, object="venue", key="optional")
async def reopen_venue(ctx: Ctx, venue_id: Id, by: By) -> Any:
    """Only a closed one can be reopened."""
    return await usecases.reopen_venue(ctx, venue_id, by=by)
