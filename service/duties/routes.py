"""The duty roster over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.duties import usecases
from service.duties.schemas import DutiesOut, DutyIn, DutyOfficersOut, DutyOut
from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST, READ, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id, RegionCode

router = make_router("duties")


@router.post(
    "/duties",
    status_code=201,
    response_model=DutyOut,
    responses=problems(400, 401, 403, 409, 415, 422),
    summary="Put somebody on duty",
)
@may(OFFICER, ADMIN, key="optional", location="/v1/duties/{value.id}")
async def add_duty(ctx: Ctx, body: DutyIn, by: By) -> Any:
    """An officer who serves the region, for a time. Several may be on duty at once; one officer's times in one region
    do not overlap (409 `duty_overlap`). Whoever is on duty is told of alarms, urgent cases and missed limits."""
    return await usecases.add_duty(ctx, by=by, **body.model_dump())


@router.get("/duties", response_model=DutiesOut, responses=problems(*LIST), summary="The duty roster of my regions")
@may(OFFICER, ADMIN)
async def list_duties(
    ctx: Ctx,
    by: By,
    region_code: Annotated[RegionCode | None, Query(description="only inside this region (GB/T 2260)")] = None,
    past: Annotated[bool, Query(description="those that are over too")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Present and coming entries by their beginning."""
    filters = {"list": "duties", "region_code": region_code, "past": past, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await usecases.list_duties(ctx, region=region_code, past=past, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.get(
    "/duties/officers",
    response_model=DutyOfficersOut,
    responses=problems(401, 403, 422),
    summary="Who can be put on duty in a region",
)
@may(OFFICER, ADMIN)
async def list_duty_officers(ctx: Ctx, by: By, region_code: RegionCode) -> Any:
    """Active officers who serve the region, and administrators."""
    return await usecases.list_duty_officers(ctx, region_code=region_code, by=by)


@router.get("/duties/{duty_id}", response_model=DutyOut, responses=problems(*READ), summary="One entry of the roster")
@may(OFFICER, ADMIN, object="duty")
async def get_duty(ctx: Ctx, duty_id: Id, by: By) -> Any:
    """Also one that was taken out."""
    return await usecases.get_duty(ctx, duty_id, by=by)


@router.post(
    "/duties/{duty_id}/remove",
    response_model=DutyOut,
    responses=problems(401, 403, 404, 409, 422),
    summary="Take an entry out of the roster",
)
@may(OFFICER, ADMIN, object="duty", key="optional")
async def remove_duty(ctx: Ctx, duty_id: Id, by: By) -> Any:
    """A present or coming one; what is over stays to be read (409 `duty_over`)."""
    return await usecases.remove_duty(ctx, duty_id, by=by)
