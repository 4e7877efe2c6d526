"""How many text messages left today, for the whole service and by city; counted once for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# In a fixed order, so that two senders wait for each other and never deadlock.
LOOK = text(
    "insert into counters (name, subject, window_start, count)"
    " select :name, convert_to(scope, 'UTF8'), :day, 0 from unnest(cast(:scopes as text[])) with ordinality"
    " as wanted (scope, place) order by place"
    " on conflict (name, subject, window_start) do update set count = counters.count"
    " returning convert_from(subject, 'UTF8') as scope, count as used"
)
TAKE = text(
    "update counters set count = count + 1 where name = :name and window_start = :day"
    " and subject in (select convert_to(scope, 'UTF8') from unnest(cast(:scopes as text[])) as wanted (scope))"
)
OF_DAY = text(
    "select name, convert_from(subject, 'UTF8') as scope, count as used from counters"
    " where name = any(cast(:names as text[])) and window_start = :day order by scope"
)


class SmsBudgetRepository:
    """Counters of the day by scope: a city's code, or `service`."""

    def __init__(self, session: AsyncSession):
        self.session = session

    async def look(self, name: str, scopes: Sequence[str], day: datetime) -> dict[str, int]:
        """How many so far in each scope; locked until this transaction ends."""
        rows = await self.session.execute(LOOK, {"name": name, "scopes": list(scopes), "day": day})
        return {row.scope: row.used for row in rows}

    async def take(self, name: str, scopes: Sequence[str], day: datetime) -> None:
        """One more in each scope."""
        await self.session.execute(TAKE, {"name": name, "scopes": list(scopes), "day": day})

    async def of_day(self, names: Sequence[str], day: datetime) -> list[Any]:
        """(name, scope, used) of a day."""
        return list(await self.session.execute(OF_DAY, {"names": list(names), "day": day}))
