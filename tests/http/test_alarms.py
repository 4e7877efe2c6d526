"""On the spot over HTTP: back in the line of the hall, the shift's note, problems in the caller's language, keys."""

from __future__ import annotations

from typing import Any

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.halls.lifecycle import PRESENCE
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer, an_engagement, as_member, as_worker
from tests.builders.halls import a_hall, at, shanghai, sign_in

Client = httpx2.AsyncClient


async def placed(client: Client, ctx: Context) -> tuple[dict[str, Any], dict[str, str], dict[str, str], dict[str, Any]]:
    """Three people in line; the second has a seat of this working day from 05:00 and is at work at 05:10."""
    venue, officer, session = await a_hall(client, ctx)
    one, two, three = [await a_worker(ctx) for _ in range(3)]
    for who in (one, two, three):
        assert (await sign_in(client, ctx, venue, who, officer)).status_code == 200
    employer = await an_employer(ctx)
    member = await as_member(ctx, await a_member(ctx, employer))
    posting = await a_posting(ctx, employer)
    shift = await a_shift(ctx, posting, starts=shanghai(2026, 11, 23, 5), hours=6)
    async with ctx.uow() as uow:
        for row, _ in await uow.halls.live_of_worker(two.id, ("waiting",)):
            await uow.move(row, PRESENCE, "place", by=SYSTEM, at=await uow.now())
    seat = await an_engagement(ctx, two, shift, posting)
    await at(client, "2026-11-23T05:00:00+08:00")
    there = await client.post(f"/v1/engagements/{seat.id}/check-in", json={}, headers=member)
    assert there.status_code == 200, there.text
    await at(client, "2026-11-23T05:10:00+08:00")
    ids = {"seat": seat.id, "shift": shift.id, "session": session["id"]}
    return ids, await as_worker(ctx, two), member, officer


async def own(client: Client, ids: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = (
        await client.get(f"/v1/hall-sessions/{ids['session']}/presences/own", headers=headers)
    ).json()
    return found


async def test_who_leaves_is_back_in_line_at_exactly_the_old_place(client: Client, ctx: Context) -> None:
    """Number two of three again, behind one and before three; the shift says why a seat came free."""
    ids, worker, _, _ = await placed(client, ctx)
    assert (await own(client, ids, worker))["state"] == "placed"
    body = {"kind": "pay_differs", "leaving": True, "back_in_line": True}
    made = await client.post(f"/v1/engagements/{ids['seat']}/alarm", json=body, headers=worker)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/alarms/{made.json()['id']}"
    assert made.json()["back_in_line"] is True
    mine = await own(client, ids, worker)
    assert (mine["state"], mine["number"], mine["ahead"]) == ("waiting", 2, 1)
    shift = (await client.get(f"/v1/shifts/{ids['shift']}")).json()
    assert (shift["taken"], shift["reopened_why"]) == (0, "pay_differs")
    assert shift["reopened_at"] == "2026-11-23T05:10:00+08:00"


async def test_who_does_not_ask_or_comes_too_late_is_not_put_back(client: Client, ctx: Context) -> None:
    """Without the wish the place stays given away; after the session's end there is no line to go back to."""
    ids, worker, _, _ = await placed(client, ctx)
    await at(client, "2026-11-23T08:30:00+08:00")
    body = {"kind": "pay_differs", "leaving": True, "back_in_line": True}
    made = await client.post(f"/v1/engagements/{ids['seat']}/alarm", json=body, headers=worker)
    assert (made.status_code, made.json()["back_in_line"]) == (201, False)
    assert (await own(client, ids, worker))["state"] == "placed"


async def test_leaving_without_the_wish_leaves_the_line_alone(client: Client, ctx: Context) -> None:
    """The session is open, and nobody is put into it who did not ask."""
    ids, worker, _, _ = await placed(client, ctx)
    made = await client.post(
        f"/v1/engagements/{ids['seat']}/alarm", json={"kind": "work_differs", "leaving": True}, headers=worker
    )
    assert made.json()["back_in_line"] is False
    assert (await own(client, ids, worker))["state"] == "placed"


async def test_refusals_are_problems_in_the_language_asked_for(client: Client, ctx: Context) -> None:
    """A stable code, a sentence that says where to go instead, and the same for a kind that there is not."""
    ids, worker, member, _ = await placed(client, ctx)
    await at(client, "2026-11-23T14:00:00+08:00")
    where = f"/v1/engagements/{ids['seat']}/alarm"
    for language, word in (("zh-CN", "投诉"), ("en", "case")):
        late = await client.post(where, json={"kind": "injury"}, headers=worker | {"accept-language": language})
        assert (late.status_code, late.json()["code"]) == (409, "alarm_too_late")
        assert late.headers["content-type"] == "application/problem+json"
        assert word in late.json()["detail"]
    wrong = await client.post(where, json={"kind": "bored"}, headers=worker)
    assert wrong.status_code == 422
    await at(client, "2026-11-23T05:30:00+08:00")
    other = await client.post(where, json={"kind": "injury", "leaving": True}, headers=member)
    assert (other.status_code, other.json()["code"]) == (422, "alarm_worker_leaves")


async def test_a_repeated_press_with_its_key_is_the_first_answer(client: Client, ctx: Context) -> None:
    """And officers find it in their list, with what they may do next."""
    ids, worker, _, officer = await placed(client, ctx)
    headers = worker | {"idempotency-key": "alarm-of-this-morning"}
    where = f"/v1/engagements/{ids['seat']}/alarm"
    answers = [await client.post(where, json={"kind": "injury", "words": "手伤了"}, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"
    listed = (await client.get("/v1/alarms", headers=officer)).json()["items"]
    assert [(each["id"], each["words"], each["possible"]) for each in listed] == [
        (answers[0].json()["id"], "手伤了", ["take"])
    ]
    assert (await client.get("/v1/alarms/counts", headers=officer)).json() == {"live": 1, "overdue": 0}
    both = (await client.get(f"/v1/engagements/{ids['seat']}/alarms", headers=worker)).json()["items"]
    assert [each["possible"] for each in both] == [["leave"]]


async def test_what_was_found_of_a_danger_is_not_the_employers_to_read(client: Client, ctx: Context) -> None:
    """The worker reads the finding and the case behind it; the employer's answer and pack are those of a mere press."""
    ids, worker, member, officer = await placed(client, ctx)
    made = (await client.post(f"/v1/engagements/{ids['seat']}/alarm", json={"kind": "danger"}, headers=worker)).json()
    assert (await client.post(f"/v1/alarms/{made['id']}/take", headers=officer)).status_code == 200
    closed = await client.post(f"/v1/alarms/{made['id']}/close", json={"result": "founded"}, headers=officer)
    assert closed.status_code == 200, closed.text
    mine = (await client.get(f"/v1/alarms/{made['id']}", headers=worker)).json()
    theirs = (await client.get(f"/v1/alarms/{made['id']}", headers=member)).json()
    assert (mine["result"], mine["case_id"] is not None) == ("founded", True)
    assert (theirs["result"], theirs["case_id"], theirs["version"]) == (None, None, 1)
    pack = (await client.get(f"/v1/engagements/{ids['seat']}/evidence.json", headers=member)).text
    assert "alarm.close" in pack
    assert not any(word in pack for word in ("alarm.link", "founded"))
