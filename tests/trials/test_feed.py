"""A copy built with nothing but HTTP equals the database after random changes with late commits."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import httpx2
import pytest

from service.context import Context
from service.feed.schemas.entries import ENTRY
from service.feed.usecases.building import build
from tests.sizes import FULL
from tests.trials.copier import Copier
from tests.trials.market import Market, copied, public_now

CHANGES, HANDS = (100_000, 8) if FULL else (150, 6)
SEED = 20261121


async def build_again_and_again(ctx: Context) -> None:
    """What the jobs process does, without pause."""
    while True:
        await build(ctx)
        await asyncio.sleep(0.02)


async def copy_until(market: Market, copier: Copier, goal: int, chance: random.Random) -> int:
    """Follow the changes, sometimes begin anew, and prove the copy at cursors of the past; how often it was proved."""
    proved = 0
    while market.done < goal:
        if not copier.cursor or chance.random() < 0.02:
            await copier.start()
        await copier.follow(limit=chance.choice((3, 40, 500)))
        if not copier.query and chance.random() < 0.3:
            await prove(copier)
            proved += 1
        await asyncio.sleep(0.01)
    return proved


async def prove(copier: Copier) -> None:
    """The copy is what was public at its cursor, but for what an officer has stopped since: those buckets again."""
    while different := [name for name in await copier.proves() if "/" not in name]:
        before = set(copier.rows)
        for bucket in different:
            await copier.mend(bucket)
        assert set(copier.rows) < before
        assert {entity_id for _, entity_id in before - set(copier.rows)} <= await copier.stopped()


@pytest.mark.trial
async def test_copies_equal_the_market(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Whole and filtered copies, with connections that break; equal at the end, and at each cursor on the way."""
    chance = random.Random(SEED)
    market = Market(ctx, chance)
    await market.open(CHANGES)
    await market.change(CHANGES // 20, HANDS)
    await build(ctx)
    whole = Copier(client, chance=random.Random(1))
    near = Copier(client, chance=random.Random(2), region="310115,330000", trade="moving")
    builder = asyncio.create_task(build_again_and_again(ctx))
    proved, _, _ = await asyncio.gather(
        copy_until(market, whole, CHANGES, random.Random(3)),
        copy_until(market, near, CHANGES, random.Random(4)),
        market.change(CHANGES - market.done, HANDS),
    )
    builder.cancel()
    with suppress(asyncio.CancelledError):
        await builder
    await build(ctx, wait=True)
    for copier in (whole, near):
        await copier.catch_up(limit=7)
    truth = await public_now(ctx)
    assert proved > 3
    assert copied(whole.rows.values()) == truth
    assert len(truth) > 20
    assert await whole.proves() == []
    for entry in whole.rows.values():
        ENTRY.validate_python(entry)
    wanted = {row for row in whole.rows if meets(whole.rows[row])}
    assert set(near.rows) == wanted
    assert {row: near.rows[row]["digest"] for row in wanted} == {row: whole.rows[row]["digest"] for row in wanted}
    await one_row_is_found(whole)


def meets(entry: dict[str, object]) -> bool:
    """Whether an entry is what the filtered copy asks for, in the test's own words."""
    body = dict(entry["body"])  # type: ignore[call-overload]
    if entry["kind"] == "posting":
        place = body["place"]
        return body["trade"] == "moving" and (place["district_code"] == "310115" or place["city_code"][:2] == "33")
    districts, city_code = body["district_codes"], body["city_code"]
    here = city_code[:2] == "33" or "310115" in districts or (city_code == "310100" and not districts)
    return "moving" in body["trades"] and here


async def one_row_is_found(copier: Copier) -> None:
    """A row taken out of the copy: its bucket differs and no other; fetched again, the copy is equal."""
    key = sorted(copier.rows)[len(copier.rows) // 2]
    del copier.rows[key]
    different = await copier.proves()
    assert [name for name in different if "/" not in name] == [key[1][-2:]]
    assert [name.split("/")[0] for name in different if "/" in name] == [key[0]]
    await copier.mend(key[1][-2:])
    assert await copier.proves() == []
    assert key in copier.rows
