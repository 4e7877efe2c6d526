"""Many deliveries at once: so many in a process, so few to one receiver, nobody behind a slow one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from service.webhooks.courier.delivering import deliver
from service.webhooks.courier.fanning import fan_out
from service.webhooks.courier.transport import Transport, transport_for

if TYPE_CHECKING:
    from service.context import Context

AT_ONCE = 32  # deliveries under way in one process
EACH = 4  # of them to one receiver, in all processes
OF_OWNER = 8  # about, to all receivers of one owner, in all processes
LOOK_SECONDS = 0.5
log = structlog.get_logger("webhooks")


async def run(ctx: Context, stopping: Callable[[], bool], *, transport: Transport | None = None) -> int:
    """Read the log, send what is due, until nothing is left to do now; how many were sent.

    A slow receiver keeps its own few places only: whenever another delivery ends, or half a second is over, the
    next are claimed. What is under way when `stopping` says so is finished, and nothing begun.
    """
    way = transport or transport_for(ctx.settings)
    running: set[asyncio.Task[None]] = set()
    sent = 0
    try:
        while not stopping():
            read = await fan_out(ctx)
            for delivery_id, attempt in await _claim(ctx, AT_ONCE - len(running)):
                running.add(asyncio.create_task(_one(ctx, delivery_id, attempt, way)))
                sent += 1
            if running:
                _, running = await asyncio.wait(running, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            elif not read:
                break
        if running:
            await asyncio.wait(running)
    finally:
        for task in running:
            task.cancel()
    return sent


async def run_until_quiet(ctx: Context, *, transport: Transport | None = None) -> int:
    """For rehearsals: everything that can be done at the present business time."""
    return await run(ctx, lambda: False, transport=transport)


async def _claim(ctx: Context, free: int) -> list[tuple[UUID, int]]:
    if free <= 0:
        return []
    async with replace(ctx, once=None).uow() as uow:
        claimed = await uow.webhook_deliveries.claim(free, EACH, OF_OWNER)
    await ctx.faults.at("webhook.after_claim")
    return claimed


async def _one(ctx: Context, delivery_id: UUID, attempt: int, transport: Transport) -> None:
    """What fails on our side is claimed again when its lease is over."""
    try:
        await deliver(ctx, delivery_id, attempt, transport)
    except Exception:
        log.error("webhook_delivery_broke_off", delivery=str(delivery_id), exc_info=True)
