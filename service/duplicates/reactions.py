"""A posting that is offered or shown is compared with its employer's others, behind its own transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.uow import Moved, Uow

CHECK = "duplicates.check"
SETTLED_AFTER = timedelta(minutes=5)


async def compare_soon(uow: Uow, moved: Moved) -> None:
    """Whoever offers never waits for it; what is changed again within these minutes is compared once."""
    if not moved.entity.private:
        await uow.schedule(CHECK, moved.entity.id, moved.at + SETTLED_AFTER)


REACTIONS = {("posting", "submit"): (compare_soon,), ("posting", "publish"): (compare_soon,)}
