"""Every write with its key: at once, after a restart, after three days; one effect, one answer (INV-12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from service.context import Context
from tests.builders.applications import rows_of, set_time
from tests.builders.employers import emptied_reference
from tests.contract.bodies import operations
from tests.live import Live, live_service
from tests.sizes import FULL
from tests.trials.cast import a_cast
from tests.trials.stage import connected
from tests.trials.step import NOON
from tests.trials.story import story
from tests.trials.teller import Teller, Told

AT_ONCE = 3 if FULL else 2
# Seconds of test time: before and after 72 hours a repetition is a repetition, then it is forgotten.
AGES, BEYOND = ((71 * 3600, 2 * 3600) if FULL else (73 * 3600,)), 24 * 3600
ANEW = 1 if FULL else 4  # every so many-th step is told once more when its key is forgotten
NO_EFFECT = ("idempotency_keys", "counters", "heartbeats", "test_clock")  # keys, tries, signs of life, the clock
EVERY_TABLE = "select tablename from pg_tables where schemaname = 'public' order by 1"


async def everything_counted(ctx: Context) -> dict[str, int]:
    """Rows of every table that holds an effect."""
    tables = [row[0] for row in await rows_of(ctx, EVERY_TABLE) if row[0] not in NO_EFFECT]
    return {table: (await rows_of(ctx, f'select count(*) from "{table}"'))[0][0] for table in tables}


def restart(live: Live) -> None:
    live.kill("serve")
    live.start("serve")
    live.wait_ready()


async def move(client: httpx2.AsyncClient, seconds: int) -> None:
    answer = await client.post("/_test/clock", json={"action": "advance", "seconds": seconds})
    assert answer.status_code == 200


async def all_again(teller: Teller, tale: list[Told]) -> list[str]:
    """The steps whose repetition is answered otherwise than the first time."""
    wrong = []
    for told in tale:
        answer = await teller.again(told)
        if (answer.status_code, answer.content) != (told.status, told.body):
            wrong.append(f"{told.step.op}: {told.status} then {answer.status_code} {answer.text[:300]}")
        elif answer.headers.get("idempotency-replayed") != "true":
            wrong.append(f"{told.step.op}: not a replay")
    return wrong


@asynccontextmanager
async def served(urls: tuple[str, str], data_dir: Path) -> AsyncIterator[tuple[Live, httpx2.AsyncClient]]:
    """A service without jobs, and a client that asks it several things at once."""
    with live_service(urls, data_dir, jobs=False) as live:
        async with connected(live.base, AT_ONCE) as client:
            yield live, client


async def test_each_write_has_one_effect_and_one_answer(
    ctx: Context, app: Any, urls: tuple[str, str], data_dir: Path
) -> None:
    """The whole story told twice or thrice at once, again after kill -9 and 73 hours, anew after 97."""
    await set_time(ctx, NOON)
    cast = await a_cast(ctx)
    async with emptied_reference(ctx, urls[1]), served(urls, data_dir) as (live, client):
        teller = Teller(client, app.openapi(), cast, at_once=AT_ONCE)
        tale = [await teller.tell(step) for step in story(cast)]
        refused = {told.step.op: told.body.decode() for told in tale if told.status >= 400}
        assert not refused
        assert keyed(app.openapi()) - {told.step.op for told in tale} == set()
        counted = await everything_counted(ctx)
        await asyncio.to_thread(restart, live)
        for seconds in AGES:
            await move(client, seconds)
            assert await all_again(teller, tale) == []
            assert await everything_counted(ctx) == counted
        await move(client, BEYOND)
        for told in tale[::ANEW]:
            anew = await teller.again(told)
            assert anew.status_code < 500, told.step.op
            assert "idempotency-replayed" not in anew.headers, told.step.op


def keyed(document: Any) -> set[str]:
    """The operations that take a key."""
    return {operation.id for operation in operations(document) if operation.raw.get("x-idempotent", "no") != "no"}
