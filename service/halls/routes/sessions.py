"""Rules and sessions of a hall over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query

from service.halls.schemas import (
    HallBoardOut,
    HallFiguresOut,
    HallReasonIn,
    HallRuleIn,
    HallRuleOut,
    HallRulesOut,
    HallSessionIn,
    HallSessionOut,
    HallSessionsOut,
)
from service.halls.usecases import rules_kept, sessions
from service.http.caller import ADMIN, ANYBODY, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST_IN, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, Id

router = make_router("halls")
OF_VENUE = "/venues/{venue_id}"
SESSION = "/hall-sessions/{hall_session_id}"


@router.put(OF_VENUE + "/hall-rule", response_model=HallRuleOut, responses=problems(*WRITE), summary="Choose a rule")
@may(OFFICER, ADMIN, object="venue", key="optional")
async def set_hall_rule(ctx: Ctx, venue_id: Id, body: HallRuleIn, by: By) -> Any:
    """From a working day on: how the line is ordered, when sessions are. Sessions ahead are made from it at once."""
    chosen = {name: value for name, value in body.model_dump().items() if value is not None}
    valid_from: date | None = chosen.pop("valid_from", None)
    return await rules_kept.set_hall_rule(ctx, venue_id, valid_from=valid_from, chosen=chosen, by=by)


@router.get(OF_VENUE + "/hall-rules", response_model=HallRulesOut, responses=problems(*READ), summary="Rules so far")
@may(ANYBODY)
async def list_hall_rules(ctx: Ctx, venue_id: Id) -> Any:
    """What a venue has chosen, and what it has announced."""
    return {"items": await rules_kept.list_hall_rules(ctx, venue_id)}


@router.get(
    OF_VENUE + "/hall-sessions", response_model=HallSessionsOut, responses=problems(*LIST_IN), summary="Sessions"
)
@may(ANYBODY)
async def list_hall_sessions(
    ctx: Ctx,
    venue_id: Id,
    day: Annotated[Day | None, Query(description="a working day; else from today on")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Of a venue, in time order."""
    filters = {"list": "hall_sessions", "venue": venue_id, "day": day}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await sessions.list_hall_sessions(ctx, venue_id, day=day, after=after, limit=limit), filters)


@router.post(
    OF_VENUE + "/hall-sessions",
    status_code=201,
    response_model=HallSessionOut,
    responses=problems(*WRITE),
    summary="Add a special session",
)
@may(OFFICER, ADMIN, object="venue", key="optional", location="/v1/hall-sessions/{value.id}")
async def add_hall_session(ctx: Ctx, venue_id: Id, body: HallSessionIn, by: By) -> Any:
    """Under the rule of its day; it opens at once when its hour has come."""
    return await sessions.add_hall_session(ctx, venue_id, by=by, **body.model_dump())


@router.get(SESSION, response_model=HallSessionOut, responses=problems(*READ), summary="One session")
@may(ANYBODY)
async def get_hall_session(ctx: Ctx, hall_session_id: Id) -> Any:
    """Its hours, its rule in one sentence, how many are there, the commitment of its seed."""
    return await sessions.get_hall_session(ctx, hall_session_id)


@router.post(
    SESSION + "/cancel", response_model=HallSessionOut, responses=problems(*WRITE), summary="Call a session off"
)
@may(OFFICER, ADMIN, object="hall_session", key="optional")
async def cancel_hall_session(ctx: Ctx, hall_session_id: Id, body: HallReasonIn, by: By) -> Any:
    """Only before it opens."""
    return await sessions.cancel_hall_session(ctx, hall_session_id, reason=body.reason, by=by)


@router.post(
    SESSION + "/close", response_model=HallSessionOut, responses=problems(*WRITE), summary="Close a session early"
)
@may(OFFICER, ADMIN, object="hall_session", key="optional")
async def close_hall_session(ctx: Ctx, hall_session_id: Id, body: HallReasonIn, by: By) -> Any:
    """Who still waits is owed a turn next time."""
    return await sessions.close_hall_session(ctx, hall_session_id, reason=body.reason, by=by)


@router.get(SESSION + "/board", response_model=HallBoardOut, responses=problems(*READ), summary="The wall screen")
@may(ANYBODY)
async def get_hall_board(ctx: Ctx, hall_session_id: Id) -> Any:
    """Numbers and what they can do; who is called; no names."""
    return await sessions.get_hall_board(ctx, hall_session_id)


@router.get(
    OF_VENUE + "/hall-figures", response_model=HallFiguresOut, responses=problems(*READ), summary="Sessions in figures"
)
@may(OFFICER, ADMIN, object="venue")
async def get_hall_figures(
    ctx: Ctx,
    venue_id: Id,
    by: By,
    from_day: Annotated[Day | None, Query(description="first working day; 30 days before the last")] = None,
    to_day: Annotated[Day | None, Query(description="last working day, at most 92 days later; today")] = None,
) -> Any:
    """Who came, who got work, who went without, how long it took."""
    return {"items": await sessions.get_hall_figures(ctx, venue_id, from_day=from_day, to_day=to_day, by=by)}
