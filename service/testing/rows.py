"""Rows made in bulk, each with its log lines: what `Uow.add`, `move` and `edit` would have left behind.

For invented cities only: thousands of rows at once, and the same invariants (versions equal log lines,
timers set, every state reached by its moves).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from service.actor import SYSTEM, Actor
from service.changes import mac_of
from service.db.base import Base, Entity, Stateful
from service.db.tables import DueWorkRow, TransitionRow
from service.ids import new_id
from service.vault import Vault

NAMESPACE = UUID("5d0f6f0a-3f0b-5c52-9f39-6f1f3f9d2b11")
PIECE = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """One change: what was done, the state after it (None where the row has none), when, by whom."""

    action: str
    to: str | None
    at: datetime
    by: Actor = SYSTEM


class Book:
    """Rows waiting to be written, in the order that foreign keys ask for."""

    def __init__(self, number: int):
        self._namespace = uuid5(NAMESPACE, str(number))
        self._rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._edits: dict[type[Entity], list[dict[str, Any]]] = defaultdict(list)
        self._unwritten: set[UUID] = set()

    def id(self, kind: str, *which: object) -> UUID:
        """The same id for the same seed, kind and number, on every machine."""
        return uuid5(self._namespace, ":".join(map(str, (kind, *which))))

    def keep(self, table: type[Entity], row_id: UUID, *steps: Step, **columns: Any) -> dict[str, Any]:
        """An entity with its whole history; the columns are those after the last step."""
        row = columns | {
            "id": row_id,
            "version": len(steps),
            "created_at": steps[0].at,
            "updated_at": steps[-1].at,
        }
        if issubclass(table, Stateful):
            row["state"] = steps[-1].to
        made = self.plain(table, **row)
        self._unwritten.add(row_id)
        before: str | None = None
        for version, step in enumerate(steps, start=1):
            self._log(table.NOUN, row_id, version, step, before, columns.get("city_code"))
            before = step.to
        return made

    def edit(self, table: type[Entity], row: dict[str, Any], step: Step, **columns: Any) -> None:
        """One more change of a row, written already or not; the row in hand follows."""
        before = row.get("state")
        row |= columns | {"version": row["version"] + 1, "updated_at": step.at}
        if step.to is not None:
            row["state"] = step.to
        self._log(table.NOUN, row["id"], row["version"], step, before, row.get("city_code"))
        if row["id"] not in self._unwritten:
            changed = {name: row[name] for name in ("id", "version", "updated_at", *columns)}
            self._edits[table].append(changed | ({"state": step.to} if step.to is not None else {}))

    def plain(self, table: type[Base], **columns: Any) -> dict[str, Any]:
        """A row without a log of its own."""
        made = {column.name: columns[column.name] for column in table.__table__.columns if column.name in columns}
        strange = columns.keys() - made.keys()
        if strange:
            raise KeyError(f"{table.__tablename__} has no {sorted(strange)}")
        for column in table.__table__.columns:
            if column.name not in made and column.server_default is None:
                made[column.name] = column.default.arg(None) if _makes(column) else _constant(column)
        self._rows[table].append(made)
        return made

    def due(self, kind: str, subject_id: UUID, due_at: datetime, *, now: datetime, occurrence: str = "") -> None:
        """A timer, as `Uow.schedule` sets it."""
        self.plain(
            DueWorkRow,
            id=new_id(),
            kind=kind,
            subject_id=subject_id,
            occurrence=occurrence,
            due_at=due_at,
            created_at=now,
        )

    def _log(
        self, noun: str, row_id: UUID, version: int, step: Step, before: str | None, city_code: str | None
    ) -> None:
        self.plain(
            TransitionRow,
            id=new_id(),
            noun=noun,
            entity_id=row_id,
            version=version,
            action=step.action,
            from_state=before,
            to_state=step.to,
            actor_kind=step.by.kind,
            actor_id=step.by.id,
            on_behalf_of=step.by.on_behalf_of,
            channel=step.by.channel,
            city_code=city_code,
            at=step.at,
        )

    def waiting(self, table: type[Base]) -> list[dict[str, Any]]:
        """The rows of a table that are not written yet; they may still be changed."""
        return self._rows[table]

    async def write(self, session: AsyncSession, vault: Vault) -> None:
        """Write what waits and forget it."""
        for line in self._rows.get(TransitionRow, ()):
            line["mac"] = mac_of(vault, line)
        tables = {table.__table__: table for table in self._rows}
        for found in Base.metadata.sorted_tables:
            rows = self._rows.pop(tables[found], []) if found in tables else []
            for start in range(0, len(rows), PIECE):
                await session.execute(insert(found), rows[start : start + PIECE])
        for changed, edits in self._edits.items():
            for names in {tuple(edit) for edit in edits}:
                alike = [edit for edit in edits if tuple(edit) == names]
                await session.execute(
                    _change(changed, names), [{f"new_{name}": edit[name] for name in names} for edit in alike]
                )
        self._edits.clear()
        self._unwritten.clear()


def _change(table: type[Entity], names: tuple[str, ...]) -> Any:
    """An update of these columns of one row, for many rows at once."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names if name != "id"}
    found: Any = table.__table__
    return update(found).where(found.c.id == bindparam("new_id")).values(values)


def _makes(column: Any) -> bool:
    return column.default is not None and column.default.is_callable


def _constant(column: Any) -> Any:
    return column.default.arg if column.default is not None else None
