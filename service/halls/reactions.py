"""What a seat taken or lost, 等活 ended, or a merge does to somebody's place in a hall."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.halls.lifecycle import PRESENCE, PRESENT
from service.halls.planning import cancel_session, make_sessions
from service.halls.rules import HallRule, day_ends

if TYPE_CHECKING:
    from datetime import datetime

    from service.halls.tables import HallSessionRow
    from service.uow import Moved, Uow


async def place_present(uow: Uow, moved: Moved) -> None:
    """A firm seat of the session's working day: the person needs no place in line any more."""
    seat = moved.entity
    if seat.state != "confirmed":
        return
    for row, session in await uow.halls.live_of_worker(seat.worker_id, PRESENT):
        if session.state == "open" and of_its_day(seat, session):
            await uow.move(row, PRESENCE, "place", by=moved.by, at=moved.at)


async def give_back_place(uow: Uow, moved: Moved) -> None:
    """A seat lost through no fault of one's own: the old place in the line; given up oneself: gone for now."""
    seat = moved.entity
    if moved.from_state != "confirmed" or moved.action == "hand_over":
        return
    for row, session in await uow.halls.live_of_worker(seat.worker_id, ("placed",)):
        if not of_its_day(seat, session):
            continue
        if await uow.halls.seated_else(seat.worker_id, *working_day(session), seat.id):
            continue  # another seat of this working day stands
        own = seat.cancelled_by == "worker"
        action = ("leave" if own else "return") if session.state == "open" else (None if own else "lose")
        if action is not None:
            await uow.move(row, PRESENCE, action, by=moved.by, at=moved.at, reason=moved.reason)


async def leave_with_waiting(uow: Uow, moved: Moved) -> None:
    """Waiting no longer anywhere is waiting no longer here."""
    waiting = moved.entity
    for row, session in await uow.halls.live_of_worker(waiting.worker_id, PRESENT):
        if session.state == "open" and row.waiting_id == waiting.id:
            await uow.move(row, PRESENCE, "leave", by=moved.by, at=moved.at, reason=moved.reason)


async def leave_when_elsewhere(uow: Uow, moved: Moved) -> None:
    """Who waits somewhere else now has left the hall that the waiting was for."""
    waiting = moved.entity
    for row, session in await uow.halls.live_of_worker(waiting.worker_id, PRESENT):
        if session.state == "open" and session.venue_id != waiting.venue_id:
            await uow.move(row, PRESENCE, "leave", by=moved.by, at=moved.at, reason="waits_elsewhere")


async def hand_over_presences(uow: Uow, moved: Moved) -> None:
    """After a merge the kept record has the numbers; where both signed in, its own counts and the other leaves."""
    kept_id = moved.entity.merged_into
    own = {row.session_id for row in await uow.halls.of_worker(kept_id)}
    for row in await uow.halls.of_worker(moved.entity.id):
        if row.session_id not in own:
            await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=kept_id)
        elif row.state in PRESENT:
            await uow.move(row, PRESENCE, "leave", by=moved.by, at=moved.at, reason="person_merged")


async def call_sessions_off(uow: Uow, moved: Moved) -> None:
    """A market that closes holds no more sessions; one that is open goes on to its end."""
    now = await uow.now()
    for session in await uow.halls.planned_of(moved.entity.id, now):
        await cancel_session(uow, session, reason="venue_closed", by=moved.by)


async def plan_sessions_again(uow: Uow, moved: Moved) -> None:
    """A market that opens again holds the sessions of its rule."""
    if await uow.halls.rules(moved.entity.id):
        await uow.flush()
        await make_sessions(uow, moved.entity, by=moved.by)


def working_day(session: HallSessionRow) -> tuple[datetime, datetime]:
    """When the working day of a session begins and ends."""
    begins = HallRule.of(session.rule).day_begins
    return day_ends(session.day - timedelta(days=1), begins), day_ends(session.day, begins)


def of_its_day(seat: Any, session: HallSessionRow) -> bool:
    """Whether the work begins on the session's working day."""
    first, last = working_day(session)
    return bool(first <= seat.starts_at < last)


REACTIONS = {
    ("engagement", "confirm"): (place_present,),
    ("engagement", "cancel"): (give_back_place,),
    ("waiting", "end"): (leave_with_waiting,),
    ("waiting", "lapse"): (leave_with_waiting,),
    ("waiting", "start"): (leave_when_elsewhere,),
    ("waiting", "edit"): (leave_when_elsewhere,),
    ("person", "merge"): (hand_over_presences,),
    ("venue", "close"): (call_sessions_off,),
    ("venue", "reopen"): (plan_sessions_again,),
}
"""Every way a seat begins or ends that a hall can see."""
