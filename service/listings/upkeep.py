"""Listings made anew from their postings: after an update, and whenever somebody doubts them.

A batch is one transaction; the timer `listings.rebuild` carries the id it has come to as its subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import DueItem, Uow

REBUILD = "listings.rebuild"
FIRST = UUID(int=0)
BATCH = 500


async def rebuild(uow: Uow, item: DueItem) -> None:
    """The next listings after the id of the timer; the rest in a timer of its own."""
    wrong, last = await uow.listings.differing(item.subject_id, BATCH)
    if wrong:
        await uow.listings.repair(wrong)
    if last is not None:
        await uow.schedule(REBUILD, last, await uow.now())


async def compare_all(ctx: Context, *, mend: bool) -> tuple[int, int]:
    """(batches looked at, listings that were not what they should be); with `mend` they are now."""
    after, batches, wrong = FIRST, 0, 0
    while True:
        async with ctx.uow() as uow:
            found, last = await uow.listings.differing(after, BATCH)
            if found and mend:
                await uow.listings.repair(found)
        if last is None:
            return batches, wrong
        after, batches, wrong = last, batches + 1, wrong + len(found)
