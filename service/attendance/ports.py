"""What attendance lets other features do: take an absence back that was wrongly marked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.attendance.rules import TURNED_AWAY, latest
from service.attendance.steps import excuse, open_sheet, trace_repair
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


async def break_off(uow: Uow, engagement_id: UUID, *, by: Actor, reason: str) -> UUID:
    """The worker leaves on the spot: a departure is told, the work ends without a mark, the hours until now are
    proposed. The id of their timesheet. Raises Missing, Conflict `wrong_state` where nobody is on duty."""
    seat = await uow.attendance.lock_seat(engagement_id, with_shift=True)
    if seat is None:
        raise Missing
    now = await uow.now()
    ENGAGEMENT.fire(seat.engagement.state, "break_off")
    await uow.attendance.tell(engagement_id, "check_out", _method(by), at=now, told_at=now, by=by, reason=reason)
    await uow.move(seat.engagement, ENGAGEMENT, "break_off", by=by, at=now, reason=reason, finished_at=now)
    sheet = await open_sheet(uow, seat, by=by)
    found: UUID = sheet.id
    return found


async def answer_turned_away(uow: Uow, engagement_id: UUID, *, by: Actor) -> None:
    """Who was not let in has said so already: an absence that was marked is contested, and final by no silence."""
    answer = latest(await uow.attendance.facts(engagement_id), "answer")
    if answer is None or answer.reason != TURNED_AWAY:
        now = await uow.now()
        await uow.attendance.tell(engagement_id, "answer", _method(by), at=now, told_at=now, by=by, reason=TURNED_AWAY)


def _method(by: Actor) -> str:
    return "officer" if by.kind in STAFF else "worker"


PORTS = {
    "attendance.excuse": excuse_absence,
    "attendance.break_off": break_off,
    "attendance.answer_turned_away": answer_turned_away,
}
