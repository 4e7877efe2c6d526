"""A jurisdiction that comes into force gets its zone by itself; a season tells those who are free in it."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from service.worktime import SHANGHAI

if TYPE_CHECKING:
    from service.uow import Moved, Uow

OPEN, TELL = "zone.open", "season.tell"


async def plan(uow: Uow, moved: Moved) -> None:
    """On the first day of a jurisdiction's row, at the first minute of a season's window; at once where it has come."""
    row = moved.entity
    if row.kind == "jurisdiction":
        begins = datetime.combine(row.valid_from, time(), SHANGHAI)
        await uow.schedule(OPEN, row.id, max(begins, moved.at))
    elif row.kind == "season":
        starts, ends = (datetime.fromisoformat(row.data[name]) for name in ("starts", "ends"))
        if ends > moved.at:
            await uow.schedule(TELL, row.id, max(starts, moved.at))


REACTIONS = {("reference", "create"): (plan,), ("reference", "edit"): (plan,)}
