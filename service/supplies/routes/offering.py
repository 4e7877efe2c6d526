"""Supply over HTTP (求职/找活、便民劳务): free for both sides, shown to everybody without the person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.codes import WorkMode
from service.errors import Refused
from service.http.caller import ADMIN, ANYBODY, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id, RegionCode
from service.reference.catalogue import trades as known_trades
from service.supplies import usecases
from service.supplies.filters import SupplyFilter
from service.supplies.schemas import (
    Kind,
    OwnSuppliesOut,
    SuppliesOut,
    SupplyIn,
    SupplyOut,
    SupplyPatch,
    SupplyPublishIn,
    SupplyReasonIn,
)

router = make_router("supplies")
MOST_TRADES = 20
LIST = problems(400, 401, 410, 422)


def _codes(text: str | None) -> tuple[str, ...]:
    """Trade codes of a comma list. Raises Refused trade_unknown, list_too_long."""
    codes = tuple(dict.fromkeys(part for part in (text or "").split(",") if part))
    if len(codes) > MOST_TRADES:
        raise Refused("list_too_long", field="query:trade", most=MOST_TRADES)
    if any(code not in known_trades() for code in codes):
        raise Refused("trade_unknown", field="query:trade", more="/v1/reference/trade")
    return codes


@router.get("/supplies", response_model=SuppliesOut, responses=LIST, summary="Find people who want work")
@may(ANYBODY)
async def list_supplies(
    ctx: Ctx,
    region: Annotated[RegionCode | None, Query(description="province, city or district (GB/T 2260)")] = None,
    trade: Annotated[str | None, Query(max_length=800, description="trade codes, with commas")] = None,
    kind: Kind | None = None,
    work_mode: WorkMode | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Newest first; no name, phone or place below a district. Contact goes through the service."""
    filters = {"list": "supplies", "region": region, "trade": trade, "kind": kind, "work_mode": work_mode}
    wanted = SupplyFilter(region, _codes(trade), kind, work_mode)
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await usecases.list_supplies(ctx, wanted, after=after, limit=limit), filters)


@router.post(
    "/supplies",
    status_code=201,
    response_model=SupplyOut,
    responses=problems(*WRITE),
    summary="Say what work is wanted, or offer a service",
)
@may(WORKER, OFFICER, ADMIN, object="worker", key="optional", location="/v1/supplies/{value.id}")
async def create_supply(ctx: Ctx, body: SupplyIn, by: By, on_behalf: OnBehalf) -> Any:
    """Free; shown at once where no word is in doubt. An officer names the worker and how the yes was given."""
    return await usecases.create_supply(ctx, body.worker_id, body.fields(), by=by, on_behalf=on_behalf)


@router.get(
    "/supplies/own", response_model=OwnSuppliesOut, responses=problems(401, 403, 404, 422), summary="All of one person"
)
@may(WORKER, OFFICER, ADMIN, object="worker")
async def list_own_supplies(ctx: Ctx, by: By, worker_id: Id | None = None) -> Any:
    """One's own; an officer names the worker."""
    return {"items": await usecases.list_own_supplies(ctx, worker_id, by=by)}


@router.get(
    "/supplies/review",
    response_model=SuppliesOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="To be looked at",
)
@may(OFFICER, ADMIN)
async def list_supply_reviews(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """What a rule about words sent to a person, the oldest first."""
    filters = {"list": "supply_reviews"}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await usecases.list_supply_reviews(ctx, after=after, limit=limit, by=by), filters)


@router.get("/supplies/{supply_id}", response_model=SupplyOut, responses=problems(401, 404), summary="One of them")
@may(ANYBODY)
async def get_supply(ctx: Ctx, supply_id: Id, by: PerhapsBy) -> Any:
    """Everybody while it is public; the person and the officers of the place always, with what the rules found."""
    return await usecases.get_supply(ctx, supply_id, by=by)


@router.patch(
    "/supplies/{supply_id}", response_model=SupplyOut, responses=problems(*WRITE, 412, 428), summary="Change it"
)
@may(WORKER, OFFICER, ADMIN, object="supply", key="optional")
async def change_supply(
    ctx: Ctx, supply_id: Id, body: SupplyPatch, version: IfMatch, by: By, on_behalf: OnBehalf
) -> Any:
    """Only fields that are sent change; the words are looked at anew."""
    return await usecases.change_supply(ctx, supply_id, body.fields(), version=version, by=by, on_behalf=on_behalf)


MOVED = problems(400, 401, 403, 404, 409, 422)


@router.post("/supplies/{supply_id}/pause", response_model=SupplyOut, responses=MOVED, summary="Hide it for now")
@may(WORKER, OFFICER, ADMIN, object="supply", key="optional")
async def pause_supply(ctx: Ctx, supply_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """It can be shown again."""
    return await usecases.move_supply(ctx, supply_id, "pause", by=by, on_behalf=on_behalf)


@router.post("/supplies/{supply_id}/resume", response_model=SupplyOut, responses=MOVED, summary="Show it again")
@may(WORKER, OFFICER, ADMIN, object="supply", key="optional")
async def resume_supply(ctx: Ctx, supply_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """While it is valid."""
    return await usecases.move_supply(ctx, supply_id, "resume", by=by, on_behalf=on_behalf)


@router.post("/supplies/{supply_id}/find", response_model=SupplyOut, responses=MOVED, summary="Work was found")
@may(WORKER, OFFICER, ADMIN, object="supply", key="optional")
async def find_supply(ctx: Ctx, supply_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """It ends well."""
    return await usecases.move_supply(ctx, supply_id, "find", by=by, on_behalf=on_behalf)


@router.post("/supplies/{supply_id}/withdraw", response_model=SupplyOut, responses=MOVED, summary="Take it back")
@may(WORKER, OFFICER, ADMIN, object="supply", key="optional")
async def withdraw_supply(ctx: Ctx, supply_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """For good."""
    return await usecases.move_supply(ctx, supply_id, "withdraw", by=by, on_behalf=on_behalf)


@router.post(
    "/supplies/{supply_id}/publish", response_model=SupplyOut, responses=problems(*WRITE), summary="The review's yes"
)
@may(OFFICER, ADMIN, object="supply", key="optional")
async def publish_supply(ctx: Ctx, supply_id: Id, body: SupplyPublishIn, by: By) -> Any:
    """A rule that stops it is overruled with a reason."""
    return await usecases.decide_supply(ctx, supply_id, "publish", by=by, reason=body.overrules)


@router.post(
    "/supplies/{supply_id}/reject", response_model=SupplyOut, responses=problems(*WRITE), summary="The review's no"
)
@may(OFFICER, ADMIN, object="supply", key="optional")
async def reject_supply(ctx: Ctx, supply_id: Id, body: SupplyReasonIn, by: By) -> Any:
    """With a coded reason; the person may change it and try again."""
    return await usecases.decide_supply(ctx, supply_id, "reject", by=by, reason=body.reason)


@router.post(
    "/supplies/{supply_id}/take-down", response_model=SupplyOut, responses=problems(*WRITE), summary="Remove it"
)
@may(OFFICER, ADMIN, object="supply", key="optional")
async def take_down_supply(ctx: Ctx, supply_id: Id, body: SupplyReasonIn, by: By) -> Any:
    """From the public, with a coded reason."""
    return await usecases.decide_supply(ctx, supply_id, "take_down", by=by, reason=body.reason)
