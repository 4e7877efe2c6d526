"""How late the machinery is: figures for /readyz, /metrics and the rehearsal's `quiescent`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from service.context import Context
from service.jobs.due import slow_kinds
from service.jobs.sealer import UNSEALED
from service.messages.rules import SMS_SENT

FIGURES = text(
    """
    with clock as materialized (select business_now() as now),
    due as materialized (
        select due_at, outside, kind = any(:slow) as slow, state = 'leased' and lease_until >= clock_timestamp() as runs
        from due_work where state in ('pending', 'leased') and due_at <= (select now from clock)
    )
    select coalesce(extract(epoch from max(now - due_at) filter (where not outside)), 0)::float as oldest_due,
           coalesce(extract(epoch from max(now - due_at) filter (where outside and not slow)), 0)::float
               as oldest_outbox,
           coalesce(extract(epoch from max(now - due_at) filter (where slow and not runs)), 0)::float as oldest_slow,
           count(*) filter (where slow and runs) as running,
           count(*) filter (where not outside) as due, count(*) filter (where outside) as outbox
    from due, clock
    """
)
SMS_TODAY = text(
    "select convert_from(subject, 'UTF8') as scope, count as used from counters where name = :name"
    " and window_start = date_trunc('day', business_now(), 'Asia/Shanghai')"
)
DEAD = text("select count(*) from due_work where state = 'dead'")
BEAT = text("select extract(epoch from clock_timestamp() - max(beat_at))::float from heartbeats where role = 'jobs'")


@dataclass(frozen=True)
class Figures:
    """Ages in seconds; counts of rows due now.

    Slow work (an import) takes its minutes: it is late while it waits for its turn, not while it runs, so it has
    figures of its own and makes the outbox look no older.
    """

    oldest_due_age: float
    oldest_outbox_age: float
    oldest_slow_age: float
    slow_running: int
    due: int
    outbox: int
    dead: int
    scheduler_heartbeat_age: float | None
    unsealed: int

    @property
    def quiet(self) -> bool:
        """Nothing is due at the present business time, and the log is sealed."""
        return self.due == 0 and self.outbox == 0 and self.unsealed == 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"quiet": self.quiet}


async def read_sms_today(ctx: Context) -> dict[str, int]:
    """How many text messages left today, for the whole service and by city."""
    async with ctx.database.sessions() as session, session.begin():
        return {row.scope: row.used for row in await session.execute(SMS_TODAY, {"name": SMS_SENT})}


async def read_figures(ctx: Context) -> Figures:
    """One look at the due work and the proof of life of the jobs processes."""
    async with ctx.database.sessions() as session, session.begin():
        row = (await session.execute(FIGURES, {"slow": slow_kinds(ctx)})).mappings().one()
        dead = (await session.execute(DEAD)).scalar_one()
        beat = (await session.execute(BEAT)).scalar_one()
        unsealed = (await session.execute(UNSEALED)).scalar_one()
    ages = (row["oldest_due"], row["oldest_outbox"], row["oldest_slow"])
    return Figures(*ages, row["running"], row["due"], row["outbox"], dead, beat, unsealed)
