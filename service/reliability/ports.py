"""What reliability lets attendance say that no move of an entity says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.reliability.marking import mark
from service.reliability.rules import Figures, hours_lost

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow


async def count_employer_absence(uow: Uow, seat: Any, *, reason: str | None, by: Actor, at: datetime) -> None:
    """Nobody let the worker in, or no such work was there, and that stands."""
    await mark(uow, "employer", seat, "employer_no_show", by=by, at=at, cause=reason)


async def count_hours(
    uow: Uow, seat: Any, *, stated: Figures, settled: Figures, by_employer: bool, by: Actor, at: datetime
) -> None:
    """An officer has written down what holds of hours that the employer, or else the worker, has disputed; what was
    decided against the employer counts."""
    if hours_lost(stated, settled, by_employer=by_employer):
        await mark(uow, "employer", seat, "hours_disputed", by=by, at=at)


PORTS = {
    "reliability.count_employer_absence": count_employer_absence,
    "reliability.count_hours": count_hours,
}
