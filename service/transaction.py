"""One transaction: its beginning and end, what waits to be written, savepoints, the time, the stored answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from service.changes import WRITE_LOG, mac_of
from service.clock import read_clock
from service.db.driver import forget, write
from service.db.violations import translate, unready
from service.errors import Conflict, DomainError, Gone, InFlight, Refused
from service.idempotency import claim_key, store_answer
from service.jobs.planned import write_planned
from service.once import Answer
from service.repositories import Repositories

if TYPE_CHECKING:
    from service.context import Context

T = TypeVar("T")
STORED_REFUSALS = (Conflict, Refused, Gone)


class Transaction(Repositories):
    """Opened with `async with`; it commits at the end, or leaves nothing behind."""

    def __init__(self, ctx: Context):
        self.ctx = ctx
        self.session = ctx.database.sessions()
        self._now: datetime | None = None
        self._log: list[dict[str, Any]] = []
        self._due: list[dict[str, Any]] = []
        self._behind: dict[Callable[[Sequence[Any]], Awaitable[None]], list[Any]] = {}
        self._gathers = False  # rows wait for each other and are written together
        self._depth = 0
        self._keyed = False  # this transaction holds the request's idempotency key
        self._value: Any = None
        self._answered = False
        self._stored: Answer | None = None  # beside the effect, and not to be told before both are committed
        self.promised: set[UUID] = set()  # shifts whose seat, free in a moment, is given to somebody by the caller
        self.planned_again: set[tuple[str, UUID, str]] = set()  # a timer that sets itself anew is not marked

    async def __aenter__(self) -> Self:
        try:
            await self.session.begin()
            once = self.ctx.once
            if once is not None and not once.claimed:
                once.claimed = True
                await claim_key(self.session, once, self.ctx.vault, self.ctx.idempotency_hours)
                self._keyed = True
        except BaseException as error:
            await self.session.close()
            refusal = self._translated(error)
            if refusal is None or refusal is error:
                raise
            raise refusal from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                error = await self._write_all()
            refusal = self._translated(error)
            if refusal is None:
                if error is None:
                    await self._commit()
                    await self.ctx.faults.at("db.after_commit")
                else:
                    await self.session.rollback()
                return
            if self._keyed and isinstance(refusal, STORED_REFUSALS):
                await self._keep_refusal(refusal)
            else:
                await self.session.rollback()
            if refusal is not error or kind is None:
                raise refusal from (None if refusal is error else error)
        finally:
            await self.session.close()

    async def _write_all(self) -> Exception | None:
        try:
            await self.flush()
            once = self.ctx.once
            if self._keyed and once is not None and self._answered:
                self._stored = once.render(self._value)
                await store_answer(self.session, once, self._stored, self.ctx.vault)
        except (DBAPIError, StaleDataError, DomainError) as error:
            return error
        return None

    async def _commit(self) -> None:
        await self.ctx.faults.at("db.before_commit")
        commit = asyncio.ensure_future(self.session.commit())
        try:
            await asyncio.shield(commit)
        except asyncio.CancelledError:
            await commit  # a commit under way is never abandoned: its outcome must be known
            raise
        except DBAPIError as error:
            await self.session.rollback()
            raise (translate(error, self.ctx.wiring.violations) or error) from error
        if self._stored is not None and self.ctx.once is not None:
            self.ctx.once.answer = self._stored

    def _translated(self, error: BaseException | None) -> Exception | None:
        if isinstance(error, DomainError):
            return error
        if isinstance(error, DBAPIError | StaleDataError):
            return translate(error, self.ctx.wiring.violations) or error
        return unready(error) if error is not None else None

    async def flush(self) -> None:
        """Send every pending row, what hangs on it, log line and timer to the database, in this order."""
        await self.session.flush()
        while self._behind:
            behind, self._behind = self._behind, {}
            for writer, rows in behind.items():
                await writer(rows)
        if self._log:
            lines, self._log = self._log, []
            vault = self.ctx.vault
            await write(self.session, WRITE_LOG, [line | {"mac": mac_of(vault, line)} for line in lines])
        if self._due:
            rows, self._due = self._due, []
            await write_planned(self.session, rows)

    async def write_behind(self, writer: Callable[[Sequence[Any]], Awaitable[None]], *rows: Any) -> None:
        """Let `writer` store rows that refer to entities of this transaction, past the ORM and behind these.

        They are in the database when this returns, unless the transaction gathers: then with its next flush.
        """
        self._behind.setdefault(writer, []).extend(rows)
        if not self._gathers:
            await self.flush()

    def drop_pending(self) -> None:
        """Forget what was to be written and has been rolled back."""
        self._log.clear()
        self._due.clear()
        self._behind.clear()

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """One of several: a refusal inside takes back what was done inside, and nothing else.

        Raises the refusal, translated from the database's words where need be.
        """
        await self.flush()
        savepoint = await self.session.begin_nested()
        try:
            yield
            await self.flush()
        except (DomainError, DBAPIError, StaleDataError) as error:
            self.drop_pending()
            await savepoint.rollback()
            refusal = self._translated(error)
            if refusal is None or refusal is error:
                raise
            raise refusal from error
        await savepoint.commit()

    async def now(self) -> datetime:
        """The business time, read once: ask after the locks are taken."""
        if self._now is None:
            self._now = await read_clock(self.session)
        return self._now

    async def now_anew(self) -> datetime:
        """The business time, read again: what was read before a lock was waited for is older than what happened
        meanwhile."""
        self._now = None
        return await self.now()

    def settle_now(self, at: datetime) -> None:
        """Take the business time that a statement read behind its locks, where none has been taken yet."""
        if self._now is None:
            self._now = at

    def answer(self, value: T) -> T:
        """Say what the request answers; with an idempotency key it is stored beside the effect."""
        self._value, self._answered = value, True
        return value

    async def _keep_refusal(self, error: Exception) -> None:
        """Nothing of the request stays but its answer: the key is claimed again in a transaction of its own.

        When another request with the same key came between, its answer is the answer (Replay).
        """
        await self.session.rollback()
        forget(self.session)
        once, self._keyed = self.ctx.once, False
        self.drop_pending()
        if once is None or not isinstance(error, DomainError) or isinstance(error, InFlight):
            return
        answer = once.render_refusal(error)
        if answer is None:
            return
        await self.session.begin()
        try:
            await claim_key(self.session, once, self.ctx.vault, self.ctx.idempotency_hours)
        except InFlight:
            return
        self._stored = answer
        await store_answer(self.session, once, answer, self.ctx.vault)
        await self._commit()
