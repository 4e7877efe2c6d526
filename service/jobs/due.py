"""The due-work loop: claim what is due, do it once in effect, whatever crashes and however many run.

A claim is a lease with an attempt number, taken in a transaction of its own. A timer then runs in one
transaction with its mark; the mark holds only while the lease is ours, so a late or doubled run rolls
back. An effect outside is sent with the row's constant id and marked afterwards (at least once).
Due times follow the shared clock; leases are real time.

A sender marked `@slow` (an import of 100,000 rows) runs aside, one at a time in each process, so that
timers never wait behind it; it holds its lease with `keep_lease` for as long as it lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import text

from service.context import Context, Sender
from service.db.engine import Database
from service.errors import DomainError
from service.uow import DueItem, Uow

BATCH = 50
LEASE_SECONDS = 30
RENEW_SECONDS = 10.0
MOST_ATTEMPTS = 12
BACKOFF_SECONDS = (1, 5, 15, 60, 300, 900, 3600)
log = structlog.get_logger("due")

# The clock is asked once, in a subquery: as a bare function it is asked for every timer there is, and with some
# millions of them (a pattern has sixty) each tick would take a minute. `kind || ''` keeps the planner from taking
# the index of kinds, which would read them all as well.
CLAIM = text(
    """
    update due_work set state = 'leased', attempt = attempt + 1,
           lease_until = clock_timestamp() + make_interval(secs => :lease)
    where id in (
        select id from due_work
        where due_at <= (select business_now())
          and (state = 'pending' or (state = 'leased' and lease_until < clock_timestamp()))
          and kind || '' = any(:kinds) and attempt < :most
        order by due_at, id limit :batch for update skip locked)
    returning id, kind, subject_id, occurrence, due_at, payload, secret, attempt, outside
    """
)
MARK = text(
    "update due_work set state = 'done', done_at = business_now(), lease_until = null, secret = null"
    " where id = :id and state = 'leased' and attempt = :attempt"
)
FAIL = text(
    """
    update due_work set state = case when attempt >= :most then 'dead' else 'pending' end,
           lease_until = null, last_error = :error, due_at = business_now() + make_interval(secs => :wait)
    where id = :id and state = 'leased' and attempt = :attempt
    """
)
RENEW = text(
    "update due_work set lease_until = clock_timestamp() + make_interval(secs => :lease)"
    " where id = :id and state = 'leased' and attempt = :attempt"
)
_ASIDE: WeakKeyDictionary[Database, asyncio.Task[None]] = WeakKeyDictionary()
AnySender = TypeVar("AnySender", bound=Sender)


class LeaseLost(Exception):
    """Another process (or a change of plan) has taken this work over; nothing of this run remains."""


@dataclass(slots=True)
class Tally:
    """What one round did."""

    claimed: int = 0
    done: int = 0
    failed: int = 0


def slow(sender: AnySender) -> AnySender:
    """Mark a sender that may take longer than a lease: it runs beside the other due work."""
    sender.slow = True  # type: ignore[attr-defined]
    return sender


async def run_due(ctx: Context, *, batch: int = BATCH) -> Tally:
    """One round: claim up to `batch` due rows and do them one by one; slow work is begun and not waited for."""
    await _begin_aside(ctx)
    return await _round(ctx, _kinds(ctx, slowly=False), batch)


async def run_all_due(ctx: Context, *, rounds: int = 10_000) -> Tally:
    """Rounds until nothing is due (or only failures were left to wait for their next try), slow work included."""
    total = Tally()
    for _ in range(rounds):
        await _end_aside(ctx)
        tally = await _round(ctx, _kinds(ctx), BATCH)
        total.claimed += tally.claimed
        total.done += tally.done
        total.failed += tally.failed
        if tally.claimed == 0:
            break
    return total


async def stop_aside(ctx: Context) -> None:
    """Break off slow work: another process, or the next start, takes it up where it stands."""
    task = _ASIDE.pop(ctx.database, None)
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def keep_lease(ctx: Context, item: DueItem) -> AsyncIterator[None]:
    """Hold the lease of `item` while the body runs. Raises LeaseLost in the body when it was taken away."""
    owner = asyncio.current_task()
    lost = asyncio.Event()

    async def renew() -> None:
        while await _renewed(ctx, item):
            await asyncio.sleep(RENEW_SECONDS)
        lost.set()
        if owner is not None:
            owner.cancel()

    beat = asyncio.create_task(renew())
    try:
        yield
    except asyncio.CancelledError:
        if lost.is_set() and owner is not None and owner.uncancel() == 0:
            raise LeaseLost from None
        raise
    finally:
        beat.cancel()


async def _renewed(ctx: Context, item: DueItem) -> bool:
    """False only when the lease is certainly gone; a database that does not answer is asked again."""
    try:
        async with ctx.database.sessions() as session, session.begin():
            found = await session.execute(RENEW, {"id": item.id, "attempt": item.attempt, "lease": LEASE_SECONDS})
            return bool(found.rowcount == 1)  # type: ignore[attr-defined]
    except Exception:
        log.warning("lease_not_renewed", kind=item.kind, work_id=str(item.id), exc_info=True)
        return True


def slow_kinds(ctx: Context) -> list[str]:
    """The kinds of work that run aside, one at a time."""
    return _kinds(ctx, slowly=True)


def _kinds(ctx: Context, *, slowly: bool | None = None) -> list[str]:
    """Every kind of due work, or those that are slow, or those that are not."""
    made = dict.fromkeys(ctx.wiring.timers, False)
    made |= {kind: getattr(sender, "slow", False) for kind, sender in ctx.wiring.senders.items()}
    return [kind for kind, is_slow in made.items() if slowly is None or is_slow == slowly]


async def _begin_aside(ctx: Context) -> None:
    """Begin one piece of slow work unless this process has one in hand."""
    running = _ASIDE.get(ctx.database)
    kinds = slow_kinds(ctx)
    if not kinds or (running is not None and not running.done()):
        return
    for item, outside in await _claim(ctx, kinds, 1):
        _ASIDE[ctx.database] = asyncio.create_task(_aside(ctx, item, outside))


async def _aside(ctx: Context, item: DueItem, outside: bool) -> None:
    """Nobody waits for the outcome, so what even `_fail` could not keep is said in the log."""
    try:
        await _do(ctx, item, outside)
    except Exception:
        log.error("slow_work_broke_off", kind=item.kind, work_id=str(item.id), exc_info=True)


async def _end_aside(ctx: Context) -> None:
    task = _ASIDE.pop(ctx.database, None)
    if task is not None:
        await task


async def _round(ctx: Context, kinds: list[str], batch: int) -> Tally:
    tally = Tally()
    for item, outside in await _claim(ctx, kinds, batch):
        tally.claimed += 1
        if await _do(ctx, item, outside):
            tally.done += 1
        else:
            tally.failed += 1
    return tally


async def _claim(ctx: Context, kinds: list[str], batch: int) -> list[tuple[DueItem, bool]]:
    async with ctx.database.sessions() as session, session.begin():
        rows = (
            (
                await session.execute(
                    CLAIM, {"lease": LEASE_SECONDS, "kinds": kinds, "most": MOST_ATTEMPTS, "batch": batch}
                )
            )
            .mappings()
            .all()
        )
    await ctx.faults.at("due.after_claim")
    rows = sorted(rows, key=lambda row: (row["due_at"], row["id"]))
    return [(_item(row), row["outside"]) for row in rows]


def _item(row: Any) -> DueItem:
    return DueItem(
        row["id"],
        row["kind"],
        row["subject_id"],
        row["occurrence"],
        row["due_at"],
        row["payload"] or {},
        row["secret"],
        row["attempt"],
    )


async def _do(ctx: Context, item: DueItem, outside: bool) -> bool:
    try:
        if outside:
            await ctx.wiring.senders[item.kind](ctx, item)
            await ctx.faults.at("outbox.after_send")
            async with ctx.uow() as uow:
                await _mark(uow, item)
        else:
            async with ctx.uow() as uow:
                await ctx.wiring.timers[item.kind](uow, item)
                await uow.flush()
                if (item.kind, item.subject_id, item.occurrence) not in uow.planned_again:
                    await _mark(uow, item)
    except LeaseLost:
        return True
    except Exception as error:
        await _fail(ctx, item, error)
        return False
    return True


async def _mark(uow: Uow, item: DueItem) -> None:
    marked = await uow.session.execute(MARK, {"id": item.id, "attempt": item.attempt})
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost


async def _fail(ctx: Context, item: DueItem, error: Exception) -> None:
    code = error.code if isinstance(error, DomainError) else type(error).__name__
    log.error("due_work_failed", kind=item.kind, work_id=str(item.id), attempt=item.attempt, exc_info=error)
    wait = timedelta(seconds=BACKOFF_SECONDS[min(item.attempt, len(BACKOFF_SECONDS)) - 1])
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(
            FAIL,
            {
                "id": item.id,
                "attempt": item.attempt,
                "most": MOST_ATTEMPTS,
                "error": code[:200],
                "wait": wait.total_seconds(),
            },
        )
