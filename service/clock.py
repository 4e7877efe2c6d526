"""The one business clock: the database decides the time; a rehearsal may set, freeze or advance it.

`business_now()` is a SQL function made by the first migration: the test clock's row when there is one,
the database's time otherwise. Python never asks its own clock for a business time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NOW = text("select business_now()")


async def read_clock(session: AsyncSession) -> datetime:
    """The present business time, aware."""
    value: datetime = (await session.execute(NOW)).scalar_one()
    return value


async def freeze_clock(session: AsyncSession, at: datetime | None) -> None:
    """Stand still at `at` (or at the present business time)."""
    await session.execute(
        text(
            "insert into test_clock (id, frozen_at) values (1, coalesce(:at, business_now()))"
            " on conflict (id) do update set frozen_at = excluded.frozen_at"
        ).bindparams(at=at)
    )


async def set_clock(session: AsyncSession, at: datetime) -> None:
    """Let time run on from `at`."""
    await session.execute(
        text(
            "insert into test_clock (id, frozen_at, shift) values (1, null, :at - clock_timestamp())"
            " on conflict (id) do update set frozen_at = null, shift = excluded.shift"
        ).bindparams(at=at)
    )


async def advance_clock(session: AsyncSession, by: timedelta) -> None:
    """Move on by `by`, frozen or running."""
    await session.execute(
        text(
            "insert into test_clock (id, frozen_at, shift) values (1, null, :by)"
            " on conflict (id) do update set frozen_at = test_clock.frozen_at + :by,"
            " shift = test_clock.shift + :by"
        ).bindparams(by=by)
    )


async def release_clock(session: AsyncSession) -> None:
    """Back to the database's own time."""
    await session.execute(text("delete from test_clock"))
