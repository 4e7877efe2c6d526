"""A hold that nobody has decided in time goes to the administrators; what it pauses stays paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

OVERDUE = "hold.overdue"


async def escalate(uow: Uow, item: DueItem) -> None:
    """Once; from then on it stands in the administrators' list."""
    row = await uow.holds.lock(item.subject_id)
    now = await uow.now()
    if row.state == "open" and row.escalated_at is None and row.decide_by <= now:
        await uow.edit(row, by=SYSTEM, at=now, action="escalate", escalated_at=now)


TIMERS = {OVERDUE: escalate}
