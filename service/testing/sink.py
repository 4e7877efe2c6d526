"""The message sink of rehearsals: what would have left the house, recipient hashed, text sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select

from service.clock import read_clock
from service.context import Context
from service.db.tables import TestMessageRow
from service.worktime import rfc3339


async def put_in_sink(ctx: Context, *, message_id: UUID, channel: str, to: str, said: dict[str, Any]) -> None:
    """Keep one message instead of sending it."""
    async with ctx.database.sessions() as session, session.begin():
        now = await read_clock(session)
        await session.execute(
            insert(TestMessageRow).values(
                message_id=message_id,
                channel=channel,
                recipient_hash=ctx.vault.index("phone", to),
                sealed=ctx.vault.seal("sink", orjson.dumps(said)),
                sent_at=now,
            )
        )


async def read_sink(ctx: Context, to: str, limit: int) -> list[dict[str, Any]]:
    """The newest messages to a phone, newest first: channel, time, template, text and code."""
    async with ctx.database.sessions() as session, session.begin():
        rows = (
            await session.scalars(
                select(TestMessageRow)
                .where(TestMessageRow.recipient_hash == ctx.vault.index("phone", to))
                .order_by(TestMessageRow.seq.desc())
                .limit(limit)
            )
        ).all()
    return [
        {"message_id": str(row.message_id), "channel": row.channel, "sent_at": rfc3339(row.sent_at)}
        | orjson.loads(ctx.vault.open("sink", row.sealed))
        for row in rows
    ]
