"""The jobs process: APScheduler only ticks (memory store); what is due stands in tables and is claimed there."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import text

from service.context import Context
from service.ids import new_id
from service.jobs.due import BATCH, run_due
from service.jobs.sealer import MOST, seal

log = structlog.get_logger("jobs")
PURGE_KEYS = text(
    "delete from idempotency_keys where ctid in (select ctid from idempotency_keys"
    " where created_at < (select business_now()) - make_interval(hours => :hours) limit 5000)"
)
PURGE_BEATS = text("delete from heartbeats where beat_at < clock_timestamp() - interval '1 day'")
BEAT = text(
    "insert into heartbeats (process_id, role, beat_at) values (:id, 'jobs', clock_timestamp())"
    " on conflict (process_id) do update set beat_at = excluded.beat_at"
)


class Ticker:
    """Wakes the loops; a watchdog restarts the scheduler when a loop has been silent for three ticks."""

    def __init__(self, ctx: Context):
        self.ctx = ctx
        self.process_id = new_id()
        self.last: dict[str, float] = {}
        self.periods: dict[str, float] = {
            "due": ctx.settings.tick_seconds,
            "beat": 2.0,
            "seal": 1.0,
            "purge": 300.0,
        } | {name: seconds for name, (seconds, _) in ctx.wiring.loops.items()}
        self.stopping = asyncio.Event()
        self.scheduler = self._new_scheduler()

    def _new_scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "due": self._due,
            "beat": self._beat,
            "seal": self._seal,
            "purge": self._purge,
        } | {name: partial(loop, self.ctx, self.stopping.is_set) for name, (_, loop) in self.ctx.wiring.loops.items()}
        for name, loop in loops.items():
            seconds = self.periods[name]
            trigger = IntervalTrigger(seconds=seconds, jitter=min(1.0, seconds / 5), timezone="UTC")
            scheduler.add_job(self._guard, trigger, args=[name, loop], id=name)
        return scheduler

    async def _guard(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        try:
            await loop()
        except Exception:
            log.error("loop_failed", loop=name, exc_info=True)
        finally:
            self.last[name] = time.monotonic()

    async def _due(self) -> None:
        while not self.stopping.is_set() and (await run_due(self.ctx)).claimed == BATCH:
            self.last["due"] = time.monotonic()

    async def _beat(self) -> None:
        async with self.ctx.database.sessions() as session, session.begin():
            await session.execute(BEAT, {"id": self.process_id})

    async def _seal(self) -> None:
        while not self.stopping.is_set() and await seal(self.ctx) >= MOST - 1000:
            self.last["seal"] = time.monotonic()

    async def _purge(self) -> None:
        hours = self.ctx.idempotency_hours
        async with self.ctx.database.sessions() as session, session.begin():
            await session.execute(PURGE_KEYS, {"hours": hours})
            await session.execute(PURGE_BEATS)
        for clean in self.ctx.wiring.cleaners:
            await clean(self.ctx)

    async def run(self) -> None:
        """Tick until SIGTERM or SIGINT; finish the round under way."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        await self._guard("beat", self._beat)
        self.scheduler.start()
        log.info("jobs_started", process=str(self.process_id))
        while not self.stopping.is_set():
            try:
                await asyncio.wait_for(self.stopping.wait(), timeout=1)
            except TimeoutError:
                self._watch()
        self.scheduler.pause()
        await asyncio.sleep(0)
        await self._wait_for_round()
        self.scheduler.shutdown(wait=False)

    def _watch(self) -> None:
        now = time.monotonic()
        silent = [
            name for name in ("due", "beat") if now - self.last.get(name, now) > max(30.0, 3 * self.periods[name])
        ]
        if silent:
            log.error("loop_silent", loops=silent)
            self.scheduler.shutdown(wait=False)
            self.last.clear()
            self.scheduler = self._new_scheduler()
            self.scheduler.start()

    async def _wait_for_round(self) -> None:
        deadline = time.monotonic() + self.ctx.settings.stop_limit_seconds
        executor = self.scheduler._executors["default"]
        while getattr(executor, "_pending_futures", None) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
