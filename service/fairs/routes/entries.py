"""Who comes to a fair, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.fairs.schemas.people import FairCheckInIn, FairEntriesOut, FairEntryIn, FairEntryOut, FairEntryState
from service.fairs.usecases import arriving, entries
from service.geo import Point
from service.http.caller import ADMIN, KIOSK, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, LIST_IN, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("fairs")


@router.post(
    "/fairs/{fair_id}/entries", response_model=FairEntryOut, responses=problems(*WRITE), summary="Sign up for a fair"
)
@may(WORKER, OFFICER, ADMIN, object="fair", key="optional")
async def sign_up_for_fair(ctx: Ctx, fair_id: Id, body: FairEntryIn, by: By, on_behalf: OnBehalf) -> Any:
    """Free. Where it is full, the next number of the waiting list; an officer names the worker and how the yes was
    given."""
    return await entries.sign_up_for_fair(
        ctx, fair_id, body.worker_id, in_audience=body.in_audience, by=by, on_behalf=on_behalf
    )


@router.get(
    "/fairs/{fair_id}/entries", response_model=FairEntriesOut, responses=problems(*LIST_IN), summary="Who comes"
)
@may(OFFICER, ADMIN, object="fair")
async def list_fair_entries(
    ctx: Ctx,
    fair_id: Id,
    by: By,
    state: Annotated[list[FairEntryState] | None, Query(description="only in these states")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Any:
    """By number, masked."""
    filters = {"list": "fair_entries", "fair": fair_id, "state": state}
    after = after_cursor(ctx, cursor, filters)
    page = await entries.list_fair_entries(ctx, fair_id, states=state, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.get("/fair-entries/own", response_model=FairEntriesOut, responses=problems(*LIST), summary="My fairs")
@may(WORKER)
async def list_own_fair_entries(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """Where one has signed up, the newest first."""
    filters = {"list": "own_fair_entries", "worker": by.person_id}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await entries.list_own_fair_entries(ctx, by=by, after=after, limit=limit), filters)


@router.post(
    "/fair-entries/{fair_entry_id}/withdraw", response_model=FairEntryOut,
    responses=problems(400, 401, 403, 404, 409, 422), summary="Give a place up",
)  # fmt: skip
@may(WORKER, OFFICER, ADMIN, object="fair_entry", key="optional")
async def withdraw_fair_entry(ctx: Ctx, fair_entry_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """It goes to whoever waits longest, who is told."""
    return await entries.withdraw_fair_entry(ctx, fair_entry_id, by=by, on_behalf=on_behalf)


@router.post(
    "/fairs/{fair_id}/check-ins", response_model=FairEntryOut, responses=problems(*WRITE), summary="Arrive at a fair"
)
@may(WORKER, OFFICER, ADMIN, KIOSK, object="fair", key="optional")
async def check_in_at_fair(ctx: Ctx, fair_id: Id, body: FairCheckInIn, by: By) -> Any:
    """From an hour before a session to its end: by card or word, by the phone or number of who signed up, or by one's
    own phone near by. Who has not signed up is let in while there is room."""
    point = Point(*body.place.wgs84()) if body.place is not None else None
    sign = arriving.Arriving(body.card_code, body.word, body.phone, body.number, point)
    return await arriving.check_in_at_fair(ctx, fair_id, sign, by=by)
