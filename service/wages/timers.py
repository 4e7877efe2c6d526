"""Every night what is over is told: one piece of work for each city and week, so that none waits for another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from service.wages.rules import next_night
from service.wages.usecases import tell_week, untold

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

NIGHTLY, CITY = "wages.nightly", "wages.tell"
EVERYWHERE = UUID(int=0)


async def plan_night(uow: Uow, item: DueItem) -> None:
    """Plan the work of a night, and the next night; the first one was planned by the schema's revision."""
    for source, city, week in await untold(uow):
        subject = uuid5(NAMESPACE_URL, f"wages:{city}")
        await uow.schedule(CITY, subject, await uow.now(), occurrence=f"{source}:{city}:{week.isoformat()}")
    await uow.schedule(NIGHTLY, EVERYWHERE, next_night(await uow.now()))


async def tell_city(uow: Uow, item: DueItem) -> None:
    """One city's week."""
    source, city, week = item.occurrence.split(":")
    await tell_week(uow, source, city, date.fromisoformat(week))


TIMERS = {NIGHTLY: plan_night, CITY: tell_city}
