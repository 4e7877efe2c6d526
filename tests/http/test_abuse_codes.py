"""Guessing and key spaces: wrong cards and words are few over all doors, and each capacity has its own keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import MemberRow
from tests.builders.applications import NOON, set_time, value_of
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker, signed_in

WRONG_CARD = "A" * 26


def deal(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "trade": "dishwashing",
        "pay": {"amount_fen": 2500},
        "pay_unit": "hour",
        "until": "2026-11-20T17:00:00+08:00",
        "place": {"address": "某路3号"},
    }


async def tried(client: httpx2.AsyncClient, path: str, body: Any, headers: Any, number: int = 0) -> tuple[int, str]:
    made = await client.post(path, json=body, headers=headers | {"idempotency-key": f"key-{path}-{number}"})
    return made.status_code, made.json().get("code", "")


async def test_wrong_cards_at_the_door_of_the_pool_are_few(ctx: Context, client: httpx2.AsyncClient) -> None:
    """After ten wrong cards even the right one is not looked at, for any member of the employer, for a while."""
    await set_time(ctx, NOON)
    employer = await an_employer(ctx)
    guessing, colleague = [await as_member(ctx, await a_member(ctx, employer)) for _ in range(2)]
    worker = await a_worker(ctx)
    async with ctx.uow() as uow:
        _, card = await uow.worker_codes.new_card(worker.id)
    path = f"/v1/employers/{employer.id}/pool"
    for number in range(10):
        assert await tried(client, path, {"card_code": WRONG_CARD}, guessing, number) == (422, "card_unknown")
    for number, headers in enumerate((guessing, colleague)):
        assert await tried(client, path, {"card_code": card}, headers, 20 + number) == (429, "codes_paused")
    other = await an_employer(ctx)
    elsewhere = await as_member(ctx, await a_member(ctx, other))
    assert (await tried(client, f"/v1/employers/{other.id}/pool", {"card_code": card}, elsewhere))[0] == 201
    await set_time(ctx, NOON + timedelta(minutes=11))
    assert (await tried(client, path, {"card_code": card}, guessing, 30))[0] == 201


async def test_guesses_at_every_door_are_one_count(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Identify, pool and hire by sight share the ten tries."""
    await set_time(ctx, NOON)
    employer = await an_employer(ctx)
    boss = await as_member(ctx, await a_member(ctx, employer))
    for number in range(4):
        assert (await tried(client, "/v1/workers/identify", {"word": "000000"}, boss, number))[0] == 404
        pool = f"/v1/employers/{employer.id}/pool"
        assert (await tried(client, pool, {"card_code": WRONG_CARD}, boss, number))[0] == 422
    for number in range(2):
        assert (await tried(client, "/v1/hires", deal("000000"), boss, number))[0] == 404
    assert await tried(client, "/v1/workers/identify", {"code": WRONG_CARD}, boss, 9) == (429, "codes_paused")
    assert await tried(client, "/v1/hires", deal("000000"), boss, 9) == (429, "codes_paused")


async def test_patient_guessing_ends_with_the_day(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Nine wrong ones every eleven minutes: the fiftieth in 24 hours is the last."""
    officer = await as_staff(ctx, await an_officer(ctx))
    answers = []
    for number in range(60):
        await set_time(ctx, NOON + timedelta(minutes=11 * (number // 9)))
        answers.append((await tried(client, "/v1/workers/identify", {"word": "000000"}, officer, number))[0])
    assert answers == [404] * 50 + [429] * 10


async def test_one_person_has_a_key_space_for_each_capacity(ctx: Context, client: httpx2.AsyncClient) -> None:
    """As a worker, as a member of one employer and of another: one key means three things, once each."""
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employers = [await an_employer(ctx), await an_employer(ctx)]
    for employer in employers:
        async with ctx.uow() as uow:
            await uow.add(MemberRow(employer_id=employer.id, person_id=worker.id, role="owner"), by=SYSTEM)
    same = {"idempotency-key": "the-very-same-key"}
    as_boss = [
        same | await signed_in(ctx, "member", person_id=worker.id, employer_id=employer.id) for employer in employers
    ]
    strangers = [await a_worker(ctx), await a_worker(ctx)]
    made = []
    for headers, stranger in zip(as_boss, strangers, strict=True):
        async with ctx.uow() as uow:
            word = await uow.worker_codes.new_word(stranger.id, digits=6, until=NOON + timedelta(hours=1))
        made.append(await client.post("/v1/hires", json=deal(word), headers=headers))
        assert made[-1].status_code == 201, made[-1].text
        assert (await client.post("/v1/hires", json=deal(word), headers=headers)).content == made[-1].content
    assert made[0].json()["id"] != made[1].json()["id"]
    assert await value_of(ctx, "select count(*) from hires") == 2
    spaces = await value_of(ctx, "select count(distinct actor) from idempotency_keys where key = 'the-very-same-key'")
    word = await client.post("/v1/workers/me/word", headers=same | await as_worker(ctx, worker))
    assert word.status_code in (200, 201), word.text
    assert spaces == 2
    assert await value_of(ctx, "select count(*) from idempotency_keys where actor like 'worker:%'") == 1
