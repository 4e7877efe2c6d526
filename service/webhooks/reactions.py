"""What becomes of subscriptions when their owner goes: nothing is told to somebody who may not hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.webhooks.courier.delivering import disable
from service.webhooks.lifecycle import SUBSCRIPTION

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def end_with_key(uow: Uow, moved: Moved) -> None:
    """A revoked key's subscriptions end with it."""
    for row in await uow.subscriptions.live_with(key_id=moved.entity.id):
        await uow.move(row, SUBSCRIPTION, "end", by=SYSTEM, at=moved.at, reason="key_revoked", disabled_for=None)
        await uow.flush()
        await uow.webhook_deliveries.drop_live(row.id, "ended", moved.at)


async def disable_with_employer(uow: Uow, moved: Moved) -> None:
    """A suspended or refused employer hears nothing; it may resume when it is let in again."""
    for row in await uow.subscriptions.live_with(employer_id=moved.entity.id):
        await disable(uow, row, "owner_barred")


REACTIONS = {
    ("api_key", "revoke"): (end_with_key,),
    ("employer", "suspend"): (disable_with_employer,),
    ("employer", "refuse"): (disable_with_employer,),
}
