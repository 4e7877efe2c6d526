"""Every hour: does each story have the tasks that it should have? Normally nothing is missing (INV-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from service.followups.lifecycle import WAITING
from service.followups.steps import differing, reconcile
from service.followups.views import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from service.context import Context
    from service.followups.tables import PlanRow
    from service.followups.views import Key
    from service.uow import Uow

BATCH = 500
log = structlog.get_logger("followups")


async def repair(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Plans that are missing are made, tasks that differ from the facts are put right; how many changes it were."""
    repaired = 0
    async with ctx.uow() as uow:
        missing = await uow.followups.lost(await uow.now(), BATCH)
    for key in missing:
        repaired += await _put_right(ctx, key)
    after: UUID | None = None
    while not stopping():
        async with ctx.uow() as uow:
            plans = await uow.followups.open_plans(after, BATCH)
            differing = await _differing(uow, plans)
        for key in differing:
            repaired += await _put_right(ctx, key)
        if len(plans) < BATCH:
            break
        after = plans[-1].id
    if repaired:
        log.warning("followups_repaired", changes=repaired)
    return repaired


async def _put_right(ctx: Context, key: Key) -> int:
    async with ctx.uow() as uow:
        return await reconcile(uow, *key)


async def _differing(uow: Uow, plans: Sequence[PlanRow]) -> list[Key]:
    """The stories whose tasks are not those of the facts, and those that are done and not closed."""
    present = await uow.followups.present([plan.id for plan in plans])
    by_key = {key_of(plan.posting_id, plan.worker_id, plan.lent_id): plan for plan in plans}
    found = []
    for facts in await uow.followups.stories(list(by_key)):
        key = facts.key
        there = present[by_key[key].id]
        waits = any(task.state in WAITING for task in there.values())
        if await differing(uow, by_key[key], facts, there) or not waits:
            found.append(key)
    return found
