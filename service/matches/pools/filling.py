"""Everybody and everything on offer, once; what changes meanwhile comes by the log from the mark taken first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from service.clock import read_clock
from service.matches.policy import matching_policy
from service.matches.pools.applying import AT_ONCE, read_people
from service.matches.pools.city import FADING_LISTED, read_city
from service.matches.pools.known import POSTING, Known
from service.matches.pools.queries import COUNT, MARK
from service.matches.pools.reading import Rules, offered, rules_for
from service.worktime import local_day

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from service.context import Context

_LONG = ("set local statement_timeout = 0", "set local idle_in_transaction_session_timeout = 0")


def national_rules(ctx: Context, now: datetime) -> Rules:
    """The rules that the pools are filled by: those of the country."""
    policies = ctx.policies.at(now, None)
    return rules_for(policies, matching_policy(policies))


async def filled(ctx: Context, total: Callable[[int], None], read: Callable[[int], None]) -> Known:
    """Both pools; `total` hears how many people there are, `read` how many more are read."""
    from matching.pool import ShiftPool, WorkerPool  # numba comes with it: not for a process that never ranks

    async with _reading(ctx) as session:
        now = await read_clock(session)
        mark = (await session.execute(MARK)).scalar_one()
        total((await session.execute(COUNT)).scalar_one())
    rules = national_rules(ctx, now)
    async with ctx.database.reads.acquire() as connection, connection.transaction():
        for setting in _LONG:
            await connection.execute(setting)
        city = await read_city(connection, rules, now, read)
    columns, city.columns = city.columns, None
    people = await asyncio.to_thread(lambda: WorkerPool.from_columns(**columns) if columns else WorkerPool())
    columns = None  # the pool has them by now
    async with _reading(ctx) as session:
        found = await offered(session, rules, now)
    shifts = await asyncio.to_thread(lambda: ShiftPool.from_shifts(shift for shift, _ in found))
    known = Known(rules, mark, local_day(now), now, people, shifts)
    known.fading.update(city.fading)
    await _read_others(ctx, known, city.others, now)
    known.most_fade = len(known.fading) > FADING_LISTED
    ends: dict[Any, datetime] = {}
    for shift, until in found:
        known.offered.setdefault(shift.posting_id, set()).add(shift.id)
        if shift.employer_reliability is not None:
            known.fading_offers.add(shift.posting_id)
        ends[shift.posting_id] = min(until, ends.get(shift.posting_id, until))
    for posting, until in ends.items():
        known.look_again((POSTING, posting), until)
    return known


async def _read_others(ctx: Context, known: Known, ids: list[UUID], now: datetime) -> None:
    """Those whom columns do not tell, a page and a short transaction at a time."""
    for at in range(0, len(ids), AT_ONCE):
        async with _reading(ctx) as session:
            await read_people(known, session, ids[at : at + AT_ONCE], now)


@asynccontextmanager
async def _reading(ctx: Context) -> AsyncIterator[AsyncSession]:
    """A transaction that may read for long."""
    async with ctx.database.sessions() as session, session.begin():
        for setting in _LONG:
            await session.execute(text(setting))
        yield session
