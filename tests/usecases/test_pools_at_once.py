"""Pools asked by several at once: news that comes in pages, a day that turns, answers that overtake each other."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.actor import SYSTEM
from service.clock import release_clock
from service.context import Context
from service.matches.policy import matching_policy
from service.matches.pools import applying
from service.matches.pools import keeper as module
from service.matches.pools.keeper import PoolKeeper
from tests.builders.applications import set_time
from tests.builders.city import a_worker
from tests.builders.matches import a_story
from tests.usecases.test_pools import NOW, filled, from_memory, pooled

__all__ = ["pooled"]


async def people(ctx: Context, uow: Any, now: Any) -> Any:
    policies = ctx.policies.at(now, "310100")
    assert ctx.pools is not None
    return await ctx.pools.people_now(uow.session, policies, matching_policy(policies), now)


async def with_radius(ctx: Context, worker_id: Any, radius: int) -> None:
    async with ctx.uow() as uow:
        row = await uow.workers.lock(worker_id)
        await uow.edit(row, by=SYSTEM, at=await uow.now(), radius_m=radius)


async def test_who_asked_earlier_and_comes_later_leaves_the_pools_standing(pooled: Context) -> None:
    """One reads the time, another reads it later and is quicker; both are answered from memory."""
    async with pooled.database.sessions() as session, session.begin():
        await release_clock(session)
    await a_worker(pooled)
    keeper = await filled(pooled)
    before = keeper._known
    async with pooled.uow() as first, pooled.uow() as second:
        earlier = await first.now()
        later = await second.now()
        assert earlier < later
        assert await people(pooled, second, later) is not None
        assert await people(pooled, first, earlier) is not None
    assert keeper._known is before


async def test_more_news_than_a_page_behind_a_long_transaction_are_all_read(
    pooled: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that lasts holds the mark back; five lines a page, twelve people changed, twice."""
    monkeypatch.setattr(module, "MOST_NEWS", 5)
    first = await a_worker(pooled)
    others = [await a_worker(pooled) for _ in range(12)]
    await filled(pooled)
    async with pooled.uow() as slow:
        row = await slow.workers.lock(first.id)
        await slow.edit(row, by=SYSTEM, at=await slow.now(), radius_m=101)
        await slow.flush()
        for radius in (4_321, 5_432):
            for each in others:
                await with_radius(pooled, each.id, radius)
            async with pooled.uow() as uow:
                pool = await people(pooled, uow, await uow.now())
            assert [pool.worker(each.id).radius_m for each in others] == [radius] * 12
        assert pool.worker(first.id).radius_m != 101
    async with pooled.uow() as uow:
        pool = await people(pooled, uow, await uow.now())
    assert pool.worker(first.id).radius_m == 101


async def test_nobody_is_told_of_yesterday_while_the_new_day_is_read(
    pooled: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While those whose record fades are read again, others wait or ask the database."""
    await a_story(pooled, 5, people=12, fade=365)
    keeper = await filled(pooled)
    assert keeper._known is not None
    fading = list(keeper._known.fading)
    assert fading
    await set_time(pooled, NOW + timedelta(days=3))
    reading, go_on, real = asyncio.Event(), asyncio.Event(), applying.people_of

    async def slowly(*what: Any) -> Any:
        reading.set()
        await go_on.wait()
        return await real(*what)

    monkeypatch.setattr(applying, "people_of", slowly)
    first = asyncio.create_task(from_memory(pooled))
    await reading.wait()
    async with pooled.uow() as uow:
        second = asyncio.create_task(people(pooled, uow, await uow.now()))
        done, _ = await asyncio.wait([second], timeout=0.3)
        assert not done or second.result() is None
        go_on.set()
        assert await first
        await second
    known = keeper._known
    assert known.day == NOW.date() + timedelta(days=3)


async def test_an_answer_of_the_log_that_is_overtaken_says_nothing_of_another_database(pooled: Context) -> None:
    """One's news is answered first and looked at last; the pools stand."""
    await a_worker(pooled)
    keeper = await filled(pooled)
    before = keeper._known
    got, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        def __init__(self, real: Any) -> None:
            self._real = real

        async def execute(self, *what: Any) -> Any:
            rows = await self._real.execute(*what)
            got.set()
            await go_on.wait()
            return rows

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    async with pooled.uow() as first:
        now = await first.now()
        policies = pooled.policies.at(now, "310100")
        slow: Any = Slow(first.session)
        asked = asyncio.create_task(keeper.people_now(slow, policies, matching_policy(policies), now))
        await got.wait()
        await a_worker(pooled)
        async with pooled.uow() as second:
            assert await people(pooled, second, await second.now()) is not None
        go_on.set()
        assert await asked is not None
    assert keeper._known is before


async def test_a_filling_that_fails_is_tried_again(pooled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice in vain, then the pools stand; meanwhile the database answers."""
    await a_worker(pooled)
    real, calls = module.filled, []

    async def at_first_not(*what: Any) -> Any:
        calls.append(what)
        if len(calls) < 3:
            raise ConnectionError
        return await real(*what)

    monkeypatch.setattr(module, "filled", at_first_not)
    monkeypatch.setattr(module, "WAITS", (0, 0))
    keeper = await filled(pooled)
    assert keeper.ready
    assert len(calls) == 3


async def test_whoever_gives_up_while_news_is_read_leaves_it_to_the_next(
    pooled: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is cancelled in the middle costs neither the pools nor the news."""
    worker = await a_worker(pooled)
    keeper = await filled(pooled)
    before = keeper._known
    await with_radius(pooled, worker.id, 777)
    reading, real = asyncio.Event(), applying.people_of

    async def never(*_: Any) -> Any:
        reading.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(applying, "people_of", never)
    asked = asyncio.create_task(from_memory(pooled))
    await reading.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    monkeypatch.setattr(applying, "people_of", real)
    async with pooled.uow() as uow:
        pool = await people(pooled, uow, await uow.now())
    assert pool.worker(worker.id).radius_m == 777
    assert keeper._known is before


async def test_names_are_not_kept_over_a_new_filling(pooled: Context) -> None:
    """Between two fillings nobody hears of a changed name."""
    worker = await a_worker(pooled)
    keeper = await filled(pooled)
    keeper.names.keep({worker.id: "张*"}, keeper.names.heard)
    assert keeper.names.known([worker.id])
    keeper.forget()
    await keeper.wait()
    assert keeper.names.known([worker.id]) == {}


async def test_other_rules_of_the_country_fill_the_pools_anew(pooled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest between two shifts is baked in: with another one the database answers until the pools stand again."""
    await a_worker(pooled)
    keeper: PoolKeeper = await filled(pooled)
    assert keeper._known is not None
    keeper._known.rules = type(keeper._known.rules)(
        keeper._known.rules.rest_minutes + 1, keeper._known.rules.reliability, keeper._known.rules.limits
    )
    assert not await from_memory(pooled)
    await keeper.wait()
    assert await from_memory(pooled)
