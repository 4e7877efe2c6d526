"""等活: waiting for work, and who waits."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.http.caller import ANYBODY, KIOSK, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Code, Id, RegionCode
from service.workers.routes.asking import WorkerId
from service.workers.schemas.fields import placed
from service.workers.schemas.profile import WaitingOut
from service.workers.schemas.waiting import WaitingCountsOut, WaitingIn, WaitingPeopleOut
from service.workers.usecases import waiting

router = make_router("workers")
WAITING = "/workers/{worker:worker}/waiting"


@router.put(WAITING, summary="Wait for work", responses=problems(400, 401, 403, 404, 409, 415, 422))
@may(WORKER, OFFICER, KIOSK, object="worker", key="optional")
async def start_waiting(ctx: Ctx, worker_id: WorkerId, body: WaitingIn, by: By, on_behalf: OnBehalf) -> WaitingOut:
    """From now on, or otherwise than before; it lapses by itself at `until`. A kiosk sends the card that lies
    on it, an officer the channel of the person's yes."""
    made = await waiting.start_waiting(
        ctx,
        worker_id,
        place=placed(body.place),
        venue_id=body.venue_id,
        region_code=body.region_code,
        trades=body.trades,
        own_tools=body.own_tools,
        crew_id=body.crew_id,
        until=body.until,
        on_behalf=on_behalf,
        by=by,
        kiosk_card=body.card_code,
    )
    return WaitingOut.model_validate(made)


@router.get(WAITING, summary="How somebody waits", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker")
async def get_waiting(ctx: Ctx, worker_id: WorkerId, by: By) -> WaitingOut:
    """404 when not at all."""
    return WaitingOut.model_validate(await waiting.get_waiting(ctx, worker_id, by=by))


@router.delete(WAITING, status_code=204, summary="Wait no longer", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def end_waiting(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> None:
    """No error when nobody waited."""
    await waiting.end_waiting(ctx, worker_id, on_behalf=on_behalf, by=by)


@router.get("/waiting", summary="Who waits now", responses=problems(400, 401, 403, 410, 422))
@may(OFFICER)
async def list_waiting(
    ctx: Ctx,
    by: By,
    limit: Limit = 20,
    cursor: CursorText = None,
    venue_id: Id | None = None,
    trade: Annotated[Code | None, Query(description="a trade code")] = None,
) -> WaitingPeopleOut:
    """In the officer's regions, longest first, masked."""
    filters = {"list": "waiting", "venue": venue_id, "trade": trade}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await waiting.list_waiting(ctx, venue_id=venue_id, trade=trade, after=after, limit=limit, by=by)
    return WaitingPeopleOut.model_validate(paged(ctx, page, filters))


@router.get("/waiting/counts", summary="How many wait, by trade", responses=problems(401, 422))
@may(ANYBODY)
async def count_waiting(ctx: Ctx, region_code: RegionCode, venue_id: Id | None = None) -> WaitingCountsOut:
    """For boards and screens: no names, no places. Somebody who waits for two trades counts in both."""
    return WaitingCountsOut.model_validate(await waiting.count_waiting(ctx, region_code=region_code, venue_id=venue_id))
