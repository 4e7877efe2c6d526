"""Writing due work: one live row per (kind, subject, occurrence), set again by the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.driver import Statement, write
from service.ids import new_id

CANCEL = text(
    "update due_work set state = 'cancelled', done_at = :now, lease_until = null"
    " where kind = any(:kinds) and subject_id = :subject and state in ('pending', 'leased')"
)
WRITE = Statement(
    """
    insert into due_work (id, kind, subject_id, occurrence, due_at, outside, payload, secret, created_at)
    values (:id, :kind, :subject_id, :occurrence, :due_at, :outside, cast(:payload as jsonb), :secret, :created_at)
    on conflict (kind, subject_id, occurrence) where state in ('pending', 'leased') do update
    set due_at = excluded.due_at, payload = excluded.payload, secret = excluded.secret, state = 'pending',
        lease_until = null, attempt = 0
    """
)


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
    await write(
        session, WRITE, [{**row, "payload": orjson.dumps(row["payload"], default=str).decode()} for row in rows]
    )


async def cancel_planned(session: AsyncSession, kinds: Sequence[str], subject_id: UUID, now: datetime) -> None:
    """Cancel the live rows of these kinds for the subject."""
    await session.execute(CANCEL, {"kinds": list(kinds), "subject": subject_id, "now": now})
