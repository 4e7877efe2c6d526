"""A pin ends with its time; a jurisdiction's first day opens its zone; a season's first minute tells people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.actor import SYSTEM
from service.context import Timer
from service.uow import DueItem, Uow
from service.zones.lifecycle import PIN
from service.zones.opening import bring_in
from service.zones.reactions import OPEN, TELL

BATCH = 500  # people told in one transaction


async def lapse(uow: Uow, item: DueItem) -> None:
    """Its listing stands in its turn again."""
    row = await uow.zones.pin(item.subject_id, lock=True)
    now = await uow.now()
    if row.state == "pinned" and row.until <= now:
        await uow.move(row, PIN, "lapse", by=SYSTEM, at=now)


async def open_zones(uow: Uow, _: DueItem) -> None:
    """The zones of every jurisdiction in force."""
    await uow.reference.live.refresh(uow.session, now=True)
    await bring_in(uow)


async def tell_the_free(uow: Uow, item: DueItem) -> None:
    """Who works in a trade that a season leaves free, and lives where it does, hears of it once (F11), by batches.

    The occurrence of the timer is the last person told.
    """
    row = await uow.reference.get(item.subject_id)
    now, season = await uow.now(), row.data
    if not datetime.fromisoformat(season["starts"]) <= now < datetime.fromisoformat(season["ends"]):
        return
    after = UUID(item.occurrence) if item.occurrence else None
    people = await uow.zones.free_in(season["free_trades"], season["regions"], after, BATCH)
    for person in people:
        await uow.tell(
            person,
            "season.begins",
            params={"ends": datetime.fromisoformat(season["ends"])},
            dedupe=f"season.begins:{row.code}:{person}",
        )
    if len(people) == BATCH:
        await uow.schedule(TELL, row.id, now, occurrence=str(people[-1]))


TIMERS: dict[str, Timer] = {"zone_pin.lapse": lapse, OPEN: open_zones, TELL: tell_the_free}
