"""What a reply by SMS does here: arrived, finished, on my way, the answer to an absence, yes to the hours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.attendance import usecases
from service.attendance.rules import NOT_THERE
from service.attendance.usecases.arrival import Proof, seat_of_now
from service.errors import Conflict

if TYPE_CHECKING:
    from service.context import Context
    from service.messages.rules import Said


async def arrived(ctx: Context, said: Said) -> str:
    """«到了»: checked in by word; to a provisional absence it answers «I was there»."""
    if said.word == "no":
        return "noted"
    present = await _seat(ctx, said, "confirmed")
    if present is None:
        missed = await seat_of_now(ctx, said.person_id, "no_show", within=said.regions)
        if missed is None:
            raise Conflict("no_shift_now")
        await usecases.answer_absence(ctx, missed, answer="was_present", on_behalf=None, by=said.by)
        return "absence_contested"
    await usecases.check_in(ctx, present, proof=Proof(), by=said.by)
    return "arrived"


async def finished(ctx: Context, said: Said) -> str:
    """«干完了»: checked out; the hours are proposed."""
    present = await _seat(ctx, said, "on_duty")
    if present is None:
        raise Conflict("no_shift_now")
    await usecases.check_out(ctx, present, at=None, reason=None, by=said.by)
    return "finished"


async def on_the_way(ctx: Context, said: Said) -> str:
    """«出发»."""
    present = await _seat(ctx, said, "confirmed")
    if present is None:
        raise Conflict("no_shift_now")
    await usecases.set_out(ctx, present, on_behalf=None, by=said.by)
    return "set_out"


async def absent(ctx: Context, said: Said) -> str:
    """1: I was there; 2: I was not."""
    target = await _seat(ctx, said, "no_show")
    if target is None:
        raise Conflict("no_shift_now")
    there = said.word in ("yes", "arrived")
    await usecases.answer_absence(ctx, target, answer="was_present" if there else NOT_THERE, on_behalf=None, by=said.by)
    return "absence_contested" if there else "noted"


async def agree(ctx: Context, said: Said) -> str:
    """1: the hours are right; 2: they are not, and an officer helps."""
    if said.subject_id is None:
        raise Conflict("no_shift_now")
    if said.word == "yes":
        await usecases.agree_timesheet(ctx, said.subject_id, seen=None, on_behalf=None, by=said.by)
        return "hours_agreed"
    await usecases.dispute_timesheet(ctx, said.subject_id, reason="other", note=None, on_behalf=None, by=said.by)
    return "hours_disputed"


async def _seat(ctx: Context, said: Said, *states: str) -> UUID | None:
    return said.subject_id or await seat_of_now(ctx, said.person_id, *states, within=said.regions)


ANSWERS = {
    "attendance.arrived": arrived,
    "attendance.finished": finished,
    "attendance.set_out": on_the_way,
    "attendance.absent": absent,
    "timesheet.agree": agree,
}
