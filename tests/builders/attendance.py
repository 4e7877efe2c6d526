"""Builders for the way from arrival to paid: a whole seat with both sides, callers, and the shared clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.clock import freeze_clock
from service.context import Context
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.tables import EngagementRow
from service.http.caller import Caller
from service.jobs.due import run_all_due
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow
from service.worktime import SHANGHAI
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer, an_engagement

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)  # a working day
START = MONDAY.replace(hour=17)


@dataclass
class Scene:
    """One worker, one employer with its owner, one confirmed seat from 17:00 to 21:00."""

    worker: WorkerRow
    employer: EmployerRow
    member: MemberRow
    posting: PostingRow
    shift: ShiftRow
    engagement: EngagementRow

    @property
    def as_worker(self) -> Caller:
        return worker_caller(self.worker.id)

    @property
    def as_member(self) -> Caller:
        return member_caller(self.member)


def worker_caller(worker_id: UUID) -> Caller:
    """A signed-in worker."""
    return Caller("worker", worker_id, person_id=worker_id, worker_id=worker_id)


def member_caller(member: MemberRow, role: str = "owner") -> Caller:
    """A signed-in member of an employer."""
    return Caller(
        "member", member.person_id, person_id=member.person_id, employer_id=member.employer_id, member_role=role
    )


def officer_caller(account_id: UUID, *regions: str) -> Caller:
    """A signed-in officer of regions (Shanghai when none is given)."""
    return Caller("officer", account_id, regions=regions or ("310000",))


async def at(ctx: Context, moment: datetime) -> None:
    """Let the shared clock stand still at a moment."""
    async with ctx.database.sessions() as session, session.begin():
        await freeze_clock(session, moment)


async def run_at(ctx: Context, moment: datetime) -> None:
    """Move the clock and do everything that is due then; fails when something failed."""
    await at(ctx, moment)
    tally = await run_all_due(ctx)
    assert tally.failed == 0


async def rows(ctx: Context, sql: str, **values: Any) -> list[dict[str, Any]]:
    """Rows of a query, for looking behind the curtain."""
    async with ctx.database.sessions() as session, session.begin():
        return [dict(row) for row in (await session.execute(text(sql), values)).mappings().all()]


async def a_scene(
    ctx: Context,
    *,
    posting: dict[str, Any] | None = None,
    shift: dict[str, Any] | None = None,
    engagement: dict[str, Any] | None = None,
    worker: dict[str, Any] | None = None,
    starts: datetime = START,
    hours: float = 4,
) -> Scene:
    """A scene on Monday, 23 November 2026, seen in the morning."""
    await at(ctx, MONDAY)
    employer = await an_employer(ctx)
    member = await a_member(ctx, employer)
    job = await a_posting(ctx, employer, **(posting or {}))
    dated = await a_shift(ctx, job, starts=starts, hours=hours, **(shift or {}))
    who = await a_worker(ctx, **(worker or {}))
    seat = await an_engagement(ctx, who, dated, job, **(engagement or {}))
    return Scene(who, employer, member, job, dated, seat)


async def another_seat(ctx: Context, scene: Scene, **worker: Any) -> EngagementRow:
    """One more worker in the same shift."""
    who = await a_worker(ctx, **worker)
    return await an_engagement(ctx, who, scene.shift, scene.posting)


END = START + timedelta(hours=4)
