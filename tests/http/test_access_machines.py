"""Kiosks, the people at them, and integrators' keys."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx2
import pytest

from service.context import Context
from service.ids import new_token
from service.vault import token_hash
from service.workers.tables import WorkerCodeRow
from tests.builders.city import a_venue, an_employer, an_officer, as_staff
from tests.builders.people import (
    a_challenge,
    a_kiosk,
    a_known_person,
    a_phone,
    an_integrator,
    bearer,
    move_clock,
    sent_code,
    sign_in,
)


async def a_card(ctx: Context, person_id: UUID) -> str:
    """A printed card of the person."""
    card = new_token("lgc")
    async with ctx.uow() as uow:
        uow.session.add(
            WorkerCodeRow(worker_id=person_id, kind="card", hash=token_hash(card), created_at=await uow.now())
        )
    return card


async def at_kiosk(client: httpx2.AsyncClient, kiosk: dict[str, str], credential: str, phone: str) -> dict[str, str]:
    """Headers of a person's session at a kiosk."""
    body = await a_challenge(client, phone, headers=kiosk)
    made = await client.post("/v1/kiosk/sessions", json=body, headers=kiosk)
    assert made.status_code == 200, made.text
    return bearer(made.json()["tokens"]["access_token"]) | {"x-device-credential": credential}


async def test_an_officer_enrols_a_kiosk_of_the_own_region(client: httpx2.AsyncClient, ctx: Context) -> None:
    officer = await an_officer(ctx, regions=("310100",))
    headers = await as_staff(ctx, officer)
    venue = await a_venue(ctx)
    made = await client.post("/v1/devices", json={"venue_id": str(venue.id), "name": "门口"}, headers=headers)
    assert made.status_code == 201
    me = (await client.get("/v1/me", headers=bearer(made.json()["credential"]))).json()
    assert (me["role"], me["channel"], me["venue_id"]) == ("kiosk", "kiosk", str(venue.id))
    shown = (await client.get(f"/v1/devices/{made.json()['id']}", headers=headers)).json()
    assert "credential" not in shown
    elsewhere = await a_venue(ctx, city_code="320700", district_code=None)
    refusals = [
        await client.post("/v1/devices", json={"venue_id": venue_id, "name": "门口"}, headers=headers)
        for venue_id in (str(elsewhere.id), str(uuid4()))
    ]
    assert [one.status_code for one in refusals] == [422, 422]
    assert len({str(one.json() | {"request_id": ""}) for one in refusals}) == 1


async def test_another_regions_kiosk_and_a_missing_one_look_the_same(client: httpx2.AsyncClient, ctx: Context) -> None:
    device_id, _, _ = await a_kiosk(ctx, city_code="320700")
    headers = await as_staff(ctx, await an_officer(ctx, regions=("310000",)))
    for method, path in (("GET", ""), ("POST", "/revoke")):
        foreign = await client.request(method, f"/v1/devices/{device_id}{path}", headers=headers)
        missing = await client.request(method, f"/v1/devices/{uuid4()}{path}", headers=headers)
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    assert (await client.get("/v1/devices", headers=headers)).json()["items"] == []
    admin = await as_staff(ctx, await an_officer(ctx, role="admin", regions=()))
    assert len((await client.get("/v1/devices", headers=admin)).json()["items"]) == 1


async def test_a_revoked_kiosk_is_out_at_once_with_whoever_uses_it(client: httpx2.AsyncClient, ctx: Context) -> None:
    device_id, credential, kiosk = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    person = await at_kiosk(client, kiosk, credential, phone)
    headers = await as_staff(ctx, await an_officer(ctx))
    revoked = await client.post(f"/v1/devices/{device_id}/revoke", headers=headers)
    assert revoked.json()["state"] == "revoked"
    assert (await client.get("/v1/me", headers=kiosk)).status_code == 401
    assert (await client.get("/v1/me", headers=person)).status_code == 401


async def test_the_tokens_of_a_kiosk_session_count_beside_its_credential_only(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    _, credential, kiosk = await a_kiosk(ctx)
    _, other_credential, _ = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    person = await at_kiosk(client, kiosk, credential, phone)
    me = await client.get("/v1/me", headers=person)
    assert (me.status_code, me.json()["role"], me.json()["channel"]) == (200, "worker", "kiosk")
    assert me.headers["cache-control"] == "no-store"
    own = (await client.get("/v1/me/person", headers=person)).json()
    assert own["name"] == "王**"
    for wrong in ({}, {"x-device-credential": other_credential}, {"x-device-credential": "x"}):
        alone = {"authorization": person["authorization"]} | wrong
        assert (await client.get("/v1/me", headers=alone)).status_code == 401


async def test_a_kiosk_session_idles_out_after_ninety_seconds_and_ends_after_ten_minutes(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    _, credential, kiosk = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    await move_clock(client, action="freeze")
    person = await at_kiosk(client, kiosk, credential, phone)
    for _ in range(6):
        await move_clock(client, action="advance", seconds=89)
        assert (await client.get("/v1/me", headers=person)).status_code == 200
    await move_clock(client, action="advance", seconds=65)
    assert (await client.get("/v1/me", headers=person)).status_code == 200
    await move_clock(client, action="advance", seconds=1)
    assert (await client.get("/v1/me", headers=person)).status_code == 401
    person = await at_kiosk(client, kiosk, credential, phone)
    await move_clock(client, action="advance", seconds=90)
    assert (await client.get("/v1/me", headers=person)).status_code == 401


async def test_the_next_person_at_a_kiosk_ends_the_one_before(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, credential, kiosk = await a_kiosk(ctx)
    one, two = a_phone(), a_phone()
    await a_known_person(ctx, phone=one)
    await a_known_person(ctx, phone=two)
    first = await at_kiosk(client, kiosk, credential, one)
    second = await at_kiosk(client, kiosk, credential, two)
    assert (await client.get("/v1/me", headers=first)).status_code == 401
    assert (await client.get("/v1/me", headers=second)).status_code == 200
    left = await client.delete("/v1/kiosk/sessions/current", headers=kiosk)
    assert left.status_code == 204
    assert "cache" in left.headers["clear-site-data"]
    assert (await client.get("/v1/me", headers=second)).status_code == 401
    assert (await client.delete("/v1/kiosk/sessions/current", headers=kiosk)).status_code == 404


async def test_a_code_asked_for_at_a_kiosk_is_good_there_only(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, _, kiosk = await a_kiosk(ctx)
    _, _, other = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    body = await a_challenge(client, phone, headers=kiosk)
    assert (await client.post("/v1/kiosk/sessions", json=body, headers=other)).status_code == 401
    assert (await client.post("/v1/sessions", json=body | {"as": "worker"})).status_code == 401
    assert (await client.post("/v1/kiosk/sessions", json=body, headers=kiosk)).status_code == 200
    at_home = await a_challenge(client, phone)
    assert (await client.post("/v1/kiosk/sessions", json=at_home, headers=kiosk)).status_code == 401
    door = await client.post("/v1/sessions", json=at_home | {"as": "worker"}, headers=kiosk)
    assert door.status_code == 403


async def test_several_people_on_one_number_choose_at_the_kiosk_too(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, credential, kiosk = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    second = await a_known_person(ctx, name="赵大海", phone=phone)
    body = await a_challenge(client, phone, headers=kiosk)
    made = (await client.post("/v1/kiosk/sessions", json=body, headers=kiosk)).json()
    assert made["status"] == "choose_person"
    choice = {"ticket": made["ticket"], "person_id": str(second.id)}
    assert (await client.post("/v1/sessions/choose", json=choice)).status_code == 401
    tokens = (await client.post("/v1/sessions/choose", json=choice, headers=kiosk)).json()["tokens"]
    assert tokens["refresh_token"] is None
    headers = bearer(tokens["access_token"])
    assert (await client.get("/v1/me", headers=headers)).status_code == 401
    me = await client.get("/v1/me", headers=headers | {"x-device-credential": credential})
    assert me.json()["person_id"] == str(second.id)


async def test_a_card_says_who_it_is_and_the_code_lets_in(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, _, kiosk = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    meant = await a_known_person(ctx, name="赵大海", phone=phone)
    card = await a_card(ctx, meant.id)
    asked = await client.post("/v1/kiosk/codes", json={"card": card}, headers=kiosk)
    unknown = await client.post("/v1/kiosk/codes", json={"card": new_token("lgc")}, headers=kiosk)
    assert (asked.status_code, unknown.status_code) == (202, 202)
    assert asked.json() | {"challenge_id": ""} == unknown.json() | {"challenge_id": ""}
    body = {"challenge_id": asked.json()["challenge_id"], "code": await sent_code(client, phone)}
    made = (await client.post("/v1/kiosk/sessions", json=body, headers=kiosk)).json()
    assert made["tokens"]["person_id"] == str(meant.id)
    nobody = {"challenge_id": unknown.json()["challenge_id"], "code": "123456"}
    assert (await client.post("/v1/kiosk/sessions", json=nobody, headers=kiosk)).status_code == 401


async def test_somebody_without_a_phone_comes_in_by_a_code_that_an_officer_reads_out(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    device_id, _, kiosk = await a_kiosk(ctx)
    _, _, other = await a_kiosk(ctx)
    person = await a_known_person(ctx, phone=None)
    headers = await as_staff(ctx, await an_officer(ctx, regions=("310000",)))
    url = f"/v1/devices/{device_id}/spoken-codes"
    body = {"person_id": str(person.id), "basis": "seen_id_card"}
    spoken = await client.post(url, json=body, headers=headers)
    assert spoken.status_code == 200
    code = {"code": spoken.json()["code"]}
    assert (await client.post("/v1/kiosk/sessions", json=code, headers=other)).status_code == 401
    made = (await client.post("/v1/kiosk/sessions", json=code, headers=kiosk)).json()
    assert made["tokens"]["person_id"] == str(person.id)
    assert (await client.post("/v1/kiosk/sessions", json=code, headers=kiosk)).status_code == 401
    far = await as_staff(ctx, await an_officer(ctx, regions=("320000",)))
    assert (await client.post(url, json=body, headers=far)).status_code == 404
    nobody = await client.post(url, json=body | {"person_id": str(uuid4())}, headers=headers)
    assert nobody.status_code == 404


async def test_a_kiosk_alone_may_not_do_what_people_do(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, _, kiosk = await a_kiosk(ctx)
    for method, path in (("GET", "/v1/sessions"), ("GET", "/v1/me/person"), ("GET", "/v1/staff")):
        assert (await client.request(method, path, headers=kiosk)).status_code == 403
    assert (await client.get("/v1/consents/texts", headers=kiosk)).status_code == 200


async def test_an_integrators_key_is_shown_once_and_ends_at_once(client: httpx2.AsyncClient, ctx: Context) -> None:
    headers = await as_staff(ctx, await an_officer(ctx, role="admin", regions=()))
    employer = await an_employer(ctx)
    body = {
        "name": "某平台",
        "scopes": ["postings:write", "imports:write"],
        "city_code": "310100",
        "employer_id": str(employer.id),
    }
    made = await client.post("/v1/api-keys", json=body, headers=headers)
    assert made.status_code == 201
    key_id, key = made.json()["id"], made.json()["key"]
    me = (await client.get("/v1/me", headers=bearer(key))).json()
    assert (me["role"], me["scopes"]) == ("integrator", ["imports:write", "postings:write"])
    assert me["employer_id"] == str(employer.id)
    shown = await client.get(f"/v1/api-keys/{key_id}", headers=headers)
    listed = await client.get("/v1/api-keys", headers=headers)
    assert key not in shown.text + listed.text
    assert (await client.post(f"/v1/api-keys/{key_id}/revoke", headers=headers)).json()["state"] == "revoked"
    assert (await client.get("/v1/me", headers=bearer(key))).status_code == 401
    again = await client.post(f"/v1/api-keys/{key_id}/revoke", headers=headers)
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"scopes": ["everything"]}, "/scopes/0"),
        ({"scopes": []}, "/scopes"),
        ({"city_code": "999999"}, "/city_code"),
        ({"employer_id": str(uuid4())}, "/employer_id"),
    ],
)
async def test_a_wrong_key_is_refused_at_its_field(
    client: httpx2.AsyncClient, ctx: Context, more: dict[str, object], pointer: str
) -> None:
    headers = await as_staff(ctx, await an_officer(ctx, role="admin", regions=()))
    body = {"name": "某平台", "scopes": ["postings:read"], "city_code": "310100"} | more
    answer = await client.post("/v1/api-keys", json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_persons_own_device_outlives_a_visit_to_a_kiosk(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, credential, kiosk = await a_kiosk(ctx)
    phone = a_phone()
    await a_known_person(ctx, phone=phone)
    own = bearer((await sign_in(client, phone))["tokens"]["access_token"])
    person = await at_kiosk(client, kiosk, credential, phone)
    assert (await client.delete("/v1/sessions/current", headers=person)).status_code == 204
    assert (await client.get("/v1/me", headers=own)).status_code == 200


async def test_a_kiosk_and_a_key_have_no_second_factor_to_renew(client: httpx2.AsyncClient, ctx: Context) -> None:
    _, key = await an_integrator(ctx)
    assert (await client.post("/v1/sessions/step-up/codes", headers=key)).status_code == 403
