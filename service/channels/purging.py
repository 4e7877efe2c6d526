"""Addresses that nobody proved, and those of records that are no more, are cleared."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from service.actor import SYSTEM
from service.channels.lifecycle import BINDING
from service.channels.rules import CLEARED
from service.context import Context

BATCH = 200
KEPT = timedelta(hours=1)  # after the end of a code, so that its reader is told that it is over


async def purge_channels(ctx: Context) -> None:
    """One batch; safe to run anywhere, any time, many at once."""
    async with replace(ctx, once=None).uow() as uow:
        now = await uow.now()
        for row in await uow.channels.left_over(now - KEPT, BATCH):
            await uow.move(row, BINDING, "lapse", by=SYSTEM, at=now, **CLEARED)


PURGING = {"channels": purge_channels}
