"""What applications do when seats, shifts and postings move: every cause of a free seat promotes, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.applications.promoting import fill
from service.applications.seating import close, tell_worker
from service.engagements.lifecycle import SEATED
from service.postings.lifecycle import ENDING, is_first_showing

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def give_seat_on(uow: Uow, moved: Moved) -> None:
    """A seat was given up, by whomever and for whatever cause: count it free, once, and offer it on."""
    if moved.from_state not in SEATED or moved.to_state in SEATED:
        return
    await uow.engagements.free_seat(moved.entity.shift_id)
    if moved.entity.shift_id not in uow.promised:
        await fill(uow, moved.entity.shift_id, announce=True)


async def count_again(uow: Uow, moved: Moved) -> None:
    """A wrong absence was repaired: the seat counts again (attendance has made room for it)."""
    await uow.engagements.free_seat(moved.entity.shift_id)


async def fill_after_edit(uow: Uow, moved: Moved) -> None:
    """Headcount raised: the line moves up."""
    await fill(uow, moved.entity.id, announce=False)


async def fill_after_return(uow: Uow, moved: Moved) -> None:
    """A posting is public again: seats that came free meanwhile go to the line, before anybody else can tap."""
    if is_first_showing(moved.action, moved.entity.version):
        return
    for shift_id in await uow.applications.shifts_with_a_line(moved.entity.id):
        await fill(uow, shift_id, announce=False)


async def close_for_shift(uow: Uow, moved: Moved) -> None:
    """A shift was called off: nobody waits for it any longer. Held seats go with their offers."""
    for row in await uow.applications.live_of_shift(moved.entity.id):
        await close(uow, row, by=moved.by, action="lapse", reason="shift_cancelled")
        await tell_worker(uow, row, "shift.cancelled", urgent=True)


async def close_for_posting(uow: Uow, moved: Moved) -> None:
    """A posting ended: applications for it as a whole end with it, those for dates follow their shifts.

    Where it expired the shifts stay for who has a seat in them, and nobody else can get one: those for dates end too.
    """
    for row in await uow.applications.live_of_posting(moved.entity.id, dates=moved.action == "expire"):
        await close(uow, row, by=SYSTEM, action="lapse", reason="posting_closed")
        await tell_worker(uow, row, "application.posting_closed")


REACTIONS = {
    ("engagement", "cancel"): (give_seat_on,),
    ("engagement", "release"): (give_seat_on,),
    ("engagement", "mark_absent"): (give_seat_on,),
    ("engagement", "turn_away"): (give_seat_on,),
    ("engagement", "reopen_seat"): (give_seat_on,),
    ("engagement", "repair_start"): (count_again,),
    ("engagement", "repair_complete"): (count_again,),
    ("shift", "edit"): (fill_after_edit,),
    ("shift", "cancel"): (close_for_shift,),
    ("posting", "publish"): (fill_after_return,),
    ("posting", "resume"): (fill_after_return,),
    ("posting", "restore"): (fill_after_return,),
    **{("posting", action): (close_for_posting,) for action in ENDING},
}
