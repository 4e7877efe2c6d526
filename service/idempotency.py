"""Keys in the database: claimed at the start of a transaction, answered in it, replayed for 72 hours.

A kiosk that was cut off for all of the 72 hours must still find its keys, so they are kept a day longer.
The second of two requests with one key waits on the unique index until the first has ended (or on
`lock_timeout`, five seconds); then it replays. Answers are kept sealed: they may hold tokens or phones.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.driver import Statement, fetch, write
from service.db.violations import sqlstate
from service.errors import InFlight, Refused
from service.once import Answer, Once, Replay
from service.vault import Vault

LOCK_NOT_AVAILABLE = "55P03"


CLAIM = Statement(
    """
    insert into idempotency_keys (actor, endpoint, key, fingerprint, created_at)
    values (:actor, :endpoint, :key, :fingerprint, business_now())
    on conflict (actor, endpoint, key) do update
    set fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = null, body = null, headers = null
    where idempotency_keys.created_at < business_now() - make_interval(hours => cast(:hours as int))
    returning created_at
    """
)
FIND = Statement(
    "select fingerprint, status, body, headers::text as headers from idempotency_keys"
    " where actor = :actor and endpoint = :endpoint and key = :key"
)
STORE = Statement(
    "update idempotency_keys set status = :status, body = :body, headers = cast(:headers as jsonb)"
    " where actor = :actor and endpoint = :endpoint and key = :key"
)


async def claim_key(session: AsyncSession, once: Once, vault: Vault, kept_hours: int) -> None:
    """Take the key for this transaction. Raises Replay, Refused `key_reused` or InFlight."""
    claim = _names(once) | {"fingerprint": once.fingerprint, "hours": kept_hours}
    try:
        fresh = await fetch(session, CLAIM, claim)
    except DBAPIError as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise InFlight("key_in_flight") from error
        raise
    if not fresh:
        await _replay(session, once, vault)


async def _replay(session: AsyncSession, once: Once, vault: Vault) -> None:
    found = await fetch(session, FIND, _names(once))
    if not found or found[0]["status"] is None or found[0]["body"] is None:
        raise InFlight("key_in_flight")
    stored = found[0]
    if bytes(stored["fingerprint"]) != once.fingerprint:
        raise Refused("key_reused", field="header:Idempotency-Key")
    headers = orjson.loads(stored["headers"]) if stored["headers"] else {}
    raise Replay(Answer(stored["status"], vault.open("answer", bytes(stored["body"])), headers))


async def store_answer(session: AsyncSession, once: Once, answer: Answer, vault: Vault) -> None:
    """Keep the answer beside its effect."""
    kept = {
        "status": answer.status,
        "body": vault.seal("answer", answer.body),
        "headers": orjson.dumps(answer.headers).decode(),
    }
    await write(session, STORE, [_names(once) | kept])


def _names(once: Once) -> dict[str, Any]:
    return {"actor": once.actor, "endpoint": once.endpoint, "key": once.key}
