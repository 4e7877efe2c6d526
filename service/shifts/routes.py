"""Shifts over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ADMIN, ANYBODY, INTEGRATOR, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.shifts import usecases
from service.shifts.schemas import (
    CalledOffOut,
    ShiftAddIn,
    ShiftCancelIn,
    ShiftOut,
    ShiftPageOut,
    ShiftPatch,
    ShiftsCancelIn,
)

router = make_router("shifts")
WRITERS = (MEMBER, OFFICER, ADMIN, INTEGRATOR)
SCOPES = ("postings:write",)


@router.get(
    "/postings/{posting_id}/shifts",
    response_model=ShiftPageOut,
    responses=problems(400, 401, 404, 410, 422),
    summary="List the shifts of a posting",
)
@may(ANYBODY, object="posting")
async def list_shifts(
    ctx: Ctx,
    by: PerhapsBy,
    posting_id: Id,
    all_times: Annotated[bool, Query(description="also those that are over")] = False,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Any:
    """By start, for whoever sees the posting."""
    filters = {"posting_id": posting_id, "all_times": all_times, "of": "shifts"}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await usecases.list_shifts(ctx, posting_id, by=by, all_times=all_times, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.post(
    "/postings/{posting_id}/shifts",
    status_code=201,
    response_model=ShiftOut,
    responses=problems(*WRITE),
    summary="Agree a dated shift",
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="posting", location="/v1/shifts/{value.id}")
async def add_shift(ctx: Ctx, by: By, posting_id: Id, body: ShiftAddIn) -> Any:
    """For postings by pattern, where days or hours were left to be agreed."""
    return await usecases.add_shift(ctx, posting_id, by=by, **body.model_dump())


@router.post(
    "/postings/{posting_id}/cancel-shifts",
    response_model=CalledOffOut,
    responses=problems(*WRITE),
    summary="Call off a day or everything that is left",
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="posting")
async def cancel_shifts(ctx: Ctx, by: By, posting_id: Id, body: ShiftsCancelIn) -> Any:
    """Those engaged are released and told; how late it was is recorded. Without a day the posting is withdrawn."""
    return await usecases.cancel_shifts(ctx, posting_id, by=by, reason=body.reason, day=body.day)


@router.get("/shifts/{shift_id}", response_model=ShiftOut, responses=problems(401, 404), summary="Read a shift")
@may(ANYBODY, object="shift")
async def get_shift(ctx: Ctx, by: PerhapsBy, shift_id: Id) -> Any:
    """For whoever sees its posting."""
    return await usecases.show_shift(ctx, shift_id, by=by)


@router.patch(
    "/shifts/{shift_id}",
    response_model=ShiftOut,
    responses=problems(*WRITE, 412, 428),
    summary="Change the seats of a shift",
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="shift")
async def change_shift(ctx: Ctx, by: By, shift_id: Id, version: IfMatch, body: ShiftPatch) -> Any:
    """More or fewer, never fewer than are taken."""
    return await usecases.change_shift(ctx, shift_id, by=by, version=version, headcount=body.headcount)


@router.post(
    "/shifts/{shift_id}/cancel", response_model=ShiftOut, responses=problems(*WRITE), summary="Call off a shift"
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="shift")
async def cancel_shift(ctx: Ctx, by: By, shift_id: Id, body: ShiftCancelIn) -> Any:
    """Before it begins. Those engaged are released and told; how late it was is recorded."""
    return await usecases.cancel_shift(ctx, shift_id, by=by, reason=body.reason)
