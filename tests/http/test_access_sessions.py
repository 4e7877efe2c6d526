"""Signing in with a code, choosing, rotating, signing out, over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from tests.builders.city import a_member, a_worker, an_employer
from tests.builders.people import (
    a_challenge,
    a_known_person,
    a_phone,
    bearer,
    move_clock,
    sent_code,
    sign_in,
)

NOBODYS = "lga_" + "x" * 43


@pytest.fixture
def strict(app: Any) -> Any:
    """The limits on codes as in production."""
    context = app.state.context
    app.state.context = replace(context, settings=context.settings.model_copy(update={"codes_lifted": False}))
    yield
    app.state.context = context


async def test_a_worker_signs_in_with_a_code_and_is_known(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    person = await a_known_person(ctx, name="王小明", phone=phone)
    made = await sign_in(client, phone, label="我的手机")
    assert made["status"] == "signed_in"
    tokens = made["tokens"]
    me = (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).json()
    assert (me["role"], me["person_id"], me["worker_id"]) == ("worker", str(person.id), str(person.id))
    assert me["name"] == "王**"
    assert me["phone_masked"] == f"{phone[3:6]}****{phone[10:]}"
    assert phone[3:] not in str(me)


async def test_known_and_unknown_numbers_get_the_same_answer(client: httpx2.AsyncClient, ctx: Context) -> None:
    known, unknown = a_phone(), a_phone()
    await a_known_person(ctx, phone=known)
    answers = [await client.post("/v1/codes", json={"phone": phone}) for phone in (known, unknown)]
    bodies = [answer.json() | {"challenge_id": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert bodies[0] == bodies[1] == {"challenge_id": "", "expires_in_seconds": 300, "retry_in_seconds": 60}


async def test_an_unknown_number_gets_a_ticket_to_register_with(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    made = await sign_in(client, phone)
    assert made["status"] == "unknown"
    assert made["tokens"] is None
    async with ctx.uow() as uow:
        ticket = await uow.access.redeem_ticket(made["ticket"])
    assert (ticket.phone, ticket.role) == (phone, "worker")
    again = await client.post("/v1/sessions/choose", json={"ticket": made["ticket"]})
    assert (again.status_code, again.json()["code"]) == (401, "ticket_invalid")


async def test_several_people_on_one_number_choose_and_only_among_themselves(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    first = await a_known_person(ctx, name="王小明", phone=phone)
    second = await a_known_person(ctx, name="赵大海", phone=phone)
    stranger = await a_known_person(ctx, phone=a_phone())
    made = await sign_in(client, phone)
    assert made["status"] == "choose_person"
    assert made["people"] == [
        {"person_id": str(first.id), "name_masked": "王**"},
        {"person_id": str(second.id), "name_masked": "赵**"},
    ]
    ticket = made["ticket"]
    foreign = await client.post("/v1/sessions/choose", json={"ticket": ticket, "person_id": str(stranger.id)})
    missing = await client.post("/v1/sessions/choose", json={"ticket": ticket, "person_id": str(uuid4())})
    assert (foreign.status_code, missing.status_code) == (404, 404)
    chosen = await client.post("/v1/sessions/choose", json={"ticket": ticket, "person_id": str(second.id)})
    assert chosen.json()["tokens"]["person_id"] == str(second.id)
    spent = await client.post("/v1/sessions/choose", json={"ticket": ticket, "person_id": str(first.id)})
    assert spent.status_code == 401


async def test_somebody_new_on_a_known_number_asks_for_a_ticket_and_is_not_taken_for_the_other(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    made = await sign_in(client, phone, register=True)
    assert (made["status"], made["tokens"], made["people"]) == ("unknown", None, [])


async def test_a_member_chooses_the_employer_and_leaves_with_the_membership(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    shop, cafe = await an_employer(ctx), await an_employer(ctx)
    member = await a_member(ctx, shop, phone=phone)
    async with ctx.uow() as uow:
        from service.actor import SYSTEM
        from service.employers.tables import MemberRow

        other = MemberRow(employer_id=cafe.id, person_id=member.person_id, role="clerk")
        await uow.add(other, by=SYSTEM)
    made = await sign_in(client, phone, as_="member")
    assert made["status"] == "choose_employer"
    assert [one["member_role"] for one in made["employers"]] == ["owner", "clerk"]
    chosen = await client.post("/v1/sessions/choose", json={"ticket": made["ticket"], "employer_id": str(cafe.id)})
    tokens = chosen.json()["tokens"]
    headers = bearer(tokens["access_token"])
    me = (await client.get("/v1/me", headers=headers)).json()
    assert (me["role"], me["employer_id"], me["member_role"]) == ("member", str(cafe.id), "clerk")
    async with ctx.uow() as uow:
        row = await uow.session.get(MemberRow, other.id)
        await uow.edit(row, by=SYSTEM, at=await uow.now(), left_at=await uow.now())
    assert (await client.get("/v1/me", headers=headers)).status_code == 401
    refresh = await client.post("/v1/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refresh.status_code == 401


async def test_a_person_without_a_working_profile_is_nobody_to_worker_sign_in(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone, worker=False)
    assert (await sign_in(client, phone))["status"] == "unknown"


async def test_every_wrong_way_with_a_code_has_one_answer(client: httpx2.AsyncClient, ctx: Context) -> None:
    """Wrong, expired, used, for another purpose, of an unknown challenge: the same 401."""
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    right = await a_challenge(client, phone)
    wrong_code = "000000" if right["code"] != "000000" else "111111"
    tries = [right | {"code": wrong_code}, right | {"challenge_id": str(uuid4())}]
    other_purpose = await a_challenge(client, phone, purpose="change_phone")
    tries.append(other_purpose)
    answers = [await client.post("/v1/sessions", json=body | {"as": "worker"}) for body in tries]
    assert (await client.post("/v1/sessions", json=right | {"as": "worker"})).status_code == 200
    answers.append(await client.post("/v1/sessions", json=right | {"as": "worker"}))
    late = await a_challenge(client, phone)
    await move_clock(client, action="advance", seconds=300)
    answers.append(await client.post("/v1/sessions", json=late | {"as": "worker"}))
    bodies = [{k: v for k, v in answer.json().items() if k != "request_id"} for answer in answers]
    assert {answer.status_code for answer in answers} == {401}
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["code"] == "code_wrong"
    assert "www-authenticate" in answers[0].headers


async def test_five_wrong_tries_void_the_code_even_when_they_come_at_once(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    right = await a_challenge(client, phone)
    wrong = [f"{number:06d}" for number in range(100, 110) if f"{number:06d}" != right["code"]][:5]
    bodies = [right | {"code": code, "as": "worker"} for code in wrong]
    answers = await asyncio.gather(*(client.post("/v1/sessions", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {401}
    assert (await client.post("/v1/sessions", json=right | {"as": "worker"})).status_code == 401


async def test_four_wrong_tries_leave_one(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    right = await a_challenge(client, phone)
    for number in range(200, 204):
        await client.post("/v1/sessions", json=right | {"code": f"{number:06d}", "as": "worker"})
    assert (await client.post("/v1/sessions", json=right | {"as": "worker"})).status_code == 200


async def test_ten_fails_of_a_number_pause_its_codes_for_half_an_hour(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    await move_clock(client, action="freeze")
    for _ in range(2):
        right = await a_challenge(client, phone)
        for number in range(300, 305):
            await client.post("/v1/sessions", json=right | {"code": f"{number:06d}", "as": "worker"})
    right = await a_challenge(client, phone)
    paused = await client.post("/v1/sessions", json=right | {"as": "worker"})
    assert (paused.status_code, paused.json()["code"]) == (429, "code_paused")
    assert paused.headers["retry-after"] == "1800"
    assert "请 30 分钟后再试" in paused.json()["detail"]
    await move_clock(client, action="advance", seconds=1800)
    assert (await sign_in(client, phone))["status"] == "signed_in"


async def test_codes_to_one_number_are_a_minute_apart_and_five_an_hour(
    client: httpx2.AsyncClient, ctx: Context, strict: None
) -> None:
    phone = a_phone()
    await move_clock(client, action="freeze")
    statuses = []
    for wait in (0, 59, 1, 60, 60, 60, 60):
        if wait:
            await move_clock(client, action="advance", seconds=wait)
        answer = await client.post("/v1/codes", json={"phone": phone})
        statuses.append(answer.status_code)
    assert statuses == [202, 429, 202, 202, 202, 202, 429]
    assert answer.headers["retry-after"] == str(3600 - 300)


async def test_many_requests_at_once_send_one_code(client: httpx2.AsyncClient, ctx: Context, strict: None) -> None:
    phone = a_phone()
    answers = await asyncio.gather(*(client.post("/v1/codes", json={"phone": phone}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [202] + [429] * 7


async def test_one_address_asks_for_twenty_codes_an_hour(
    client: httpx2.AsyncClient, ctx: Context, strict: None
) -> None:
    await move_clock(client, action="freeze")
    statuses = [(await client.post("/v1/codes", json={"phone": a_phone()})).status_code for _ in range(21)]
    assert statuses == [202] * 20 + [429]


async def test_refresh_tokens_rotate_and_a_copy_closes_the_session(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    first = (await sign_in(client, phone))["tokens"]
    second = (await client.post("/v1/sessions/refresh", json={"refresh_token": first["refresh_token"]})).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await client.get("/v1/me", headers=bearer(second["access_token"]))).status_code == 200
    reused = await client.post("/v1/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert reused.status_code == 401
    for token in (first["access_token"], second["access_token"]):
        assert (await client.get("/v1/me", headers=bearer(token))).status_code == 401
    last = await client.post("/v1/sessions/refresh", json={"refresh_token": second["refresh_token"]})
    assert last.status_code == 401


async def test_a_lost_answer_to_a_refresh_is_given_again_under_its_key(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    tokens = (await sign_in(client, phone))["tokens"]
    ask = {
        "url": "/v1/sessions/refresh",
        "json": {"refresh_token": tokens["refresh_token"]},
        "headers": {"idempotency-key": "refresh-one"},
    }
    one, two = await client.post(**ask), await client.post(**ask)
    assert one.content == two.content
    assert two.headers["idempotency-replayed"] == "true"
    assert (await client.get("/v1/me", headers=bearer(one.json()["access_token"]))).status_code == 200


async def test_two_refreshes_at_once_give_one_pair(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    tokens = (await sign_in(client, phone))["tokens"]
    body = {"refresh_token": tokens["refresh_token"]}
    answers = await asyncio.gather(*(client.post("/v1/sessions/refresh", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_access_tokens_live_a_quarter_of_an_hour_and_a_workers_session_months(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    tokens = (await sign_in(client, phone))["tokens"]
    await move_clock(client, action="advance", seconds=15 * 60)
    assert (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).status_code == 401
    await move_clock(client, action="advance", seconds=170 * 86400)
    renewed = await client.post("/v1/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 200
    await move_clock(client, action="advance", seconds=11 * 86400)
    over = await client.post("/v1/sessions/refresh", json={"refresh_token": renewed.json()["refresh_token"]})
    assert over.status_code == 401


async def test_own_sessions_are_listed_and_closed_one_by_one_and_all_at_once(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone, other = a_phone(), a_phone()
    await a_known_person(ctx, phone=phone)
    await a_known_person(ctx, phone=other)
    here, there = [(await sign_in(client, phone, label=label))["tokens"] for label in ("这里", "那里")]
    strangers = (await sign_in(client, other))["tokens"]
    headers = bearer(here["access_token"])
    items = (await client.get("/v1/sessions", headers=headers)).json()["items"]
    assert [(one["label"], one["current"]) for one in items] == [("那里", False), ("这里", True)]
    foreign = await client.delete(f"/v1/sessions/{strangers['session_id']}", headers=headers)
    missing = await client.delete(f"/v1/sessions/{uuid4()}", headers=headers)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    closed = await client.delete(f"/v1/sessions/{there['session_id']}", headers=headers)
    assert closed.status_code == 204
    assert (await client.get("/v1/me", headers=bearer(there["access_token"]))).status_code == 401
    third = (await sign_in(client, phone))["tokens"]
    assert (await client.delete("/v1/sessions", headers=headers)).status_code == 204
    for tokens in (here, third):
        assert (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).status_code == 401
    assert (await client.get("/v1/me", headers=bearer(strangers["access_token"]))).status_code == 200


async def test_signing_out_clears_what_the_browser_kept(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    headers = bearer((await sign_in(client, phone))["tokens"]["access_token"])
    answer = await client.delete("/v1/sessions/current", headers=headers)
    assert answer.status_code == 204
    assert "storage" in answer.headers["clear-site-data"]
    assert (await client.get("/v1/me", headers=headers)).status_code == 401


async def test_a_code_renews_the_second_factor_and_only_ones_own(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    headers = bearer((await sign_in(client, phone))["tokens"]["access_token"])
    await move_clock(client, action="advance", seconds=400)
    before = (await client.get("/v1/me", headers=headers)).json()["fresh_until"]
    foreign = await a_challenge(client, phone)  # a code for another purpose is none for this
    refused = await client.post("/v1/sessions/step-up", json=foreign, headers=headers)
    assert refused.status_code == 401
    asked = await client.post("/v1/sessions/step-up/codes", headers=headers)
    body = {"challenge_id": asked.json()["challenge_id"], "code": await sent_code(client, phone)}
    assert (await client.post("/v1/sessions/step-up", json=body, headers=headers)).status_code == 204
    after = (await client.get("/v1/me", headers=headers)).json()["fresh_until"]
    assert after > before


async def test_a_signed_in_code_answer_is_replayed_with_the_same_tokens(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    body = await a_challenge(client, phone) | {"as": "worker"}
    headers = {"idempotency-key": "sign-in-1"}
    one = await client.post("/v1/sessions", json=body, headers=headers)
    two = await client.post("/v1/sessions", json=body, headers=headers)
    assert one.content == two.content
    assert one.json()["status"] == "signed_in"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(NOBODYS),
        bearer("lgd_" + "x" * 43),
        bearer("lgk_" + "x" * 43),
        bearer("lgr_" + "x" * 43),
        bearer("nonsense"),
        {"authorization": "Basic dXNlcjpwYXNz"},
        bearer("x" * 600),
    ],
)
async def test_whoever_is_not_known_gets_one_answer(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.get("/v1/me", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"phone": "123"}, "/phone"),
        ({"phone": "138٠٠٠٠٠٠٠٠"}, "/phone"),
        ({"phone": "13800138000", "purpose": "fun"}, "/purpose"),
        ({"phone": "13800138000", "state": "known"}, "/state"),
        ({}, "/phone"),
    ],
)
async def test_a_request_for_a_code_that_cannot_be_is_refused_at_its_field(
    client: httpx2.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/v1/codes", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "138" not in str(answer.json()["errors"]) + answer.json()["detail"]


async def test_full_width_digits_are_the_same_phone_and_code(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    worker = await a_worker(ctx, phone=phone)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    asked = await client.post("/v1/codes", json={"phone": phone[3:].translate(wide)})
    code = await sent_code(client, phone)
    body = {"challenge_id": asked.json()["challenge_id"], "code": code.translate(wide), "as": "worker"}
    made = (await client.post("/v1/sessions", json=body)).json()
    assert made["tokens"]["person_id"] == str(worker.id)
