"""The inbox over HTTP, and the door of the SMS gateway for replies."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST_IN, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, Id
from service.messages import usecases
from service.messages.schemas import (
    DeliveriesOut,
    DeliveryFiguresOut,
    MessageOut,
    MessagePageOut,
    ReplyIn,
    ReplyOut,
    SmsBudgetsOut,
    UnreadOut,
)

router = make_router("messages")


@router.get(
    "/messages",
    response_model=MessagePageOut,
    responses=problems(*LIST_IN),
    summary="List my messages, newest first",
)
@may(WORKER, MEMBER, object="message", sensitive=True)
async def list_messages(
    ctx: Ctx,
    by: By,
    unread: Annotated[bool, Query(description="only those not read yet")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """A member sees what was told for the employer he is signed in for; a worker what was told to him."""
    filters = {"of": by.person_id, "employer": by.employer_id, "unread": unread}
    page = await usecases.list_messages(
        ctx, by=by, unread=unread, after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get(
    "/messages/unread-count",
    response_model=UnreadOut,
    responses=problems(401, 403, 422),
    summary="Count my unread messages",
)
@may(WORKER, MEMBER, object="message")
async def count_unread_messages(ctx: Ctx, by: By) -> Any:
    """The figure on the bell."""
    return {"unread": await usecases.count_unread_messages(ctx, by=by)}


@router.post(
    "/messages/{message_id}/read", response_model=MessageOut, responses=problems(*WRITE), summary="Mark as read"
)
@may(WORKER, MEMBER, object="message", sensitive=True, key="optional")
async def mark_message_read(ctx: Ctx, message_id: Id, by: By) -> Any:
    """Reading twice changes nothing."""
    return await usecases.mark_message_read(ctx, message_id, by=by)


@router.post(
    "/messages/{message_id}/print",
    status_code=202,
    response_model=MessageOut,
    responses=problems(*WRITE),
    summary="Print a message at the counter or kiosk",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="message", sensitive=True, key="optional")
async def print_message(ctx: Ctx, message_id: Id, by: By) -> Any:
    """For people without a phone: the same sentence, on the printer of the place."""
    return await usecases.print_message(ctx, message_id, by=by)


@router.get(
    "/messages/{message_id}/deliveries",
    response_model=DeliveriesOut,
    responses=problems(401, 403, 404, 422),
    summary="What became of a message",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="message")
async def list_deliveries(ctx: Ctx, message_id: Id, by: By) -> Any:
    """Every attempt with channel and result; no address is shown. One's own, or of a person of the region."""
    return {"items": await usecases.list_deliveries(ctx, message_id, by=by)}


@router.get(
    "/messages/delivery-figures",
    response_model=DeliveryFiguresOut,
    responses=problems(401, 403, 422),
    summary="How many messages went by which channel",
)
@may(OFFICER, ADMIN)
async def get_delivery_figures(ctx: Ctx, by: By, since: Day | None = None, until: Day | None = None) -> Any:
    """By day, channel and result, of the people of my regions; the last seven days unless others are asked for, at
    most 62 days. Figures only: no message, no person."""
    return {"items": await usecases.get_delivery_figures(ctx, since=since, until=until, by=by)}


@router.get(
    "/sms/budget",
    response_model=SmsBudgetsOut,
    responses=problems(401, 403, 422),
    summary="How much of today's text messages is used",
)
@may(OFFICER, ADMIN)
async def get_sms_budget(ctx: Ctx, by: By) -> Any:
    """The whole service and the cities of my regions that sent something today; alarms first."""
    return {"items": await usecases.get_sms_budget(ctx, by=by)}


@router.post(
    "/sms/replies", response_model=ReplyOut, responses=problems(400, 401, 403, 409, 413, 415, 422),
    summary="Hand over a reply that came by SMS",
)  # fmt: skip
@may(INTEGRATOR, scopes=("sms:receive",), sensitive=True, key="optional")
async def receive_sms_reply(ctx: Ctx, body: ReplyIn, by: By) -> Any:
    """For the operator's gateway. The same `gateway_id` has one effect, however often it is handed over."""
    return await usecases.receive_reply(ctx, gateway_id=body.gateway_id, phone=body.from_phone, text=body.text, by=by)
