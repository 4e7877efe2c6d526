"""A supply posting ends with its validity."""

from __future__ import annotations

from service.actor import SYSTEM
from service.context import Timer
from service.supplies.lifecycle import NOT_PAUSED, RETURN, SUPPLY
from service.uow import DueItem, Uow


async def expire(uow: Uow, item: DueItem) -> None:
    """Shown no more once its time is over."""
    row = await uow.supplies.lock(item.subject_id)
    now = await uow.now()
    if row.valid_until <= now and "expire" in SUPPLY.possible(row.state):
        await uow.move(row, SUPPLY, "expire", by=SYSTEM, at=now, closed_at=now, **NOT_PAUSED)


async def show_again(uow: Uow, item: DueItem) -> None:
    """After the return of its person, unless something else has happened meanwhile."""
    row = await uow.supplies.lock(item.subject_id)
    now = await uow.now()
    if row.paused_by == "rest" and row.valid_until > now and not await uow.supplies.rests(row.worker_id):
        await uow.move(row, SUPPLY, "resume", by=SYSTEM, at=now, **NOT_PAUSED)


TIMERS: dict[str, Timer] = {"supply.expire": expire, RETURN: show_again}
