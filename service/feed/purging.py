"""The publication log forgets what no cursor can ask for any longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from service.context import Context
from service.feed.rules import CURSOR_DAYS

KEPT = timedelta(days=CURSOR_DAYS + 1)
BATCH = 5_000


async def compact_feed(ctx: Context) -> None:
    """One batch: entries replaced more than 36 days ago, and tombstones of that age. A cursor is good for 35."""
    async with replace(ctx, once=None).uow() as uow:
        before = await uow.now() - KEPT
        floor = await uow.feed.raise_floor(before)
        await uow.feed.compact(floor, before, BATCH)


PURGING = {"feed": compact_feed}
