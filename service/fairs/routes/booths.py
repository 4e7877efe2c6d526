"""Booths over HTTP: employers ask, officers answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.fairs.schemas.people import (
    BoothConfirmIn,
    BoothDeclineIn,
    BoothIn,
    BoothOut,
    BoothPageOut,
    BoothPostingsIn,
    BoothResultsIn,
    BoothState,
)
from service.fairs.usecases import booths
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, LIST_IN, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("fairs")
BOOTH = "/fair-booths/{fair_booth_id}"


@router.post(
    "/fairs/{fair_id}/booths", status_code=201, response_model=BoothOut, responses=problems(*WRITE),
    summary="Ask for a booth",
)  # fmt: skip
@may(MEMBER, object="fair", key="optional")
async def ask_for_booth(ctx: Ctx, fair_id: Id, body: BoothIn, by: By) -> Any:
    """Free. The number is kept until an officer says yes or no."""
    return await booths.ask_for_booth(ctx, fair_id, number=body.number, posting_ids=body.posting_ids, by=by)


@router.get(
    "/fairs/{fair_id}/booths/requests", response_model=BoothPageOut, responses=problems(*LIST_IN),
    summary="Who asks for booths",
)  # fmt: skip
@may(OFFICER, ADMIN, object="fair")
async def list_booth_requests(
    ctx: Ctx,
    fair_id: Id,
    by: By,
    state: Annotated[list[BoothState] | None, Query(description="only in these states")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Any:
    """The oldest first."""
    filters = {"list": "booth_requests", "fair": fair_id, "state": state}
    after = after_cursor(ctx, cursor, filters, id_of)
    page = await booths.list_booth_requests(ctx, fair_id, states=state, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.get("/fair-booths/own", response_model=BoothPageOut, responses=problems(*LIST), summary="Own booths")
@may(MEMBER)
async def list_own_booths(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """Of the employer that the caller acts for."""
    filters = {"list": "own_booths", "employer": by.employer_id}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await booths.list_own_booths(ctx, by=by, after=after, limit=limit), filters)


@router.put(BOOTH + "/postings", response_model=BoothOut, responses=problems(*WRITE), summary="Bring other postings")
@may(MEMBER, object="fair_booth", key="optional")
async def set_booth_postings(ctx: Ctx, fair_booth_id: Id, body: BoothPostingsIn, by: By) -> Any:
    """Instead of those that are filled or over."""
    return await booths.set_booth_postings(ctx, fair_booth_id, posting_ids=body.posting_ids, by=by)


@router.post(
    BOOTH + "/withdraw", response_model=BoothOut, responses=problems(400, 401, 403, 404, 409, 422),
    summary="Give a booth back",
)  # fmt: skip
@may(MEMBER, object="fair_booth", key="optional")
async def withdraw_booth(ctx: Ctx, fair_booth_id: Id, by: By) -> Any:
    """Its number is free again."""
    return await booths.withdraw_booth(ctx, fair_booth_id, by=by)


@router.post(BOOTH + "/confirm", response_model=BoothOut, responses=problems(*WRITE), summary="Give a booth")
@may(OFFICER, ADMIN, object="fair_booth", key="optional")
async def confirm_booth(ctx: Ctx, fair_booth_id: Id, body: BoothConfirmIn, by: By) -> Any:
    """The one that was asked for, or another one; the employer is told."""
    return await booths.confirm_booth(ctx, fair_booth_id, number=body.number, by=by)


@router.post(BOOTH + "/decline", response_model=BoothOut, responses=problems(*WRITE), summary="Refuse a booth")
@may(OFFICER, ADMIN, object="fair_booth", key="optional")
async def decline_booth(ctx: Ctx, fair_booth_id: Id, body: BoothDeclineIn, by: By) -> Any:
    """With a reason, which the employer is told."""
    return await booths.decline_booth(ctx, fair_booth_id, reason=body.reason, by=by)


@router.put(BOOTH + "/results", response_model=BoothOut, responses=problems(*WRITE), summary="What came of a booth")
@may(MEMBER, OFFICER, ADMIN, object="fair_booth", key="optional")
async def record_booth_results(ctx: Ctx, fair_booth_id: Id, body: BoothResultsIn, by: By) -> Any:
    """By the employer or an officer, while the fair goes on and afterwards."""
    return await booths.record_booth_results(
        ctx, fair_booth_id, came=body.came, spoke=body.spoke, hired=body.hired, by=by
    )
