"""Fairs over HTTP: prepared, announced, suspended until a day, called off; who is told; what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import breaches, run_due_at, value_of
from tests.builders.fairs import MORNING, PLANS, a_fair_body, announced, on, prepared, span
from tests.builders.halls import at

Client = httpx2.AsyncClient
Headers = dict[str, str]


async def an_officer(ctx: Context, *regions: str) -> Headers:
    return await city.as_staff(ctx, await city.an_officer(ctx, regions=regions or ("310000",)))


async def act(client: Client, fair: dict[str, Any], verb: str, who: Headers, **body: Any) -> httpx2.Response:
    return await client.post(f"/v1/fairs/{fair['id']}/{verb}", json=body or None, headers=who)


async def seen(client: Client, fair: dict[str, Any], who: Headers | None = None) -> dict[str, Any]:
    return dict((await client.get(f"/v1/fairs/{fair['id']}", headers=who or {})).json())


async def sign_up(client: Client, fair: dict[str, Any], who: Headers, **body: Any) -> httpx2.Response:
    return await client.post(f"/v1/fairs/{fair['id']}/entries", json=body, headers=who)


async def inbox(client: Client, who: Headers, language: str = "zh-CN") -> list[str]:
    answer = await client.get("/v1/messages", headers=who | {"accept-language": language})
    return [each["text"] for each in answer.json()["items"]]


async def listed(client: Client, **query: Any) -> list[str]:
    """Titles of the public list."""
    return [each["title"] for each in (await client.get("/v1/fairs", params=query)).json()["items"]]


async def test_a_draft_is_the_officers_alone_and_then_everybodys(ctx: Context, client: Client) -> None:
    """404 for everybody else until it is announced; from then on it is in the list; the desk sees what the law asks."""
    await at(client, MORNING)
    officer, elsewhere = await an_officer(ctx), await an_officer(ctx, "330200")
    fair = await prepared(client, officer)
    assert (fair["state"], fair["version"], fair["desk"]["permit_needed"]) == ("draft", 1, False)
    for who in ({}, elsewhere):
        assert (await client.get(f"/v1/fairs/{fair['id']}", headers=who)).status_code == 404
    assert await listed(client) == []
    shown = await act(client, fair, "announce", officer, **PLANS)
    assert (shown.status_code, shown.json()["state"]) == (200, "announced")
    assert shown.json()["desk"]["plans_acknowledged_at"].startswith("2026-11-23T08:00")
    public = await seen(client, fair)
    assert (public["state"], public["desk"], public["taken"]) == ("announced", None, 0)
    assert await listed(client) == [fair["title"]] == await listed(client, region="310104", kind="special")
    assert await listed(client, region="330200") == await listed(client, past="true") == []
    refused = await client.post("/v1/fairs", json=a_fair_body(), headers=elsewhere)
    assert (refused.status_code, refused.json()["code"]) == (403, "region_not_served")
    assert (await act(client, fair, "call-off", elsewhere, reason="other")).status_code == 404


@pytest.mark.parametrize(
    ("body", "said", "code", "pointer"),
    [
        ({}, {"plan": False}, "fair_plan_needed", "/plan"),
        ({}, {"emergency_plan": False}, "fair_plan_needed", "/emergency_plan"),
        ({}, {"security_plan": False}, "fair_plan_needed", "/security_plan"),
        ({"expected_attendance": None}, {}, "fair_expected_needed", "/expected_attendance"),
        ({}, {"expected_attendance": 1000}, "fair_permit_needed", "/permit_number"),
        ({"capacity": 2000}, {}, "fair_permit_needed", "/permit_number"),
        ({"sessions": [span(24, 7, 9)]}, {}, "fair_too_soon", None),
    ],
)
async def test_nothing_is_announced_without_what_the_law_asks(
    ctx: Context, client: Client, body: dict[str, Any], said: dict[str, Any], code: str, pointer: str | None
) -> None:
    """Three plans, the figure, a permit from a thousand people on, a day's notice; with the field that lacks."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await prepared(client, officer, **body)
    answer = await act(client, fair, "announce", officer, **(PLANS | said))
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ([pointer] if pointer else [])
    assert (await seen(client, fair, officer))["state"] == "draft"


async def test_a_large_fair_needs_its_permit_and_keeps_it(ctx: Context, client: Client) -> None:
    """Recorded with the announcement; an announced one does not grow past the threshold without one."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    large = await prepared(client, officer, expected_attendance=3000)
    shown = await act(client, large, "announce", officer, **PLANS, permit_number="沪公治安〔2026〕1号")
    assert shown.json()["desk"]["permit_number"] == "沪公治安〔2026〕1号", shown.text
    small = await announced(client, officer)
    version = {"if-match": f'"{small["version"]}"'}
    grown = await client.patch(
        f"/v1/fairs/{small['id']}", json={"expected_attendance": 1000}, headers=officer | version
    )
    assert (grown.status_code, grown.json()["code"]) == (422, "fair_permit_needed")
    stored = await value_of(ctx, "select permit_needed from fairs where id = :id", id=small["id"])
    assert stored is False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"sessions": [span(25, 12, 9)]}, "fair_session_hours"),
        ({"sessions": [span(20)]}, "fair_session_past"),
        ({"sessions": [span(25), span(25, 10, 11)]}, "fair_sessions_overlap"),
        ({"address": None}, "fair_place_needed"),
        ({"kind": "online"}, "fair_place_needed"),
        ({"audience": ["astronauts"]}, "fair_audience_unknown"),
        ({"district_code": "330203"}, "district_elsewhere"),
        ({"venue_id": "01900000-0000-7000-8000-000000000000"}, "fair_venue_unknown"),
        ({"kind": "online", "online_url": "http://example.com"}, "fair_address_format"),
        ({"hotline": "call me"}, "hotline_format"),
    ],
)
async def test_a_fair_that_cannot_be_is_refused(ctx: Context, client: Client, body: dict[str, Any], code: str) -> None:
    """With the code of what is wrong."""
    await at(client, MORNING)
    answer = await client.post("/v1/fairs", json=a_fair_body(**body), headers=await an_officer(ctx))
    assert answer.status_code == 422
    assert code in {answer.json()["code"], *(each["code"] for each in answer.json()["errors"])}, answer.text


async def test_what_kind_a_fair_is_stays_once_it_was_shown(ctx: Context, client: Client) -> None:
    """A draft may become another kind; announced, people have signed up for what it was."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    for made, status in ((await prepared(client, officer), 200), (await announced(client, officer), 422)):
        version = {"if-match": f'"{made["version"]}"'}
        changed = await client.patch(f"/v1/fairs/{made['id']}", json={"kind": "talks"}, headers=officer | version)
        assert changed.status_code == status, changed.text
    assert changed.json()["code"] == "fair_kind_fixed"


async def test_a_fair_at_a_market_is_where_the_market_is(ctx: Context, client: Client) -> None:
    """Address and point are the market's; another city's market is refused."""
    await at(client, MORNING)
    officer, venue = await an_officer(ctx), await city.a_venue(ctx)
    far = await city.a_venue(ctx, city_code="330200", district_code="330203")
    fair = await prepared(client, officer, venue_id=str(venue.id), address=None)
    assert fair["address"] == "新桥零工市场 某路1号"
    assert fair["point"]["coordinates"] == list(city.HALL)
    answer = await client.post("/v1/fairs", json=a_fair_body(venue_id=str(far.id)), headers=officer)
    assert answer.json()["code"] == "fair_venue_elsewhere"
    assert await listed(client, venue_id=str(venue.id)) == []


async def test_it_opens_and_closes_by_itself(ctx: Context, client: Client) -> None:
    """Running from its first session to the end of its last; who did not come is counted as that."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, sessions=[span(30), span(31)])
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    entry = (await sign_up(client, fair, worker)).json()
    await run_due_at(ctx, on(30, 9))
    assert (await seen(client, fair))["state"] == "running"
    await run_due_at(ctx, on(30, 20))
    assert (await seen(client, fair))["state"] == "running"
    await run_due_at(ctx, on(31, 12))
    assert (await seen(client, fair))["state"] == "over"
    assert (await seen(client, fair, officer))["desk"]["missed"] == 1
    mine = (await client.get("/v1/fair-entries/own", headers=worker)).json()["items"]
    assert [(each["id"], each["state"]) for each in mine] == [(entry["id"], "missed")]
    assert (await listed(client), await listed(client, past="true")) == ([], [fair["title"]])


async def test_one_that_nobody_opened_is_closed_all_the_same(ctx: Context, client: Client) -> None:
    """No jobs ran for a week: the first that runs finds its end."""
    await at(client, MORNING)
    fair = await announced(client, await an_officer(ctx))
    await run_due_at(ctx, on(37, 9))
    assert (await seen(client, fair))["state"] == "over"


async def test_a_suspended_fair_comes_back_on_its_day(ctx: Context, client: Client) -> None:
    """KI-15: it says why and until when, everybody who signed up is told, nobody signs up meanwhile; on the day it is
    back by itself, and told."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    other = await city.as_worker(ctx, await city.a_worker(ctx))
    await sign_up(client, fair, worker)
    held = await act(client, fair, "suspend", officer, reason="bad_weather", returns_on="2026-11-27")
    assert (held.status_code, held.json()["state"], held.json()["returns_on"]) == (200, "suspended", "2026-11-27")
    assert (await seen(client, fair))["suspend_reason"] == "bad_weather"
    await run_due_at(ctx, on(23, 8, 1))
    said = f"“{fair['title']}”因恶劣天气暂停，11月27日恢复。您的报名仍保留。"
    assert await inbox(client, worker) == [said]
    assert "Bad weather" in (await inbox(client, worker, "en"))[0]
    assert await inbox(client, other) == []
    refused = await sign_up(client, fair, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "fair_suspended")
    await run_due_at(ctx, on(26, 23, 59))
    assert (await seen(client, fair))["state"] == "suspended"
    await run_due_at(ctx, on(27, 0))
    await run_due_at(ctx, on(27, 9))
    back = await seen(client, fair)
    assert (back["state"], back["suspend_reason"], back["returns_on"]) == ("announced", None, None)
    assert (await inbox(client, worker))[0] == f"“{fair['title']}”已恢复，11月30日 09:00见。"
    assert (await sign_up(client, fair, other)).status_code == 200
    await run_due_at(ctx, on(30, 9))
    assert (await seen(client, fair))["state"] == "running"
    assert await breaches(ctx) == []


async def test_one_suspended_while_it_goes_on_is_running_again(ctx: Context, client: Client) -> None:
    """The second session is still to come; its officer may also bring it back earlier."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, sessions=[span(30), span(33)])
    await run_due_at(ctx, on(30, 10))
    await act(client, fair, "suspend", officer, reason="safety", returns_on="2026-12-02")
    early = await act(client, fair, "resume", officer)
    assert early.json()["state"] == "running"
    await act(client, fair, "suspend", officer, reason="safety", returns_on="2026-12-02")
    await run_due_at(ctx, on(32, 0))
    assert (await seen(client, fair))["state"] == "running"


async def test_a_return_after_the_end_needs_new_sessions(ctx: Context, client: Client) -> None:
    """Refused without; with them the old session is cut and known as that."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    late = await act(client, fair, "suspend", officer, reason="epidemic", returns_on="2026-12-05")
    assert (late.status_code, late.json()["code"]) == (422, "fair_return_late")
    past = await act(client, fair, "suspend", officer, reason="epidemic", returns_on="2026-11-23")
    assert past.json()["code"] == "fair_return_past"
    unknown = await act(client, fair, "suspend", officer, reason="whim", returns_on="2026-11-27")
    assert unknown.json()["code"] == "reason_unknown"
    moved = await act(client, fair, "suspend", officer, reason="epidemic", returns_on="2026-12-05", sessions=[span(37)])
    assert moved.json()["starts_at"] == "2026-12-07T09:00:00+08:00", moved.text
    assert [(each["number"], each["cut"]) for each in moved.json()["sessions"]] == [(1, False)]


async def test_a_fair_called_off_is_told_to_everybody(ctx: Context, client: Client) -> None:
    """Who had a place, who waited, and the employer with a booth; nothing of it goes on."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, capacity=1)
    workers = [await city.as_worker(ctx, await city.a_worker(ctx)) for _ in range(2)]
    for worker in workers:
        await sign_up(client, fair, worker)
    employer = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await city.a_posting(ctx, employer)
    booth = await client.post(f"/v1/fairs/{fair['id']}/booths", json={"posting_ids": [str(posting.id)]}, headers=owner)
    assert booth.status_code == 201, booth.text
    off = await act(client, fair, "call-off", officer, reason="few_people")
    assert (off.json()["state"], off.json()["call_off_reason"]) == ("called_off", "few_people")
    await run_due_at(ctx, on(23, 8, 1))
    for who in (*workers, owner):
        assert await inbox(client, who) == [f"“{fair['title']}”因报名人数不足取消，不再举办。"]
    for worker in workers:
        mine = (await client.get("/v1/fair-entries/own", headers=worker)).json()["items"]
        assert [each["state"] for each in mine] == ["ended"]
    own = (await client.get("/v1/fair-booths/own", headers=owner)).json()["items"]
    assert [each["state"] for each in own] == ["ended"]
    await run_due_at(ctx, on(30, 9))
    assert (await seen(client, fair))["state"] == "called_off"
    for verb, body in (
        ("resume", {}),
        ("announce", PLANS),
        ("suspend", {"reason": "other", "returns_on": "2026-12-01"}),
    ):
        again = await act(client, fair, verb, officer, **body)
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state"), verb


async def test_a_new_time_is_told_and_nothing_else_is(ctx: Context, client: Client) -> None:
    """Another title goes unsaid; another hour does not; a stale copy changes nothing."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    await sign_up(client, fair, worker)
    where, version = f"/v1/fairs/{fair['id']}", fair["version"]
    named = await client.patch(where, json={"title": "年末招聘会"}, headers=officer | {"if-match": f'"{version}"'})
    assert named.status_code == 200, named.text
    stale = await client.patch(where, json={"title": "别的"}, headers=officer | {"if-match": f'"{version}"'})
    assert stale.status_code == 412
    await run_due_at(ctx, on(23, 8, 1))
    assert await inbox(client, worker) == []
    moved = await client.patch(
        where, json={"sessions": [span(30, 14, 17)]}, headers=officer | {"if-match": f'"{version + 1}"'}
    )
    assert moved.json()["starts_at"] == "2026-11-30T14:00:00+08:00", moved.text
    await run_due_at(ctx, on(23, 8, 2))
    assert await inbox(client, worker) == ["“年末招聘会”的时间或地点有变，最近一场：11月30日 14:00。请查看详情。"]
    await run_due_at(ctx, on(30, 9))
    assert (await seen(client, fair))["state"] == "announced"
    await run_due_at(ctx, on(30, 14))
    assert (await seen(client, fair))["state"] == "running"


async def test_what_came_of_it_is_told_by_both_sides(ctx: Context, client: Client) -> None:
    """Who came is counted at the door unless told; figures out of order are refused; nothing is told before it runs."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    where, told = f"/v1/fairs/{fair['id']}/results", {"spoke": 1, "hired": 1}
    early = await client.put(where, json=told, headers=officer)
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    worker = await city.a_worker(ctx)
    await sign_up(client, fair, await city.as_worker(ctx, worker))
    await run_due_at(ctx, on(30, 9))
    number = {"number": 1}
    came = await client.post(f"/v1/fairs/{fair['id']}/check-ins", json=number, headers=officer)
    assert (came.json()["state"], came.json()["way_in"]) == ("came", "number"), came.text
    counted = await client.put(where, json=told, headers=officer)
    assert counted.json()["results"] == {"came": 1, "spoke": 1, "hired": 1}
    wrong = await client.put(where, json={"spoke": 2, "hired": 1}, headers=officer)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "fair_results_order")
    await run_due_at(ctx, on(30, 13))
    again = await client.put(where, json={"came": 80, "spoke": 40, "hired": 9}, headers=officer)
    assert again.json()["results"] == (await seen(client, fair))["results"] == {"came": 80, "spoke": 40, "hired": 9}


async def test_the_list_goes_on_in_pages(ctx: Context, client: Client) -> None:
    """By their beginning, each once; the past ones backwards; for a group those for everybody too."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    for number in range(5):
        groups = ["veterans"] if number == 3 else ["graduates"] if number == 4 else []
        await announced(client, officer, title=f"第{number}场", sessions=[span(30 + number)], audience=groups)
    titles: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = (await client.get("/v1/fairs", params=query)).json()
        titles += [each["title"] for each in answer["items"]]
        cursor = answer["next_cursor"]
    assert (titles, cursor) == ([f"第{number}场" for number in range(5)], None)
    assert await listed(client, group="veterans") == ["第0场", "第1场", "第2场", "第3场"]
    unknown = await client.get("/v1/fairs", params={"group": "astronauts"})
    assert unknown.json()["code"] == "fair_audience_unknown"
    await run_due_at(ctx, on(31, 13))
    assert await listed(client, past="true") == ["第1场", "第0场"]
    desk = (await client.get("/v1/fairs/desk", params={"state": "over"}, headers=officer)).json()["items"]
    assert [each["title"] for each in desk] == ["第1场", "第0场"]


async def test_everybody_of_a_crowd_is_told_once(ctx: Context, client: Client, monkeypatch: Any) -> None:
    """In batches, however small, and however often work is done again."""
    monkeypatch.setattr("service.fairs.timers.BATCH", 2)
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    for _ in range(5):
        await sign_up(client, fair, await city.as_worker(ctx, await city.a_worker(ctx)))
    await act(client, fair, "suspend", officer, reason="other", returns_on="2026-11-27")
    for minute in range(1, 6):
        await run_due_at(ctx, on(23, 8, 0) + timedelta(minutes=minute))
    told = "select count(*) from messages where template = 'fair.suspended'"
    assert await value_of(ctx, told) == 5
    assert await value_of(ctx, "select count(distinct person_id) from messages") == 5
