"""What shifts do when their posting moves: they are laid out when it is shown, called off when it ends for good."""

from __future__ import annotations

from service.context import Reaction
from service.postings.lifecycle import ENDING, is_first_showing
from service.shifts.layout import drop_unplanned, lay_out, lay_out_first
from service.shifts.lifecycle import SHIFT
from service.uow import Moved, Uow


async def follow_plan(uow: Uow, moved: Moved) -> None:
    """A posting that is shown (again) has the shifts of its present plan.

    Hand-made rows without a plan (a hire by sight) bring their own shift.
    """
    posting = moved.entity
    if posting.series is None and posting.pattern is None:
        return
    if is_first_showing(moved.action, posting.version):
        await lay_out_first(uow, posting, by=moved.by, at=moved.at)
        return
    shifts = await uow.shifts.lock_open(posting.id)
    await drop_unplanned(uow, posting, shifts, by=moved.by, at=moved.at)
    await lay_out(uow, posting, by=moved.by, at=moved.at)


async def call_off(uow: Uow, moved: Moved) -> None:
    """Nothing of a posting that has ended for good is left to come."""
    for shift in await uow.shifts.lock_open(moved.entity.id):
        if shift.starts_at > moved.at:
            reason = moved.reason or "posting_ended"
            await uow.move(shift, SHIFT, "cancel", by=moved.by, at=moved.at, reason=reason, cancelled_at=moved.at)


async def call_off_empty(uow: Uow, moved: Moved) -> None:
    """Another posting says the same and has shifts of its own: only seats that people have stay."""
    for shift in await uow.shifts.lock_open(moved.entity.id):
        if shift.starts_at > moved.at and shift.taken == 0:
            at = moved.at
            await uow.move(shift, SHIFT, "cancel", by=moved.by, at=at, reason="posting_merged", cancelled_at=at)


# What was taken down may be restored with its shifts until that is decided; what expired is over by its dates.
WAITING = frozenset({"take_down", "expire"})
REACTIONS: dict[tuple[str, str], tuple[Reaction, ...]] = {
    ("posting", "publish"): (follow_plan,),
    ("posting", "resume"): (follow_plan,),
    ("posting", "restore"): (follow_plan,),
    **{("posting", action): (call_off,) for action in ENDING - WAITING},
    ("posting", "merge"): (call_off_empty,),
}
