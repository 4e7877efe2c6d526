"""Writing due work: one live row per (kind, subject, occurrence), set again by the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.base import table_of
from service.db.tables import DueWorkRow
from service.ids import new_id

LIVE = text("state in ('pending','leased')")
CANCEL = text(
    "update due_work set state = 'cancelled', done_at = :now, lease_until = null"
    " where kind = any(:kinds) and subject_id = :subject and state in ('pending', 'leased')"
)


def _writing() -> Any:
    """Made once: building and compiling a statement costs more than sending it."""
    statement = insert(table_of(DueWorkRow))
    taken = {name: statement.excluded[name] for name in ("due_at", "payload", "secret")}
    return statement.on_conflict_do_update(
        index_elements=["kind", "subject_id", "occurrence"],
        index_where=LIVE,
        set_=taken | {"state": "pending", "lease_until": None, "attempt": 0},
    )


WRITE = _writing()


def planned(kind: str, subject_id: UUID, due_at: datetime, occurrence: str, now: datetime) -> dict[str, Any]:
    """The values of one new row."""
    return {
        "id": new_id(),
        "kind": kind,
        "subject_id": subject_id,
        "occurrence": occurrence,
        "due_at": due_at,
        "outside": False,
        "payload": {},
        "secret": None,
        "created_at": now,
    }


async def write_planned(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; a live one of the same name takes the new time, a run under way loses its lease."""
    await session.execute(WRITE, rows)


async def cancel_planned(session: AsyncSession, kinds: Sequence[str], subject_id: UUID, now: datetime) -> None:
    """Cancel the live rows of these kinds for the subject."""
    await session.execute(CANCEL, {"kinds": list(kinds), "subject": subject_id, "now": now})
