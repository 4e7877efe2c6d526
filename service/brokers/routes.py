"""Licensed agencies and the people they act for (劳务经纪人): with the own yes, free, as long as the person likes."""

from __future__ import annotations

from typing import Any

from service.brokers import usecases
from service.brokers.schemas import BrokerageOut, BrokeragesOut
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("brokers")
MOVED = problems(400, 401, 403, 404, 409, 422)


@router.get(
    "/brokerages",
    response_model=BrokeragesOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="My brokers, or the people of my agency",
)
@may(WORKER, MEMBER, object="brokerage")
async def list_brokerages(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """The newest first; nobody else's."""
    filters = {"list": "brokerages", "of": by.capacity}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await usecases.list_brokerages(ctx, after=after, limit=limit, by=by), filters)


@router.post("/brokerages/{brokerage_id}/leave", response_model=BrokerageOut, responses=MOVED, summary="Leave a broker")
@may(WORKER, OFFICER, ADMIN, object="brokerage", key="optional")
async def leave_broker(ctx: Ctx, brokerage_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """At any time, without a reason; what the broker had entered goes with it."""
    return await usecases.leave_broker(ctx, brokerage_id, by=by, on_behalf=on_behalf)


@router.post(
    "/brokerages/{brokerage_id}/end", response_model=BrokerageOut, responses=MOVED, summary="Stop acting for somebody"
)
@may(MEMBER, object="brokerage", key="optional")
async def end_brokerage(ctx: Ctx, brokerage_id: Id, by: By) -> Any:
    """What is posted stays the person's."""
    return await usecases.end_brokerage(ctx, brokerage_id, by=by)
