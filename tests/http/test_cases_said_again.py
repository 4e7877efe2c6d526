"""A second complaint about the same thing: what it says more stands in the first, and who asks to be hidden is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.worktime import SHANGHAI
from tests.builders.applications import set_time
from tests.builders.cases import Sides, accepted, arrears, limit, move, read, settled, sides, sorted_in

Client = httpx2.AsyncClient
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


async def pack_of(client: Client, who: Any, them: Sides) -> str:
    """The evidence pack of somebody's side, as a file."""
    pack = await client.get(f"/v1/engagements/{them.seat.id}/evidence.json", headers=who)
    assert pack.status_code == 200, pack.text
    return pack.text


@pytest.mark.parametrize("ended", [False, True])
async def test_who_asks_to_be_hidden_later_is_hidden_from_then_on(ctx: Context, client: Client, ended: bool) -> None:
    """No call to the other side any more, and the other side's pack tells nothing; a third complaint that does not ask
    again changes nothing of it."""
    them = await sides(ctx)
    case = await settled(client, them) if ended else await sorted_in(client, them)
    assert not (await read(client, them.who, case))["shielded"]
    again = await arrears(client, them, words="老板威胁我，请保密", shielded=True)
    assert (again["id"], again["shielded"]) == (case["id"], True)
    assert "shielded" in [each["code"] for each in again["help"]]
    assert {each["state"] for each in again["deadlines"] if each["step"] == "mediate"} <= {"dropped", "met"}
    if ended:
        await move(client, them.officer, case, "triage")
    refused = await move(client, them.officer, case, "mediate", ok=False)
    assert (refused.status_code, refused.json()["code"]) == (409, "case_shielded")
    assert (await arrears(client, them, shielded=False))["shielded"]
    assert '"case.' in await pack_of(client, them.who, them)
    assert '"case.' not in await pack_of(client, them.owner, them)


async def test_what_a_second_complaint_asks_for_stands_in_the_case(ctx: Context, client: Client) -> None:
    """The newest amount counts; evidence is added to what is there, once."""
    them = await sides(ctx)
    case = await arrears(client, them, claimed_fen=100, evidence="录音一份")
    await arrears(client, them, claimed_fen=55_500, evidence="转账截图")
    await arrears(client, them, evidence="录音一份")
    seen = await read(client, them.officer, case)
    assert (seen["amount_fen"], seen["evidence"]) == (55_500, "录音一份\n转账截图")


@pytest.mark.parametrize("state", ["accepted", "investigating", "transferred"])
async def test_papers_are_asked_for_and_brought_while_a_case_goes_on(ctx: Context, client: Client, state: str) -> None:
    """It stays where it is; the limit that waits for them runs on with the answer; others do not answer."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await accepted(client, them)
    way, step = "own_desk", "result"
    if state == "investigating":
        await move(client, them.officer, case, "investigate")
    if state == "transferred":
        await move(client, them.officer, case, "hand-over", way="labour_inspection", body="徐汇区劳动保障监察大队")
        way, step = "labour_inspection", "accept"
    await set_time(ctx, FRIDAY + timedelta(days=3))
    waiting = limit(await read(client, them.officer, case), way, step)
    path = f"/v1/cases/{case['id']}/deadlines/{waiting['id']}/pause"
    paused: Any = await client.post(path, json={"reason": "waiting_for_papers"}, headers=them.officer)
    assert paused.status_code == 200, paused.text
    assert (await move(client, them.officer, case, "ask", words="请补工资条"))["state"] == state
    stranger = await move(client, them.owner, case, "inform", ok=False, words="没有")
    assert stranger.status_code == 404
    assert "inform" in (await read(client, them.who, case))["possible"]
    assert (await move(client, them.who, case, "inform", words="工资条在这里"))["state"] == state
    assert limit(await read(client, them.officer, case), way, step)["state"] == "running"


async def test_a_result_says_until_when_it_may_be_opened_again(ctx: Context, client: Client) -> None:
    """The day on which it closes by itself; nobody is told any more that both sides will be called."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    opened = await arrears(client, them)
    assert "mediation" in [each["code"] for each in opened["help"]]
    case = await settled(client, them)
    told = {each["code"]: each["text"] for each in case["help"]}
    assert "11月27日" in told["closes"]
    assert "mediation" not in told
