"""How often one may ask: what is taken back counts for the asker, and keeps nobody else from asking."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.testing.sink import read_sink
from tests.builders import city
from tests.builders.applications import run_due_at, set_time, value_of
from tests.builders.contact_requests import WORKER_PHONE, Two, a_supply, two_sides

Client = httpx2.AsyncClient
DAY = timedelta(days=1)
MOST = 10  # asks_to_person_per_day
STATE = "select state from contact_requests where id = :id"
TOLD = "select count(*) from messages where subject_id = :id and template = 'contact_request.lapse'"


async def a_boss(ctx: Context, **more: Any) -> dict[str, str]:
    """Headers of another employer's owner."""
    return await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx, **more)))


async def taken_back(two: Two, who: dict[str, str], **more: Any) -> None:
    """A question that is withdrawn at once."""
    request_id = await two.asked(who=who, **more)
    assert (await two.act(request_id, "withdraw", who)).status_code == 200


async def test_who_asks_and_takes_back_may_do_so_twice(ctx: Context, client: Client) -> None:
    """Then it is enough for fourteen days, about every posting of the person, for every firm of the asker."""
    two = await two_sides(ctx, client)
    second = await city.an_employer(ctx)
    async with ctx.uow() as uow:
        await uow.add(uow.members.new(employer_id=second.id, person_id=two.member.person_id, role="owner"), by=SYSTEM)
    other = await city.signed_in(ctx, "member", person_id=two.member.person_id, employer_id=second.id)
    for who in (two.boss, other):
        await taken_back(two, who)
    for who in (two.boss, other):
        assert (await two.ask(who=who)).json()["code"] == "contact_asked_before"
        another = await a_supply(ctx, two.worker, title="会修拉链")
        assert await unheard(ctx, await two.asked(who=who, supply_id=str(another.id)))
    await set_time(ctx, await city.now_of(ctx) + 15 * DAY)
    assert (await two.ask(who=await city.as_member(ctx, two.member))).status_code == 201


async def test_one_taken_back_tells_nothing_of_whose_postings_are_one_persons(ctx: Context, client: Client) -> None:
    """About a posting that was asked and taken back the answer is the same as about one that never was."""
    two = await two_sides(ctx, client)
    await taken_back(two, two.boss)
    await two.asked(supply_id=str((await a_supply(ctx, two.worker, title="会修拉链")).id))
    assert await unheard(ctx, await two.asked())


async def test_what_one_asker_is_told_says_nothing_of_another_posting(ctx: Context, client: Client) -> None:
    """Ten have asked about one posting, the person's day is full: the eleventh, who asks about the person's other one,
    gets the answer that a stranger's posting gives, sees the same in its list, and hears the same when time is over."""
    two = await two_sides(ctx, client)
    other = await a_supply(ctx, two.worker, title="会修拉链")
    strangers = await a_supply(ctx, await city.a_worker(ctx), title="会修拉链")
    for _ in range(MOST):
        await two.asked(who=await a_boss(ctx))
    late = await a_boss(ctx)
    pair = [await two.ask(who=late, supply_id=str(each.id)) for each in (other, strangers)]
    differs = ("id", "supply_id", "created_at", "answer_by")
    told = [{name: fact for name, fact in each.json().items() if name not in differs} for each in pair]
    assert [each.status_code for each in pair] == [201, 201]
    assert told[0] == told[1]
    assert len((await client.get("/v1/contact-requests", headers=two.seeker)).json()["items"]) == MOST
    assert (await two.act(pair[0].json()["id"], "accept", two.seeker)).status_code == 404
    await set_time(ctx, await city.now_of(ctx) + 3 * DAY)
    await run_due_at(ctx, await city.now_of(ctx))
    states = [str(await value_of(ctx, STATE, id=each.json()["id"])) for each in pair]
    heard = [await value_of(ctx, TOLD, id=each.json()["id"]) for each in pair]
    assert (states, heard) == (["lapsed", "lapsed"], [1, 1])


async def unheard(ctx: Context, request_id: str) -> bool:
    """Whether only its asker knows of a question, and no message was written about it."""
    told = await value_of(ctx, "select count(*) from messages where subject_id = :id", id=request_id)
    assert told == 0
    return bool(await value_of(ctx, "select unheard from contact_requests where id = :id", id=request_id))


async def test_questions_that_were_taken_back_shut_nobody_out_and_send_no_more_texts(
    ctx: Context, client: Client
) -> None:
    """Ten employers ask and take back; the eleventh may ask. Ten texts left for the phone, the rest is in the inbox."""
    two = await two_sides(ctx, client)
    noon = (await city.now_of(ctx)).replace(hour=4) + DAY
    await set_time(ctx, noon)
    for _ in range(MOST):
        await taken_back(two, await a_boss(ctx))
    request_id = await two.asked(who=await a_boss(ctx))
    await run_due_at(ctx, noon + timedelta(minutes=1))
    sent = [each for each in await read_sink(ctx, WORKER_PHONE, 50) if each["template"].startswith("contact_request.")]
    assert len(sent) <= MOST
    told = "select count(*) from messages where subject_id = :id and template like 'contact_request.asked%'"
    assert await value_of(ctx, told, id=request_id) == 1
    assert await value_of(ctx, told + " and asks is not null", id=request_id) == 0
    assert (await two.act(request_id, "accept", two.seeker)).status_code == 200


async def test_an_askers_day_counts_what_was_taken_back(ctx: Context, client: Client) -> None:
    """A household has five in a day, whatever became of them."""
    home = {"kind": "household", "credit_code": None, "verified": False}
    two = await two_sides(ctx, client, **home)
    for _ in range(5):
        await taken_back(two, two.boss, supply_id=str((await a_supply(ctx, await city.a_worker(ctx))).id))
    late = await two.ask()
    assert (late.status_code, late.json()["code"]) == (429, "contact_asks_a_day")


async def test_a_worker_asks_twice_about_one_posting(ctx: Context, client: Client) -> None:
    """What was taken back counts here too."""
    two = await two_sides(ctx, client)
    body = {"posting_id": str((await city.a_posting(ctx, two.employer)).id), "purpose": "pay"}

    async def ask() -> httpx2.Response:
        return await client.post("/v1/contact-requests", json=body, headers=two.seeker)

    for _ in range(2):
        made = await ask()
        assert made.status_code == 201, made.text
        assert (await two.act(made.json()["id"], "withdraw", two.seeker)).status_code == 200
    assert (await ask()).json()["code"] == "contact_asked_before"


async def test_many_at_once_stay_within_the_persons_day(ctx: Context, client: Client) -> None:
    """Twelve employers press at once: all are told the same, ten are heard."""
    two = await two_sides(ctx, client)
    bosses = [await a_boss(ctx) for _ in range(MOST + 2)]
    answers = await asyncio.gather(*(two.ask(who=who) for who in bosses))
    assert [each.status_code for each in answers] == [201] * (MOST + 2)
    assert await value_of(ctx, "select count(*) from contact_requests where not unheard") == MOST


async def test_one_asker_at_once_from_two_firms_is_one_asker(ctx: Context, client: Client) -> None:
    """Two postings of one person, two firms of one asker, all pressed together: one question is heard."""
    two = await two_sides(ctx, client)
    second = await city.an_employer(ctx)
    async with ctx.uow() as uow:
        await uow.add(uow.members.new(employer_id=second.id, person_id=two.member.person_id, role="owner"), by=SYSTEM)
    other = await city.signed_in(ctx, "member", person_id=two.member.person_id, employer_id=second.id)
    another = str((await a_supply(ctx, two.worker, title="会修拉链")).id)
    presses = [two.ask(who=who, **more) for who in (two.boss, other) for more in ({}, {"supply_id": another})]
    answers = await asyncio.gather(*presses)
    assert sorted(each.status_code for each in answers) == [201, 201, 409, 409]
    assert await value_of(ctx, "select count(*) from contact_requests where not unheard") == 1
