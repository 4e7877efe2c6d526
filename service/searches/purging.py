"""Finds that nobody will be told of again."""

from __future__ import annotations

from sqlalchemy import text

from service.context import Context
from service.searches.rules import KEPT_DAYS

BATCH = 5000
HITS = text(
    "delete from search_hits where ctid in (select ctid from search_hits"
    " where found_at < business_now() - make_interval(days => :kept) limit :batch)"
)


async def purge_searches(ctx: Context) -> None:
    """One batch; safe to run anywhere, any time, many at once."""
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(HITS, {"kept": KEPT_DAYS, "batch": BATCH})


PURGING = {"searches": purge_searches}
