"""What somebody with one worker's and one employer's token tried, and must not get."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from random import Random
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.geo import Point, distance_m
from service.ids import new_id
from tests.builders.applications import NOON, a_shift_of, set_time
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer, as_member, as_worker


def key() -> dict[str, str]:
    return {"idempotency-key": f"key-{new_id()}"}


def deal(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "trade": "dishwashing",
        "pay": {"amount_fen": 2500},
        "pay_unit": "hour",
        "until": (NOON + timedelta(hours=4)).isoformat(),
        "place": {"address": "某路3号"},
    }


async def a_word(ctx: Context, client: httpx2.AsyncClient) -> str:
    worker = await a_worker(ctx)
    said = await client.post(f"/v1/workers/{worker.id}/word", json={}, headers=await as_worker(ctx, worker) | key())
    return str(said.json()["word"])


async def test_a_repeated_hire_meets_its_answer_though_its_word_is_spent(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    await set_time(ctx, NOON)
    boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    body, same = deal(await a_word(ctx, client)), key()
    first = await client.post("/v1/hires", json=body, headers=boss | same)
    again = await client.post("/v1/hires", json=body, headers=boss | same)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    other = await client.post("/v1/hires", json=body, headers=boss | key())
    assert (other.status_code, other.json()["code"]) == (404, "shown_code_unknown")


async def test_a_word_that_many_employers_say_at_once_makes_one_deal(ctx: Context, client: httpx2.AsyncClient) -> None:
    await set_time(ctx, NOON)
    bosses = [await as_member(ctx, await a_member(ctx, await an_employer(ctx))) for _ in range(4)]
    body = deal(await a_word(ctx, client))
    answers = await asyncio.gather(*[client.post("/v1/hires", json=body, headers=boss | key()) for boss in bosses])
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404]
    async with ctx.uow() as uow:
        assert (await uow.session.execute(text("select count(*) from hires"))).scalar_one() == 1


async def test_an_invitation_tells_the_employer_nothing_of_blocks_age_and_other_seats(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    await set_time(ctx, NOON)
    employer, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=3))
    _, _, elsewhere = await a_shift_of(ctx, starts=NOON + timedelta(days=3))
    boss = await as_member(ctx, await a_member(ctx, employer))
    booked, blocking, minor = await a_worker(ctx), await a_worker(ctx), await a_worker(ctx, birth=date(2012, 1, 1))
    seat = await client.post(f"/v1/shifts/{elsewhere.id}/claims", json={}, headers=await as_worker(ctx, booked) | key())
    block = await client.put(
        f"/v1/workers/{blocking.id}/blocks/{employer.id}", json={}, headers=await as_worker(ctx, blocking) | key()
    )
    assert (seat.status_code, block.status_code) == (201, 200)
    people = [str(each.id) for each in (booked, blocking, minor)]
    asked = await client.post(f"/v1/shifts/{shift.id}/invitations", json={"worker_ids": people}, headers=boss | key())
    refused = asked.json()["refused"]
    assert sorted(each["subject_id"] for each in refused) == sorted(people)
    assert {(each["code"], str(each["facts"])) for each in refused} == {("not_available", "{}")}


async def test_a_request_id_that_could_be_a_persons_number_is_replaced(client: httpx2.AsyncClient) -> None:
    for given in ("13900001111", "8613900001111", "110101199003077715", "11010119900307771X"):
        answer = await client.get("/healthz", headers={"x-request-id": given})
        assert given not in answer.headers["x-request-id"]
    own = str(new_id())
    kept = await client.get("/healthz", headers={"x-request-id": own})
    assert kept.headers["x-request-id"] == own


@pytest.mark.parametrize("more", ["", "&sort=nearest&facets=true", "&sort=newest&facets=true"])
async def test_a_households_door_cannot_be_measured_from_many_places(
    ctx: Context, client: httpx2.AsyncClient, more: str
) -> None:
    """Distances, radius and order of the public search, and a worker's own ranking, know the shown point only."""
    doors = ((121.43651, 31.18751), (121.43749, 31.18849), (121.437, 31.188))
    await set_time(ctx, NOON)
    household = await an_employer(ctx, kind="household", verified=False, credit_code=None)
    posting = await a_posting(ctx, household, lon=doors[0][0], lat=doors[0][1])
    shift = await a_shift(ctx, posting)
    worker = await a_worker(ctx, at=(121.43, 31.18))
    me, chance = await as_worker(ctx, worker), Random(3)
    places = [(121.437 + chance.uniform(-0.02, 0.02), 31.188 + chance.uniform(-0.02, 0.02)) for _ in range(6)]
    seen = []
    for lon, lat in doors:
        async with ctx.uow() as uow:
            values = {"lon": lon, "lat": lat, "id": posting.id}
            await uow.session.execute(text("update postings set lon = :lon, lat = :lat where id = :id"), values)
        told = [(await client.get(f"/v1/shifts/{shift.id}/fit", headers=me)).json() | {"at": None}]
        told.append((await client.get("/v1/workers/me/recommendations", headers=me)).json() | {"at": None})
        for place in places:
            away = distance_m(Point(*place), Point(121.437, 31.188))
            for radius in (away - 1, away, away + 60, 5_000):
                near = f"lon={place[0]:.7f}&lat={place[1]:.7f}&radius_m={radius}{more}"
                found = await client.get(f"/v1/postings?{near}")
                assert found.status_code == 200, found.text
                told.append([found.json()["items"], found.json().get("facets")])
        seen.append(told)
    assert seen[0] == seen[1] == seen[2]
    assert {len(each[0]) for each in seen[0][2:]} == {0, 1}
