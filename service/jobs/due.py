"""The due-work loop: claim what is due, do it once in effect, whatever crashes and however many run.

A claim is a lease with an attempt number, taken in a transaction of its own. A timer then runs in one
transaction with its mark; the mark holds only while the lease is ours, so a late or doubled run rolls
back. An effect outside is sent with the row's constant id and marked afterwards (at least once).
Due times follow the shared clock; leases are real time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import text

from service.context import Context
from service.errors import DomainError
from service.uow import DueItem, Uow

BATCH = 50
LEASE_SECONDS = 30
MOST_ATTEMPTS = 12
BACKOFF_SECONDS = (1, 5, 15, 60, 300, 900, 3600)
log = structlog.get_logger("due")

CLAIM = text(
    """
    update due_work set state = 'leased', attempt = attempt + 1,
           lease_until = clock_timestamp() + make_interval(secs => :lease)
    where id in (
        select id from due_work
        where ((state = 'pending' and due_at <= business_now())
               or (state = 'leased' and lease_until < clock_timestamp()))
          and kind = any(:kinds) and attempt < :most
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


class LeaseLost(Exception):
    """Another process (or a change of plan) has taken this work over; nothing of this run remains."""


@dataclass(slots=True)
class Tally:
    """What one round did."""

    claimed: int = 0
    done: int = 0
    failed: int = 0


async def run_due(ctx: Context, *, batch: int = BATCH) -> Tally:
    """One round: claim up to `batch` due rows and do them one by one."""
    tally = Tally()
    for item, outside in await _claim(ctx, batch):
        tally.claimed += 1
        if await _do(ctx, item, outside):
            tally.done += 1
        else:
            tally.failed += 1
    return tally


async def run_all_due(ctx: Context, *, rounds: int = 10_000) -> Tally:
    """Rounds until nothing is due (or only failures were left to wait for their next try)."""
    total = Tally()
    for _ in range(rounds):
        tally = await run_due(ctx)
        total.claimed += tally.claimed
        total.done += tally.done
        total.failed += tally.failed
        if tally.claimed == 0:
            break
    return total


async def _claim(ctx: Context, batch: int) -> list[tuple[DueItem, bool]]:
    kinds = [*ctx.wiring.timers, *ctx.wiring.senders]
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
