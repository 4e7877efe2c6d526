"""What the log or the clock has changed, read again from its own tables and put into the pools.

Reading the same twice harms nothing, and nothing counts as read before it is in: whoever is interrupted leaves the
rest to the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.matches.pools.known import POSTING, WORKER, Known
from service.matches.pools.reading import Person, offered_of, people_of, whose
from service.worktime import local_day

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from matching import Shift
    from matching.pool import ShiftPool, WorkerPool
    from service.matches.names import MaskedNames

AT_ONCE = 2_000  # people read again in one go


async def apply_news(
    known: Known, names: MaskedNames, session: AsyncSession, fresh: Sequence[Any], now: datetime
) -> None:
    """Lines of the log that are not in yet, and what the time has changed; one caller at a time."""
    by_noun: dict[str, set[UUID]] = {}
    for row in fresh:
        by_noun.setdefault(row.noun, set()).add(row.entity_id)
    names.forget(by_noun.get("person", ()))
    workers, postings = await whose(session, by_noun)
    due, today = known.due(now), local_day(now)
    workers |= {subject for kind, subject in due if kind == WORKER}
    postings |= {subject for kind, subject in due if kind == POSTING}
    if today != known.day:
        workers |= known.fading
        postings |= known.fading_offers
    await read_people(known, session, workers, now)
    await read_postings(known, session, postings, now)
    known.read_again(due, now)
    if due or today != known.day:
        known.day, known.at = today, now
    known.seen |= {row.id: row.txid for row in fresh}


async def read_people(known: Known, session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
    """These people as they are now; who is not active any more goes."""
    waiting = list(ids)
    for at in range(0, len(waiting), AT_ONCE):
        some = waiting[at : at + AT_ONCE]
        found = await people_of(session, some, known.rules, now)
        gone = set(some) - {each.worker.id for each in found}
        await _whole(_put_people, known.people, found, gone)
        for each in found:
            worker_id: Any = each.worker.id
            (known.fading.add if each.fading else known.fading.discard)(worker_id)
            known.look_again((WORKER, worker_id), each.until)
        for worker_id in gone:
            known.fading.discard(worker_id)
            known.look_again((WORKER, worker_id), None)


async def read_postings(known: Known, session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
    """What these postings have on offer now."""
    if not ids:
        return
    found: dict[UUID, list[Shift]] = {posting: [] for posting in ids}
    ends: dict[UUID, datetime] = {}
    for shift, until in await offered_of(session, list(ids), known.rules, now):
        posting: Any = shift.posting_id
        found[posting].append(shift)
        ends[posting] = min(until, ends.get(posting, until))
    before = {posting: known.offered.get(posting, set()) for posting in found}
    await _whole(_put_shifts, known.shifts, found, before)
    for posting, shifts in found.items():
        known.offered[posting] = {shift.id for shift in shifts}
        fades = any(shift.employer_reliability is not None for shift in shifts)
        (known.fading_offers.add if fades else known.fading_offers.discard)(posting)
        if not shifts:
            del known.offered[posting]
        known.look_again((POSTING, posting), ends.get(posting))


async def _whole(write: Any, *what: Any) -> None:
    """Write beside the requests (a reader may hold the pool for a while), to the end even where nobody waits for it
    any more: what is half written by one must not come after what another one has read later."""
    writing = asyncio.ensure_future(asyncio.to_thread(write, *what))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await writing
        raise


def _put_people(people: WorkerPool, found: Sequence[Person], gone: Collection[UUID]) -> None:
    for each in found:
        (people.change if each.worker.id in people else people.add)(each.worker)
    for worker_id in gone:
        if worker_id in people:
            people.remove(worker_id)


def _put_shifts(pool: ShiftPool, found: dict[UUID, list[Shift]], before: dict[UUID, set[UUID]]) -> None:
    for posting, shifts in found.items():
        for shift in shifts:
            (pool.change if shift.id in pool else pool.add)(shift)
        for gone in before[posting] - {shift.id for shift in shifts}:
            if gone in pool:
                pool.remove(gone)
