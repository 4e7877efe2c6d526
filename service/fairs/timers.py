"""What comes due by itself: a fair opens, closes, comes back from a suspension; people are told, lists are settled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM
from service.fairs.lifecycle import BOOTH, ENTRY, FAIR
from service.fairs.planning import (
    CLOSE_TIMER,
    OPEN_TIMER,
    RETURN_TIMER,
    SETTLE_TIMER,
    TELL_TIMER,
    resume,
    returns_at,
    settle_later,
)
from service.fairs.rules import next_of, sessions_of

if TYPE_CHECKING:
    from uuid import UUID

    from service.fairs.tables import FairRow
    from service.uow import DueItem, Uow

BATCH = 200
SOON = timedelta(hours=12)  # what is so near is told at night too
SAID_IN = {"suspended": ("suspended",), "resumed": ("announced", "running"), "moved": ("announced", "running")}


async def open_in_time(uow: Uow, item: DueItem) -> None:
    """At its first session; one that was moved, suspended or called off stays as it is."""
    row = await uow.fairs.lock(item.subject_id)
    now = await uow.now()
    if row.state == "announced" and row.starts_at <= now < row.ends_at:
        await uow.move(row, FAIR, "open", by=SYSTEM, at=now)


async def close_in_time(uow: Uow, item: DueItem) -> None:
    """After its last session, also one that never opened because nobody's clock ran."""
    row = await uow.fairs.lock(item.subject_id)
    now = await uow.now()
    if row.ends_at > now:
        return
    if row.state == "announced":
        await uow.move(row, FAIR, "open", by=SYSTEM, at=now)
    if row.state == "running":
        await uow.move(row, FAIR, "close", by=SYSTEM, at=now)
        await settle_later(uow, row)


async def return_in_time(uow: Uow, item: DueItem) -> None:
    """On the day that was said when it was suspended (KI-15)."""
    row = await uow.fairs.lock(item.subject_id)
    back = returns_at(row)
    if row.state == "suspended" and back is not None and back <= await uow.now():
        await resume(uow, row, by=SYSTEM)


async def tell_batch(uow: Uow, item: DueItem) -> None:
    """Two hundred people at a time, and the employers, who are few. What is not so any more is not told: another
    message about it is on its way."""
    what, _, version = item.occurrence.partition(".")
    row = await uow.fairs.lock(item.subject_id)
    if row.state not in SAID_IN[what]:
        return
    dedupe = f"fair.{what}:{row.id}:{version}"
    people = await uow.fairs.untold(row.id, dedupe, BATCH)
    for person_id in people:
        await _tell(uow, row, what, person_id, dedupe)
    if len(people) == BATCH:
        await uow.schedule(TELL_TIMER, row.id, await uow.now(), occurrence=item.occurrence)
        return
    for booth in await uow.fairs.live_booths(row.id):
        for person_id in await uow.members.deciders(booth.employer_id):
            await _tell(uow, row, what, person_id, f"{dedupe}:{booth.id}", booth.employer_id)


async def settle_batch(uow: Uow, item: DueItem) -> None:
    """After the end: who was expected did not come, who waited waits no more; of a call-off everybody is told."""
    row = await uow.fairs.lock(item.subject_id)
    now = await uow.now()
    off = row.state == "called_off"
    entries = await uow.fairs.to_settle(row.id, BATCH)
    for entry in entries:
        missed = entry.state == "signed_up" and not off
        await uow.move(entry, ENTRY, "lapse" if missed else "expire", by=SYSTEM, at=now)
        if off:
            await _tell(uow, row, "called_off", entry.worker_id, f"fair.called_off:{row.id}")
    if len(entries) == BATCH:
        await uow.schedule(SETTLE_TIMER, row.id, now)
        return
    for booth in await uow.fairs.live_booths(row.id):
        if off:
            for person_id in await uow.members.deciders(booth.employer_id):
                await _tell(uow, row, "called_off", person_id, f"fair.called_off:{booth.id}", booth.employer_id)
        if off or booth.state == "asked":
            await uow.move(booth, BOOTH, "expire", by=SYSTEM, at=now)


async def _tell(
    uow: Uow, row: FairRow, what: str, person_id: UUID, dedupe: str, employer_id: UUID | None = None
) -> None:
    now = await uow.now()
    starts_at = next_of(sessions_of(row.sessions), now).starts_at
    facts: dict[str, Any] = {"title": row.title}
    if what == "suspended":
        facts |= {"reason": row.suspend_reason, "back_on": str(row.returns_on)}
    elif what == "called_off":
        facts |= {"reason": row.call_off_reason}
    else:
        facts |= {"starts_at": starts_at}
    await uow.tell(
        person_id, f"fair.{what}", params=facts, subject=("fair", row.id), dedupe=dedupe, employer_id=employer_id,
        urgent=timedelta() < starts_at - now < SOON,
    )  # fmt: skip


TIMERS = {
    OPEN_TIMER: open_in_time,
    CLOSE_TIMER: close_in_time,
    RETURN_TIMER: return_in_time,
    TELL_TIMER: tell_batch,
    SETTLE_TIMER: settle_batch,
}
