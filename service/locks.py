"""Locks that everything around a seat begins with, whichever feature it is of.

Their order, always: workers by id, then shifts by id, then postings (shared), then rows of the feature's own. The time
is read after them.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from service.db.driver import Statement, fetch
from service.errors import Missing

LOCK_WORKERS = Statement("select id from workers where id = any(:ids) order by id for no key update")
LOCK_SHIFTS = Statement("select posting_id from shifts where id = any(:ids) order by id for no key update")
HOLD_POSTINGS = Statement("select id from postings where id = any(:ids) order by id for share")


class Locks:
    """Workers before places, places before anything else."""

    def __init__(self, session: AsyncSession):
        self.session = session

    async def workers(self, ids: Iterable[UUID]) -> None:
        """Lock workers by id. Raises Missing when one is not there."""
        wanted = set(ids)
        found = await fetch(self.session, LOCK_WORKERS, {"ids": list(wanted)})
        if len(found) != len(wanted):
            raise Missing

    async def places(self, shift_ids: Iterable[UUID]) -> None:
        """Lock shifts by id, then hold their postings against closing. Raises Missing when one is not there."""
        wanted = set(shift_ids)
        postings = [row["posting_id"] for row in await fetch(self.session, LOCK_SHIFTS, {"ids": list(wanted)})]
        if len(postings) != len(wanted):
            raise Missing
        if postings:
            await fetch(self.session, HOLD_POSTINGS, {"ids": list(set(postings))})
