"""What the hands of officers and the hands of the clock both do to a fair: open, close, bring back, promote, tell."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.fairs.lifecycle import ENTRY, FAIR
from service.worktime import at_local

if TYPE_CHECKING:
    from service.actor import Actor
    from service.fairs.tables import FairRow
    from service.policies.model import FairsPolicy
    from service.uow import Uow

OPEN_TIMER, CLOSE_TIMER, RETURN_TIMER = "fair.open", "fair.close", "fair.return"
TELL_TIMER, SETTLE_TIMER = "fair.tell", "fair.settle"
NOT_SUSPENDED: dict[str, Any] = {"suspend_reason": None, "returns_on": None}


def policy_of(uow: Uow, city_code: str, now: datetime) -> FairsPolicy:
    """What holds where the fair is."""
    return uow.ctx.policies.at(now, city_code).fairs


def returns_at(row: FairRow) -> datetime | None:
    """The first minute of the day on which a suspended fair comes back."""
    return at_local(row.returns_on, 0) if row.returns_on is not None else None


async def set_timers(uow: Uow, row: FairRow) -> None:
    """The timers that a fair in its state waits for; its row is locked."""
    await uow.unschedule(OPEN_TIMER, CLOSE_TIMER, RETURN_TIMER, subject_id=row.id)
    back = returns_at(row)
    if row.state == "suspended" and back is not None:
        await uow.schedule(RETURN_TIMER, row.id, back)
    elif row.state == "announced":
        await uow.schedule(OPEN_TIMER, row.id, row.starts_at)
    if row.state in ("announced", "running"):
        await uow.schedule(CLOSE_TIMER, row.id, row.ends_at)


async def resume(uow: Uow, row: FairRow, *, by: Actor) -> None:
    """A suspended fair goes on: announced, or running where its first session has begun. Everybody is told."""
    now = await uow.now()
    await uow.move(row, FAIR, "resume", by=by, at=now, **NOT_SUSPENDED)
    if row.starts_at <= now < row.ends_at:
        await uow.move(row, FAIR, "open", by=by, at=now)
    await set_timers(uow, row)
    await tell_later(uow, row, "resumed")


async def settle_later(uow: Uow, row: FairRow) -> None:
    """The fair has ended: its timers go, and who is still on its lists is seen to behind this transaction."""
    await uow.unschedule(OPEN_TIMER, CLOSE_TIMER, RETURN_TIMER, subject_id=row.id)
    await uow.schedule(SETTLE_TIMER, row.id, await uow.now())


async def tell_later(uow: Uow, row: FairRow, what: str) -> None:
    """Everybody who signed up, and every employer with a booth, is told; thousands of them, so a batch at a time."""
    await uow.schedule(TELL_TIMER, row.id, await uow.now(), occurrence=f"{what}.{row.version}")


async def promote(uow: Uow, row: FairRow, *, by: Actor) -> None:
    """Whoever waits longest gets a place, as long as there are any; the fair's row is locked."""
    now = await uow.now()
    await uow.flush()
    while (entry := await uow.fairs.first_waiting(row.id)) is not None:
        if not await uow.fairs.take_place(row):
            return
        await uow.move(entry, ENTRY, "promote", by=by, at=now)
        await uow.tell(
            entry.worker_id,
            "fair.promoted",
            params={"title": row.title, "starts_at": row.starts_at, "number": entry.number},
            subject=("fair", row.id),
            dedupe=f"fair.promoted:{entry.id}:{entry.version}",
        )
        await uow.flush()
