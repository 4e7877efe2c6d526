"""A boss whom nobody knows registers his business with one code and one call."""

from __future__ import annotations

import httpx2

from service.context import Context
from service.identity_numbers import synthetic_credit_code
from tests.builders.people import a_known_person, an_id_number

SHOP = {
    "kind": "sole_trader",
    "name": "老王火锅",
    "city_code": "310100",
    "district_code": "310104",
    "address": "某路3号",
    "contact_name": "王五",
    "contact_phone": "13800139001",
}


async def a_ticket(client: httpx2.AsyncClient, ctx: Context, phone: str) -> str:
    from service.jobs.due import run_all_due

    asked = await client.post("/v1/codes", json={"phone": phone, "purpose": "sign_in"})
    await run_all_due(ctx)
    sent = (await client.get(f"/_test/messages?to={phone}")).json()["messages"][0]
    code = {"challenge_id": asked.json()["challenge_id"], "code": sent["params"]["code"], "as": "member"}
    begun = await client.post("/v1/sessions", json=code)
    assert begun.json()["status"] == "unknown", begun.text
    return str(begun.json()["ticket"])


async def test_one_ticket_makes_person_employer_owner_and_session(client: httpx2.AsyncClient, ctx: Context) -> None:
    """The new owner is signed in and sees the whole profile; the ticket is spent; no worker's profile came of it."""
    ticket = await a_ticket(client, ctx, "13800139001")
    body = SHOP | {"ticket": ticket, "credit_code": synthetic_credit_code(77)}
    made = await client.post("/v1/employers/registrations", json=body)
    assert made.status_code == 201, made.text
    answer = made.json()
    headers = {"authorization": f"Bearer {answer['session']['access_token']}"}
    shown = await client.get(f"/v1/employers/{answer['employer']['id']}/profile", headers=headers)
    assert (shown.status_code, shown.json()["state"]) == (200, "applied")
    assert (await client.get("/v1/workers/me", headers=headers)).status_code in {403, 404}
    again = await client.post("/v1/employers/registrations", json=body | {"credit_code": synthetic_credit_code(78)})
    assert again.status_code == 401


async def test_a_refused_application_makes_nobody(client: httpx2.AsyncClient, ctx: Context) -> None:
    """With wrong papers neither person nor employer is left, and the ticket can be used with the right ones."""
    ticket = await a_ticket(client, ctx, "13800139002")
    wrong = await client.post("/v1/employers/registrations", json=SHOP | {"ticket": ticket, "credit_code": "123"})
    assert wrong.status_code == 422
    right = SHOP | {"ticket": ticket, "credit_code": synthetic_credit_code(79)}
    assert (await client.post("/v1/employers/registrations", json=right)).status_code == 201


async def test_an_owner_becomes_a_worker_as_the_same_person(client: httpx2.AsyncClient, ctx: Context) -> None:
    """One call adds a profile to the record that is there; both sign-ins go on; a second time is a conflict."""
    phone = "13800139003"
    body = SHOP | {"ticket": await a_ticket(client, ctx, phone), "credit_code": synthetic_credit_code(80)}
    made = (await client.post("/v1/employers/registrations", json=body)).json()
    boss = {"authorization": f"Bearer {made['session']['access_token']}"}
    start = {"trade": "洗碗", "id_number": an_id_number(), "level": 2}
    became = await client.post("/v1/workers/me", json=start, headers=boss)
    assert became.status_code == 201, became.text
    worker, session = became.json()["worker"], became.json()["session"]
    assert (worker["id"], worker["introducible"], worker["name"]) == (made["session"]["person_id"], True, "王五")
    assert (worker["waiting"] is not None, session["role"]) == (True, "worker")
    me = {"authorization": f"Bearer {session['access_token']}"}
    assert (await client.get("/v1/workers/me", headers=me)).json()["phone_masked"] == "138****9003"
    assert (await client.get(f"/v1/employers/{made['employer']['id']}/profile", headers=boss)).status_code == 200
    again = await client.post("/v1/workers/me", json=start, headers=boss)
    assert (again.status_code, again.json()["code"]) == (409, "worker_exists")
    assert (await client.post("/v1/workers/me", json=start, headers=me)).status_code == 403


async def test_becoming_a_worker_takes_nobody_elses_number(client: httpx2.AsyncClient, ctx: Context) -> None:
    """A number of another record is refused, a child's too, and nothing is left of either try."""
    known = an_id_number()
    await a_known_person(ctx, id_number=known)
    body = SHOP | {
        "ticket": await a_ticket(client, ctx, "13800139004"),
        "credit_code": synthetic_credit_code(81),
    }
    made = (await client.post("/v1/employers/registrations", json=body)).json()
    boss = {"authorization": f"Bearer {made['session']['access_token']}"}
    taken = await client.post("/v1/workers/me", json={"trade": "洗碗", "id_number": known}, headers=boss)
    assert (taken.status_code, taken.json()["code"]) == (409, "person_exists")
    child = {"trade": "洗碗", "birth_date": "2015-01-01"}
    refused = await client.post("/v1/workers/me", json=child, headers=boss)
    assert (refused.status_code, refused.json()["code"]) == (422, "under_age")
    assert (await client.post("/v1/workers/me", json={"trade": "洗碗"}, headers=boss)).status_code == 201
