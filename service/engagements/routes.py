"""Seats over HTTP: looking, giving up, the question before the shift, stand-ins, hours."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.engagements.schemas import (
    AtRiskOut,
    CancelIn,
    ComingIn,
    ContactsOut,
    EngagementOut,
    EngagementsPage,
    EngagementState,
    HoursOut,
    SeatMovedOut,
    TermsOut,
)
from service.engagements.usecases import cancel, looking, preshift
from service.engagements.views import EngagementView, HoursView, TermsSheet
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST_IN, READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as new_router
from service.http.types import Day, Id, Instant, Whole

router = new_router("engagements")
State = Annotated[EngagementState | None, Query(description="only this state")]
Since = Annotated[Instant | None, Query(description="only seats that end at or after this time")]


# -- looking -----------------------------------------------------------------------------------------


@router.get("/workers/me/engagements", response_model=EngagementsPage, responses=problems(*LIST_IN), summary="My seats")
@may(WORKER)
async def list_my_engagements(
    ctx: Ctx, by: By, state: State = None, since: Since = None, limit: Limit = 20, cursor: CursorText = None
) -> dict[str, Any]:
    """The latest start first."""
    filters = {"list": "own_engagements", "person": by.person_id, "state": state, "since": since}
    page = await looking.list_own_engagements(
        ctx, by=by, states=[state] if state else [], since=since, after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get("/workers/me/hours", response_model=HoursOut, responses=problems(401, 403, 422), summary="My hours")
@may(WORKER)
async def get_my_hours(
    ctx: Ctx,
    by: By,
    day: Annotated[Day | None, Query(description="any day of the first week; default: today")] = None,
    weeks: Annotated[Whole, Query(ge=1, le=12)] = 2,
) -> HoursView:
    """Planned and agreed minutes by week and employer, and what part-time work may still take."""
    return await looking.get_hours(ctx, by=by, first=day, weeks=weeks)


@router.get(
    "/employers/me/engagements", response_model=EngagementsPage, responses=problems(*LIST_IN), summary="Our seats"
)
@may(MEMBER)
async def list_employer_engagements(
    ctx: Ctx, by: By, state: State = None, since: Since = None, limit: Limit = 20, cursor: CursorText = None
) -> dict[str, Any]:
    """Over all shifts, the latest start first; names are masked."""
    filters = {"list": "employer_engagements", "employer": by.employer_id, "state": state, "since": since}
    page = await looking.list_employer_engagements(
        ctx, by=by, states=[state] if state else [], since=since, after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get(
    "/employers/me/at-risk", response_model=AtRiskOut, responses=problems(*READ), summary="Shifts that may stay short"
)
@may(MEMBER)
async def list_at_risk(ctx: Ctx, by: By, hours: Annotated[Whole, Query(ge=1, le=168)] = 24) -> dict[str, Any]:
    """Seat by seat for the next hours: firm, unanswered, looking for a stand-in, held, free, waiting."""
    return {"items": await looking.list_at_risk(ctx, by=by, hours=hours)}


@router.get(
    "/shifts/{shift_id}/engagements",
    response_model=EngagementsPage,
    responses=problems(*LIST_IN),
    summary="Who has a seat",
)
@may(MEMBER, OFFICER, ADMIN, object="shift")
async def list_shift_engagements(
    ctx: Ctx, shift_id: Id, by: By, state: State = None, limit: Limit = 20, cursor: CursorText = None
) -> dict[str, Any]:
    """For the employer and the officer of the place; names are masked."""
    filters = {"list": "shift_engagements", "shift": shift_id, "state": state}
    page = await looking.list_shift_engagements(
        ctx, shift_id, by=by, states=[state] if state else [], after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get("/engagements/{engagement_id}", response_model=EngagementOut, responses=problems(*READ), summary="One seat")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement")
async def get_engagement(ctx: Ctx, engagement_id: Id, by: By) -> EngagementView:
    """For its two sides and the officer in charge; the name stands open once both have said yes."""
    return await looking.get_engagement(ctx, engagement_id, by=by)


@router.get(
    "/engagements/{engagement_id}/terms", response_model=TermsOut, responses=problems(*READ), summary="The terms sheet"
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement")
async def get_terms(ctx: Ctx, engagement_id: Id, by: By) -> TermsSheet:
    """Word for word, with its hash and both sides' yes."""
    return await looking.get_terms(ctx, engagement_id, by=by)


@router.get(
    "/engagements/{engagement_id}/contact",
    response_model=ContactsOut,
    responses=problems(401, 403, 404, 409, 422),
    summary="The other side's name and phone",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement", sensitive=True)
async def get_contact(ctx: Ctx, engagement_id: Id, by: By) -> dict[str, Any]:
    """Only after both have said yes; each opening is recorded."""
    return {"contacts": await looking.get_contact(ctx, engagement_id, by=by)}


# -- moving ------------------------------------------------------------------------------------------


@router.post(
    "/engagements/{engagement_id}/cancel",
    response_model=SeatMovedOut,
    responses=problems(*WRITE),
    summary="Give a seat up before the work begins",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement", key="optional")
async def cancel_engagement(ctx: Ctx, engagement_id: Id, body: CancelIn, by: By, on_behalf: OnBehalf) -> Any:
    """By the worker or by the employer; the tier (grace, early, late) is recorded, the seat goes on."""
    return await cancel.cancel_engagement(
        ctx, engagement_id, by=by, reason=body.reason, on_behalf=on_behalf, for_side=body.for_side
    )


@router.post(
    "/engagements/{engagement_id}/coming",
    response_model=SeatMovedOut,
    responses=problems(*WRITE),
    summary="Say whether one comes",
)
@may(WORKER, OFFICER, ADMIN, object="engagement", key="optional")
async def answer_coming(ctx: Ctx, engagement_id: Id, body: ComingIn, by: By, on_behalf: OnBehalf) -> Any:
    """A yes keeps the seat; a no gives it up like any cancellation."""
    return await preshift.answer_coming(
        ctx, engagement_id, by=by, coming=body.coming, reason=body.reason, on_behalf=on_behalf
    )


@router.post(
    "/engagements/{engagement_id}/stand-in",
    response_model=SeatMovedOut,
    responses=problems(*WRITE),
    summary="Look for a stand-in",
)
@may(WORKER, OFFICER, ADMIN, object="engagement", key="optional")
async def ask_stand_in(ctx: Ctx, engagement_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """The seat stays one's own until somebody eligible says yes."""
    return await preshift.ask_stand_in(ctx, engagement_id, by=by, on_behalf=on_behalf)


@router.post(
    "/engagements/{engagement_id}/stop-stand-in",
    response_model=SeatMovedOut,
    responses=problems(*WRITE),
    summary="Keep the seat after all",
)
@may(WORKER, OFFICER, ADMIN, object="engagement", key="optional")
async def stop_stand_in(ctx: Ctx, engagement_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """Nobody is looked for any longer."""
    return await preshift.stop_stand_in(ctx, engagement_id, by=by, on_behalf=on_behalf)
