"""Hours that both sides agree on, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from service.attendance import usecases
from service.attendance.routes.asking import SIDES
from service.attendance.schemas import (
    TimesheetChangeIn,
    TimesheetDisputeIn,
    TimesheetIn,
    TimesheetOut,
    TimesheetPageOut,
    TimesheetSettlementIn,
)
from service.attendance.usecases.timesheets import Figures
from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, OfPosting, OfSeat, OfShift, after_cursor, paged, places
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("attendance")


@router.get(
    "/timesheets", response_model=TimesheetPageOut, responses=problems(*LIST), summary="List timesheets, newest first"
)
@may(*SIDES, object="timesheet")
async def list_timesheets(
    ctx: Ctx,
    by: By,
    state: Annotated[Literal["open", "by_employer", "by_worker", "agreed", "disputed"] | None, Query()] = None,
    engagement_id: OfSeat = None,
    shift_id: OfShift = None,
    posting_id: OfPosting = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Mine, my employer's, or those of my regions; one that is not mine is simply not among them."""
    of = places(engagement_id, shift_id, posting_id)
    filters = {"list": "timesheets", "by": by.account_id, "employer": by.employer_id, "state": state, **of}
    page = await usecases.list_timesheets(
        ctx, state=state, of=of, after=after_cursor(ctx, cursor, filters), limit=limit, by=by
    )
    return paged(ctx, page, filters)


@router.get(
    "/timesheets/{timesheet_id}", response_model=TimesheetOut, responses=problems(*READ), summary="One timesheet"
)
@may(*SIDES, object="timesheet")
async def get_timesheet(ctx: Ctx, timesheet_id: Id, by: By) -> Any:
    """Its ETag is the version that a yes refers to."""
    return await usecases.get_timesheet(ctx, timesheet_id, by=by)


def _figures(body: Any) -> Figures:
    return Figures(body.started_at, body.finished_at, body.break_minutes, body.pieces, body.extra_fen, body.note)


@router.post(
    "/engagements/{engagement_id}/timesheet",
    status_code=201,
    response_model=TimesheetOut,
    responses=problems(*WRITE),
    summary="Propose the hours of a seat",
)
@may(*SIDES, object="engagement", key="optional", location="/v1/timesheets/{value.id}")
async def propose_timesheet(ctx: Ctx, engagement_id: Id, body: TimesheetIn, by: By, on_behalf: OnBehalf) -> Any:
    """Where nobody has checked in, the employer says why; otherwise the service proposes by itself."""
    return await usecases.propose_timesheet(
        ctx, engagement_id, figures=_figures(body), reason=body.reason, on_behalf=on_behalf, by=by
    )


@router.post(
    "/timesheets/{timesheet_id}/agree",
    response_model=TimesheetOut,
    responses=problems(*WRITE, 412, 428),
    summary="Say yes to the hours as they stand",
)
@may(*SIDES, object="timesheet", key="optional")
async def agree_timesheet(ctx: Ctx, timesheet_id: Id, seen: IfMatch, by: By, on_behalf: OnBehalf) -> Any:
    """The first side's yes proposes them, the second's makes them agreed and the pay due."""
    return await usecases.agree_timesheet(ctx, timesheet_id, seen=seen, on_behalf=on_behalf, by=by)


@router.post(
    "/timesheets/{timesheet_id}/change",
    response_model=TimesheetOut,
    responses=problems(*WRITE, 412, 428),
    summary="Propose other hours",
)
@may(*SIDES, object="timesheet", key="optional")
async def change_timesheet(
    ctx: Ctx, timesheet_id: Id, body: TimesheetChangeIn, seen: IfMatch, by: By, on_behalf: OnBehalf
) -> Any:
    """A first proposal, a revision of one's own, or a counter-proposal with its reason."""
    return await usecases.change_timesheet(
        ctx, timesheet_id, figures=_figures(body), reason=body.reason, seen=seen, on_behalf=on_behalf, by=by
    )


@router.post(
    "/timesheets/{timesheet_id}/dispute",
    response_model=TimesheetOut,
    responses=problems(*WRITE),
    summary="Dispute the hours",
)
@may(*SIDES, object="timesheet", key="optional")
async def dispute_timesheet(ctx: Ctx, timesheet_id: Id, body: TimesheetDisputeIn, by: By, on_behalf: OnBehalf) -> Any:
    """An officer helps to settle them."""
    return await usecases.dispute_timesheet(ctx, timesheet_id, **body.model_dump(), on_behalf=on_behalf, by=by)


@router.post(
    "/timesheets/{timesheet_id}/settle",
    response_model=TimesheetOut,
    responses=problems(*WRITE),
    summary="Write down settled hours",
)
@may(OFFICER, ADMIN, object="timesheet", key="optional")
async def settle_timesheet(ctx: Ctx, timesheet_id: Id, body: TimesheetSettlementIn, by: By) -> Any:
    """For disputed hours that both sides have settled before an officer."""
    return await usecases.settle_timesheet(ctx, timesheet_id, figures=_figures(body), reason=body.reason, by=by)
