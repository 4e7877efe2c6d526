"""What the jobs process runs besides due work: the courier of webhooks."""

from __future__ import annotations

from collections.abc import Callable

from service.context import Context, Loop
from service.webhooks.courier.rounds import run


async def carry_webhooks(ctx: Context, stopping: Callable[[], bool]) -> None:
    """Events to deliveries, deliveries to receivers."""
    await run(ctx, stopping)


LOOPS: dict[str, Loop] = {"webhooks": (1.0, carry_webhooks)}
