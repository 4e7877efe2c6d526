"""A transaction of many rows in which one row may fail without the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from service.db.violations import translate
from service.uow import Uow

# PostgreSQL remembers 64 savepoints that wrote in one transaction; with more, every snapshot of every other
# process must look on disk.
MOST_ATTEMPTS = 50


class RowByRow(Uow):
    """A transaction with `attempt` for one row and `together` for several."""

    async def __aenter__(self) -> RowByRow:
        await super().__aenter__()
        return self

    @asynccontextmanager
    async def attempt(self, *, keep: bool = True) -> AsyncIterator[None]:
        """What the body does is kept whole or, when it raises or `keep` is False, leaves nothing behind.

        Without `keep` it is written to the database all the same before it is undone, so that a dry run meets
        every constraint that the real one will meet.
        """
        await self.flush()
        savepoint = await self.session.begin_nested()
        try:
            yield
            await self.flush()
        except (DBAPIError, StaleDataError) as error:
            await self._undo(savepoint)
            raise (translate(error, self.ctx.wiring.violations) or error) from error
        except BaseException:
            await self._undo(savepoint)
            raise
        if keep:
            await savepoint.commit()
        else:
            await self._undo(savepoint)

    @asynccontextmanager
    async def together(self, *, keep: bool = True) -> AsyncIterator[None]:
        """As `attempt`, for rows that stand or fall together: they are written in few statements at the end."""
        async with self.attempt(keep=keep):
            self._gathers = True
            try:
                yield
            finally:
                self._gathers = False

    async def _undo(self, savepoint: AsyncSessionTransaction) -> None:
        self.drop_pending()
        await savepoint.rollback()
