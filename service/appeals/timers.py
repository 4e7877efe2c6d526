"""An appeal that nobody has decided in time stands in the administrators' list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.appeals.reactions import OVERDUE

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def escalate(uow: Uow, item: DueItem) -> None:
    """Once."""
    row = await uow.appeals.lock(item.subject_id)
    now = await uow.now()
    if row.state == "filed" and row.escalated_at is None and row.due_at <= now:
        await uow.edit(row, by=SYSTEM, at=now, action="escalate", escalated_at=now)


TIMERS = {OVERDUE: escalate}
