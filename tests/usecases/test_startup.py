"""Starting beside others: who finds the database busy waits, and does not die of it."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from service import startup
from service.db import engine
from service.errors import Unready
from service.settings import Settings
from service.wiring import gather


async def test_a_database_that_is_busy_at_the_start_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process loads the shipped rows: twice too busy, then it goes on; for too long, and it is said."""
    asked, real = 0, startup.ensure_shipped

    async def busy(ctx: startup.Context) -> object:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise Unready("database_busy")
        return await real(ctx)

    monkeypatch.setattr(startup, "ensure_shipped", busy)
    ctx = startup.build_context(settings, settings.database_url, gather(), application="linggong-test")
    async with startup.opened(ctx):
        assert asked == 3
    asked = 0
    monkeypatch.setattr(startup, "START_PATIENCE_SECONDS", 0.0)
    with pytest.raises(Unready):
        async with startup.opened(ctx):
            pass


async def test_a_connection_that_nobody_lets_go_of_does_not_keep_a_process(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing waits a while for it and then cuts it off."""
    monkeypatch.setattr(engine, "CLOSE_SECONDS", 0.1)
    database = engine.Database(urls[0], pool_size=1)
    await database.open()
    kept = await database.reads.acquire()
    async with asyncio.timeout(10):
        await database.close()
    with pytest.raises(asyncpg.InterfaceError):
        await kept.fetchval("select 1")
