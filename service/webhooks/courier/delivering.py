"""One delivery from its claim to its mark: signed, sent, and what follows from the answer."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import structlog

from service.actor import SYSTEM
from service.observability import metrics
from service.webhooks.courier.names import Busy
from service.webhooks.lifecycle import DELIVERY, SUBSCRIPTION
from service.webhooks.rules.events import PATHS
from service.webhooks.rules.ladder import Outcome, next_try, rest_of, wait_asked
from service.webhooks.rules.owners import owner_of
from service.webhooks.rules.signing import body_of, headers_of, message_id
from service.worktime import rfc3339

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow
    from service.webhooks.courier.transport import Transport

POSTPONED = timedelta(seconds=2)
log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery ready to leave; `owner` names who has the receiver, for fairness among them."""

    address: str
    owner: str
    body: bytes
    event_id: UUID
    secrets: list[bytes]


async def deliver(ctx: Context, delivery_id: UUID, attempt: int, transport: Transport) -> None:
    """Send a claimed delivery and mark it. What dies in between is sent again under the same name."""
    plain = replace(ctx, once=None)
    parcel = await _pack(plain, delivery_id, attempt)
    if parcel is None:
        return
    await ctx.faults.at("webhook.before_send")
    try:
        outcome = await _send(parcel, transport)
    except Busy:
        async with plain.uow() as uow:
            await _postpone(uow, delivery_id, attempt)
        return
    await ctx.faults.at("webhook.after_send")
    metrics.WEBHOOKS.labels(outcome.error or str(outcome.status)).inc()
    async with plain.uow() as uow:
        await _mark(uow, delivery_id, attempt, outcome)


async def _pack(ctx: Context, delivery_id: UUID, attempt: int) -> Parcel | None:
    """None when the claim is somebody else's by now."""
    async with ctx.uow() as uow:
        row = await uow.webhook_deliveries.of(delivery_id)
        if row is None or (row.attempt, row.state) != (attempt, "sending"):
            return None
        subscription = await uow.subscriptions.get(row.subscription_id)
        link = ctx.settings.base_url + PATHS[row.kind].format(id=row.subject_id)
        said = body_of(row.kind, row.event_id, rfc3339(row.occurred_at), row.subject_id, link, row.cause)
        secrets = uow.subscriptions.secrets_of(subscription, await uow.now())
        return Parcel(subscription.address, owner_of(subscription), orjson.dumps(said), row.event_id, secrets)


async def _send(parcel: Parcel, transport: Transport) -> Outcome:
    """The signature's time is real: whoever verifies it looks at a real clock."""
    signed = headers_of(parcel.secrets, message_id(parcel.event_id), int(time.time()), parcel.body)
    return await transport.post(
        parcel.address, parcel.body, {"content-type": "application/json"} | signed, parcel.owner
    )


async def _postpone(uow: Uow, delivery_id: UUID, attempt: int) -> None:
    """We had no place for it: it waits a moment, and nothing is held against its receiver."""
    row = await uow.webhook_deliveries.claimed(delivery_id, attempt)
    if row is None:
        return
    row.state, row.lease_until = DELIVERY.fire(row.state, "postpone"), None
    row.due_at = await uow.now() + POSTPONED


async def _mark(uow: Uow, delivery_id: UUID, attempt: int, outcome: Outcome) -> None:
    """Subscription first, then delivery, as the claim locks them."""
    seen = await uow.webhook_deliveries.of(delivery_id)
    if seen is None:
        return
    subscription = await uow.subscriptions.get(seen.subscription_id, lock=True)
    row = await uow.webhook_deliveries.claimed(delivery_id, attempt)
    if row is None:
        return
    now = await uow.now()
    await uow.webhook_deliveries.note_attempt(row, outcome, now)
    row.last_status, row.last_error, row.lease_until = outcome.status, outcome.error, None
    if outcome.delivered:
        row.state, row.closed_at = DELIVERY.fire(row.state, "deliver"), now
        subscription.failures, subscription.failing_since, subscription.rest_until = 0, None, None
        return
    await _failed(uow, subscription, row, outcome)


async def _failed(uow: Uow, subscription: Any, row: Any, outcome: Outcome) -> None:
    now = await uow.now()
    policy = uow.ctx.policies.at(now, None).webhooks
    most = timedelta(seconds=policy.retry_after_max_seconds)
    row.failed += 1
    subscription.failures += 1
    subscription.failing_since = subscription.failing_since or now
    asked = wait_asked(outcome, now, most)
    rests = max((wait for wait in (asked, rest_of(subscription.failures)) if wait is not None), default=None)
    subscription.rest_until = now + rests if rests is not None else None
    chance = random.random()  # noqa: S311 - jitter
    again = next_try(now, row.failed, policy.retry_seconds, chance=chance, jitter_permille=policy.retry_jitter_permille)
    if again is None:
        row.state, row.closed_at = DELIVERY.fire(row.state, "give_up"), now
    else:
        row.state, row.due_at = DELIVERY.fire(row.state, "fail"), max(again, now + asked) if asked else again
    failing = now - subscription.failing_since >= timedelta(hours=policy.disable_after_hours)
    if outcome.gone or (again is None and failing):
        await disable(uow, subscription, "gone" if outcome.gone else "failing")


async def disable(uow: Uow, subscription: Any, why: str) -> None:
    """Send nothing more to a receiver, give up what is on its way, and tell whoever answers for it."""
    if "disable" not in SUBSCRIPTION.possible(subscription.state):
        return
    now = await uow.now()
    await uow.flush()
    await uow.move(subscription, SUBSCRIPTION, "disable", by=SYSTEM, at=now, reason=why, disabled_for=why)
    await uow.webhook_deliveries.drop_live(subscription.id, why, now)
    log.warning("webhook_disabled", subscription=str(subscription.id), why=why)
    for person_id in await uow.subscriptions.people_in_charge(subscription):
        await uow.tell(
            person_id,
            f"webhook.disabled_{why}",
            params={"label": subscription.label or ""},
            subject=("subscription", subscription.id),
            dedupe=f"webhook.disabled:{subscription.id}:{subscription.version}",
            employer_id=subscription.employer_id,
        )
