"""Many claims at once beside hires by sight of the same people: the seats, one line, who moves up."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders.applications import a_shift_of, breaches, rows_of
from tests.builders.city import a_member, as_member
from tests.live import live_service
from tests.sizes import FULL
from tests.trials.stage import Person, a_boss, a_crowd, a_deal, a_key, a_word, connected, until_answered

CROWD, SEATS, HIRES, ROUNDS = (200, 10, 100, 5) if FULL else (20, 4, 12, 1)
GIVEN_UP = 3


async def proposed(ctx: Context, client: httpx2.AsyncClient, people: list[Person]) -> list[tuple[Person, str]]:
    """Deals that wait for the yes of each of these people."""
    made = []
    for person in people:
        _, boss = await a_boss(ctx)
        deal = await a_deal(ctx, await a_word(ctx, person.id), hours=1)
        answer = await client.post("/v1/hires", json=deal, headers=boss | a_key())
        assert answer.status_code == 201, answer.text
        made.append((person, answer.json()["id"]))
    return made


async def line_of(client: httpx2.AsyncClient, boss: dict[str, str], shift_id: Any) -> list[dict[str, Any]]:
    """Everybody who waits, in order, as the employer sees it."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        params = {"state": "waitlisted", "limit": 100} | cursor
        page = (await client.get(f"/v1/shifts/{shift_id}/applications", params=params, headers=boss)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return sorted(found, key=lambda row: int(row["position"]))
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_all_claim_at_once(ctx: Context, urls: tuple[str, str], data_dir: Any, turn: int) -> None:
    """As many seats as there are, one line without gap or double; who cancels makes room for the first in line."""
    people = await a_crowd(ctx, CROWD)
    employer, _, shift = await a_shift_of(ctx, headcount=SEATS)
    boss_of = await as_member(ctx, await a_member(ctx, employer))
    with live_service(urls, data_dir, jobs=False) as live:
        async with connected(live.base, CROWD) as client:
            deals = await proposed(ctx, client, people[:HIRES])
            claims = [
                until_answered(client, "POST", f"/v1/shifts/{shift.id}/claims", who.headers, {}) for who in people
            ]
            yeses = [until_answered(client, "POST", f"/v1/hires/{deal}/accept", who.headers, {}) for who, deal in deals]
            work = [("claim", each) for each in claims] + [("hire", each) for each in yeses]
            random.Random(turn).shuffle(work)
            answers = await asyncio.gather(*(each for _, each in work))
            told = [answer for (kind, _), answer in zip(work, answers, strict=True) if kind == "claim"]
            assert {answer.status_code for answer in answers} <= {200, 201}, [a.text for a in answers if a.is_error]
            seats = [each["engagement_id"] for each in bodies(told) if each["outcome"] == "confirmed"]
            places = [each["position"] for each in bodies(told) if each["outcome"] == "waitlisted"]
            assert len(seats) == SEATS
            assert sorted(places) == list(range(1, CROWD - SEATS + 1))
            line = await line_of(client, boss_of, shift.id)
            assert [row["position"] for row in line] == list(range(1, CROWD - SEATS + 1))
            await give_up(ctx, client, people, seats[:GIVEN_UP])
            offered = await rows_of(ctx, OFFERED, id=shift.id)
            assert [str(row[0]) for row in offered] == [row["id"] for row in line[:GIVEN_UP]]
            assert {row[1] for row in offered} == {"held"}
    assert await breaches(ctx) == []
    assert await rows_of(ctx, NUMBERS, id=shift.id) == [(CROWD - SEATS, CROWD - SEATS)]


OFFERED = """select a.id, e.state from applications a join engagements e on e.application_id = a.id
    where a.shift_id = :id and a.state = 'offered' order by a.wait_number"""
NUMBERS = """select count(distinct wait_number), count(*) from applications
    where shift_id = :id and wait_number is not null"""


def bodies(answers: list[httpx2.Response]) -> list[dict[str, Any]]:
    return [answer.json() for answer in answers]


async def give_up(ctx: Context, client: httpx2.AsyncClient, people: list[Person], seats: list[str]) -> None:
    """The holders of these seats cancel, all at once."""
    holders = {str(row[0]): row[1] for row in await rows_of(ctx, "select id, worker_id from engagements")}
    headers = {person.id: person.headers for person in people}
    body = {"reason": "other"}
    answers = await asyncio.gather(
        *(
            until_answered(client, "POST", f"/v1/engagements/{seat}/cancel", headers[holders[seat]], body)
            for seat in seats
        )
    )
    assert [answer.status_code for answer in answers] == [200] * len(seats)
