"""Arriving and leaving over HTTP."""

from __future__ import annotations

from typing import Any

from service.attendance import usecases
from service.attendance.routes.asking import SIDES, wgs84
from service.attendance.schemas import (
    AttendedOut,
    CheckInCodeOut,
    CheckInIn,
    CheckOutIn,
    FactsOut,
    UndoCheckInIn,
    WorkedOut,
)
from service.attendance.usecases.arrival import Proof
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("attendance")


@router.get(
    "/shifts/{shift_id}/check-in-code",
    response_model=CheckInCodeOut,
    responses=problems(*READ),
    summary="The code of a shift, to show or print at its door",
)
@may(MEMBER, OFFICER, ADMIN, object="shift", sensitive=True)
async def get_check_in_code(ctx: Ctx, shift_id: Id, by: By) -> Any:
    """Workers scan the QR or type the spoken code on arrival."""
    return await usecases.get_check_in_code(ctx, shift_id, by=by)


@router.post(
    "/engagements/{engagement_id}/set-out",
    response_model=AttendedOut,
    responses=problems(*WRITE),
    summary="Say that I am on my way",
)
@may(WORKER, OFFICER, ADMIN, object="engagement", key="optional")
async def set_out(ctx: Ctx, engagement_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """From 60 minutes before the start; it answers the question before the shift too."""
    return await usecases.set_out(ctx, engagement_id, on_behalf=on_behalf, by=by)


@router.post(
    "/engagements/{engagement_id}/check-in",
    response_model=AttendedOut,
    responses=problems(*WRITE, 429),
    summary="Check in for a shift",
)
@may(*SIDES, object="engagement", sensitive=True, key="optional")
async def check_in(ctx: Ctx, engagement_id: Id, body: CheckInIn, by: By) -> Any:
    """A worker proves it by the shift's QR or code or by place; employer and officer tap."""
    proof = Proof(body.method, body.code, wgs84(body.point))
    return await usecases.check_in(ctx, engagement_id, proof=proof, at=body.at, by=by)


@router.post(
    "/engagements/{engagement_id}/undo-check-in",
    response_model=AttendedOut,
    responses=problems(*WRITE),
    summary="Take back a check-in that was a mistake",
)
@may(MEMBER, OFFICER, ADMIN, object="engagement", key="optional")
async def undo_check_in(ctx: Ctx, engagement_id: Id, body: UndoCheckInIn, by: By) -> Any:
    """The told fact stays in the trail."""
    return await usecases.undo_check_in(ctx, engagement_id, reason=body.reason, by=by)


@router.post(
    "/engagements/{engagement_id}/check-out",
    response_model=WorkedOut,
    responses=problems(*WRITE),
    summary="Say that the work is done",
)
@may(*SIDES, object="engagement", key="optional")
async def check_out(ctx: Ctx, engagement_id: Id, body: CheckOutIn, by: By, on_behalf: OnBehalf) -> Any:
    """The hours are proposed at once; before the planned end it counts as an early end with a reason."""
    return await usecases.check_out(ctx, engagement_id, **body.model_dump(), on_behalf=on_behalf, by=by)


@router.get(
    "/engagements/{engagement_id}/attendance",
    response_model=FactsOut,
    responses=problems(*READ),
    summary="Everything told about a seat",
)
@may(*SIDES, object="engagement", sensitive=True)
async def list_attendance(ctx: Ctx, engagement_id: Id, by: By) -> Any:
    """Repaired facts stay; the repair names what it replaces."""
    return {"items": await usecases.list_attendance(ctx, engagement_id, by=by)}
