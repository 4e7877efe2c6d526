"""Listings equal the public truth: after random histories, in races, after a repair."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from service.actor import SYSTEM
from service.context import Context
from service.db.violations import TryAgain
from service.employers.lifecycle import EMPLOYER
from service.errors import DomainError
from service.listings.repository.keeping import is_shown
from service.listings.upkeep import FIRST, compare_all
from service.postings.lifecycle import POSTING
from service.supplies.lifecycle import SUPPLY
from tests.builders import city
from tests.builders.feed import closing

WORDS = ("洗碗工", "仓库分拣", "急招月嫂", "搬家", "保洁 日结")


async def a_supply(ctx: Context, worker: Any, **more: Any) -> Any:
    async with ctx.uow() as uow:
        now = await uow.now()
        fields = {
            "kind": "work", "title": "找活", "description": None, "trades": ["moving"], "work_modes": ["on_site"],
            "city_code": "310100", "district_codes": [], "weekly": None, "pay_wish_fen": None, "pay_wish_unit": None,
            "licence_exempt": False, "channel": "api", "warnings": [], "valid_until": now + timedelta(days=9),
        }  # fmt: skip
        row = uow.supplies.new(worker.id, **(fields | more))
        await uow.add(row, by=SYSTEM)
        return row


async def differing(ctx: Context) -> list[UUID]:
    async with ctx.uow() as uow:
        return (await uow.listings.differing(FIRST, 10_000))[0]


async def listed(ctx: Context) -> set[UUID]:
    async with ctx.uow() as uow:
        return set((await uow.session.execute(text("select id from listings"))).scalars())


async def a_step(ctx: Context, dice: random.Random, postings: list[UUID], supplies: list[UUID], owner: UUID) -> None:
    """One random deed on one of the rows; what the lifecycle refuses changes nothing."""
    async with ctx.uow() as uow:
        now = await uow.now()
        if dice.random() < 0.06:
            employer = await uow.employers.lock(owner)
            await uow.edit(employer, by=SYSTEM, at=now, name=f"某某公司{dice.randrange(9)}")
        elif dice.random() < 0.6:
            row = await uow.postings.lock(dice.choice(postings))
            if dice.random() < 0.4:
                changes = {"title": dice.choice(WORDS), "pay_fen": dice.randrange(2000, 4000), "trade": "cleaning"}
                await uow.edit(row, by=SYSTEM, at=now, **changes)
            elif possible := POSTING.possible(row.state):
                action = dice.choice(possible)
                kept: dict[str, Any] = closing(POSTING, row.state, action, now)
                if action == "merge":
                    kept["merged_into"] = next(each for each in postings if each != row.id)
                await uow.move(row, POSTING, action, by=SYSTEM, at=now, published_at=now, **kept)
        else:
            row = await uow.supplies.lock(dice.choice(supplies))
            if dice.random() < 0.3:
                await uow.edit(row, by=SYSTEM, at=now, title=dice.choice(WORDS), district_codes=["310104"])
            elif possible := SUPPLY.possible(row.state):
                action = dice.choice(possible)
                kept = closing(SUPPLY, row.state, action, now)
                paused = "person" if action == "pause" else None
                await uow.move(row, SUPPLY, action, by=SYSTEM, at=now, paused_by=paused, published_at=now, **kept)


async def a_stock(ctx: Context, count: int = 6) -> tuple[list[UUID], list[UUID], UUID]:
    employer, worker = await city.an_employer(ctx), await city.a_worker(ctx)
    postings = [(await city.a_posting(ctx, employer, title=WORDS[n % 5])).id for n in range(count)]
    supplies = [(await a_supply(ctx, worker)).id for _ in range(count)]
    return postings, supplies, employer.id


@pytest.mark.parametrize("seed", range(4))
async def test_after_a_random_history_listings_are_the_truth(ctx: Context, seed: int) -> None:
    """Every move, edit and rename, also several in one life: each public row has its listing, nothing else has one."""
    dice = random.Random(seed)
    postings, supplies, owner = await a_stock(ctx)
    for _ in range(60):
        with suppress(DomainError):  # a reaction may refuse what the lifecycle allows: an appealed appeal
            await a_step(ctx, dice, postings, supplies, owner)
        assert await differing(ctx) == []
    async with ctx.uow() as uow:
        rows = [*[await uow.postings.get(each) for each in postings], *[await uow.supplies.get(e) for e in supplies]]
    assert await listed(ctx) == {row.id for row in rows if is_shown(row)}


async def test_in_a_race_a_listing_follows_its_state(ctx: Context) -> None:
    """Ten writers at once on the same few rows, renames among them: no listing is left over, none is missing or old."""
    postings, supplies, owner = await a_stock(ctx, 3)

    async def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(20):
            with suppress(DomainError, TryAgain):
                await a_step(ctx, dice, postings, supplies, owner)

    await asyncio.gather(*(work(seed) for seed in range(10)))
    assert await differing(ctx) == []


async def test_a_rolled_back_deed_leaves_the_listing_alone(ctx: Context) -> None:
    """What is not committed is not listed, and what was listed stays."""
    employer = await city.an_employer(ctx)
    row = await city.a_posting(ctx, employer)
    with pytest.raises(RuntimeError):
        async with ctx.uow() as uow:
            posting = await uow.postings.lock(row.id)
            await uow.move(posting, POSTING, "pause", by=SYSTEM, at=await uow.now())
            assert (await uow.session.execute(text("select count(*) from listings"))).scalar_one() == 0
            raise RuntimeError
    assert await listed(ctx) == {row.id}


async def test_a_private_posting_has_none(ctx: Context) -> None:
    """Hired by sight: shown to nobody else, in no state."""
    await city.a_posting(ctx, await city.an_employer(ctx), private=True)
    assert await listed(ctx) == set()


async def test_a_suspended_employers_listings_go(ctx: Context) -> None:
    """With the postings, in the same transaction."""
    employer = await city.an_employer(ctx)
    await city.a_posting(ctx, employer)
    async with ctx.uow() as uow:
        row = await uow.employers.lock(employer.id)
        await uow.move(row, EMPLOYER, "suspend", by=SYSTEM, at=await uow.now(), reason="other")
    assert await listed(ctx) == set()


async def test_the_repair_finds_and_mends_what_differs(ctx: Context) -> None:
    """One row gone, one changed, one too many: found by the check, made anew by the repair, and by the timer."""
    postings, supplies, _ = await a_stock(ctx, 3)
    async with ctx.uow() as uow:
        for each in supplies:
            row = await uow.supplies.lock(each)
            await uow.move(row, SUPPLY, "publish", by=SYSTEM, at=await uow.now(), published_at=await uow.now())
    spoil = (
        "delete from listings where id = (select min(id::text)::uuid from listings)",
        "update listings set tokens = '{x:strange}' where id = (select max(id::text)::uuid from listings)",
        "insert into listings select (l2).* from (select jsonb_populate_record(l, jsonb_build_object('id',"
        " gen_random_uuid())) as l2 from listings l limit 1) x",
    )
    for how in ("check", "timer"):
        async with ctx.uow() as uow:
            for statement in spoil:
                await uow.session.execute(text(statement))
        assert await compare_all(ctx, mend=False) == (1, 3)
        if how == "check":
            assert await compare_all(ctx, mend=True) == (1, 3)
        else:
            await run_rebuild(ctx)
        assert await differing(ctx) == []
        assert await listed(ctx) == {*postings, *supplies}


async def run_rebuild(ctx: Context) -> None:
    from service.jobs.due import run_all_due

    async with ctx.uow() as uow:
        await uow.schedule("listings.rebuild", FIRST, await uow.now())
    assert (await run_all_due(ctx)).failed == 0


async def test_what_is_stored_is_what_the_rules_say(ctx: Context) -> None:
    """A household's point is coarse, its name and address are no words; a household's true values stand nowhere."""
    home = await city.an_employer(ctx, kind="household", name="欧阳建国", credit_code=None)
    await city.a_posting(ctx, home, address="梅花弄7号", lon=121.43217, lat=31.18765, title="做饭阿姨")
    async with ctx.uow() as uow:
        row = (await uow.session.execute(text("select * from listings"))).mappings().one()
    assert (row["lon"], row["lat"]) == (121.432, 31.188)
    assert not {"欧阳", "建国", "梅花", "花弄"} & set(row["tokens"])
    assert "做饭" in row["tokens"]
