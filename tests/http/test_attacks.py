"""What somebody with one worker's and one employer's token tried, and must not get."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from service.context import Context
from service.ids import new_id
from service.postings.views import _about
from tests.builders.applications import NOON, a_shift_of, set_time
from tests.builders.city import a_member, a_worker, an_employer, as_member, as_worker


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


def test_a_households_distance_is_told_to_the_nearest_hundred_metres() -> None:
    assert [_about(metres) for metres in (None, 0, 49, 50, 149, 1234)] == [None, 0, 0, 100, 100, 1200]
