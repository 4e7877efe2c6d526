"""What attendance lets other features do: take an absence back that was wrongly marked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.attendance.steps import excuse, trace_repair
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Missing

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow


async def excuse_absence(uow: Uow, engagement_id: UUID, *, by: Actor, reason: str) -> None:
    """With a trail, as an officer does it. Raises Missing, Conflict `wrong_state` where no absence is marked."""
    seat = await uow.attendance.lock_seat(engagement_id, with_shift=True)
    if seat is None:
        raise Missing
    ENGAGEMENT.fire(seat.engagement.state, "excuse")
    now = await uow.now()
    await trace_repair(uow, seat.engagement, method="officer", by=by, at=now, reason=reason)
    await excuse(uow, seat.engagement, by=by, at=now, reason=reason)


PORTS = {"attendance.excuse": excuse_absence}
