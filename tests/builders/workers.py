"""Builders of what workers bring along: a proved phone, a frozen day, a read of every table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from service.actor import SYSTEM
from service.attendance.tables import TimesheetRow
from service.clock import freeze_clock
from service.context import Context
from service.engagements.tables import EngagementRow
from service.identity_numbers import SYNTHETIC_REGION, synthetic_resident_id
from service.pay.tables import PayRecordRow
from service.worktime import local_day

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # the documents' today, 12:00 in Shanghai
ADULT_ID = synthetic_resident_id(SYNTHETIC_REGION, datetime(1980, 5, 1, tzinfo=UTC).date(), 7)


async def stand_at(ctx: Context, at: datetime = NOON) -> None:
    """Freeze the shared clock."""
    async with ctx.uow() as uow:
        await freeze_clock(uow.session, at)


async def a_ticket(ctx: Context, phone: str = "+8613800138000") -> str:
    """What a right code for this phone is answered with when the person is new."""
    async with ctx.uow() as uow:
        challenge = await uow.access.new_challenge(
            purpose="sign_in", code="123456", life=timedelta(minutes=5), phone=phone
        )
        challenge.used_at = await uow.now()
        return await uow.access.issue_ticket(challenge, "worker")


def a_registration(ticket: str, **more: Any) -> dict[str, Any]:
    """The least that a person says, and whatever more."""
    return {"ticket": ticket, "name": "王小明", "trade": "洗碗工"} | more


async def everything_stored(url: str) -> str:
    """Every row of every table as text, to look for what must not be there."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        rows = [await connection.fetch(f'select t::text as row from "{each["tablename"]}" t') for each in tables]
    finally:
        await connection.close()
    return "\n".join(row["row"] for found in rows for row in found)


async def worked_hours(ctx: Context, engagement: EngagementRow, *, minutes: int, due_fen: int, received: bool) -> None:
    """Agreed hours and a pay record for an engagement."""
    async with ctx.uow() as uow:
        now = await uow.now()
        timesheet = TimesheetRow(
            state="agreed",
            engagement_id=engagement.id,
            employer_id=engagement.employer_id,
            worker_id=engagement.worker_id,
            city_code=engagement.city_code,
            started_at=engagement.starts_at,
            finished_at=engagement.ends_at,
            break_minutes=0,
            minutes=minutes,
            agreed_at=now,
        )
        await uow.add(timesheet, by=SYSTEM)
        pay = PayRecordRow(
            state="settled" if received else "due",
            engagement_id=engagement.id,
            kind="work",
            worker_id=engagement.worker_id,
            employer_id=engagement.employer_id,
            city_code=engagement.city_code,
            due_fen=due_fen,
            reckoning=[],
            due_on=local_day(engagement.ends_at),
            due_at=engagement.ends_at,
            paid_fen=due_fen if received else 0,
            received_fen=due_fen if received else None,
            received_means="cash" if received else None,
        )
        await uow.add(pay, by=SYSTEM)
