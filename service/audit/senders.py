"""Posting an anchor to the operator's own address; what fails is tried again by due work."""

from __future__ import annotations

import httpx2

from service.context import Context, Sender
from service.uow import DueItem

LIMIT_SECONDS = 10.0


async def post_anchor(ctx: Context, item: DueItem) -> None:
    """One line of JSON, signed by itself; anything but 2xx is a failure. Nothing is sent once no address is set."""
    if not ctx.settings.anchor_url:
        return
    async with httpx2.AsyncClient(timeout=LIMIT_SECONDS, trust_env=False) as client:
        answer = await client.post(
            ctx.settings.anchor_url,
            content=item.payload["line"].encode(),
            headers={"content-type": "application/json", "idempotency-key": str(item.id)},
        )
    answer.raise_for_status()


SENDERS: dict[str, Sender] = {"audit.anchor": post_anchor}
