"""An employer who asks from however many places learns of a home only the cell of about a kilometre it lies in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from matching import Point, haversine_metres, minute_of
from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import EmployerRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WaitingRow, WorkerRow
from tests.builders.applications import set_time
from tests.builders.city import (
    HALL,
    a_member,
    a_posting,
    a_shift,
    a_venue,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
    now_of,
)
from tests.builders.matches import Story as Market
from tests.builders.matches import a_place, a_story, apply_for, cell
from tests.http.test_matches import FADE, answer, points
from tests.http.test_matches import dated as dated
from tests.matching import reading

CELL = (121.44, 31.19)  # its middle; HALL lies in it
IN_THE_CELL = ((121.4351, 31.1851), (121.4449, 31.1949), (121.437, 31.188), (121.4353, 31.1948))


async def places(ctx: Context, employer: EmployerRow, how_many: int) -> list[ShiftRow]:
    """Shifts of one employer all around the cell, near and far, some with a narrow reach."""
    chance = Random(5)
    found = []
    for number in range(how_many):
        lon, lat = a_place(chance, 0.03 if number % 2 else 0.1)
        limit = [None, 1_000, 2_500, 6_000][number % 4]
        found.append(await a_shift(ctx, await a_posting(ctx, employer, lon=lon, lat=lat, radius_limit_m=limit)))
    return found


async def seen_from(
    client: httpx2.AsyncClient, shifts: list[ShiftRow], worker: WorkerRow, headers: dict[str, str]
) -> list[Any]:
    """Everything that the caller can be told about the worker from these places, without the time of asking."""
    told = []
    for shift in shifts:
        path = f"/v1/shifts/{shift.id}/candidates"
        for asked in ("?excluded=true", "?personalised=false", "?among=applicants&excluded=true", f"/{worker.id}"):
            told.append(await answer(client, path + asked, headers) | {"at": None})
    return told


async def moved(ctx: Context, worker: WorkerRow, home: tuple[float, float]) -> None:
    async with ctx.uow() as uow:
        where = update(WorkerRow).where(WorkerRow.id == worker.id)
        await uow.session.execute(where.values(home_lon=home[0], home_lat=home[1]))


async def test_two_homes_of_one_cell_look_the_same_from_every_place(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Lists, misses, counts and explanations of 24 places do not change when the home moves within its cell."""
    await set_time(ctx, await now_of(ctx))  # what is fresh ages by the minute, and so does its score
    employer = await an_employer(ctx)
    owner = await as_member(ctx, await a_member(ctx, employer))
    worker = await a_worker(ctx, at=IN_THE_CELL[0], radius_m=4_000)
    shifts = await places(ctx, employer, 24)
    market = Market({}, {}, [employer], {}, {}, shifts[0].starts_at)
    async with ctx.uow() as uow:
        market.postings[shifts[0].id] = await uow.postings.get(shifts[0].posting_id)
    await apply_for(ctx, market, worker.id, shifts[0].id)
    first = await seen_from(client, shifts, worker, owner)
    kinds = {len(each["matches"]) for each in first if "matches" in each}
    assert kinds == {0, 1}
    for home in IN_THE_CELL[1:]:
        await moved(ctx, worker, home)
        assert await seen_from(client, shifts, worker, owner) == first
    await moved(ctx, worker, (CELL[0] + 0.011, CELL[1]))
    assert await seen_from(client, shifts, worker, owner) != first


async def test_the_ways_that_an_employer_reads_meet_in_the_middle_of_thecell(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """However well the distances are put together, they meet in the middle of the cell and not in the house."""
    employer = await an_employer(ctx)
    owner = await as_member(ctx, await a_member(ctx, employer))
    worker = await a_worker(ctx, at=IN_THE_CELL[0], radius_m=20_000)
    for shift in await places(ctx, employer, 6):
        found = await answer(client, f"/v1/shifts/{shift.id}/candidates/{worker.id}", owner)
        async with ctx.uow() as uow:
            posting = await uow.postings.get(shift.posting_id)
        assert posting.lat is not None and posting.lon is not None  # noqa: PT018 - for the types
        there = Point.of(posting.lat, posting.lon)
        assert found["distance_m"] == haversine_metres(Point.of(CELL[1], CELL[0]), there)
    away = haversine_metres(Point.of(CELL[1], CELL[0]), Point.of(IN_THE_CELL[0][1], IN_THE_CELL[0][0]))
    assert away > 500


async def test_where_somebody_says_he_waits_is_a_cell_too_and_a_market_is_not(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """A point of his own while waiting may be his home; the point of a market is public."""
    employer = await an_employer(ctx)
    owner = await as_member(ctx, await a_member(ctx, employer))
    shift = await a_shift(ctx, await a_posting(ctx, employer))
    there, exact = Point.of(HALL[1], HALL[0]), (121.4649, 31.2149)
    venue = await a_venue(ctx, lon=exact[0], lat=exact[1])
    alone, at_market = await a_worker(ctx, at=(121.3, 31.1)), await a_worker(ctx, at=(121.3, 31.1))
    async with ctx.uow() as uow:
        until = await uow.now() + timedelta(hours=5)
        own = WaitingRow(worker_id=alone.id, state="waiting", until=until, lon=exact[0], lat=exact[1])
        await uow.add(own, by=SYSTEM)
        await uow.add(WaitingRow(worker_id=at_market.id, state="waiting", until=until, venue_id=venue.id), by=SYSTEM)
    shown = {}
    for worker in (alone, at_market):
        found = await answer(client, f"/v1/shifts/{shift.id}/candidates/{worker.id}", owner)
        shown[worker.id] = found["distance_m"]
    assert shown[alone.id] == haversine_metres(Point.of(31.21, 121.46), there)
    assert shown[at_market.id] == haversine_metres(Point.of(exact[1], exact[0]), there)


async def test_the_worker_and_the_officer_are_told_the_exact_way(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Only the other side of the bargain is told less."""
    home = IN_THE_CELL[0]
    worker = await a_worker(ctx, at=home)
    shift = await a_shift(ctx, await a_posting(ctx, await an_employer(ctx)))
    exact = haversine_metres(Point.of(home[1], home[0]), Point.of(HALL[1], HALL[0]))
    own = await answer(client, f"/v1/shifts/{shift.id}/fit", await as_worker(ctx, worker))
    officer = await as_staff(ctx, await an_officer(ctx))
    seen = await answer(client, f"/v1/shifts/{shift.id}/candidates/{worker.id}", officer)
    assert own["distance_m"] == seen["distance_m"] == exact


@pytest.mark.parametrize("seed", range(4))
async def test_an_employers_list_is_the_documented_list_from_the_cells(
    ctx: Context, client: httpx2.AsyncClient, dated: Any, seed: int
) -> None:
    """Read by hand from the middles of the cells: the same people, order and points as the employer is shown."""
    story = await a_story(ctx, seed, fade=FADE)
    workers = [replace(one, home=cell(one.home), here=cell(one.here)) for one in story.workers.values()]
    owners = {each.id: await as_member(ctx, await a_member(ctx, each)) for each in story.employers}
    for shift_id, shift in story.shifts.items():
        found = await answer(client, f"/v1/shifts/{shift_id}/candidates?limit=100", owners[shift.employer_id])
        dated(found["rules"])
        pairs = [(worker, shift) for worker in workers]
        listed, _ = reading.read_ranking(pairs, minute_of(story.now), bench=False, side="worker")
        by_hand = [(str(worker_id), made) for worker_id, made in listed]
        assert [(match["worker_id"], points(match)) for match in found["matches"]] == by_hand
