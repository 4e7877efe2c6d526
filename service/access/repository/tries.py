"""Tries of somebody or something, each with its instant on the shared clock, counted by all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert

from service.access.rules import DAY
from service.db.tables import CounterRow

if TYPE_CHECKING:
    from service.uow import Uow


class TriesRepository:
    """Instants by (name, subject); subjects are keyed hashes or ids, never values."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def lock(self, *subjects: bytes) -> None:
        """Queue everybody who counts for one of these subjects until this transaction ends."""
        for subject in sorted(set(subjects)):
            await self.uow.session.execute(
                text("select pg_advisory_xact_lock(hashtextextended(encode(:subject, 'hex'), 7))"),
                {"subject": subject},
            )

    async def times(self, name: str, subject: bytes) -> list[datetime]:
        """Every counted instant of the last 24 hours, repeated as often as it was counted."""
        now = await self.uow.now()
        rows = await self.uow.session.execute(
            select(CounterRow.window_start, CounterRow.count).where(
                CounterRow.name == name, CounterRow.subject == subject, CounterRow.window_start > now - DAY
            )
        )
        return [at for at, count in rows for _ in range(count)]

    async def count(self, name: str, *subjects: bytes) -> None:
        """One more, now."""
        now = await self.uow.now()
        await self._add([(name, subject, now) for subject in subjects])

    async def _add(self, counted: Sequence[tuple[str, bytes, datetime]]) -> None:
        row = pg_insert(CounterRow)
        row = row.on_conflict_do_update(
            index_elements=["name", "subject", "window_start"], set_={"count": CounterRow.count + 1}
        )
        values = [{"name": n, "subject": s, "window_start": at, "count": 1} for n, s, at in counted]
        await self.uow.session.execute(row, values)

    async def forget(self, name: str, subject: bytes) -> None:
        """A success wipes the slate."""
        await self.uow.session.execute(delete(CounterRow).where(CounterRow.name == name, CounterRow.subject == subject))
