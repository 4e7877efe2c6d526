"""Keeping the log right and small: tallies beside the entries they sum up, and what is older than any cursor."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import text

from service.db.driver import Statement, fetch, write
from service.feed.rules import ENDLESS, SLOTS
from service.feed.tallying import cells_at
from service.feed.values import Tally

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

SLOTS_AT_ONCE = 64
LIVE = Statement(
    f"""
    select 1 as sign, kind, city_code, state, slot, digest from feed_entries
    where not removed and next_seq = {ENDLESS} and slot between :first and :last
    """
)
STORED = Statement("select cell, count, total from feed_tallies")
SET = Statement(
    """
    insert into feed_tallies (cell, count, total) values (:cell, :count, :total)
    on conflict (cell) do update set count = excluded.count, total = excluded.total
    """
)
RAISE_FLOOR = text(
    "update feed_state set floor = greatest(floor, coalesce((select max(seq) from feed_entries where at < :before), 0))"
    " where name = 'content' returning floor"
)
COMPACT = text(
    f"""
    delete from feed_entries where seq in (
        select seq from feed_entries where next_seq <= :floor
        union all
        (select seq from feed_entries where removed and next_seq = {ENDLESS} and at < :before and seq <= :floor)
        limit :most)
    """
)


class FeedKeeping:
    """What a rebuild and the purging do."""

    session: AsyncSession

    async def mend_tallies(self) -> list[str]:
        """Set right each tally that its entries do not add up to; which they were. The caller holds the state."""
        true: dict[str, Tally] = {}
        for first in range(0, SLOTS, SLOTS_AT_ONCE):
            rows = await fetch(self.session, LIVE, {"first": first, "last": first + SLOTS_AT_ONCE - 1})
            true = cells_at(true, rows)
        stored: dict[str, Tally] = defaultdict(Tally)
        stored |= {row["cell"]: Tally(row["count"], int(row["total"])) for row in await fetch(self.session, STORED, {})}
        wrong = sorted(cell for cell in {*true, *stored} if true.get(cell, Tally()) != stored[cell])
        rows = [(cell, true.get(cell, Tally())) for cell in wrong]
        values = [{"cell": cell, "count": tally.count, "total": Decimal(tally.total)} for cell, tally in rows]
        await write(self.session, SET, values)
        return wrong

    async def raise_floor(self, before: datetime) -> int:
        """Cursors behind entries older than this are good no longer; the entry they must stand behind."""
        return int((await self.session.execute(RAISE_FLOOR, {"before": before})).scalar() or 0)

    async def compact(self, floor: int, before: datetime, most: int) -> int:
        """Delete entries that no cursor from `floor` on can ask for; how many. The last content of what is public
        still is never among them."""
        done = await self.session.execute(COMPACT, {"floor": floor, "before": before, "most": most})
        return int(done.rowcount)  # type: ignore[attr-defined]
