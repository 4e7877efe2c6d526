"""Webhooks over HTTP: signed notices of events to an address of the caller's own (docs/webhooks.md)."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, INTEGRATOR, MEMBER
from service.http.paging import CursorText, Limit, after_cursor, id_of, instant_and_id, paged
from service.http.responses import LIST, LIST_IN, WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.webhooks.schemas import (
    DeliveryState,
    ReplayedOut,
    ReplayIn,
    WebhookDeliveriesOut,
    WebhookDeliveryOut,
    WebhookIn,
    WebhookMadeOut,
    WebhookOut,
    WebhookPatch,
    WebhooksOut,
)
from service.webhooks.usecases import looking, subscribing

router = make_router("webhooks")
OWNERS = (MEMBER, INTEGRATOR, ADMIN)
SCOPES = ("webhooks:write",)
MOVED = problems(400, 401, 403, 404, 409, 422)
NULLABLE = frozenset({"region", "label"})


@router.post(
    "/webhooks", status_code=201, response_model=WebhookMadeOut, responses=problems(*WRITE), summary="Be told of events"
)
@may(*OWNERS, scopes=SCOPES, sensitive=True, key="optional", location="/v1/webhooks/{value.id}")
async def create_webhook(ctx: Ctx, body: WebhookIn, by: By) -> Any:
    """The secret that signs them is shown this once. Inner addresses are refused, now and at each delivery."""
    return await subscribing.create_webhook(ctx, **body.model_dump(), by=by)


@router.get("/webhooks", response_model=WebhooksOut, responses=problems(*LIST), summary="My webhooks")
@may(*OWNERS, scopes=SCOPES)
async def list_webhooks(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """In the order of their making, ended ones too; an administrator sees everybody's."""
    filters = {"list": f"webhooks:{by.capacity}"}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await subscribing.list_webhooks(ctx, after=after, limit=limit, by=by), filters)


@router.get(
    "/webhooks/{subscription_id}", response_model=WebhookOut, responses=problems(401, 403, 404), summary="One webhook"
)
@may(*OWNERS, scopes=SCOPES, object="subscription")
async def get_webhook(ctx: Ctx, subscription_id: Id, by: By) -> Any:
    """Never with its secret."""
    return await subscribing.get_webhook(ctx, subscription_id, by=by)


@router.patch(
    "/webhooks/{subscription_id}",
    response_model=WebhookOut,
    responses=problems(*WRITE, 412, 428),
    summary="Change a webhook",
)
@may(*OWNERS, scopes=SCOPES, object="subscription", key="optional")
async def change_webhook(ctx: Ctx, subscription_id: Id, body: WebhookPatch, version: IfMatch, by: By) -> Any:
    """Only fields that are sent change; a new address is looked at anew."""
    sent = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in sent.items() if value is not None or name in NULLABLE}
    return await subscribing.change_webhook(ctx, subscription_id, changes, seen=version, by=by)


@router.post(
    "/webhooks/{subscription_id}/rotate-secret", response_model=WebhookMadeOut, responses=MOVED, summary="A new secret"
)
@may(*OWNERS, scopes=SCOPES, object="subscription", sensitive=True, key="optional")
async def rotate_webhook_secret(ctx: Ctx, subscription_id: Id, by: By) -> Any:
    """Shown this once; for a day the former one signs beside it."""
    return await subscribing.rotate_webhook_secret(ctx, subscription_id, by=by)


@router.post("/webhooks/{subscription_id}/pause", response_model=WebhookOut, responses=MOVED, summary="Send nothing")
@may(*OWNERS, scopes=SCOPES, object="subscription", key="optional")
async def pause_webhook(ctx: Ctx, subscription_id: Id, by: By) -> Any:
    """What happens meanwhile waits."""
    return await subscribing.move_webhook(ctx, subscription_id, "pause", by=by)


@router.post("/webhooks/{subscription_id}/resume", response_model=WebhookOut, responses=MOVED, summary="Send again")
@may(*OWNERS, scopes=SCOPES, object="subscription", key="optional")
async def resume_webhook(ctx: Ctx, subscription_id: Id, by: By) -> Any:
    """After a pause, or when a receiver that was disabled is well again."""
    return await subscribing.move_webhook(ctx, subscription_id, "resume", by=by)


@router.post("/webhooks/{subscription_id}/end", response_model=WebhookOut, responses=MOVED, summary="End a webhook")
@may(*OWNERS, scopes=SCOPES, object="subscription", key="optional")
async def end_webhook(ctx: Ctx, subscription_id: Id, by: By) -> Any:
    """For good."""
    return await subscribing.move_webhook(ctx, subscription_id, "end", by=by)


@router.post(
    "/webhooks/{subscription_id}/ping",
    status_code=202,
    response_model=WebhookDeliveryOut,
    responses=MOVED,
    summary="Send a test event",
)
@may(*OWNERS, scopes=SCOPES, object="subscription", key="optional")
async def ping_webhook(ctx: Ctx, subscription_id: Id, by: By) -> Any:
    """Of type `ping`, delivered like every other one; the delivery says what came of it."""
    return await looking.ping_webhook(ctx, subscription_id, by=by)


@router.post(
    "/webhooks/{subscription_id}/replay",
    status_code=202,
    response_model=ReplayedOut,
    responses=problems(*WRITE),
    summary="Send a stretch of time again",
)
@may(*OWNERS, scopes=SCOPES, object="subscription", key="optional")
async def replay_webhook(ctx: Ctx, subscription_id: Id, body: ReplayIn, by: By) -> Any:
    """Everything that happened then, under the same ids: a receiver that keeps them takes nothing twice."""
    return await looking.replay_webhook(ctx, subscription_id, since=body.since, until=body.until, by=by)


@router.get(
    "/webhooks/{subscription_id}/deliveries",
    response_model=WebhookDeliveriesOut,
    responses=problems(*LIST_IN),
    summary="What became of the events",
)
@may(*OWNERS, scopes=SCOPES, object="subscription")
async def list_webhook_deliveries(
    ctx: Ctx,
    subscription_id: Id,
    by: By,
    state: DeliveryState | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The newest first, each with its attempts; `state=dead` are the dead letters."""
    filters = {"list": f"webhook_deliveries:{subscription_id}", "state": state}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    found = await looking.list_webhook_deliveries(ctx, subscription_id, state=state, after=after, limit=limit, by=by)
    return paged(ctx, found, filters)


@router.get(
    "/webhooks/{subscription_id}/deliveries/{delivery_id}",
    response_model=WebhookDeliveryOut,
    responses=problems(401, 403, 404),
    summary="One delivery",
)
@may(*OWNERS, scopes=SCOPES, object="delivery")
async def get_webhook_delivery(ctx: Ctx, subscription_id: Id, delivery_id: Id, by: By) -> Any:
    """With status, time and duration of every attempt."""
    return await looking.get_webhook_delivery(ctx, subscription_id, delivery_id, by=by)


@router.post(
    "/webhooks/{subscription_id}/deliveries/{delivery_id}/resend",
    status_code=202,
    response_model=WebhookDeliveryOut,
    responses=MOVED,
    summary="Send one again",
)
@may(*OWNERS, scopes=SCOPES, object="delivery", key="optional")
async def resend_webhook_delivery(ctx: Ctx, subscription_id: Id, delivery_id: Id, by: By) -> Any:
    """A dead letter, or one that the receiver has lost; under its own id."""
    return await looking.resend_webhook_delivery(ctx, subscription_id, delivery_id, by=by)
