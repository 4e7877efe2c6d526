"""Limits of cases over HTTP: paused, resumed, made longer, met."""

from __future__ import annotations

from typing import Any

from service.cases.schemas.coming import CaseReasonIn, MetIn, PauseIn, ResumeIn
from service.cases.schemas.going import CaseOut
from service.cases.usecases import deadlines
from service.http.caller import ADMIN, OFFICER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("cases")
MOVED: dict[str, Any] = {"response_model": CaseOut, "responses": problems(*WRITE)}
ONE = "/cases/{case_id}/deadlines/{deadline_id}"


@router.post(f"{ONE}/pause", summary="Pause a limit", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def pause_deadline(ctx: Ctx, case_id: Id, deadline_id: Id, body: PauseIn, by: By) -> Any:
    """Its days do not count from that day on; with a code of `case_pause`."""
    return await deadlines.pause(ctx, case_id, deadline_id, by=by, **body.model_dump())


@router.post(f"{ONE}/resume", summary="Go on with a limit", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def resume_deadline(ctx: Ctx, case_id: Id, deadline_id: Id, body: ResumeIn, by: By) -> Any:
    """It is over later by the days of its own kind that it was paused."""
    return await deadlines.resume(ctx, case_id, deadline_id, by=by, **body.model_dump())


@router.post(f"{ONE}/extend", summary="Make a limit longer", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def extend_deadline(ctx: Ctx, case_id: Id, deadline_id: Id, body: CaseReasonIn, by: By) -> Any:
    """Once, by what its law allows; with a code of `case_extend`."""
    return await deadlines.extend(ctx, case_id, deadline_id, reason=body.reason, by=by)


@router.post(f"{ONE}/meet", summary="A limit is met", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def meet_deadline(ctx: Ctx, case_id: Id, deadline_id: Id, body: MetIn, by: By) -> Any:
    """What follows it begins: the inquiry after the acceptance, the award after the acceptance."""
    return await deadlines.meet(ctx, case_id, deadline_id, by=by, **body.model_dump())
