"""Rows of access that have served: tokens and codes that are over, tries that no window reaches any more."""

from __future__ import annotations

from sqlalchemy import text

from service.access.rules import (
    DAY,
    NAME_FAILS,
    NUMBER_CODES,
    NUMBER_FAILS,
    PLACE_CODES,
    PLACE_FAILS,
    SPENT_REFRESH_KEPT,
)
from service.channels.rules import WRONG_OPEN_CODES
from service.context import Context
from service.messages.rules import SMS_HELD, SMS_PERSON, SMS_SENT
from service.people.rules import UNMASKINGS
from service.workers.rules import WRONG_CODES

BATCH = 5000
TOKENS = text(
    "delete from tokens where ctid in (select ctid from tokens"
    " where expires_at < business_now() or used_at < business_now() - cast(:kept as interval) limit :batch)"
)
CHALLENGES = text(
    "delete from challenges where ctid in (select ctid from challenges"
    " where greatest(expires_at, ticket_expires_at) < business_now() - cast(:kept as interval) limit :batch)"
)
TRIES = text(
    "delete from counters where ctid in (select ctid from counters"
    " where name = any(:names) and window_start < business_now() - cast(:kept as interval) limit :batch)"
)
COUNTED = [
    NUMBER_CODES,
    PLACE_CODES,
    NUMBER_FAILS,
    PLACE_FAILS,
    NAME_FAILS,
    UNMASKINGS,
    WRONG_CODES,
    WRONG_OPEN_CODES,
    SMS_SENT,
    SMS_HELD,
    SMS_PERSON,
]


async def purge_access(ctx: Context) -> None:
    """One batch of each kind; safe to run anywhere, any time, many at once. Spent refresh tokens stay for a
    while, so that a copy of one is recognised."""
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(TOKENS, {"kept": SPENT_REFRESH_KEPT, "batch": BATCH})
        await session.execute(CHALLENGES, {"kept": DAY, "batch": BATCH})
        await session.execute(TRIES, {"names": COUNTED, "kept": DAY, "batch": BATCH})


PURGING = {"access": purge_access}
