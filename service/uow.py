"""One transaction: every repository, every logged change, the timers and messages it causes, its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from service.actor import Actor
from service.changes import WRITE_LOG, DueItem, Moved, apply_changes, line_of
from service.clock import read_clock
from service.db.base import Entity, Stateful, table_of
from service.db.driver import forget, write
from service.db.violations import translate
from service.errors import Conflict, DomainError, Gone, InFlight, Refused
from service.idempotency import claim_key, store_answer
from service.ids import new_id
from service.jobs.planned import cancel_planned, planned, write_planned
from service.lifecycle import Lifecycle
from service.messages.tables import MessageRow
from service.repositories import Repositories

if TYPE_CHECKING:
    from service.context import Context

T = TypeVar("T")
STORED_REFUSALS = (Conflict, Refused, Gone)
REACTION_DEPTH = 3
# Made once: building and compiling a statement costs more than sending it.
WRITE_MESSAGE = (
    pg_insert(table_of(MessageRow))
    .on_conflict_do_nothing(index_elements=["person_id", "dedupe"])
    .returning(table_of(MessageRow).c.id)
)


class Uow(Repositories):
    """`async with ctx.uow() as uow:` commits at the end, or leaves nothing behind."""

    def __init__(self, ctx: Context):
        self.ctx = ctx
        self.session = ctx.database.sessions()
        self._now: datetime | None = None
        self._log: list[dict[str, Any]] = []
        self._due: list[dict[str, Any]] = []
        self._depth = 0
        self._keyed = False  # this transaction holds the request's idempotency key
        self._value: Any = None
        self._answered = False
        self.planned_again: set[tuple[str, UUID, str]] = set()  # a timer that sets itself anew is not marked

    # -- begin and end ---------------------------------------------------------------------------------

    async def __aenter__(self) -> Uow:
        try:
            await self.session.begin()
            once = self.ctx.once
            if once is not None and not once.claimed:
                once.claimed = True
                await claim_key(self.session, once, self.ctx.vault, self.ctx.idempotency_hours)
                self._keyed = True
        except BaseException:
            await self.session.close()
            raise
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
                once.answer = once.render(self._value)
                await store_answer(self.session, once, self.ctx.vault)
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

    def _translated(self, error: BaseException | None) -> Exception | None:
        if isinstance(error, DomainError):
            return error
        if isinstance(error, DBAPIError | StaleDataError):
            return translate(error, self.ctx.wiring.violations) or error
        return None

    async def flush(self) -> None:
        """Send every pending row, log line and timer to the database, in this order."""
        await self.session.flush()
        if self._log:
            lines, self._log = self._log, []
            await write(self.session, WRITE_LOG, lines)
        if self._due:
            rows, self._due = self._due, []
            await write_planned(self.session, rows)

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
            self._log.clear()
            self._due.clear()
            await savepoint.rollback()
            refusal = self._translated(error)
            if refusal is None or refusal is error:
                raise
            raise refusal from error
        await savepoint.commit()

    # -- time ------------------------------------------------------------------------------------------

    async def now(self) -> datetime:
        """The business time, read once: ask after the locks are taken."""
        if self._now is None:
            self._now = await read_clock(self.session)
        return self._now

    def settle_now(self, at: datetime) -> None:
        """Take the business time that a statement read behind its locks, where none has been taken yet."""
        if self._now is None:
            self._now = at

    # -- logged changes --------------------------------------------------------------------------------

    async def add(
        self, row: Entity, *, by: Actor, action: str = "create", reason: str | None = None, **facts: Any
    ) -> None:
        """Store a new entity with its first log line; reactions to `action` run."""
        now = await self.now()
        row.id = row.id or new_id()
        row.version = 1
        row.created_at = row.updated_at = now
        self.session.add(row)
        await self._record(row, action, None, getattr(row, "state", None), by, now, reason, facts or None)

    async def adopt(self, row: Entity, *, by: Actor, action: str, reason: str | None = None) -> None:
        """Like `add`, for a new entity that its repository's statement has stored as it stands here.

        The row has its id, version 1 and times; what was never set is null.
        """
        for name in inspect(row).unloaded:
            set_committed_value(row, name, None)
        make_transient_to_detached(row)
        self.session.add(row)
        state = getattr(row, "state", None)
        await self._record(row, action, None, state, by, row.created_at, reason, None)

    async def move(
        self,
        row: Stateful,
        lifecycle: Lifecycle,
        action: str,
        *,
        by: Actor,
        at: datetime,
        reason: str | None = None,
        **changes: Any,
    ) -> None:
        """Fire `action`: state, log line and reactions in this transaction. Raises Conflict `wrong_state`."""
        before = row.state
        row.state = lifecycle.fire(before, action)
        said = apply_changes(row, changes, self.ctx.vault)
        row.version += 1
        row.updated_at = at
        await self._record(row, action, before, row.state, by, at, reason, said)

    async def edit(
        self,
        row: Entity,
        *,
        by: Actor,
        at: datetime,
        action: str = "edit",
        reason: str | None = None,
        **changes: Any,
    ) -> bool:
        """Change fields; nothing changed leaves no trace. True when something did."""
        said = apply_changes(row, changes, self.ctx.vault)
        if not said:
            return False
        row.version += 1
        row.updated_at = at
        state = getattr(row, "state", None)
        await self._record(row, action, state, state, by, at, reason, said)
        return True

    async def _record(
        self,
        row: Entity,
        action: str,
        before: str | None,
        after: str | None,
        by: Actor,
        at: datetime,
        reason: str | None,
        changes: Mapping[str, Any] | None,
    ) -> None:
        moved = Moved(row, row.NOUN, action, before, after, by, at, reason)
        self._log.append(line_of(moved, changes, self.ctx.request_id))
        await self._react(moved)

    async def _react(self, moved: Moved) -> None:
        reactions = self.ctx.wiring.reactions.get((moved.noun, moved.action), ())
        if not reactions:
            return
        if self._depth >= REACTION_DEPTH:
            raise RuntimeError(f"reactions nest deeper than {REACTION_DEPTH} at {moved.noun}.{moved.action}")
        self._depth += 1
        try:
            for reaction in reactions:
                await reaction(self, moved)
        finally:
            self._depth -= 1

    # -- due work --------------------------------------------------------------------------------------

    async def schedule(self, kind: str, subject_id: UUID, due_at: datetime, *, occurrence: str = "") -> None:
        """Set or shift the one live timer of (kind, subject, occurrence)."""
        now = await self.now()
        self.planned_again.add((kind, subject_id, occurrence))
        self._due.append(planned(kind, subject_id, due_at, occurrence, now))

    async def unschedule(self, *kinds: str, subject_id: UUID) -> None:
        """Cancel the live timers of these kinds for the subject."""
        await self.flush()
        now = await self.now()
        self.planned_again.update((kind, subject_id, "") for kind in kinds)
        await cancel_planned(self.session, kinds, subject_id, now)

    async def send(
        self,
        kind: str,
        subject_id: UUID,
        payload: Mapping[str, Any],
        *,
        secret: bytes | None = None,
        due_at: datetime | None = None,
        occurrence: str = "",
    ) -> UUID:
        """Put an effect outside into the outbox; its row's id is the constant id of the effect."""
        now = await self.now()
        row = planned(kind, subject_id, due_at or now, occurrence, now)
        row |= {"outside": True, "payload": dict(payload), "secret": secret}
        self._due.append(row)
        return UUID(str(row["id"]))

    async def tell(
        self,
        person_id: UUID,
        template: str,
        *,
        params: Mapping[str, Any] | None = None,
        dedupe: str,
        subject: tuple[str, UUID] | None = None,
        urgent: bool = False,
        asks: str | None = None,
        employer_id: UUID | None = None,
    ) -> None:
        """Put a message into a person's inbox and on its way; the same `dedupe` is told once.

        `asks` names the question that a reply answers; params hold codes, times, figures and titles only.
        """
        now = await self.now()
        message_id = new_id()
        values = {
            "id": message_id,
            "person_id": person_id,
            "employer_id": employer_id,
            "template": template,
            "params": dict(params or {}),
            "urgent": urgent,
            "subject_kind": subject[0] if subject else None,
            "subject_id": subject[1] if subject else None,
            "asks": asks,
            "dedupe": dedupe,
            "created_at": now,
        }
        if (await self.session.execute(WRITE_MESSAGE, values)).scalar_one_or_none() is not None:
            await self.send("message.person", message_id, {})

    # -- idempotency -----------------------------------------------------------------------------------

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
        self._log.clear()
        self._due.clear()
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
        once.answer = answer
        await store_answer(self.session, once, self.ctx.vault)
        await self._commit()


__all__ = ["DueItem", "Moved", "Uow"]
