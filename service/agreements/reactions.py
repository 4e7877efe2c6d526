"""What agreements do when seats begin or are given up, and when two records turn out to be one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.agreements.lifecycle import AGREEMENT, LIVE
from service.agreements.rules.lawful import contract_due
from service.agreements.steps import void
from service.agreements.timers import AHEAD, NEARS, OVER
from service.context import leaf

if TYPE_CHECKING:
    from service.engagements.tables import EngagementRow
    from service.uow import Moved, Uow


@leaf
async def watch_month(uow: Uow, moved: Moved) -> None:
    """The first day of a labour relation begins the month in which a contract is written."""
    seat: EngagementRow = moved.entity
    triage = await uow.agreements.live_triage(seat.posting_id)
    if triage is None or triage.needed != "within_month" or seat.started_at is None:
        return
    await uow.flush()
    if await uow.agreements.first_start(seat.posting_id, seat.worker_id) != seat.started_at:
        return
    if await uow.agreements.has_signed_any(seat.posting_id, seat.worker_id):
        return
    due = contract_due(seat.started_at)
    await uow.schedule(NEARS, seat.id, due - AHEAD)
    await uow.schedule(OVER, seat.id, due)


@leaf
async def drop_drawn(uow: Uow, moved: Moved) -> None:
    """A seat given up needs no signature any more; what both have signed stays, for the seats to come."""
    reason = f"engagement_{moved.action}"
    await void(uow, ("engagement", moved.entity.id), by=moved.by, at=moved.at, reason=reason, states=("drawn",))


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the agreements of the other; of two live ones on one thing the kept record's goes on."""
    await uow.flush()
    kept = moved.entity.merged_into
    for known, place in await uow.agreements.of_person(moved.entity.id):
        row = await uow.agreements.lock(known.id)
        same = {"kind": row.kind, "worker_id": kept}
        if row.state in LIVE and await uow.agreements.lock_live(row.subject_noun, row.subject_id, **same):
            merged = {"closed_at": moved.at, "close_reason": "person_merged"}
            await uow.move(row, AGREEMENT, "void", by=moved.by, at=moved.at, reason="person_merged", **merged)
            await uow.flush()
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=kept)
        await uow.edit(place, by=moved.by, at=moved.at, action="hand_over", person_id=kept)
        await uow.flush()


REACTIONS = {
    ("person", "merge"): (hand_over,),
    ("engagement", "start"): (watch_month,),
    ("engagement", "cancel"): (drop_drawn,),
    ("engagement", "hand_over"): (drop_drawn,),
    ("engagement", "turn_away"): (drop_drawn,),
}
