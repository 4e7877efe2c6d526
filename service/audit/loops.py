"""Once a minute the newest anchor is put on its way to the operator's address, where one is set."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

from service.context import Context, Loop
from service.jobs.anchors import newest_anchor

ANCHORS = UUID("5b6f0c1e-6d2a-4d39-9c0b-0d3a2f1e7a10")
EVERY_SECONDS = 60.0
KIND = "audit.anchor"


async def post_newest(ctx: Context, stopping: Callable[[], bool]) -> None:
    """A new anchor becomes a piece of due work, which tries until the receiver has it; the same one is sent once."""
    newest = newest_anchor(ctx) if ctx.settings.anchor_url else None
    if newest is None or stopping():
        return
    subject = uuid5(ANCHORS, newest.decode())
    async with ctx.uow() as uow:
        if not await uow.audit.is_queued(KIND, subject):
            await uow.send(KIND, subject, {"line": newest.decode()})


LOOPS: dict[str, Loop] = {"anchors": (EVERY_SECONDS, post_newest)}
