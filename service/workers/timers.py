"""What comes due by itself: nobody waits for work longer than said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.workers.lifecycle import WAITING

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def lapse_waiting(uow: Uow, item: DueItem) -> None:
    """End a row whose time is over; one that was ended or prolonged meanwhile stays as it is."""
    seen = await uow.waitings.find(item.subject_id)
    if seen is None:
        return
    await uow.workers.locked(seen.worker_id)
    row = await uow.waitings.find(item.subject_id)
    now = await uow.now()
    if row is not None and row.state == "waiting" and row.until <= now:
        await uow.move(row, WAITING, "lapse", by=SYSTEM, at=now)


TIMERS = {"waiting.lapse": lapse_waiting}
