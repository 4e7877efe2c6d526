"""Signing in and the line over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.geo import Point
from service.halls.schemas import CallNextIn, MoveIn, PresenceOut, PresencesOut, PresenceState, SignInIn
from service.halls.usecases import line, sign_in
from service.http.caller import ADMIN, KIOSK, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST_IN, READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("halls")
SESSION = "/hall-sessions/{hall_session_id}"
PRESENCE = "/presences/{presence_id}"


@router.post(
    "/venues/{venue_id}/presences",
    response_model=PresenceOut,
    responses=problems(*WRITE),
    summary="Sign in at a hall",
)
@may(WORKER, OFFICER, KIOSK, object="venue", key="optional")
async def sign_in_hall(ctx: Ctx, venue_id: Id, body: SignInIn, by: By, on_behalf: OnBehalf) -> Any:
    """A number in the session that is open now; signing in again gives the same number (`already`)."""
    coming = sign_in.Coming(
        worker_id=body.worker_id,
        card=body.card_code,
        word=body.word,
        point=Point(*body.place.wgs84()) if body.place is not None else None,
        trades=body.trades,
        own_tools=body.own_tools,
        crew_id=body.crew_id,
        until=body.until,
    )
    return await sign_in.sign_in_hall(ctx, venue_id, coming, by=by, on_behalf=on_behalf)


@router.get(SESSION + "/presences", response_model=PresencesOut, responses=problems(*LIST_IN), summary="Who is present")
@may(OFFICER, ADMIN, object="hall_session")
async def list_presences(
    ctx: Ctx,
    hall_session_id: Id,
    by: By,
    state: Annotated[list[PresenceState] | None, Query(description="only in these states")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Any:
    """By number, masked, with what each can do, with whom, until when."""
    filters = {"list": "presences", "session": hall_session_id, "state": state}
    after = after_cursor(ctx, cursor, filters)
    page = await line.list_presences(ctx, hall_session_id, states=state, after=after, limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get(SESSION + "/presences/own", response_model=PresenceOut, responses=problems(*READ), summary="My number")
@may(WORKER, object="hall_session")
async def get_own_presence(ctx: Ctx, hall_session_id: Id, by: By) -> Any:
    """404 for who has not signed in."""
    return await line.get_own_presence(ctx, hall_session_id, by=by)


@router.post(
    SESSION + "/call-next", response_model=PresenceOut, responses=problems(*WRITE), summary="Call the next person"
)
@may(OFFICER, ADMIN, object="hall_session", key="optional")
async def call_next(ctx: Ctx, hall_session_id: Id, body: CallNextIn, by: By) -> Any:
    """In the order of the rule, for a trade if one is named."""
    return await line.call_next(ctx, hall_session_id, trade=body.trade, by=by)


@router.get(PRESENCE, response_model=PresenceOut, responses=problems(*READ), summary="One person at a session")
@may(WORKER, OFFICER, ADMIN, object="presence")
async def get_presence(ctx: Ctx, presence_id: Id, by: By) -> Any:
    """One's own, or one of the officer's region."""
    return await line.get_presence(ctx, presence_id, by=by)


@router.post(PRESENCE + "/call", response_model=PresenceOut, responses=problems(*WRITE), summary="Call a person")
@may(OFFICER, ADMIN, object="presence", key="optional")
async def call_presence(ctx: Ctx, presence_id: Id, body: MoveIn, by: By) -> Any:
    """Out of turn only with a reason, which stays in the log."""
    return await line.call_presence(ctx, presence_id, reason=body.reason, by=by)


@router.post(PRESENCE + "/pass", response_model=PresenceOut, responses=problems(*WRITE), summary="Called, not there")
@may(OFFICER, ADMIN, object="presence", key="optional")
async def pass_presence(ctx: Ctx, presence_id: Id, by: By) -> Any:
    """The line goes on; the number is kept."""
    return await line.pass_presence(ctx, presence_id, by=by)


@router.post(PRESENCE + "/return", response_model=PresenceOut, responses=problems(*WRITE), summary="Back in line")
@may(OFFICER, ADMIN, object="presence", key="optional")
async def return_presence(ctx: Ctx, presence_id: Id, body: MoveIn, by: By) -> Any:
    """Under the same number, a few places back; called by mistake: at the old place."""
    return await line.return_presence(ctx, presence_id, reason=body.reason, by=by)


@router.post(PRESENCE + "/leave", response_model=PresenceOut, responses=problems(*WRITE), summary="Go before the end")
@may(WORKER, OFFICER, ADMIN, object="presence", key="optional")
async def leave_hall(ctx: Ctx, presence_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """The number stays; coming back is possible while the session is open."""
    return await line.leave_hall(ctx, presence_id, by=by, on_behalf=on_behalf)
