"""Supply in the open: from a wish to an end, without the person; what is hidden, and from whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text as sql

from service.context import Context
from service.errors import Refused
from service.supplies.rules import RETURN_WITHIN
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.contact_requests import a_supply

Client = httpx2.AsyncClient
WISH = {"kind": "work", "trades": ["dishwashing", "moving"], "description": "晚上和周末都行，手脚快"}
PHONE, NAME = "+8613612345678", "欧阳建国"


async def a_seeker(ctx: Context, **more: Any) -> tuple[Any, dict[str, str]]:
    worker = await city.a_worker(ctx, name=NAME, phone=PHONE, city_code="310100", district_code="310104", **more)
    return worker, await city.as_worker(ctx, worker)


async def wished(client: Client, who: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/supplies", json=WISH | more, headers=who)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def act(client: Client, row: dict[str, Any], action: str, who: dict[str, str], **body: Any) -> httpx2.Response:
    return await client.post(f"/v1/supplies/{row['id']}/{action}", json=body, headers=who)


async def shown(client: Client, **params: Any) -> list[str]:
    answer = await client.get("/v1/supplies", params=params)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_a_wish_is_shown_at_once_and_without_its_person(ctx: Context, client: Client) -> None:
    """Free, live, found by place and trade; no name, phone, person or point in anything the public reads."""
    worker, who = await a_seeker(ctx)
    made = await wished(client, who, district_codes=["310104"], pay_wish={"amount_fen": 2500, "unit": "hour"})
    assert (made["state"], made["worker_id"]) == ("published", str(worker.id))
    assert [each["label"] for each in made["trades"]]
    public = await client.get(f"/v1/supplies/{made['id']}")
    assert (public.json()["worker_id"], public.json()["warnings"]) == (None, None)
    assert public.json()["pay_wish"] == {"amount_fen": 2500, "currency": "CNY", "unit": "hour"}
    listed = await client.get("/v1/supplies", params={"region": "310104", "trade": "moving"})
    assert [each["id"] for each in listed.json()["items"]] == [made["id"]]
    for text in (public.text, listed.text):
        assert not any(word in text for word in (NAME, PHONE[3:], str(worker.id), "lon"))


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"region": "310000"}, True), ({"region": "310101"}, False), ({"region": "330200"}, False),
        ({"trade": "dishwashing"}, True), ({"trade": "cleaning,moving"}, True), ({"trade": "cleaning"}, False),
        ({"kind": "service"}, False), ({"work_mode": "remote"}, False), ({"work_mode": "on_site"}, True),
    ],
)  # fmt: skip
async def test_each_filter_holds(ctx: Context, client: Client, params: dict[str, str], found: bool) -> None:
    """One wish in one district."""
    _, who = await a_seeker(ctx)
    made = await wished(client, who, district_codes=["310104"])
    assert (made["id"] in await shown(client, **params)) is found


async def test_whoever_names_no_district_is_found_in_each_of_the_city(ctx: Context, client: Client) -> None:
    """And in no other city."""
    _, who = await a_seeker(ctx)
    made = await wished(client, who)
    assert made["id"] in await shown(client, region="310115")
    assert made["id"] not in await shown(client, region="330203")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"trade": "alchemy"}, "trade_unknown"), ({"trade": ",".join(f"a{n}" for n in range(30))}, "list_too_long"),
        ({"region": "31"}, None), ({"kind": "gift"}, None), ({"colour": "red"}, None),
    ],
)  # fmt: skip
async def test_unknown_filters_are_refused(client: Client, params: dict[str, str], code: str | None) -> None:
    """422, with the valid ones or where they stand."""
    answer = await client.get("/v1/supplies", params=params)
    assert answer.status_code == 422
    if code:
        assert answer.json()["errors"][0]["code"] == code


async def test_words_that_lead_out_wait_for_an_officer(ctx: Context, client: Client) -> None:
    """A number in the text: in review, unseen by the public; approved or rejected by an officer of the place alone."""
    _, who = await a_seeker(ctx)
    made = await wished(client, who, description="搬家找我，微信同号 13912345678")
    assert made["state"] == "submitted"
    assert made["warnings"][0]["facts"]["rule"] == "C29"
    assert (await client.get(f"/v1/supplies/{made['id']}")).status_code == 404
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",)))
    waiting = (await client.get("/v1/supplies/review", headers=officer)).json()["items"]
    assert [each["id"] for each in waiting] == [made["id"]]
    assert (await client.get("/v1/supplies/review", headers=abroad)).json()["items"] == []
    assert (await act(client, made, "publish", abroad)).status_code == 404
    rejected = await act(client, made, "reject", officer, reason="C29_contact")
    if rejected.status_code == 422:
        rejected = await act(client, made, "reject", officer, reason="other")
    assert rejected.json()["state"] == "rejected"
    mended = await client.patch(
        f"/v1/supplies/{made['id']}", json={"description": "搬家找我，力气大"},
        headers=who | {"if-match": f'"{rejected.json()["version"]}"'},
    )  # fmt: skip
    assert mended.json()["state"] == "published"


async def test_unlawful_offers_are_stopped(ctx: Context, client: Client) -> None:
    """422 with rule, law and words; nothing is stored."""
    _, who = await a_seeker(ctx)
    stopped = await client.post("/v1/supplies", json=WISH | {"description": "帮人刷单，日结"}, headers=who)
    assert (stopped.status_code, stopped.json()["code"]) == (422, "posting_blocked")
    assert stopped.json()["facts"]["hits"][0]["rule"] == "C21"
    assert (await client.get("/v1/supplies/own", headers=who)).json()["items"] == []


async def test_whoever_rests_is_not_looked_for(ctx: Context, client: Client) -> None:
    """The rest hides, the return shows; what the person had hidden stays hidden."""
    _, who = await a_seeker(ctx)
    first, second = await wished(client, who), await wished(client, who)
    assert (await act(client, second, "pause", who)).json()["state"] == "paused"
    assert (await client.post("/v1/workers/me/rest", headers=who)).status_code == 200
    assert await shown(client) == []
    assert (await client.post("/v1/workers/me/return", headers=who)).status_code == 200
    assert await shown(client) == [first["id"]]
    assert (await act(client, second, "resume", who)).json()["state"] == "published"
    assert (await act(client, first, "find", who)).json()["state"] == "found"
    assert await shown(client) == [second["id"]]
    again = await act(client, first, "resume", who)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_what_is_published_or_changed_during_a_rest_waits_for_the_return(ctx: Context, client: Client) -> None:
    """An officer approves, the person mends another one: neither shows anybody who rests, nor says that it does."""
    _, who = await a_seeker(ctx)
    reviewed = await wished(client, who, description="搬家找我，微信同号 13912345678")
    changed = await wished(client, who)
    assert (await client.post("/v1/workers/me/rest", headers=who)).status_code == 200
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    approved = await act(client, reviewed, "publish", officer)
    assert (approved.status_code, approved.json()["state"]) == (200, "paused"), approved.text
    seen = (await client.get(f"/v1/supplies/{changed['id']}", headers=who)).json()
    match = who | {"if-match": f'"{seen["version"]}"'}
    mended = await client.patch(f"/v1/supplies/{changed['id']}", json={"title": "搬家"}, headers=match)
    assert (mended.status_code, mended.json()["state"]) == (200, "paused"), mended.text
    assert await shown(client) == []
    told = (await client.get("/v1/messages", headers=who)).json()["items"]
    assert not [each for each in told if "已发布" in each["text"]]
    assert (await client.post("/v1/workers/me/return", headers=who)).status_code == 200
    await run_due_at(ctx, await city.now_of(ctx) + RETURN_WITHIN)
    assert sorted(await shown(client)) == sorted([reviewed["id"], changed["id"]])


@pytest.mark.parametrize("way", ["change", "resume", "publish", "lift", "grant", "return"])
async def test_who_may_not_be_introduced_to_work_is_shown_by_no_way(ctx: Context, client: Client, way: str) -> None:
    """The age came into doubt (INV-07): whatever would show the wish again is refused, or leaves it hidden."""
    worker, who = await a_seeker(ctx)
    first, second = [await city.as_staff(ctx, await city.an_officer(ctx)) for _ in range(2)]
    words = {"description": "微信同号 13912345678"} if way == "publish" else {}
    made = await wished(client, who, **words)
    before: dict[str, Any] = {
        "resume": ("pause", who, {}), "change": ("pause", who, {}), "lift": ("hold", first, {"reason": "unsafe"}),
        "grant": ("take-down", first, {"reason": "other"}),
    }  # fmt: skip
    if way in before:
        action, by, body = before[way]
        done = (await act(client, made, action, by, **body)).json()
    if way == "grant":
        done = (await act(client, made, "appeals", who, words="我会修水管")).json()
    if way == "return":
        assert (await client.post("/v1/workers/me/rest", headers=who)).status_code == 200
    async with ctx.uow() as uow:
        (await uow.workers.lock(worker.id)).introducible_from = None
    seen = (await client.get(f"/v1/supplies/{made['id']}", headers=who)).json()
    patched = who | {"if-match": f'"{seen["version"]}"'}
    answer = {
        "change": lambda: client.patch(f"/v1/supplies/{made['id']}", json={"title": "洗碗"}, headers=patched),
        "resume": lambda: act(client, made, "resume", who),
        "publish": lambda: act(client, made, "publish", first, overrules="是本人的号码"),
        "lift": lambda: client.post(f"/v1/holds/{done['id']}/lift", headers=second),
        "grant": lambda: client.post(f"/v1/appeals/{done['id']}/decide", json={"outcome": "grant"}, headers=second),
        "return": lambda: client.post("/v1/workers/me/return", headers=who),
    }[way]
    said = await answer()
    if way in ("lift", "return"):
        assert said.status_code == 200, said.text
        await run_due_at(ctx, await city.now_of(ctx) + RETURN_WITHIN)
    else:
        assert (said.status_code, said.json()["code"]) == (422, "birth_date_needed")
    assert await shown(client) == []
    assert (await client.get(f"/v1/supplies/{made['id']}", headers=who)).json()["state"] != "published"


async def test_it_ends_with_its_validity(ctx: Context, client: Client) -> None:
    """On the shared clock; the person is told."""
    _, who = await a_seeker(ctx)
    made = await wished(client, who)
    later = await city.now_of(ctx) + timedelta(days=31)
    await run_due_at(ctx, later)
    assert await shown(client) == []
    async with ctx.uow() as uow:
        assert (await uow.supplies.get(UUID(made["id"]))).state == "expired"


async def test_at_most_five_at_a_time(ctx: Context, client: Client) -> None:
    """The sixth is refused; one withdrawn makes room."""
    _, who = await a_seeker(ctx)
    rows = [await wished(client, who) for _ in range(5)]
    sixth = await client.post("/v1/supplies", json=WISH, headers=who)
    assert (sixth.status_code, sixth.json()["code"]) == (422, "supplies_too_many")
    await act(client, rows[0], "withdraw", who)
    await wished(client, who)


async def test_an_officer_enters_it_with_the_persons_yes(ctx: Context, client: Client) -> None:
    """Without the yes 422; with it the log says for whom and how; the person is told."""
    worker, who = await a_seeker(ctx)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    body = WISH | {"worker_id": str(worker.id)}
    bare = await client.post("/v1/supplies", json=body, headers=officer)
    assert (bare.status_code, bare.json()["code"]) == (422, "on_behalf_needed")
    made = await client.post("/v1/supplies", json=body, params={"on_behalf": "by_phone"}, headers=officer)
    assert (made.status_code, made.json()["state"]) == (201, "published")
    inbox = (await client.get("/v1/messages", headers=who)).json()["items"]
    assert any("已发布" in each["text"] for each in inbox)
    nobody = await client.post("/v1/supplies", json=WISH, params={"on_behalf": "by_phone"}, headers=officer)
    assert nobody.status_code == 422


async def test_strangers_change_nothing(ctx: Context, client: Client) -> None:
    """Another worker gets what somebody gets for an id that is not there; members have no door."""
    _, who = await a_seeker(ctx)
    made = await wished(client, who)
    other = await city.as_worker(ctx, await city.a_worker(ctx))
    member = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    assert (await act(client, made, "withdraw", other)).status_code == 404
    assert (await act(client, made, "withdraw", member)).status_code == 403
    stale = await client.patch(f"/v1/supplies/{made['id']}", json={"title": "x"}, headers=who | {"if-match": '"9"'})
    assert stale.status_code == 412


async def test_a_licence_exempt_service_needs_no_licence(ctx: Context, client: Client) -> None:
    """便民劳务: an individual's own craft; said only of services."""
    _, who = await a_seeker(ctx)
    service = await wished(client, who, kind="service", licence_exempt=True, title="修拉链、改衣服")
    assert service["licence_exempt"] is True
    assert (await wished(client, who, licence_exempt=True))["licence_exempt"] is False
    assert await shown(client, kind="service") == [service["id"]]


@pytest.mark.parametrize(
    "column",
    ["work_modes = '[]'", "work_modes = '[\"on_the_moon\"]'", "channel = 'elsewhere'", "pay_wish_unit = 'week'"],
)
async def test_a_column_of_codes_holds_no_other(ctx: Context, column: str) -> None:
    """Whatever writes it: the database knows the closed sets."""
    row = await a_supply(ctx, await city.a_worker(ctx), pay_wish_fen=2500, pay_wish_unit="hour")
    with pytest.raises(Refused) as refused:
        async with ctx.uow() as uow:
            await uow.session.execute(sql(f"update supplies set {column} where id = '{row.id}'"))
    assert f"ck_supplies_{column.split()[0]}" in str(refused.value.__cause__)
