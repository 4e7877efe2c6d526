"""What alarms do when others move: an absence marked of somebody who was not let in, two records of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def contest_absence(uow: Uow, moved: Moved) -> None:
    """Who has pressed «not let in» has answered: no silence makes the absence count, an officer decides."""
    seat = moved.entity
    pressed = [
        row
        for row in await uow.alarms.of_seat(seat.id)
        if (row.side, row.kind) == ("worker", "not_let_in") and row.state != "withdrawn"
    ]
    if pressed:
        worker = moved.by.acting_for(seat.worker_id, "alarm")
        await uow.ctx.wiring.ports["attendance.answer_turned_away"](uow, seat.id, by=worker)


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the alarms of the other, its words under the kept record's key."""
    gone, kept = moved.entity.id, moved.entity.merged_into
    for row in await uow.alarms.of_person(gone):
        changes = {"worker_id": kept} if row.worker_id == gone else {}
        if row.pressed_by == gone:
            words = await uow.alarms.opened(gone, row.words_sealed)
            sealed = await uow.alarms.seal(kept, words) if words is not None else None
            changes |= {"pressed_by": kept, "words_sealed": sealed}
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", **changes)
    await uow.alarms.hand_notes_over(gone, kept)


REACTIONS = {("engagement", "mark_absent"): (contest_absence,), ("person", "merge"): (hand_over,)}
