"""What reliability lets attendance say that no move of an entity says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.reliability.marking import mark, take_back
from service.reliability.rules import BAD, Figures, hours_lost

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow


async def count_employer_absence(uow: Uow, seat: Any, *, reason: str | None, by: Actor, at: datetime) -> None:
    """Nobody let the worker in, or no such work was there, and that stands; once for a seat, whoever has found it."""
    await uow.employers.lock(seat.employer_id)
    if await uow.reliability.standing("employer", "employer_no_show", engagement_id=seat.id) is not None:
        return
    await mark(uow, "employer", seat, "employer_no_show", by=by, at=at, cause=reason)


async def count_hours(
    uow: Uow, seat: Any, *, stated: Figures, settled: Figures, by_employer: bool, by: Actor, at: datetime
) -> None:
    """An officer has written down what holds of hours that the employer, or else the worker, has disputed; what was
    decided against the employer counts."""
    if hours_lost(stated, settled, by_employer=by_employer):
        await mark(uow, "employer", seat, "hours_disputed", by=by, at=at)


async def excuse_worker(uow: Uow, seat: Any, *, reason: str, by: Actor, at: datetime) -> None:
    """What counts against the worker of a seat counts no more: the other side was in the wrong. Worker locked."""
    await uow.workers.lock(seat.worker_id)
    for kind in sorted(BAD):
        row = await uow.reliability.standing("worker", kind, engagement_id=seat.id)
        if row is not None:
            await take_back(uow, row, reason, by=by, at=at)


PORTS = {
    "reliability.excuse_worker": excuse_worker,
    "reliability.count_employer_absence": count_employer_absence,
    "reliability.count_hours": count_hours,
}
