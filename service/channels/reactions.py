"""Two records of one person: the kept one takes the addresses and choices that it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.channels.lifecycle import BINDING
from service.channels.rules import CLEARED

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def hand_over_channels(uow: Uow, moved: Moved) -> None:
    """Addresses are sealed anew under the kept record's key; what it has already is given up on the other."""
    gone, kept = moved.entity, await uow.people.get(moved.entity.merged_into)
    has = {row.channel for row in await uow.channels.of(kept.id, "bound")}
    for row in await uow.channels.of(gone.id, "waiting", "bound"):
        address = uow.channels.address_of(row, gone)
        if row.state == "bound" and row.channel not in has and address is not None:
            columns = uow.channels.address_columns(row, kept, address)
            await uow.edit(row, by=moved.by, at=moved.at, action="follow_person", person_id=kept.id, **columns)
        else:
            await uow.move(row, BINDING, "remove", by=moved.by, at=moved.at, **CLEARED)
    chosen: Any = await uow.channels.preferences(gone.id)
    if chosen is not None and await uow.channels.preferences(kept.id) is None:
        await uow.edit(chosen, by=moved.by, at=moved.at, action="follow_person", person_id=kept.id)


REACTIONS = {("person", "merge"): (hand_over_channels,)}
