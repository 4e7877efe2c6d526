"""Deliveries are kept as long as the policy says, former secrets until their overlap is over."""

from __future__ import annotations

from dataclasses import replace

from service.context import Context


async def purge_webhooks(ctx: Context) -> None:
    """One batch; safe to run anywhere, many at once."""
    async with replace(ctx, once=None).uow() as uow:
        days = ctx.policies.at(await uow.now(), None).webhooks.keep_days
        await uow.webhook_deliveries.purge(days)


PURGING = {"webhooks": purge_webhooks}
