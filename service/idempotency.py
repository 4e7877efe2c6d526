"""Keys in the database: claimed at the start of a transaction, answered in it, replayed for 72 hours.

The second of two requests with one key waits on the unique index until the first has ended (or on
`lock_timeout`, five seconds); then it replays. Answers are kept sealed: they may hold tokens or phones.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.tables import IdempotencyKeyRow
from service.db.violations import sqlstate
from service.errors import InFlight, Refused
from service.once import Answer, Once, Replay
from service.vault import Vault

LOCK_NOT_AVAILABLE = "55P03"


async def claim_key(session: AsyncSession, once: Once, vault: Vault, kept_hours: int) -> None:
    """Take the key for this transaction. Raises Replay, Refused `key_reused` or InFlight."""
    row = insert(IdempotencyKeyRow).values(
        actor=once.actor,
        endpoint=once.endpoint,
        key=once.key,
        fingerprint=once.fingerprint,
        created_at=func.business_now(),
    )
    claim = row.on_conflict_do_update(
        index_elements=["actor", "endpoint", "key"],
        set_={
            "fingerprint": row.excluded.fingerprint,
            "created_at": row.excluded.created_at,
            "status": None,
            "body": None,
            "headers": None,
        },
        where=IdempotencyKeyRow.created_at < func.business_now() - text(f"interval '{int(kept_hours)} hours'"),
    ).returning(IdempotencyKeyRow.created_at)
    try:
        fresh = (await session.execute(claim)).scalar_one_or_none()
    except DBAPIError as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise InFlight("key_in_flight") from error
        raise
    if fresh is None:
        await _replay(session, once, vault)


async def _replay(session: AsyncSession, once: Once, vault: Vault) -> None:
    found = select(
        IdempotencyKeyRow.fingerprint, IdempotencyKeyRow.status, IdempotencyKeyRow.body, IdempotencyKeyRow.headers
    ).where(_is(once))
    stored = (await session.execute(found)).one_or_none()
    if stored is None or stored.status is None or stored.body is None:
        raise InFlight("key_in_flight")
    if stored.fingerprint != once.fingerprint:
        raise Refused("key_reused", field="header:Idempotency-Key")
    raise Replay(Answer(stored.status, vault.open("answer", stored.body), stored.headers or {}))


async def store_answer(session: AsyncSession, once: Once, vault: Vault) -> None:
    """Keep the answer beside its effect."""
    if once.answer is None:
        return
    await session.execute(
        update(IdempotencyKeyRow)
        .where(_is(once))
        .values(
            status=once.answer.status,
            body=vault.seal("answer", once.answer.body),
            headers=once.answer.headers,
        )
    )


def _is(once: Once) -> ColumnElement[bool]:
    return (
        (IdempotencyKeyRow.actor == once.actor)
        & (IdempotencyKeyRow.endpoint == once.endpoint)
        & (IdempotencyKeyRow.key == once.key)
    )
