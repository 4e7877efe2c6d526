"""A balance ends with its last day."""

from __future__ import annotations

from service.actor import SYSTEM
from service.balances.lifecycle import BALANCE, EXPIRE
from service.balances.steps import close
from service.context import Timer
from service.uow import DueItem, Uow
from service.worktime import end_of_day


async def expire(uow: Uow, item: DueItem) -> None:
    """In vain where nobody was spoken for, which its firm is told; else simply over."""
    row = await uow.balances.lock(item.subject_id)
    now = await uow.now()
    action = "end" if row.taken else "expire"
    if end_of_day(row.last_day) <= now and action in BALANCE.possible(row.state):
        await close(uow, row, action, by=SYSTEM, at=now)


TIMERS: dict[str, Timer] = {EXPIRE: expire}
