"""Builders of what leads to a seat: callers, a crowd of workers, a clock that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.actor import SYSTEM
from service.clock import freeze_clock
from service.context import Context
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.tables import EngagementRow
from service.http.caller import Caller
from service.jobs.due import run_all_due
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.workers.tables import CrewMemberRow, CrewRow, WorkerRow
from tests.builders import city

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def worker_caller(worker: WorkerRow | UUID, channel: str = "api") -> Caller:
    """A signed-in worker."""
    worker_id = worker if isinstance(worker, UUID) else worker.id
    return Caller("worker", worker_id, person_id=worker_id, worker_id=worker_id, channel=channel)


def member_caller(member: MemberRow) -> Caller:
    """A signed-in member of an employer."""
    return Caller(
        "member",
        member.person_id,
        person_id=member.person_id,
        employer_id=member.employer_id,
        member_role=member.role,
    )


def officer_caller(staff_id: UUID, *regions: str) -> Caller:
    """A signed-in officer."""
    return Caller("officer", staff_id, regions=regions or ("310000",))


async def set_time(ctx: Context, at: datetime) -> None:
    """Freeze the shared clock."""
    async with ctx.database.sessions() as session, session.begin():
        await freeze_clock(session, at)


async def run_due_at(ctx: Context, at: datetime) -> None:
    """Freeze the shared clock and do all that is due; failures fail the test."""
    await set_time(ctx, at)
    tally = await run_all_due(ctx)
    assert tally.failed == 0


async def some_workers(ctx: Context, count: int, **more: Any) -> list[WorkerRow]:
    """Workers of age, in the order of their ids."""
    rows: list[WorkerRow] = []
    for start in range(0, count, 8):
        batch = range(start, min(count, start + 8))
        rows += await asyncio.gather(*(city.a_worker(ctx, certificates=(), **more) for _ in batch))
    return sorted(rows, key=lambda row: row.id)


async def a_shift_of(
    ctx: Context,
    employer: EmployerRow | None = None,
    *,
    starts: datetime | None = None,
    hours: float = 4,
    headcount: int = 2,
    **posting: Any,
) -> tuple[EmployerRow, PostingRow, ShiftRow]:
    """An employer, a published claimable posting, and one open shift."""
    employer = employer or await city.an_employer(ctx)
    made = await city.a_posting(ctx, employer, headcount=headcount, **posting)
    return employer, made, await city.a_shift(ctx, made, starts=starts, hours=hours, headcount=headcount)


async def a_crew(ctx: Context, members: Sequence[WorkerRow], *, least: int) -> CrewRow:
    """A crew led by the first, everybody joined."""
    async with ctx.uow() as uow:
        now = await uow.now()
        crew = CrewRow(leader_id=members[0].id, name="搭伙", least=least, state="open")
        await uow.add(crew, by=SYSTEM)
        await uow.flush()
        for member in members:
            await uow.add(CrewMemberRow(crew_id=crew.id, worker_id=member.id, joined_at=now), by=SYSTEM)
        return crew


async def seat_of(ctx: Context, engagement_id: UUID) -> EngagementRow:
    """The seat as it stands."""
    async with ctx.uow() as uow:
        return await uow.engagements.get(engagement_id)


async def value_of(ctx: Context, statement: str, **facts: Any) -> Any:
    """The first column of the first row."""
    async with ctx.database.sessions() as session, session.begin():
        return (await session.execute(text(statement), facts)).scalar()


async def rows_of(ctx: Context, statement: str, **facts: Any) -> list[Any]:
    """Every row as a tuple."""
    async with ctx.database.sessions() as session, session.begin():
        return [tuple(row) for row in await session.execute(text(statement), facts)]


SEATED = "('held', 'confirmed', 'on_duty', 'completed', 'ended_early')"
BREACHES = {
    "count of seats": f"""select s.id from shifts s left join engagements e on e.shift_id = s.id
        and e.state in {SEATED} group by s.id having s.taken <> count(e.id) or s.taken > s.headcount""",
    "overlap": """select a.id from engagements a join engagements b on b.worker_id = a.worker_id and b.id > a.id
        and a.starts_at < b.ends_at and b.starts_at < a.ends_at
        where a.state in ('confirmed', 'on_duty') and b.state in ('confirmed', 'on_duty')""",
    "versions of engagements": """select e.id from engagements e left join transitions t on t.entity_id = e.id
        and t.noun = 'engagement' group by e.id having e.version <> count(t.id) or e.version <> max(t.version)""",
    "versions of applications": """select a.id from applications a left join transitions t on t.entity_id = a.id
        and t.noun = 'application' group by a.id having a.version <> count(t.id) or a.version <> max(t.version)""",
    "hours of seats": """select e.id from engagements e left join hours_ledger h on h.engagement_id = e.id
        group by e.id having (e.state in ('held', 'cancelled') and count(h.minutes) > 0)
        or (e.state = 'confirmed' and coalesce(sum(h.minutes), 0) = 0)""",
}


async def breaches(ctx: Context) -> list[str]:
    """Which of the invariants of seats the data breaks (INV-01, INV-02, INV-39)."""
    found = []
    for name, statement in BREACHES.items():
        if await rows_of(ctx, statement):
            found.append(name)
    return found
