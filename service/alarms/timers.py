"""An alarm that nobody has taken, or closed, in time goes to the level above: once, until it waits anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.alarms.lifecycle import LIVE
from service.alarms.steps import OVERDUE, call_officers

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def escalate(uow: Uow, item: DueItem) -> None:
    """From then on it stands as escalated in every list; a later time changes nothing, unless it was given back, or
    pressed again, in between."""
    row = await uow.alarms.lock(item.subject_id)
    now = await uow.now()
    if row.state in LIVE and row.escalated_at is None and row.due_at <= now:
        await uow.edit(row, by=SYSTEM, at=now, action="escalate", escalated_at=now)
        await call_officers(uow, row, "staff.alarm_overdue", above=True, step=str(row.version))


TIMERS = {OVERDUE: escalate}
