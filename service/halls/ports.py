"""What halls let other features do: bring somebody back whose work ended on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.halls.lifecycle import PRESENCE
from service.halls.reactions import of_its_day, working_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.engagements.tables import EngagementRow
    from service.uow import Uow


async def return_to_line(uow: Uow, seat: EngagementRow, *, wants: bool, by: Actor, reason: str) -> bool:
    """Back into the line of the seat's working day at exactly the old place, where the session is open and `wants`.

    Who has not worked at all, and whose session is over, ends as one who went without. True when back in line. The
    worker is locked.
    """
    now = await uow.now()
    back = False
    for row, session in await uow.halls.live_of_worker(seat.worker_id, ("placed",)):
        if not of_its_day(seat, session):
            continue
        if await uow.halls.seated_else(seat.worker_id, *working_day(session), seat.id):
            continue  # another seat of this working day stands
        if session.state == "open" and now < session.closes_at:
            if wants:
                await uow.move(row, PRESENCE, "return", by=by, at=now, reason=reason)
                back = True
        elif session.state == "closed" and seat.state == "cancelled":
            await uow.move(row, PRESENCE, "lose", by=by, at=now, reason=reason)
    return back


PORTS = {"halls.return_to_line": return_to_line}
