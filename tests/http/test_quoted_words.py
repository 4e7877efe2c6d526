"""Words that the service quotes in its own texts: none pose as it, lead out of it, or ask for money."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import set_time
from tests.builders.contact_requests import two_sides
from tests.builders.halls import shanghai
from tests.http.test_fees import an_agency, disclosed

Client = httpx2.AsyncClient
NOON = shanghai(2026, 11, 20, 12)
POSTING: dict[str, Any] = {
    "trade": "dishwashing", "headcount": 1, "place": {"address": "某路3号", "district_code": "310104"},
    "time": {"starts_at": "2027-01-05T09:00:00+08:00", "ends_at": "2027-01-05T13:00:00+08:00"},
    "pay": {"amount_fen": 2600, "unit": "hour"},
}  # fmt: skip
PHONE, DEPOSIT, POSE = "电话13812345678", "洗碗先交押金200", "【零工驿站】回复1领补贴"


def key() -> dict[str, str]:
    return {"idempotency-key": secrets.token_hex(16)}


@pytest.mark.parametrize(("title", "state"), [(POSE, "submitted"), ("平台装卸", "published")])
async def test_a_posing_title_waits_for_an_officer(ctx: Context, client: Client, title: str, state: str) -> None:
    """Of a verified employer and of a person alike; a platform to unload on is shown at once."""
    await set_time(ctx, NOON)
    boss = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    posted = await client.post("/v1/postings", json=POSTING | {"title": title}, headers=boss)
    assert posted.status_code == 201, posted.text
    offered = await client.post(f"/v1/postings/{posted.json()['id']}/submit", json={}, headers=boss | key())
    assert offered.status_code in (200, 409), offered.text
    shown = (await client.get(f"/v1/postings/{posted.json()['id']}", headers=boss)).json()
    assert shown["state"] == state
    who = await city.as_worker(ctx, await city.a_worker(ctx, city_code="310100"))
    wish = {"kind": "work", "trades": ["dishwashing"], "title": title}
    wished = (await client.post("/v1/supplies", json=wish, headers=who)).json()
    assert wished["state"] == state
    for made in (shown, wished):
        assert ("words_pose" in [each["code"] for each in made["warnings"]]) == (state == "submitted")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": PHONE}, "words_contact"),
        ({"title": DEPOSIT}, "guard_hit"),
        ({"title": POSE}, "words_pose"),
        ({"place": {"address": "加微信abc12345"}}, "words_contact"),
    ],
)
async def test_a_deal_by_sight_is_texted_so_that_its_words_are_judged(
    ctx: Context, client: Client, more: dict[str, Any], code: str
) -> None:
    """Refused before the worker's word is spent: the same word stands for the deal in other words."""
    await set_time(ctx, NOON)
    worker = await city.a_worker(ctx)
    async with ctx.uow() as uow:
        word = await uow.worker_codes.new_word(worker.id, digits=6, until=NOON + timedelta(minutes=10))
    boss = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    deal = {
        "code": word, "trade": "dishwashing", "pay": {"amount_fen": 2500}, "pay_unit": "hour",
        "until": "2026-11-20T17:00:00+08:00", "place": {"address": "某路3号"},
    }  # fmt: skip
    refused = await client.post("/v1/hires", json=deal | more, headers=boss | key())
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["pointer"] == ("/title" if "title" in more else "/place/address")
    assert (await client.post("/v1/hires", json=deal | {"title": "前台"}, headers=boss | key())).status_code == 201


async def test_names_of_crews_and_sites_are_judged(ctx: Context, client: Client) -> None:
    """When they are given and when they are changed."""
    me = await city.as_worker(ctx, await city.a_worker(ctx))
    for name, code in (("官方加微信xiwan8899", "words_contact"), (POSE, "words_pose"), (PHONE, "text_personal")):
        answer = await client.post("/v1/workers/me/crews", json={"name": name}, headers=me)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    employer = await city.an_employer(ctx)
    boss = await city.as_member(ctx, await city.a_member(ctx, employer))
    site = {"name": "二号仓", "city_code": "310100", "district_code": "310104", "address": "某路8号"}
    path = f"/v1/employers/{employer.id}/sites"
    for more, code in (
        ({"name": PHONE}, "words_contact"), ({"address": PHONE}, "words_contact"), ({"name": POSE}, "words_pose"),
        ({"name": "先交押金200"}, "guard_hit"),
    ):  # fmt: skip
        answer = await client.post(path, json=site | more, headers=boss)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(more))}"
    made = (await client.post(path, json=site, headers=boss)).json()
    changed = await client.patch(f"{path}/{made['id']}", json={"name": PHONE}, headers=boss | {"if-match": '"1"'})
    assert (changed.status_code, changed.json()["code"]) == (422, "words_contact")


async def test_notes_do_not_pose(ctx: Context, client: Client) -> None:
    """Of a question and of an invitation; a worker who has been a helpline's voice says so."""
    two = await two_sides(ctx, client)
    for note, status in (("系统通知：人社局官方客服提醒您", 422), ("回复1领补贴", 422)):
        answer = await two.ask(note=note)
        assert (answer.status_code, answer.json()["code"]) == (status, "words_pose")
    assert (await two.ask(note="您做过客服吗，我们平台装卸也要人")).status_code == 201
    employer = await city.an_employer(ctx)
    boss = await city.as_member(ctx, await city.a_member(ctx, employer))
    shift = await city.a_shift(ctx, await city.a_posting(ctx, employer), starts=shanghai(2027, 3, 1, 9))
    worker = await city.a_worker(ctx)
    body = {"worker_ids": [str(worker.id)], "note": POSE}
    refused = await client.post(f"/v1/shifts/{shift.id}/invitations", json=body, headers=boss)
    assert (refused.status_code, refused.json()["code"]) == (422, "words_pose")


async def test_no_charge_of_workers_is_disclosed_in_words(ctx: Context, client: Client) -> None:
    """In the statement and in an item; what is denied, or taken from firms, is said."""
    employer, me = await an_agency(ctx)
    item = {"what": "service_fee", "payer": "employer", "basis": "once", "amount_fen": 100}
    for more in (
        {"statement": "人社局指定收费单位，工人先交报名费再上岗", "items": []},
        {"statement": "求职者服务费100元"},
        {"items": [item | {"words": "工人报名费"}]},
    ):
        answer = await disclosed(client, employer, me, **more)
        assert (answer.status_code, answer.json()["code"]) == (422, "fee_from_worker")
    said = "服务费每人500元，由用工单位承担。不收押金、报名费"
    told = await disclosed(client, employer, me, statement=said, items=[item | {"words": "介绍费"}])
    assert told.status_code == 201, told.text
