"""What an attacker once got through: identity numbers tried out, floods, names and reasons of others, made helpers."""

from __future__ import annotations

import httpx2
import pytest

from service.contacts import contact_in
from service.context import Context
from service.errors import Conflict, TooMany
from service.workers.identity_tries import few_tries
from tests.builders.applications import set_time
from tests.builders.city import (
    a_member,
    a_posting,
    a_shift,
    a_worker,
    an_employer,
    as_member,
    as_worker,
)
from tests.builders.halls import shanghai
from tests.builders.postings import next_week

Client = httpx2.AsyncClient


@pytest.mark.parametrize("query", ["from=0001-01-01", "until=9999-12-31"])
async def test_days_outside_of_the_century_are_refused(client: Client, ctx: Context, query: str) -> None:
    """Not a fault."""
    headers = await as_worker(ctx, await a_worker(ctx))
    for path in ("/v1/workers/me/history", "/v1/workers/me/export"):
        answer = await client.get(f"{path}?{query}", headers=headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "instant_out_of_range"


async def test_a_households_name_is_told_to_nobody_who_has_no_seat_there(client: Client, ctx: Context) -> None:
    """Neither by a block nor by an application without an answer."""
    household = await an_employer(ctx, kind="household", name="吴家", verified=False)
    worker = await as_worker(ctx, await a_worker(ctx))
    blocked = await client.put(f"/v1/workers/me/blocks/{household.id}", json={}, headers=worker)
    assert blocked.json()["employer"] == "吴*"
    assert "吴家" not in (await client.get("/v1/workers/me/blocks", headers=worker)).text


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("账户异常 请登录 evil点cn/x", True),
        ("点 http://evil.cn/x 领补贴", True),
        ("加微信abc12345 详谈", True),
        ("ｈｔｔｐ：／／ｅｖｉｌ．ｃｎ", True),
        ("QQ 123456", True),
        ("企业微信客服", False),
        ("短视频app测试", False),
        ("早上6点 装卸", False),
    ],
)
def test_titles_lead_nowhere_else(title: str, found: bool) -> None:
    """A link, a domain or an account does not stand in what is texted to people; a job with a chat program does."""
    assert (contact_in(title) is not None) is found


async def test_a_title_with_an_address_is_refused_with_the_words(client: Client, ctx: Context) -> None:
    """Before anybody is sent it."""
    owner = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    body = {
        "trade": "dishwashing", "headcount": 1, "title": "加微信abc12345",
        "time": {"starts_at": next_week(1).isoformat(), "ends_at": next_week(5).isoformat()},
        "place": {"address": "某路3号", "district_code": "310104"}, "pay": {"amount_fen": 2600, "unit": "hour"},
    }  # fmt: skip
    answer = await client.post("/v1/postings", json=body, headers=owner)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["title_contact"]


async def test_who_is_registered_can_be_asked_three_times_a_day(ctx: Context, clean: None) -> None:
    """Counted although each time is refused; a day later there is another try."""
    await set_time(ctx, shanghai(2026, 11, 23, 9))
    subject = b"somebody"

    async def ask() -> None:
        async with few_tries(ctx, subject), ctx.uow():
            raise Conflict("person_exists")

    for _ in range(3):
        with pytest.raises(Conflict):
            await ask()
    with pytest.raises(TooMany) as paused:
        await ask()
    assert paused.value.code == "identity_paused"
    await set_time(ctx, shanghai(2026, 11, 24, 10))
    with pytest.raises(Conflict):
        await ask()


async def test_an_employer_cannot_text_a_worker_by_inviting_and_taking_back(client: Client, ctx: Context) -> None:
    """The same shift twice, then no more."""
    employer = await an_employer(ctx)
    owner = await as_member(ctx, await a_member(ctx, employer))
    shift = await a_shift(ctx, await a_posting(ctx, employer), starts=next_week())
    worker = await a_worker(ctx)
    told = []
    for _ in range(4):
        body = {"worker_ids": [str(worker.id)]}
        made = (await client.post(f"/v1/shifts/{shift.id}/invitations", json=body, headers=owner)).json()
        told.append([row["code"] for row in made["refused"]])
        for row in made["applications"]:
            await client.post(f"/v1/applications/{row['id']}/withdraw", json={"reason": "filled"}, headers=owner)
    assert told == [[], [], ["asked_enough"], ["asked_enough"]]
