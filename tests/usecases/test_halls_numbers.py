"""Numbers of a hall under a real race: unique and dense, whoever fails, leaves or comes twice in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from service.context import Context
from service.errors import Conflict
from service.halls.usecases.line import leave_hall
from service.halls.usecases.rules_kept import set_hall_rule
from service.halls.usecases.sign_in import Coming, sign_in_hall
from service.http.caller import Caller
from tests.builders.applications import officer_caller, rows_of, set_time, some_workers, worker_caller
from tests.builders.city import a_venue, an_officer
from tests.builders.halls import EVERY_DAY, a_card, shanghai
from tests.sizes import size

PEOPLE = size(300, 64)
DOORS = 8


@pytest.mark.usefixtures("clean")
async def test_numbers_are_unique_and_dense(ctx: Context) -> None:
    """Eight doors at once; every fourth comes twice, every fifth is refused after a number was drawn, some leave."""
    await set_time(ctx, shanghai(2026, 11, 23, 4, 30))
    venue = await a_venue(ctx)
    officer = officer_caller((await an_officer(ctx)).id, "310000")
    chosen = {"order_rule": "first_come", "objective": "seats", "sessions": EVERY_DAY}
    await set_hall_rule(ctx, venue.id, valid_from=None, chosen=chosen, by=officer)
    workers = await some_workers(ctx, PEOPLE)
    given: list[int] = []
    waiting = list(enumerate(workers))

    async def door() -> None:
        while waiting:
            at, worker = waiting.pop()
            coming = Coming(card=await a_card(ctx, worker))
            if at % 5 == 0:
                await _broken_off(ctx, venue.id, coming, officer)
            times = 2 if at % 4 == 0 else 1
            views = [await sign_in_hall(ctx, venue.id, coming, by=officer, on_behalf=None) for _ in range(times)]
            assert len({view.number for view in views}) == 1
            given.append(views[0].number)
            if at % 7 == 0:
                await leave_hall(ctx, views[0].id, by=worker_caller(worker), on_behalf=None)

    await asyncio.gather(*(door() for _ in range(DOORS)))
    assert sorted(given) == list(range(1, PEOPLE + 1))
    stored = await rows_of(ctx, "select count(*), count(distinct number), max(number) from presences")
    assert stored == [(PEOPLE, PEOPLE, PEOPLE)]


async def _broken_off(ctx: Context, venue_id: UUID, coming: Coming, officer: Caller) -> None:
    """A sign-in that draws its number and then does not come to its end."""
    broken = replace(ctx, wiring=replace(ctx.wiring, reactions={("presence", "sign_in"): (_refuse,)}))
    with pytest.raises(Conflict):
        await sign_in_hall(broken, venue_id, coming, by=officer, on_behalf=None)


async def _refuse(*_: object) -> None:
    raise Conflict("broken_off")
