"""Places of work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.employers.schemas import SiteIn, SiteOut, SitePatch, SitesOut
from service.employers.usecases import sites
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.measures import PointIn
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("employers")


def _stored(fields: dict[str, Any], point: PointIn | None) -> dict[str, Any]:
    """The body's fields as columns: the point in WGS-84 beside the datum it came in."""
    if "point" not in fields:
        return fields
    kept = {name: value for name, value in fields.items() if name != "point"}
    lon, lat = point.wgs84() if point is not None else (None, None)
    return kept | {"lon": lon, "lat": lat, "sent_datum": point.datum if point is not None else None}


@router.get(
    "/employers/{employer_id}/sites",
    response_model=SitesOut,
    responses=problems(401, 403, 404, 422),
    summary="The sites of an employer",
)
@may(MEMBER, OFFICER, ADMIN, object="employer")
async def list_sites(
    ctx: Ctx,
    employer_id: Id,
    by: By,
    closed: Annotated[bool, Query(description="closed ones too")] = False,
) -> Any:
    """For its members and the officers of its region."""
    return {"items": await sites.list_sites(ctx, employer_id, closed=closed, by=by)}


@router.post(
    "/employers/{employer_id}/sites",
    status_code=201,
    response_model=SiteOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Add a site",
)
@may(
    MEMBER, OFFICER, ADMIN, object="employer", key="optional",
    location="/v1/employers/{value.employer_id}/sites/{value.id}",
)  # fmt: skip
async def add_site(ctx: Ctx, employer_id: Id, body: SiteIn, by: By) -> Any:
    """Without a point the centre of the district stands in and `approximate` is true."""
    return await sites.add_site(ctx, employer_id, by=by, **_stored(body.model_dump(), body.point))


@router.get(
    "/employers/{employer_id}/sites/{site_id}",
    response_model=SiteOut,
    responses=problems(401, 403, 404),
    summary="One site",
)
@may(MEMBER, OFFICER, ADMIN, object="employer")
async def get_site(ctx: Ctx, employer_id: Id, site_id: Id, by: By) -> Any:
    """Closed ones are shown too."""
    return await sites.read_site(ctx, employer_id, site_id, by=by)


@router.patch(
    "/employers/{employer_id}/sites/{site_id}",
    response_model=SiteOut,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    summary="Change a site",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def change_site(ctx: Ctx, employer_id: Id, site_id: Id, body: SitePatch, version: IfMatch, by: By) -> Any:
    """Postings that are out keep the place they were published with."""
    changes = _stored(body.model_dump(exclude_unset=True), body.point)
    empty = {"district_code", "lon", "lat", "sent_datum"}
    kept = {name: value for name, value in changes.items() if value is not None or name in empty}
    return await sites.change_site(ctx, employer_id, site_id, seen=version, changes=kept, by=by)


@router.post(
    "/employers/{employer_id}/sites/{site_id}/close",
    response_model=SiteOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Close a site",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def close_site(ctx: Ctx, employer_id: Id, site_id: Id, by: By) -> Any:
    """Nothing is deleted."""
    return await sites.close_site(ctx, employer_id, site_id, by=by)
