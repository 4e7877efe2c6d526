"""The pools of one process: filled at start, kept current from the log, asked only when they are as of now.

The log's rows carry their transaction. Everything visible above the mark is read again from its own tables (doing
that twice harms nothing), and the mark moves up to the oldest transaction that still runs, so that a late commit is
never skipped. What changes by time alone is read again when its time comes: 等活 that ends, occurrences that pass,
at a new day everybody whose reliability fades. Whenever a pool cannot vouch for an answer, it is None and the caller
asks the database.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from sqlalchemy import text

from matching import Policy, Shift
from service.clock import read_clock
from service.matches.names import MaskedNames
from service.matches.policy import matching_policy
from service.matches.pools.city import FADING_LISTED, read_city
from service.matches.pools.queries import COUNT, MARK, NEWS
from service.matches.pools.reading import Person, Rules, offered, offered_of, people_of, rules_for, whose
from service.observability import metrics
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from matching.pool import ShiftPool, WorkerPool
    from service.context import Context
    from service.policies import Policies

log = structlog.get_logger("pools")
MOST_NEWS = 5_000
AT_ONCE = 2_000  # people read again in one go
HELD = 100  # more changes than these are written beside the requests


@dataclass
class _Known:
    """What the pools hold besides their own arrays."""

    rules: Rules
    mark: int
    day: date
    at: datetime
    people: WorkerPool
    shifts: ShiftPool
    offered: dict[UUID, set[UUID]] = field(default_factory=dict)  # posting -> its shifts on offer
    fading: set[UUID] = field(default_factory=set)  # whose reliability is another one tomorrow
    due: list[tuple[datetime, str, UUID]] = field(default_factory=list)
    seen: dict[UUID, int] = field(default_factory=dict)  # log lines above the mark that are in already


class PoolKeeper:
    """`people_now` and `shifts_now` give a pool that is current in the caller's transaction, or None."""

    def __init__(self, ctx: Context):
        self._ctx = ctx
        self._known: _Known | None = None
        self._turn = asyncio.Lock()
        self._loading: asyncio.Task[None] | None = None
        self._night: asyncio.Task[None] | None = None
        self.names = MaskedNames()
        self.loaded = 0
        self.total = 0

    @property
    def ready(self) -> bool:
        """Whether the pools stand."""
        return self._known is not None

    def start(self) -> None:
        """Begin to fill the pools beside the requests; asking again while it runs changes nothing."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())

    async def stop(self) -> None:
        """End what runs."""
        for task in (self._loading, self._night):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def wait(self) -> None:
        """Until the pools stand, or could not be filled."""
        if self._loading is not None:
            await self._loading

    def forget(self) -> None:
        """Ask the database until the pools are filled anew."""
        self._known = None
        self.start()

    # -- asking ----------------------------------------------------------------------------------------

    async def people_now(
        self, session: AsyncSession, policies: Policies, policy: Policy, now: datetime
    ) -> WorkerPool | None:
        """People measured from their cells, as of this transaction; None: ask the database."""
        known = await self._current(session, policies, policy, now)
        return known.people if known is not None else None

    async def shifts_now(
        self, session: AsyncSession, policies: Policies, policy: Policy, now: datetime
    ) -> ShiftPool | None:
        """What is on offer, as of this transaction; None: ask the database."""
        known = await self._current(session, policies, policy, now)
        return known.shifts if known is not None else None

    @property
    def mark(self) -> int | None:
        """The transaction from which on the log has to be looked at; None while the pools do not stand."""
        return self._known.mark if self._known is not None else None

    def people_as_read(
        self, policies: Policies, policy: Policy, read: Mapping[str, Any], asked_from: int
    ) -> WorkerPool | None:
        """People as of a row with `now`, `mark` and `news` (the log's lines from `asked_from` on, `MOST_NEWS` at
        most); None where something of it is not in the pool yet: ask again inside a transaction."""
        known, now, news = self._known, read["now"], read["news"]
        if known is None or known.rules != rules_for(policies, policy) or read["mark"] < asked_from:
            return None
        if now < known.at or local_day(now) != known.day or (known.due and known.due[0][0] <= now):
            return None
        if len(news) >= MOST_NEWS or any(line not in known.seen for line in news):
            return None
        self._raise_mark(known, read["mark"])
        known.at = now
        return known.people

    async def _current(self, session: AsyncSession, policies: Policies, policy: Policy, now: datetime) -> _Known | None:
        known = self._known
        if known is None or known.rules != rules_for(policies, policy):
            return None
        if now < known.at or (local_day(now) != known.day and len(known.fading) > FADING_LISTED):
            self.forget()  # a clock set back (rehearsals only), or a day on which nearly everybody is another one
            return None
        try:
            current = await self._catch_up(known, session, now)
        except BaseException:
            self.forget()  # half-done news would never be read again
            raise
        return known if current and known is self._known else None

    async def _catch_up(self, known: _Known, session: AsyncSession, now: datetime) -> bool:
        began = time.perf_counter()
        while True:
            rows = (await session.execute(NEWS, {"mark": str(known.mark), "most": MOST_NEWS})).all()
            if rows[0].mark < known.mark:
                self.forget()  # another database than before
                return False
            fresh = [row for row in rows if row.id is not None and row.id not in known.seen]
            if not fresh and not (known.due and known.due[0][0] <= now) and local_day(now) == known.day:
                self._advance(known, rows)
                break
            async with self._turn:
                fresh = [row for row in fresh if row.id not in known.seen]
                await self._apply(known, session, fresh, now)
                self._advance(known, rows)
            if len(rows) < MOST_NEWS:
                break
        known.at = now
        metrics.POOL_CATCH_UP.observe(time.perf_counter() - began)
        return True

    @staticmethod
    def _advance(known: _Known, rows: Sequence[Any]) -> None:
        """Up to the oldest running transaction; not past what a full page may have cut off."""
        PoolKeeper._raise_mark(known, rows[0].mark if len(rows) < MOST_NEWS else min(rows[0].mark, rows[-1].txid))

    @staticmethod
    def _raise_mark(known: _Known, mark: int) -> None:
        if mark > known.mark:
            known.mark = mark
            known.seen = {line: txid for line, txid in known.seen.items() if txid >= mark}

    async def _apply(self, known: _Known, session: AsyncSession, fresh: Sequence[Any], now: datetime) -> None:
        by_noun: dict[str, set[UUID]] = {}
        for row in fresh:
            by_noun.setdefault(row.noun, set()).add(row.entity_id)
        self.names.forget(by_noun.get("person", ()))
        workers, postings = await whose(session, by_noun)
        while known.due and known.due[0][0] <= now:
            _, kind, subject = heapq.heappop(known.due)
            (workers if kind == "worker" else postings).add(subject)
        if local_day(now) != known.day:
            workers |= known.fading
            known.day = local_day(now)
        await self._read_people(known, session, workers, now)
        await self._read_postings(known, session, postings, now)
        known.seen |= {row.id: row.txid for row in fresh}

    async def _read_people(self, known: _Known, session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
        waiting = list(ids)
        for at in range(0, len(waiting), AT_ONCE):
            some = waiting[at : at + AT_ONCE]
            found = await people_of(session, some, known.rules, now)
            for each in found:
                self._remember(known, each.worker.id, each.until, fading=each.fading)
            if len(found) > HELD:
                await asyncio.to_thread(_put, known.people, found)
            else:
                _put(known.people, found)
            for gone in set(some) - {each.worker.id for each in found}:
                known.fading.discard(gone)
                if gone in known.people:
                    known.people.remove(gone)

    @staticmethod
    def _remember(known: _Known, worker_id: Any, until: datetime | None, *, fading: bool) -> None:
        (known.fading.add if fading else known.fading.discard)(worker_id)
        if until is not None:
            heapq.heappush(known.due, (until, "worker", worker_id))

    async def _read_postings(self, known: _Known, session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
        if not ids:
            return
        found: dict[UUID, list[Shift]] = {posting: [] for posting in ids}
        for shift, ends in await offered_of(session, list(ids), known.rules, now):
            posting: Any = shift.posting_id
            found[posting].append(shift)
            heapq.heappush(known.due, (ends, "posting", posting))
        for posting, shifts in found.items():
            before = known.offered.pop(posting, set())
            for shift in shifts:
                (known.shifts.change if shift.id in before else known.shifts.add)(shift)
            for gone in before - {shift.id for shift in shifts}:
                known.shifts.remove(gone)
            if shifts:
                known.offered[posting] = {shift.id for shift in shifts}

    # -- filling ---------------------------------------------------------------------------------------

    async def _load(self) -> None:
        """Everything once, in pages; what changes meanwhile comes by the log from the mark taken first."""
        began = time.perf_counter()
        try:
            self._known = await self._filled()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.error("pools_not_filled", exc_info=True)
            return
        known = self._known
        self._sleep_until_tomorrow(known)
        metrics.POOL_ROWS.labels("workers").set(len(known.people))
        metrics.POOL_ROWS.labels("shifts").set(len(known.shifts))
        log.info(
            "pools_filled",
            workers=len(known.people),
            shifts=len(known.shifts),
            seconds=round(time.perf_counter() - began, 2),
            megabytes=round((known.people.nbytes + known.shifts.nbytes) / 1e6),
        )

    def _sleep_until_tomorrow(self, known: _Known) -> None:
        """Fill anew when the day ends, before anybody asks, where very many are other people then."""
        if self._night is not None:
            self._night.cancel()
        if len(known.fading) > FADING_LISTED:
            midnight = at_local(known.day + timedelta(days=1), 0)
            self._night = asyncio.create_task(self._renew(known, (midnight - known.at).total_seconds()))

    async def _renew(self, known: _Known, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self._known is known:
            self.forget()

    async def _filled(self) -> _Known:
        from matching.pool import ShiftPool, WorkerPool  # numba comes with it: not for a process that never ranks

        async with self._reading() as session:
            now = await read_clock(session)
            mark = (await session.execute(MARK)).scalar_one()
            self.total, self.loaded = (await session.execute(COUNT)).scalar_one(), 0
        rules = rules_for(*_national(self._ctx, now))
        async with self._ctx.database.reads.acquire() as connection, connection.transaction():
            await connection.execute("set local statement_timeout = 0")
            city = await read_city(connection, rules, now, self._count)
        columns = city.columns
        people = await asyncio.to_thread(lambda: WorkerPool.from_columns(**columns) if columns else WorkerPool())
        city.columns = columns = None  # the pool has them by now
        async with self._reading() as session:
            found = await offered(session, rules, now)
        shifts = await asyncio.to_thread(lambda: ShiftPool.from_shifts(shift for shift, _ in found))
        known = _Known(rules, mark, local_day(now), now, people, shifts)
        known.fading.update(city.fading)
        await self._read_others(known, city.others, now)
        for shift, ends in found:
            known.offered.setdefault(shift.posting_id, set()).add(shift.id)
            known.due.append((ends, "posting", shift.posting_id))
        heapq.heapify(known.due)
        return known

    def _count(self, more: int) -> None:
        self.loaded += more

    async def _read_others(self, known: _Known, ids: Sequence[UUID], now: datetime) -> None:
        """Those whom columns do not tell, a page and a short transaction at a time."""
        for at in range(0, len(ids), AT_ONCE):
            async with self._reading() as session:
                await self._read_people(known, session, ids[at : at + AT_ONCE], now)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        """A short transaction for a large reading: one that lasted would hold the log's mark back for everybody."""
        async with self._ctx.database.sessions() as session, session.begin():
            await session.execute(text("set local statement_timeout = 0"))
            yield session


def _put(people: WorkerPool, found: Sequence[Person]) -> None:
    for each in found:
        if each.worker.id in people:
            people.change(each.worker)
        else:
            people.add(each.worker)


def _national(ctx: Context, now: datetime) -> tuple[Policies, Policy]:
    policies = ctx.policies.at(now, None)
    return policies, matching_policy(policies)
