"""How many messages went by which channel and what came of it: figures, for those who answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from service.context import Context
from service.errors import Refused
from service.worktime import SHANGHAI, local_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.http.caller import Caller

USUAL_DAYS, MOST_DAYS = 7, 62


@dataclass(frozen=True, slots=True)
class DeliveryFigure:
    """Attempts of one day by one channel that came to one result."""

    day: date
    channel: str
    result: str
    count: int


async def get_delivery_figures(
    ctx: Context, *, since: date | None, until: date | None, by: Caller
) -> Sequence[DeliveryFigure]:
    """Of the people of the caller's regions, from the first to the last day, both included.

    Raises Refused `figures_range` for days in the wrong order or too many.
    """
    async with ctx.uow() as uow:
        last = until or local_day(await uow.now())
        first = since or last - timedelta(days=USUAL_DAYS - 1)
        if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
            raise Refused("figures_range", field="query:since", most=MOST_DAYS)
        begin = datetime.combine(first, time(), SHANGHAI)
        end = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
        rows = await uow.messages.figures(begin, end, by.served)
        return [DeliveryFigure(row.day, row.channel, row.result, row.count) for row in rows]
