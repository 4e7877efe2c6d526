"""What a merge of two records, or the end of an employer here, does to places and booths at fairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.fairs.lifecycle import BOOTH, COMING, ENTRY, ENTRY_LIVE
from service.fairs.planning import promote

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def hand_over_entries(uow: Uow, moved: Moved) -> None:
    """After a merge the kept record has the places; where both signed up, its own counts and the other is given up."""
    kept_id = moved.entity.merged_into
    own = {entry.fair_id for entry, _ in await uow.fairs.entries_of(kept_id)}
    given_up = await uow.fairs.entries_of(moved.entity.id)
    for entry, seen in sorted(given_up, key=lambda pair: pair[1].id):
        fair = await uow.fairs.lock(seen.id)
        if entry.fair_id not in own:
            await uow.edit(entry, by=moved.by, at=moved.at, action="hand_over", worker_id=kept_id)
        elif entry.state in ENTRY_LIVE:
            placed = entry.state == "signed_up"
            await uow.move(entry, ENTRY, "withdraw", by=moved.by, at=moved.at, reason="person_merged")
            if placed and fair.state in COMING:
                await uow.fairs.free_place(fair)
                await promote(uow, fair, by=moved.by)


async def give_booths_back(uow: Uow, moved: Moved) -> None:
    """An employer that is suspended has no booth any more; a fair that is over keeps what was there."""
    for seen in await uow.fairs.live_booths_of(moved.entity.id):
        fair = await uow.fairs.lock(seen.fair_id)
        if fair.state in COMING:
            booth = await uow.fairs.lock_booth(seen.id)
            await uow.move(booth, BOOTH, "expire", by=moved.by, at=moved.at, reason=moved.reason)


REACTIONS = {
    ("person", "merge"): (hand_over_entries,),
    ("employer", "suspend"): (give_booths_back,),
}
