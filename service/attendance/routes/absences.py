"""Absences of either side over HTTP."""

from __future__ import annotations

from typing import Any

from service.attendance import usecases
from service.attendance.routes.asking import wgs84
from service.attendance.schemas import (
    AbsenceAnswerIn,
    AbsenceRepairIn,
    AttendedOut,
    ContestedPageOut,
    EmployerAbsenceAnswerIn,
    EmployerAbsenceIn,
    WorkedOut,
)
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("attendance")


@router.post(
    "/engagements/{engagement_id}/mark-absent",
    response_model=AttendedOut,
    responses=problems(*WRITE),
    summary="Mark a worker who has not come",
)
@may(MEMBER, OFFICER, ADMIN, object="engagement", key="optional")
async def mark_absent(ctx: Ctx, engagement_id: Id, by: By) -> Any:
    """Provisional: the worker is asked and has 24 hours; the seat is free at once."""
    return await usecases.mark_absent(ctx, engagement_id, by=by)


@router.post(
    "/engagements/{engagement_id}/answer-absence",
    response_model=AttendedOut,
    responses=problems(*WRITE),
    summary="Answer a provisional absence",
)
@may(WORKER, OFFICER, ADMIN, object="engagement", key="optional")
async def answer_absence(ctx: Ctx, engagement_id: Id, body: AbsenceAnswerIn, by: By, on_behalf: OnBehalf) -> Any:
    """«I was there» keeps it from counting until it is decided; a neutral reason excuses it."""
    return await usecases.answer_absence(ctx, engagement_id, answer=body.answer, on_behalf=on_behalf, by=by)


@router.post(
    "/engagements/{engagement_id}/repair-absence",
    response_model=WorkedOut,
    responses=problems(*WRITE),
    summary="Set an absence right",
)
@may(MEMBER, OFFICER, ADMIN, object="engagement", key="optional")
async def repair_absence(ctx: Ctx, engagement_id: Id, body: AbsenceRepairIn, by: By) -> Any:
    """Is there, was there, excused; that a contested absence stands is for an officer."""
    return await usecases.repair_absence(ctx, engagement_id, **body.model_dump(), by=by)


@router.post(
    "/engagements/{engagement_id}/report-employer-absent",
    response_model=AttendedOut,
    responses=problems(*WRITE),
    summary="Report that nobody is on site",
)
@may(WORKER, OFFICER, ADMIN, object="engagement", sensitive=True, key="optional")
async def report_employer_absent(
    ctx: Ctx, engagement_id: Id, body: EmployerAbsenceIn, by: By, on_behalf: OnBehalf
) -> Any:
    """The employer has 24 hours to deny it; then it counts, and the call-off is paid where it is owed."""
    return await usecases.report_employer_absent(
        ctx, engagement_id, reason=body.reason, point=wgs84(body.point), on_behalf=on_behalf, by=by
    )


@router.post(
    "/engagements/{engagement_id}/answer-employer-absence",
    response_model=AttendedOut,
    responses=problems(*WRITE),
    summary="Admit or deny that nobody was on site",
)
@may(MEMBER, OFFICER, ADMIN, object="engagement", key="optional")
async def answer_employer_absence(ctx: Ctx, engagement_id: Id, body: EmployerAbsenceAnswerIn, by: By) -> Any:
    """A denied report waits for an officer, who upholds (admitted) or rejects it."""
    return await usecases.answer_employer_absence(ctx, engagement_id, admitted=body.admitted, by=by)


@router.get(
    "/attendance/contested",
    response_model=ContestedPageOut,
    responses=problems(*LIST),
    summary="What an officer should look at",
)
@may(OFFICER, ADMIN, object="engagement")
async def list_contested_absences(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """Contested absences and reports that an employer was absent, in the officer's regions, the oldest first."""
    filters = {"list": "contested", "by": by.account_id}
    page = await usecases.list_contested_absences(ctx, after=after_cursor(ctx, cursor, filters), limit=limit, by=by)
    return paged(ctx, page, filters)
