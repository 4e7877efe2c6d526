"""Staff: two factors, pauses, idle and absolute ends; accounts kept by administrators."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx2
import pytest

from service.access.staff import create_admin
from service.context import Context
from service.errors import Conflict, Refused
from tests.builders.city import an_officer, as_staff
from tests.builders.people import (
    PASSWORD,
    Staff,
    a_phone,
    a_staff,
    bearer,
    move_clock,
    sent_code,
    sign_in_staff,
)


async def admin_of(client: httpx2.AsyncClient, ctx: Context) -> tuple[Staff, dict[str, str]]:
    admin = await a_staff(ctx, role="admin", regions=())
    return admin, bearer((await sign_in_staff(client, admin))["access_token"])


def a_new(**more: object) -> dict[str, object]:
    return {
        "username": "window.7",
        "password": PASSWORD,
        "phone": a_phone(),
        "display_name": "七号窗口",
        "role": "officer",
        "regions": ["310100"],
    } | more


async def test_staff_sign_in_with_password_and_code(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    tokens = await sign_in_staff(client, officer)
    me = (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).json()
    assert (me["role"], me["account_id"], me["regions"]) == ("officer", str(officer.id), ["310000"])
    assert officer.phone[3:] not in str(me)


async def test_an_unknown_name_and_a_wrong_password_look_the_same(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    bodies = [
        {"username": officer.username, "password": "not the password"},
        {"username": "nobody-here", "password": PASSWORD},
    ]
    answers = [await client.post("/v1/staff/sessions", json=body) for body in bodies]
    assert {answer.status_code for answer in answers} == {401}
    assert len({str(answer.json() | {"request_id": ""}) for answer in answers}) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_five_wrong_passwords_pause_a_name_known_or_not(
    client: httpx2.AsyncClient, ctx: Context, known: bool
) -> None:
    await move_clock(client, action="freeze")
    officer = await a_staff(ctx)
    name = officer.username if known else "nobody-here"
    wrong = {"username": name, "password": "not the password"}
    answers = await asyncio.gather(*(client.post("/v1/staff/sessions", json=wrong) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 3
    right = {"username": name, "password": PASSWORD}
    paused = await client.post("/v1/staff/sessions", json=right)
    assert (paused.status_code, paused.headers["retry-after"]) == (429, "900")
    await move_clock(client, action="advance", seconds=900)
    after = await client.post("/v1/staff/sessions", json=right)
    assert after.status_code == (202 if known else 401)


async def test_a_right_password_wipes_the_count_of_wrong_ones(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    wrong = {"username": officer.username, "password": "not the password"}
    for _ in range(2):
        for _ in range(4):
            assert (await client.post("/v1/staff/sessions", json=wrong)).status_code == 401
        await sign_in_staff(client, officer)


async def test_a_staff_session_ends_after_half_an_hour_without_use(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    tokens = await sign_in_staff(client, officer)
    await move_clock(client, action="freeze")
    for _ in range(3):
        await move_clock(client, action="advance", seconds=14 * 60)
        assert (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).status_code == 200
        body = {"refresh_token": tokens["refresh_token"]}
        tokens = (await client.post("/v1/sessions/refresh", json=body)).json()
    await move_clock(client, action="advance", seconds=30 * 60)
    late = await client.post("/v1/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert late.status_code == 401


async def test_use_alone_keeps_a_staff_session_from_idling_out(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    tokens = await sign_in_staff(client, officer)
    await move_clock(client, action="freeze")
    await move_clock(client, action="advance", seconds=14 * 60)
    assert (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).status_code == 200
    await move_clock(client, action="advance", seconds=29 * 60)
    refreshed = await client.post("/v1/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 200


async def test_a_staff_session_ends_after_ten_hours_however_busy(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    tokens = await sign_in_staff(client, officer)
    for _ in range(30):
        await move_clock(client, action="advance", seconds=20 * 60 - 1)
        answer = await client.post("/v1/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert answer.status_code == 200
        tokens = answer.json()
    await move_clock(client, action="advance", seconds=60)
    assert (await client.get("/v1/me", headers=bearer(tokens["access_token"]))).status_code == 401


async def test_an_admin_makes_an_officer_who_signs_in(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, headers = await admin_of(client, ctx)
    body = a_new()
    made = await client.post("/v1/staff", json=body, headers=headers)
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/staff/{made.json()['id']}"
    assert str(body["phone"])[3:] not in made.text
    assert PASSWORD not in made.text
    await sign_in_staff(client, Staff(made.json()["id"], "window.7", PASSWORD, str(body["phone"])))
    twice = await client.post("/v1/staff", json=a_new(), headers=headers)
    assert (twice.status_code, twice.json()["code"]) == (409, "username_taken")


@pytest.mark.parametrize(
    ("more", "code", "pointer"),
    [
        ({"password": "short"}, "password_too_short", "/password"),
        ({"password": "password123456"}, "password_common", "/password"),
        ({"password": "window.7 is mine"}, "password_has_username", "/password"),
        ({"regions": []}, "regions_needed", "/regions"),
        ({"regions": ["999999"]}, "region_unknown", "/regions/0"),
        ({"venue_id": str(uuid4())}, "venue_unknown", "/venue_id"),
        ({"username": "Window 7"}, "text_format", "/username"),
        ({"state": "closed"}, "field_unknown", "/state"),
        ({"role": "worker"}, "code_unknown", "/role"),
    ],
)
async def test_a_wrong_account_is_refused_at_its_field_and_not_echoed(
    client: httpx2.AsyncClient, ctx: Context, more: dict[str, object], code: str, pointer: str
) -> None:
    admin = await an_officer(ctx, role="admin")
    answer = await client.post("/v1/staff", json=a_new(**more), headers=await as_staff(ctx, admin))
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["code"], error["pointer"]) == (code, pointer)
    assert PASSWORD not in answer.text


async def test_editing_needs_the_version_and_a_new_role_ends_sessions(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, headers = await admin_of(client, ctx)
    officer = await a_staff(ctx, regions=("310100",))
    theirs = bearer((await sign_in_staff(client, officer))["access_token"])
    url = f"/v1/staff/{officer.id}"
    assert (await client.patch(url, json={"regions": ["320700"]}, headers=headers)).status_code == 428
    stale = await client.patch(url, json={"regions": ["320700"]}, headers=headers | {"if-match": '"7"'})
    assert stale.status_code == 412
    seen = (await client.get(url, headers=headers)).headers["etag"]
    edited = await client.patch(url, json={"regions": ["320700"]}, headers=headers | {"if-match": seen})
    assert edited.json()["regions"] == ["320700"]
    assert (await client.get("/v1/me", headers=theirs)).json()["regions"] == ["320700"]
    promoted = await client.patch(url, json={"role": "admin"}, headers=headers | {"if-match": edited.headers["etag"]})
    assert promoted.json()["role"] == "admin"
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401


async def test_closing_ends_sessions_at_once_and_nobody_closes_the_own_account(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    admin, headers = await admin_of(client, ctx)
    officer = await a_staff(ctx)
    theirs = bearer((await sign_in_staff(client, officer))["access_token"])
    assert (await client.post(f"/v1/staff/{officer.id}/close", headers=headers)).json()["state"] == "closed"
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401
    shut = await client.post("/v1/staff/sessions", json={"username": officer.username, "password": officer.password})
    assert shut.status_code == 401
    own = await client.post(f"/v1/staff/{admin.id}/close", headers=headers)
    assert (own.status_code, own.json()["code"]) == (409, "own_account")
    again = await client.post(f"/v1/staff/{officer.id}/close", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert (await client.post(f"/v1/staff/{officer.id}/reopen", headers=headers)).json()["state"] == "active"
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401
    await sign_in_staff(client, officer)


async def test_lost_credentials_are_reset_with_a_fresh_factor(client: httpx2.AsyncClient, ctx: Context) -> None:
    admin, headers = await admin_of(client, ctx)
    officer = await a_staff(ctx)
    theirs = bearer((await sign_in_staff(client, officer))["access_token"])
    phone, password = a_phone(), "nine other herons 9"
    await move_clock(client, action="advance", seconds=301)
    url, body = f"/v1/staff/{officer.id}/credentials", {"password": password, "phone": phone}
    stale = await client.post(url, json=body, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (403, "step_up_needed")
    asked = await client.post("/v1/sessions/step-up/codes", headers=headers)
    proof = {"challenge_id": asked.json()["challenge_id"], "code": await sent_code(client, admin.phone)}
    assert (await client.post("/v1/sessions/step-up", json=proof, headers=headers)).status_code == 204
    assert (await client.post(url, json=body, headers=headers)).status_code == 200
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401
    await sign_in_staff(client, Staff(officer.id, officer.username, password, phone))


async def test_staff_change_their_own_password(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await a_staff(ctx)
    elsewhere = bearer((await sign_in_staff(client, officer))["access_token"])
    headers = bearer((await sign_in_staff(client, officer))["access_token"])
    url = "/v1/me/password"
    wrong = await client.post(url, json={"present": "not it", "password": "a b c d e f g h"}, headers=headers)
    assert wrong.status_code == 401
    weak = await client.post(url, json={"present": PASSWORD, "password": "admin1234567"}, headers=headers)
    assert weak.status_code == 422
    new = "nine other herons 9"
    done = await client.post(url, json={"present": PASSWORD, "password": new}, headers=headers)
    assert done.status_code == 204
    assert (await client.get("/v1/me", headers=headers)).status_code == 200
    assert (await client.get("/v1/me", headers=elsewhere)).status_code == 401
    await sign_in_staff(client, Staff(officer.id, officer.username, new, officer.phone))


async def test_the_list_turns_its_pages_and_shows_everybody_once(client: httpx2.AsyncClient, ctx: Context) -> None:
    made = {str((await an_officer(ctx)).id) for _ in range(6)}
    admin = await an_officer(ctx, role="admin")
    headers, cursor, seen = await as_staff(ctx, admin), None, []
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/staff", params=params, headers=headers)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made | {str(admin.id)})
    broken = await client.get("/v1/staff", params={"cursor": "abc.def"}, headers=headers)
    assert broken.status_code == 400


async def test_the_first_administrator_comes_from_the_command_line(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    row = await create_admin(ctx, username="first", password=PASSWORD, phone=phone, display_name="张主任")
    tokens = await sign_in_staff(client, Staff(row.id, "first", PASSWORD, phone))
    assert tokens["role"] == "admin"
    with pytest.raises(Conflict):
        await create_admin(ctx, username="first", password=PASSWORD, phone=phone, display_name="另一位")
    for wrong in ({"phone": "12"}, {"password": "admin"}, {"username": "!"}):
        given = {"username": "second", "password": PASSWORD, "phone": phone, "display_name": "甲"} | wrong
        with pytest.raises(Refused):
            await create_admin(ctx, **given)
