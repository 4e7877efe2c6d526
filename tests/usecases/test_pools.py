"""Rankings from memory equal those from the database to the last tie, whatever was written in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from service.actor import SYSTEM
from service.context import Context
from service.errors import Conflict
from service.http.caller import Caller
from service.matches.pools.keeper import PoolKeeper
from service.matches.usecases import rank_candidates, recommend_shifts
from service.observability import metrics
from service.workers.tables import WaitingRow
from tests.builders.applications import officer_caller, set_time, worker_caller
from tests.builders.city import a_posting, a_shift, a_worker, an_employer, an_engagement
from tests.builders.halls import shanghai
from tests.builders.matches import a_story, block
from tests.sizes import size

NOW = shanghai(2026, 11, 23, 9)
STEPS = size(400, 30)


@pytest_asyncio.fixture
async def pooled(ctx: Context, clean: None) -> AsyncIterator[Context]:
    """A context whose rankings come from memory."""
    await set_time(ctx, NOW)
    keeper = PoolKeeper(ctx)
    yield replace(ctx, pools=keeper)
    await keeper.stop()


async def filled(ctx: Context) -> PoolKeeper:
    assert ctx.pools is not None
    ctx.pools.start()
    await ctx.pools.wait()
    assert ctx.pools.ready
    return ctx.pools


async def both(ctx: Context, shift_id: Any, officer: Caller, *, personalised: bool = True) -> list[Any]:
    """The list from memory and the list from the database."""
    ways = []
    assert await from_memory(ctx)
    before = answered_from_memory()
    for each in (ctx, replace(ctx, pools=None)):
        found = await rank_candidates(
            each, shift_id, limit=50, personalised=personalised, among="everybody", excluded=False, by=officer
        )
        ways.append(found)
    over = (await now_of(ctx)) >= await end_of(ctx, shift_id)
    assert answered_from_memory() - before == (0 if over else 1)
    return ways


def answered_from_memory() -> float:
    return float(metrics.POOL_ASKED.labels("memory")._value.get())


async def end_of(ctx: Context, shift_id: Any) -> Any:
    async with ctx.uow() as uow:
        return (await uow.shifts.get(shift_id)).ends_at


async def from_memory(ctx: Context) -> bool:
    """Whether the pool vouches for an answer now."""
    from service.matches.policy import matching_policy

    async with ctx.uow() as uow:
        now = await uow.now()
        policies = ctx.policies.at(now, "310100")
        assert ctx.pools is not None
        return await ctx.pools.people_now(uow.session, policies, matching_policy(policies), now) is not None


async def both_offers(ctx: Context, worker_id: Any, *, personalised: bool = True) -> list[Any]:
    """What is recommended from memory and from the database."""
    ways = []
    for each in (ctx, replace(ctx, pools=None)):
        by = replace(worker_caller(worker_id), worker_id=worker_id)
        ways.append(await recommend_shifts(each, limit=50, personalised=personalised, excluded=False, by=by))
    return ways


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_any_write_memory_and_database_say_the_same(pooled: Context, seed: int) -> None:
    """People, skills, blocks, applications, seats, 等活, postings; rankings both ways after each step."""
    ctx, chance = pooled, Random(seed)
    officer = officer_caller(SYSTEM.id or (await an_employer(ctx)).id, "310000")
    story = await a_story(ctx, seed, people=12, fade=365)
    await filled(ctx)
    workers = list(story.workers)
    employer = await an_employer(ctx)
    shifts = list(story.shifts)
    for _ in range(2):
        posting = await a_posting(ctx, employer)
        shifts.append((await a_shift(ctx, posting, starts=NOW + timedelta(days=1), headcount=3)).id)
    for _ in range(STEPS):
        await a_write(ctx, chance, employer, workers, shifts)
        memory, database = await both(ctx, chance.choice(shifts), officer, personalised=chance.random() < 0.8)
        assert memory == database
        memory, database = await both_offers(ctx, chance.choice(workers), personalised=chance.random() < 0.8)
        assert memory == database


async def a_write(ctx: Context, chance: Random, employer: Any, workers: list[Any], shifts: list[Any]) -> None:
    """Something happens in the city."""
    kind = chance.choice(["worker", "wait", "block", "seat", "shift", "radius", "rest", "clock"])
    worker_id = chance.choice(workers)
    if kind == "worker":
        workers.append((await a_worker(ctx)).id)
    elif kind == "clock":
        await set_time(ctx, await now_of(ctx) + timedelta(minutes=chance.choice([1, 30, 90])))
    elif kind == "block":
        with suppress(Conflict):  # blocked already
            await block(ctx, employer.id, worker_id, chance.choice(["worker", "employer"]))
    elif kind == "shift":
        posting = await a_posting(ctx, employer)
        starts = await now_of(ctx) + timedelta(hours=chance.randint(2, 60))
        shifts.append((await a_shift(ctx, posting, starts=starts, headcount=chance.randint(1, 2))).id)
    elif kind == "seat":
        await a_seat(ctx, chance, worker_id)
    else:
        await a_change(ctx, chance, kind, worker_id)


async def a_seat(ctx: Context, chance: Random, worker_id: Any) -> None:
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting, starts=await now_of(ctx) + timedelta(hours=chance.randint(3, 40)), headcount=2)
    async with ctx.uow() as uow:
        worker = await uow.workers.get(worker_id)
    if worker.introducible_from is not None:
        with suppress(Conflict):  # booked at that time already
            await an_engagement(ctx, worker, shift, posting)


async def a_change(ctx: Context, chance: Random, kind: str, worker_id: Any) -> None:
    async with ctx.uow() as uow:
        now = await uow.now()
        worker = await uow.workers.lock(worker_id)
        if kind == "radius":
            await uow.edit(worker, by=SYSTEM, at=now, radius_m=chance.choice([500, 5_000, 40_000]))
        elif kind == "rest":
            state = {"active": "resting", "resting": "active"}[worker.state]
            await uow.edit(worker, by=SYSTEM, at=now, state=state)
        elif await uow.waitings.unended(worker_id) is None:
            row: WaitingRow = uow.waitings.new(
                worker_id, city_code="310104", venue_id=None, lon=121.44, lat=31.19, sent_datum="wgs84", trades=[],
                own_tools=[], crew_id=None, until=now + timedelta(minutes=chance.choice([20, 600])),
            )  # fmt: skip
            await uow.add(row, by=SYSTEM, action="start")


async def now_of(ctx: Context) -> Any:
    async with ctx.uow() as uow:
        return await uow.now()


async def test_a_write_that_commits_late_is_not_skipped(pooled: Context) -> None:
    """A transaction that began before others and commits after them is in the next answer."""
    ctx = pooled
    officer = officer_caller((await an_employer(ctx)).id, "310000")
    posting = await a_posting(ctx, await an_employer(ctx))
    shift = await a_shift(ctx, posting, starts=NOW + timedelta(days=1), headcount=3)
    first = await a_worker(ctx)
    await filled(ctx)
    async with ctx.uow() as slow:
        now = await slow.now()
        row = await slow.workers.lock(first.id)
        await slow.edit(row, by=SYSTEM, at=now, radius_m=101)
        await slow.flush()
        for _ in range(3):
            await a_worker(ctx)
            memory, database = await both(ctx, shift.id, officer)
            assert memory == database
    memory, database = await both(ctx, shift.id, officer)
    assert memory == database
    async with ctx.uow() as uow:
        assert (await uow.workers.get(first.id)).radius_m == 101


async def test_another_day_and_a_clock_set_back(pooled: Context) -> None:
    """Reliability fades overnight; a clock that goes back empties the pools, and the database answers meanwhile."""
    ctx = pooled
    officer = officer_caller((await an_employer(ctx)).id, "310000")
    await a_story(ctx, 5, people=8, fade=365)
    posting = await a_posting(ctx, await an_employer(ctx))
    shift = await a_shift(ctx, posting, starts=NOW + timedelta(days=9), headcount=3)
    keeper = await filled(ctx)
    for days in (1, 3):
        await set_time(ctx, NOW + timedelta(days=days))
        memory, database = await both(ctx, shift.id, officer)
        assert memory == database
    await set_time(ctx, NOW)
    assert not await from_memory(ctx)
    await keeper.wait()
    memory, database = await both(ctx, shift.id, officer)
    assert memory == database


@pytest.mark.parametrize("seed", [3, 4, 5])
async def test_the_city_read_as_columns_is_the_city_read_one_by_one(
    pooled: Context, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of seven: weeks, papers, wishes, histories by columns; whoever has more is read alone."""
    from matching import PRODUCT
    from matching.pool import WorkerPool
    from service.matches.pools import city
    from service.matches.pools.reading import people_of, rules_for

    ctx = pooled
    monkeypatch.setattr(city, "PAGE", 7)
    story = await a_story(ctx, seed, people=120, fade=365)
    plain = await a_worker(ctx)
    async with ctx.uow() as uow:
        row = await uow.workers.lock(plain.id)
        await uow.edit(row, by=SYSTEM, at=NOW, home_lon=None, home_lat=None, pay_wish_fen=2_000, pay_wish_unit="area")
    async with ctx.uow() as uow:
        ids = [*story.workers, plain.id]
        rules = rules_for(ctx.policies.at(NOW, None), PRODUCT)
        found = await people_of(uow.session, ids, rules, NOW)
    single = WorkerPool.from_workers(each.worker for each in found)
    async with ctx.database.reads.acquire() as connection:
        read = await city.read_city(connection, rules, NOW, lambda _: None)
    assert read.columns is not None
    assert 10 < len(read.columns["ids"]) < len(found)
    assert read.columns["papers"].kind.size
    assert {each.worker.id for each in found if each.fading} >= set(read.fading)
    keeper = await filled(ctx)
    assert (keeper.loaded, keeper.total) == (len(found), len(found))
    assert keeper._known is not None
    pool = keeper._known.people
    assert sorted(pool.ids()) == sorted(single.ids())
    for each in found:
        assert pool.worker(each.worker.id) == single.worker(each.worker.id)
    assert keeper._known.fading == {each.worker.id for each in found if each.fading}


async def test_a_day_on_which_nearly_everybody_fades_fills_anew(
    pooled: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers until the new day's pools stand; then both say the same."""
    from service.matches.pools import filling

    monkeypatch.setattr(filling, "FADING_LISTED", 2)
    ctx = pooled
    officer = officer_caller((await an_employer(ctx)).id, "310000")
    story = await a_story(ctx, 5, people=12, fade=365)
    keeper = await filled(ctx)
    shift_id = next(iter(story.shifts))
    memory, database = await both(ctx, shift_id, officer)
    assert memory == database
    before = keeper._known
    assert before is not None
    assert len(before.fading) > 2
    await set_time(ctx, NOW + timedelta(days=1))
    assert not await from_memory(ctx)
    await keeper.wait()
    assert keeper._known is not before
    memory, database = await both(ctx, next(iter(story.shifts)), officer)
    assert memory == database
    await keeper._renew(keeper._known, 0)
    await keeper.wait()
    assert await from_memory(ctx)
