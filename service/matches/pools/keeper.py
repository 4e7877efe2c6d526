"""The pools of one process: filled at start, kept current from the log, asked only when they are as of now.

The log's rows carry their transaction. Everything visible from the mark on is read again from its own tables (doing
that twice harms nothing), and the mark moves up to the oldest transaction that still runs, so that a late commit is
never skipped. What changes by time alone is read again when its time comes: 等活 that ends, occurrences that pass,
at a new day everybody, and every offer, whose reliability fades. Whenever a pool cannot vouch for an answer, it is
None and the caller asks the database.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from matching import Policy
from service.matches.names import MaskedNames
from service.matches.pools.applying import apply_news
from service.matches.pools.filling import filled, national_rules
from service.matches.pools.known import Known
from service.matches.pools.queries import NEWS
from service.matches.pools.reading import rules_for
from service.observability import metrics
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from matching.pool import ShiftPool, WorkerPool
    from service.context import Context
    from service.policies import Policies

log = structlog.get_logger("pools")
MOST_NEWS = 5_000
WAITS = (1, 5, 15, 60)  # seconds before a filling that failed is tried again
SET_BACK = timedelta(minutes=5)  # a clock that is so far behind was set (rehearsals only)
_FIRST = UUID(int=0)


class PoolKeeper:
    """`people_now` and `shifts_now` give a pool that is current in the caller's transaction, or None."""

    def __init__(self, ctx: Context):
        self._ctx = ctx
        self._known: Known | None = None
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
        self.names = MaskedNames()  # the log is not read from here to the new mark
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
        if now < known.at or local_day(now) != known.day or known.is_due(now):
            return None
        if len(news) >= MOST_NEWS or any(line not in known.seen for line in news):
            return None
        known.raise_mark(read["mark"])
        return known.people

    async def _current(self, session: AsyncSession, policies: Policies, policy: Policy, now: datetime) -> Known | None:
        known = self._known
        if known is None:
            return None
        if known.rules != rules_for(policies, policy):
            if known.rules != national_rules(self._ctx, now):
                self.forget()  # the rules of the country are others since they were filled
            return None
        if known.at - now > SET_BACK or (local_day(now) != known.day and known.most_fade):
            self.forget()  # a day on which nearly everybody is another one
            return None
        if now < known.at:
            return None  # somebody asked a moment later and was quicker
        current = await self._catch_up(known, session, now)
        return known if current and known is self._known else None

    async def _catch_up(self, known: Known, session: AsyncSession, now: datetime) -> bool:
        """All news, page by page; the mark goes up to where it stood for the first page."""
        began = time.perf_counter()
        asked_from, mark, last = known.mark, known.mark, (known.mark, _FIRST)
        while True:
            page = {"txid": str(last[0]), "line": last[1], "most": MOST_NEWS}
            rows = (await session.execute(NEWS, page)).all()
            if last == (asked_from, _FIRST):
                mark = rows[0].mark
                if mark < asked_from:
                    if known is self._known:
                        self.forget()  # another database than before
                    return False
            lines = [row for row in rows if row.id is not None]
            if any(row.id not in known.seen for row in lines) or known.is_due(now) or local_day(now) != known.day:
                async with self._turn:
                    fresh = [row for row in lines if row.id not in known.seen and row.txid >= known.mark]
                    await apply_news(known, self.names, session, fresh, now)
            if len(lines) < MOST_NEWS:
                break
            last = (lines[-1].txid, lines[-1].id)
        known.raise_mark(mark)
        metrics.POOL_CATCH_UP.observe(time.perf_counter() - began)
        return now >= known.at

    # -- filling ---------------------------------------------------------------------------------------

    async def _load(self) -> None:
        """Fill the pools; what fails is tried again, more and more seldom."""
        tried = 0
        while True:
            began = time.perf_counter()
            try:
                self.loaded = 0
                known = await filled(self._ctx, self._expect, self._count)
                break
            except Exception:
                log.error("pools_not_filled", exc_info=True)
            await asyncio.sleep(WAITS[min(tried, len(WAITS) - 1)])
            tried += 1
        self.names, self._known = MaskedNames(), known
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

    def _sleep_until_tomorrow(self, known: Known) -> None:
        """Fill anew when the day ends, before anybody asks, where very many are other people then."""
        if self._night is not None:
            self._night.cancel()
        if known.most_fade:
            midnight = at_local(known.day + timedelta(days=1), 0)
            self._night = asyncio.create_task(self._renew(known, (midnight - known.at).total_seconds()))

    async def _renew(self, known: Known, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self._known is known:
            self.forget()

    def _expect(self, people: int) -> None:
        self.total = people

    def _count(self, more: int) -> None:
        self.loaded += more
