"""A hold ends with what it lies on: withdrawn, past, taken down by a suspension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.holds.lifecycle import HOLD
from service.postings.lifecycle import ENDING

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def end(uow: Uow, moved: Moved) -> None:
    """Nothing is left to decide; a hold that is being decided has closed itself before."""
    if moved.from_state not in ("paused", "held"):
        return
    await uow.flush()
    row = await uow.holds.lock_open(moved.noun, moved.entity.id)
    if row is not None:
        await uow.move(row, HOLD, "end", by=moved.by, at=moved.at, reason=moved.action, closed_at=moved.at)


REACTIONS = {
    **{("posting", action): (end,) for action in ENDING},
    ("supply", "withdraw"): (end,),
    ("supply", "find"): (end,),
    ("supply", "expire"): (end,),
    ("supply", "take_down"): (end,),
    ("employer", "suspend"): (end,),
}
