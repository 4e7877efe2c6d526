"""Disclosed fees over HTTP: what agencies and platforms charge, with every change; this service is free."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.fees import usecases
from service.fees.schemas import Capacity, FeeDisclosureOut, FeeLogOut, FeeRemarkIn, FeesIn, FeesOut
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id, RegionCode

router = make_router("fees")
FREE = {"this_service": "free"}


def _key(key: list[Any]) -> tuple[UUID, str]:
    return UUID(key[0]), str(key[1])


@router.get("/fees", response_model=FeesOut, responses=problems(400, 401, 410, 422), summary="Fees of others, today")
@may(ANYBODY)
async def list_fees(
    ctx: Ctx,
    region: Annotated[RegionCode | None, Query(description="province, city or district (GB/T 2260)")] = None,
    capacity: Capacity | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """What agencies and platforms say they charge at present. Nothing here costs anything."""
    filters = {"list": "fees", "region": region, "capacity": capacity}
    after = after_cursor(ctx, cursor, filters, _key)
    found = await usecases.list_fees(ctx, region=region, capacity=capacity, after=after, limit=limit)
    return FREE | paged(ctx, found, filters)


@router.get("/employers/{employer_id}/fees", response_model=FeeLogOut, responses=problems(401, 404), summary="Its fees")
@may(ANYBODY)
async def list_employer_fees(ctx: Ctx, employer_id: Id, by: PerhapsBy) -> Any:
    """The change log: what holds, what is coming, what was, and what an officer doubts."""
    return FREE | {"items": await usecases.list_employer_fees(ctx, employer_id, by=by)}


@router.post(
    "/employers/{employer_id}/fees",
    status_code=201,
    response_model=FeeDisclosureOut,
    responses=problems(*WRITE),
    summary="Disclose what we charge",
)
@may(MEMBER, object="employer", key="optional")
async def disclose_fees(ctx: Ctx, employer_id: Id, body: FeesIn, by: By) -> Any:
    """A new version; what is dearer begins after the notice. Nobody charges workers."""
    return await usecases.disclose_fees(ctx, employer_id, **body.model_dump(), by=by)


@router.post(
    "/employers/{employer_id}/fees/{disclosure_id}/remark",
    response_model=FeeDisclosureOut,
    responses=problems(*WRITE),
    summary="Doubt a disclosure",
)
@may(OFFICER, ADMIN, object="fee_disclosure", key="optional")
async def remark_fees(ctx: Ctx, employer_id: Id, disclosure_id: Id, body: FeeRemarkIn, by: By) -> Any:
    """In public, with a coded reason; the employer is told."""
    return await usecases.remark_fees(ctx, employer_id, disclosure_id, reason=body.reason, words=body.words, by=by)


@router.post(
    "/employers/{employer_id}/fees/{disclosure_id}/lift-remark",
    response_model=FeeDisclosureOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="The doubt is settled",
)
@may(OFFICER, ADMIN, object="fee_disclosure", key="optional")
async def lift_fee_remark(ctx: Ctx, employer_id: Id, disclosure_id: Id, by: By) -> Any:
    """Both stay in the log."""
    return await usecases.lift_fee_remark(ctx, employer_id, disclosure_id, by=by)
