"""What is shown for the first time is compared with saved searches, right after its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.searches.timers import MATCH

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def compare(uow: Uow, moved: Moved) -> None:
    """Not inside it: whoever publishes does not wait for other people's searches."""
    if not getattr(moved.entity, "private", False):
        await uow.schedule(MATCH, moved.entity.id, moved.at)


async def hand_over_searches(uow: Uow, moved: Moved) -> None:
    """The kept record has the searches of the other, and hears of nothing twice."""
    into = moved.entity.merged_into
    for row in await uow.searches.of_person(moved.entity.id):
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", person_id=into)
    await uow.searches.hand_over(moved.entity.id, into)


REACTIONS = {
    ("posting", "publish"): (compare,),
    ("posting", "restore"): (compare,),
    ("supply", "publish"): (compare,),
    ("person", "merge"): (hand_over_searches,),
}
