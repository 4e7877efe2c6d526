"""Deliveries: the log of them, a test event, one or a stretch of time sent once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict, Refused, TooMany
from service.ids import new_id
from service.pages import After, Page, page_of
from service.webhooks.lifecycle import DELIVERY, SUBSCRIPTION
from service.webhooks.rules.events import PING
from service.webhooks.usecases.doors import enter
from service.webhooks.views import DeliveryView, Replayed, delivery_view

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.webhooks.tables import SubscriptionRow

BY_HAND = "webhook.by_hand"  # what is counted, by owner
HOUR = timedelta(hours=1)


async def list_webhook_deliveries(
    ctx: Context, subscription_id: UUID, *, state: str | None, after: After, limit: int, by: Caller
) -> Page[DeliveryView]:
    """The newest events first, each with its attempts. Raises Missing."""
    async with ctx.uow() as uow:
        row = await enter(uow, subscription_id, by)
        now = await uow.now()
        rows = await uow.webhook_deliveries.page(row.id, state, after(now), limit + 1)
        attempts = await uow.webhook_deliveries.attempts(each.id for each in rows)
        views = [delivery_view(each, attempts.get(each.id, ())) for each in rows]
        return page_of(views, limit, now, lambda view: [view.occurred_at.isoformat(), str(view.id)])


async def get_webhook_delivery(ctx: Context, subscription_id: UUID, delivery_id: UUID, *, by: Caller) -> DeliveryView:
    """One with its attempts. Raises Missing."""
    async with ctx.uow() as uow:
        await enter(uow, subscription_id, by)
        row = await uow.webhook_deliveries.get(subscription_id, delivery_id)
        attempts = await uow.webhook_deliveries.attempts([row.id])
        return delivery_view(row, attempts.get(row.id, ()))


async def ping_webhook(ctx: Context, subscription_id: UUID, *, by: Caller) -> DeliveryView:
    """A test event, delivered like every other one. Raises Missing, Conflict wrong_state unless it is active."""
    async with ctx.uow() as uow:
        subscription = await enter(uow, subscription_id, by, lock=True)
        _check_active(subscription.state, "ping")
        await _count_by_hand(uow, subscription)
        now = await uow.now()
        delivery_id = new_id()
        row = {
            "id": delivery_id, "subscription_id": subscription.id, "event_id": new_id(), "kind": PING,
            "subject_id": subscription.id, "cause": None, "occurred_at": now, "due_at": now, "created_at": now,
        }  # fmt: skip
        await uow.webhook_deliveries.write([row])
        made = await uow.webhook_deliveries.get(subscription.id, delivery_id)
        return uow.answer(delivery_view(made, ()))


async def resend_webhook_delivery(
    ctx: Context, subscription_id: UUID, delivery_id: UUID, *, by: Caller
) -> DeliveryView:
    """Send one once more, under its own name, with the whole ladder before it. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        subscription = await enter(uow, subscription_id, by, lock=True)
        _check_active(subscription.state, "resend")
        await _count_by_hand(uow, subscription)
        row = await uow.webhook_deliveries.lock(subscription.id, delivery_id)
        now = await uow.now()
        row.state = DELIVERY.fire(row.state, "replay")
        row.failed, row.due_at, row.closed_at = 0, now, None
        attempts = await uow.webhook_deliveries.attempts([row.id])
        return uow.answer(delivery_view(row, attempts.get(row.id, ())))


async def replay_webhook(
    ctx: Context, subscription_id: UUID, *, since: datetime, until: datetime | None, by: Caller
) -> Replayed:
    """Send everything once more that happened from `since` to before `until` (now where none is given).

    Raises Missing, Conflict wrong_state, Refused webhook_replay_range.
    """
    async with ctx.uow() as uow:
        subscription = await enter(uow, subscription_id, by, lock=True)
        _check_active(subscription.state, "replay")
        await _count_by_hand(uow, subscription)
        now = await uow.now()
        days = ctx.policies.at(now, None).webhooks.keep_days
        until = until or now
        if since >= until or since < now - timedelta(days=days):
            raise Refused("webhook_replay_range", field="/since", days=days)
        return uow.answer(Replayed(await uow.webhook_deliveries.replay(subscription.id, since, until, now)))


async def _count_by_hand(uow: Uow, subscription: SubscriptionRow) -> None:
    """A receiver may be anybody's: nobody has it called again and again. Raises TooMany `webhook_by_hand`."""
    owner = (subscription.employer_id or subscription.key_id or subscription.id).bytes
    await uow.tries.lock(owner)
    now = await uow.now()
    most = uow.ctx.policies.at(now, None).webhooks.by_hand_per_hour
    asked = sorted(at for at in await uow.tries.times(BY_HAND, owner) if at > now - HOUR)
    if len(asked) >= most:
        raise TooMany("webhook_by_hand", retry_after=int((asked[0] + HOUR - now).total_seconds()) + 1, most=most)
    await uow.tries.count(BY_HAND, owner)


def _check_active(state: str, action: str) -> None:
    if state != "active":
        raise Conflict(
            "wrong_state", noun="subscription", state=state, action=action, possible=SUBSCRIPTION.possible(state)
        )
