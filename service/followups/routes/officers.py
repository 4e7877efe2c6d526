"""An officer's day of follow-ups."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.followups.schemas import (
    AttemptIn,
    DayView,
    FollowupCallOut,
    FollowupFiguresOut,
    FollowupOut,
    FollowupsOut,
    FollowupsTakenOut,
    IssueOut,
    IssuesOut,
    IssueState,
    NeedEndIn,
    NeedKind,
    NeedOut,
    NeedsOut,
    NeedState,
    NumberIn,
    NumberOut,
)
from service.followups.usecases import calls, officers
from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, instant_and_id, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, Id

router = make_router("followups")
CHANGED: dict[str, Any] = {"response_model": FollowupOut, "responses": problems(*WRITE)}
TAKEN: dict[str, Any] = {"response_model": FollowupsTakenOut, "responses": problems(*WRITE)}
OfVenue = Annotated[Id | None, Query(description="only of this market")]


@router.get("/followup-tasks", response_model=FollowupsOut, responses=problems(*LIST), summary="An officer's day")
@may(OFFICER, ADMIN)
async def list_followup_tasks(
    ctx: Ctx,
    by: By,
    view: DayView = "due",
    mine: Annotated[bool, Query(description="only those that I have taken")] = False,
    officer_id: Annotated[Id | None, Query(description="only what this officer has taken, or wrote down last")] = None,
    venue_id: OfVenue = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Due, overdue, escalated, drawn for a call today, out of reach, not drawn; longest due first."""
    asked: dict[str, Any] = {"view": view, "mine": mine, "officer_id": officer_id, "venue_id": venue_id}
    filters = asked | {"list": "followup_tasks", "who": by.capacity, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await officers.list_tasks(ctx, after=after, limit=limit, by=by, **asked), filters)


@router.get(
    "/followups/{task_id}/call", response_model=FollowupCallOut, responses=problems(*READ), summary="A call's screen"
)
@may(OFFICER, ADMIN, object="followup_task")
async def get_followup_call(ctx: Ctx, task_id: Id, by: By) -> Any:
    """Whom to call, what to say, everything that is open with them, what was tried, what both sides have said."""
    return await calls.get_call(ctx, task_id, by=by)


@router.post(
    "/followups/{task_id}/number",
    response_model=NumberOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    summary="Open the number to call",
)
@may(OFFICER, ADMIN, object="followup_task", sensitive=True)
async def open_followup_number(ctx: Ctx, task_id: Id, body: NumberIn, by: By) -> Any:
    """Of the person, or of one who decides for the employer. Each look leaves an audit row, so nothing is replayed from
    an Idempotency-Key: a second look is a second row."""
    return await calls.get_number(ctx, task_id, person_id=body.person_id, by=by)


@router.post("/followups/{task_id}/attempts", summary="What came of a call or a visit", **CHANGED)
@may(OFFICER, ADMIN, object="followup_task", key="optional")
async def record_followup_attempt(ctx: Ctx, task_id: Id, body: AttemptIn, by: By) -> Any:
    """One conversation about everything drawn or taken of the same person or employer. One in vain a day; after the
    last the person counts as out of reach. Whom you hear is written down on any day."""
    return await calls.record_attempt(ctx, task_id, by=by, **body.model_dump())


@router.post("/followups/{task_id}/claim", summary="Take a follow-up", **TAKEN)
@may(OFFICER, ADMIN, object="followup_task", key="optional")
async def claim_followup(ctx: Ctx, task_id: Id, by: By) -> Any:
    """With everything open that the same person or employer is asked: nobody else calls them meanwhile."""
    return await calls.claim_tasks(ctx, task_id, claim=True, by=by)


@router.post("/followups/{task_id}/release", summary="Let go of a follow-up", **TAKEN)
@may(OFFICER, ADMIN, object="followup_task", key="optional")
async def release_followup(ctx: Ctx, task_id: Id, by: By) -> Any:
    """With everything else of the same person or employer: somebody else may call."""
    return await calls.claim_tasks(ctx, task_id, claim=False, by=by)


@router.get("/followup-issues", response_model=IssuesOut, responses=problems(*LIST), summary="What answers opened")
@may(OFFICER, ADMIN)
async def list_followup_issues(
    ctx: Ctx,
    by: By,
    state: IssueState | None = None,
    urgent: bool | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """In the officer's regions, the newest first."""
    asked: dict[str, Any] = {"state": state, "urgent": urgent}
    filters = asked | {"list": "followup_issues", "who": by.capacity, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await officers.list_issues(ctx, after=after, limit=limit, by=by, **asked), filters)


@router.post(
    "/followup-issues/{issue_id}/close",
    response_model=IssueOut,
    responses=problems(*WRITE),
    summary="An issue has been seen to",
)
@may(OFFICER, ADMIN, object="followup_issue", key="optional")
async def close_followup_issue(ctx: Ctx, issue_id: Id, by: By) -> Any:
    """What it led to has its own end."""
    return await officers.close_issue(ctx, issue_id, by=by)


@router.get("/needs", response_model=NeedsOut, responses=problems(*LIST), summary="Who needs what")
@may(OFFICER, ADMIN)
async def list_needs(
    ctx: Ctx,
    by: By,
    state: NeedState | None = None,
    kind: NeedKind | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Work, training, advice, people: said in follow-ups; the newest first."""
    asked: dict[str, Any] = {"state": state, "kind": kind}
    filters = asked | {"list": "needs", "who": by.capacity, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await officers.list_needs(ctx, after=after, limit=limit, by=by, **asked), filters)


@router.post("/needs/{need_id}/end", response_model=NeedOut, responses=problems(*WRITE), summary="A need is over")
@may(OFFICER, ADMIN, object="need", key="optional")
async def end_need(ctx: Ctx, need_id: Id, body: NeedEndIn, by: By) -> Any:
    """Met, or no longer there."""
    return await officers.end_need(ctx, need_id, outcome=body.outcome, by=by)


@router.get(
    "/followup-figures",
    response_model=FollowupFiguresOut,
    responses=problems(*LIST),
    summary="How follow-ups go",
)
@may(OFFICER, ADMIN)
async def get_followup_figures(
    ctx: Ctx,
    by: By,
    since: Day,
    until: Day,
    venue_id: OfVenue = None,
    officer_id: Annotated[Id | None, Query(description="only what this officer wrote down last")] = None,
) -> Any:
    """Over what was due from one day to another, in the officer's regions: of all, by market, by officer."""
    return await officers.figures(ctx, since=since, until=until, venue_id=venue_id, officer_id=officer_id, by=by)
