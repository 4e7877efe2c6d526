"""How late the machinery is: figures for /readyz, /metrics and the rehearsal's `quiescent`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from service.context import Context
from service.jobs.sealer import UNSEALED

FIGURES = text(
    """
    select coalesce(extract(epoch from business_now() - min(due_at) filter
               (where not outside and due_at <= business_now())), 0)::float as oldest_due,
           coalesce(extract(epoch from business_now() - min(due_at) filter
               (where outside and due_at <= business_now())), 0)::float as oldest_outbox,
           count(*) filter (where not outside and due_at <= business_now()) as due,
           count(*) filter (where outside and due_at <= business_now()) as outbox
    from due_work where state in ('pending', 'leased')
    """
)
DEAD = text("select count(*) from due_work where state = 'dead'")
BEAT = text("select extract(epoch from clock_timestamp() - max(beat_at))::float from heartbeats where role = 'jobs'")


@dataclass(frozen=True)
class Figures:
    """Ages in seconds; counts of rows due now."""

    oldest_due_age: float
    oldest_outbox_age: float
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


async def read_figures(ctx: Context) -> Figures:
    """One look at the due work and the proof of life of the jobs processes."""
    async with ctx.database.sessions() as session, session.begin():
        row = (await session.execute(FIGURES)).mappings().one()
        dead = (await session.execute(DEAD)).scalar_one()
        beat = (await session.execute(BEAT)).scalar_one()
        unsealed = (await session.execute(UNSEALED)).scalar_one()
    return Figures(row["oldest_due"], row["oldest_outbox"], row["due"], row["outbox"], dead, beat, unsealed)
