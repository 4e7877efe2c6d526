"""One transaction: every repository, every logged change, the timers and messages it causes, its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from service.actor import Actor
from service.changes import DueItem, Moved, Noted, apply_changes, line_of
from service.db.base import Entity, Stateful, table_of
from service.ids import new_id
from service.jobs.planned import cancel_planned, planned
from service.lifecycle import Lifecycle
from service.messages.tables import MessageRow
from service.transaction import Transaction
from service.worktime import shown_times

REACTION_DEPTH = 3
# Made once: building and compiling a statement costs more than sending it.
WRITE_MESSAGE = (
    pg_insert(table_of(MessageRow))
    .on_conflict_do_nothing(index_elements=["person_id", "dedupe"])
    .returning(table_of(MessageRow).c.id)
)


class Uow(Transaction):
    """`async with ctx.uow() as uow:` commits at the end, or leaves nothing behind."""

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

    def note(
        self,
        noun: str,
        subject_id: UUID,
        number: int,
        action: str,
        *,
        by: Actor,
        at: datetime,
        states: tuple[str, str],
        city_code: str | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """A log line about what is no entity, or was moved with many others by one statement; no reaction hears it.

        `number` counts its lines from 1: of an entity, its version.
        """
        moved = Moved(Noted(subject_id, number, city_code), noun, action, *states, by, at, None)
        self._log.append(line_of(moved, changes, self.ctx.request_id))

    async def _react(self, moved: Moved) -> None:
        reactions = self.ctx.wiring.reactions.get((moved.noun, moved.action), ())
        if not reactions:
            return
        if self._depth >= REACTION_DEPTH and not all(getattr(each, "leaf", False) for each in reactions):
            raise RuntimeError(f"reactions nest deeper than {REACTION_DEPTH} at {moved.noun}.{moved.action}")
        self._depth += 1
        try:
            for reaction in reactions:
                await reaction(self, moved)
        finally:
            self._depth -= 1

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
        code: str | None = None,
        employer_id: UUID | None = None,
    ) -> None:
        """Put a message into a person's inbox and on its way; the same `dedupe` is told once.

        `asks` names the question that a reply answers, `code` what a yes to it has to say; params hold codes, times,
        figures and titles only.
        """
        now = await self.now()
        message_id = new_id()
        values = {
            "id": message_id,
            "person_id": person_id,
            "employer_id": employer_id,
            "template": template,
            "params": shown_times(params or {}),
            "urgent": urgent,
            "subject_kind": subject[0] if subject else None,
            "subject_id": subject[1] if subject else None,
            "asks": asks,
            "code": code,
            "dedupe": dedupe,
            "created_at": now,
        }
        if (await self.session.execute(WRITE_MESSAGE, values)).scalar_one_or_none() is not None:
            await self.send("message.person", message_id, {})


__all__ = ["DueItem", "Moved", "Uow"]
