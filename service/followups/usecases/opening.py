"""Due tasks are opened, in batches, in any number of processes at once (INV-17, INV-19)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.followups.rules.asking import allowed_from
from service.followups.rules.schedule import on
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service.context import Context
    from service.uow import Uow

BATCH = 500
EVERYWHERE = ""


async def open_due(ctx: Context, *, batch: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Every task that is due, batch by batch, each in a transaction of its own; how many were opened."""
    total = 0
    while not stopping():
        async with ctx.uow() as uow:
            now = await uow.now()
            opened = await uow.followups.open_due(now, await _times(uow, now), batch)
        total += opened
        if opened < batch:
            break
    return total


async def _times(uow: Uow, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """By place with rules of its own, and for the rest: when a task opened now is overdue, when it is first asked."""
    book = uow.ctx.policies
    places = {
        place
        for (topic, _), parameter in book.parameters.items()
        if topic == "followups"
        for place in parameter.by_jurisdiction
    }
    working_days_after = (await uow.reference.catalogue()).working_days_after
    found = {}
    for place in (EVERYWHERE, *sorted(places)):
        policy = book.at(now, place or None).followups
        last = working_days_after(local_day(now), policy.overdue_working_days)
        found[place] = (on(last + timedelta(days=1), policy.asking_from), allowed_from(now, policy))
    return found
