"""A supply posting ends with its validity."""

from __future__ import annotations

from service.actor import SYSTEM
from service.context import Timer
from service.supplies.lifecycle import EXPIRE, NOT_PAUSED, RETURN, SUPPLY
from service.uow import DueItem, Uow
from service.workers.rules import may_be_introduced
from service.worktime import local_day


async def expire(uow: Uow, item: DueItem) -> None:
    """Shown no more once its time is over."""
    row = await uow.supplies.lock(item.subject_id)
    now = await uow.now()
    if row.valid_until <= now and "expire" in SUPPLY.possible(row.state):
        await uow.move(row, SUPPLY, "expire", by=SYSTEM, at=now, closed_at=now, **NOT_PAUSED)


async def show_again(uow: Uow, item: DueItem) -> None:
    """After the return of its person, who may be introduced to work, unless something else has happened meanwhile."""
    row = await uow.supplies.lock(item.subject_id)
    now = await uow.now()
    if row.paused_by != "rest" or row.valid_until <= now or await uow.supplies.rests(row.worker_id):
        return
    if may_be_introduced(await uow.supplies.introducible_from(row.worker_id), local_day(now)):
        await uow.move(row, SUPPLY, "resume", by=SYSTEM, at=now, **NOT_PAUSED)


TIMERS: dict[str, Timer] = {EXPIRE: expire, RETURN: show_again}
