"""A whole hall at dawn: signed in at eight doors, planned in seconds, repeated by anybody."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from service.context import Context
from service.halls.usecases.rules_kept import set_hall_rule
from service.halls.usecases.sessions import list_hall_sessions
from service.halls.usecases.sign_in import Coming, sign_in_hall
from service.plans.usecases.drawing import draw_plan
from service.plans.usecases.looking import get_plan_bundle, list_plan_lines
from service.plans.usecases.publishing import publish_plan
from tests.builders.applications import breaches, officer_caller, run_due_at, set_time, some_workers
from tests.builders.city import HALL, a_posting, a_shift, a_venue, an_employer, an_officer
from tests.builders.halls import EVERY_DAY, a_card, shanghai
from tests.sizes import FULL

PEOPLE, SEATS, DOORS = (1_000, 300, 8) if FULL else (40, 14, 8)
TRADES = ("dishwashing", "moving", "waiter")


async def test_a_hall_is_planned_offered_and_repeated(ctx: Context, clean: None, tmp_path: Path, capsys: Any) -> None:
    """At least as many seats as one by one; the bound holds; the same seed gives the same list elsewhere."""
    await set_time(ctx, shanghai(2026, 11, 23, 4, 30))
    chance = Random(7)
    venue, officer = await a_venue(ctx), officer_caller((await an_officer(ctx)).id, "310000")
    chosen = {"order_rule": "first_come", "objective": "seats", "sessions": EVERY_DAY, "several_each": False}
    await set_hall_rule(ctx, venue.id, valid_from=None, chosen=chosen, by=officer)
    session = (await list_hall_sessions(ctx, venue.id, day=None, after=lambda _: None, limit=1)).items[0]
    await some_shifts(ctx, chance)
    workers = await some_workers(ctx, PEOPLE, radius_m=8_000)
    began = time.perf_counter()
    await sign_in_all(ctx, venue.id, list(workers), officer)
    signed = time.perf_counter() - began
    began = time.perf_counter()
    plan = await draw_plan(ctx, session.id, by=officer)
    drawn = time.perf_counter() - began
    await publish_plan(ctx, plan.id, by=officer)
    bundle = await get_plan_bundle(ctx, plan.id)
    assert one_by_one(bundle) <= plan.seats_filled <= plan.seats_bound <= plan.seats_open
    assert plan.value <= plan.value_bound
    began = time.perf_counter()
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 31))
    offered = time.perf_counter() - began
    lines = (await list_plan_lines(ctx, plan.id, after=lambda _: None, limit=2_000, by=officer)).items
    assert sum(line.state == "offered" for line in lines) == plan.seats_filled
    assert {line.number for line in lines} == set(range(1, PEOPLE + 1))
    assert await breaches(ctx) == []
    assert repeated(bundle, tmp_path) == 0
    with capsys.disabled():
        sys.stdout.write(
            f"\n{PEOPLE} signed in {signed:.1f} s, plan {drawn:.1f} s ({plan.seats_filled}/{plan.seats_bound} seats,"
            f" gap {plan.gap:.5f}), {plan.seats_filled} offers {offered:.1f} s\n"
        )


async def some_shifts(ctx: Context, chance: Random) -> None:
    left = SEATS
    employers = [await an_employer(ctx) for _ in range(5)]
    while left:
        seats = min(left, chance.randint(1, 6))
        at = (HALL[0] + chance.uniform(-0.09, 0.09), HALL[1] + chance.uniform(-0.05, 0.05))
        trade = chance.choice(TRADES)
        posting = await a_posting(ctx, chance.choice(employers), trade=trade, lon=at[0], lat=at[1])
        await a_shift(ctx, posting, starts=shanghai(2026, 11, 23, chance.randint(6, 15)), headcount=seats)
        left -= seats


async def sign_in_all(ctx: Context, venue_id: Any, waiting: list[Any], officer: Any) -> None:
    async def door() -> None:
        while waiting:
            worker = waiting.pop()
            card = await a_card(ctx, worker)
            await sign_in_hall(ctx, venue_id, Coming(card=card, trades=list(TRADES)), by=officer, on_behalf=None)

    await asyncio.gather(*(door() for _ in range(DOORS)))


def one_by_one(bundle: dict[str, Any]) -> int:
    """Seats filled by giving each person in order the best free seat, never moving anybody."""
    free = [shift["seats"] for shift in bundle["shifts"]]
    ways: dict[int, list[tuple[int, int]]] = {}
    for number, shift, score in bundle["pairs"]:
        ways.setdefault(number, []).append((-score, shift))
    filled = 0
    for number in bundle["outcome"]["order"]:
        for _, shift in sorted(ways.get(number, ())):
            if free[shift]:
                free[shift] -= 1
                filled += 1
                break
    return filled


def repeated(bundle: dict[str, Any], folder: Path) -> int:
    """The exit code of another process that knows nothing but the bundle."""
    file = folder / "bundle.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    words = [sys.executable, "-m", "service.cli.main", "replay-plan", str(file)]
    return subprocess.run(words, check=False, env=os.environ | {"DATABASE_URL": "", "LINGGONG_ENV": "test"}).returncode
