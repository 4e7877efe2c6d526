"""The inbox over HTTP, printing at the counter, the delivery log, and the gateway's door."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx2

from service.access.tables import ApiKeyRow
from service.actor import SYSTEM
from service.context import Context
from service.ids import new_token
from service.jobs.due import run_all_due
from service.vault import token_hash
from tests.builders.attendance import MONDAY, at, rows
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker

Client = httpx2.AsyncClient


async def told(ctx: Context, person_id: UUID, times: int = 1, employer_id: UUID | None = None) -> None:
    for _ in range(times):
        async with ctx.uow() as uow:
            await uow.tell(
                person_id,
                "pay.due",
                params={"due_fen": 12050, "due_on": "2026-11-24"},
                dedupe=str(uuid4()),
                employer_id=employer_id,
            )


async def a_gateway(ctx: Context, *scopes: str) -> dict[str, str]:
    """Headers of an integrator's key."""
    token = new_token("lgk")
    async with ctx.uow() as uow:
        key = ApiKeyRow(
            state="active", name="gateway", key_hash=token_hash(token), scopes=list(scopes), city_code="310000"
        )
        await uow.add(key, by=SYSTEM)
    return {"authorization": f"Bearer {token}"}


async def test_inbox_is_paged_in_the_readers_language(ctx: Context, client: Client) -> None:
    """Every message once, newest first, with its sentence; reading is counted."""
    worker = await a_worker(ctx)
    await told(ctx, worker.id, times=5)
    me = await as_worker(ctx, worker)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"/v1/messages?limit=2{cursor}", headers=me | {"accept-language": "en"})).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert page["items"][0]["text"].startswith("The hours are agreed: 120.50 yuan are due to you by 24 Nov")
    assert (await client.get("/v1/messages/unread-count", headers=me)).json() == {"unread": 5}
    first = await client.post(f"/v1/messages/{seen[0]}/read", headers=me)
    again = await client.post(f"/v1/messages/{seen[0]}/read", headers=me)
    assert first.json()["read_at"] == again.json()["read_at"]
    assert (await client.get("/v1/messages/unread-count", headers=me)).json() == {"unread": 4}
    assert len((await client.get("/v1/messages?unread=true", headers=me)).json()["items"]) == 4


async def test_boxes_of_one_person_are_kept_apart(ctx: Context, client: Client) -> None:
    """What was told for the employer is not in the worker's box, and nobody reads another's."""
    member = await a_member(ctx, await an_employer(ctx))
    await told(ctx, member.person_id, employer_id=member.employer_id)
    boss, stranger = await as_member(ctx, member), await as_worker(ctx, await a_worker(ctx))
    (message,) = (await client.get("/v1/messages", headers=boss)).json()["items"]
    assert (await client.get("/v1/messages", headers=stranger)).json()["items"] == []
    for target in (message["id"], uuid4()):
        assert (await client.post(f"/v1/messages/{target}/read", headers=stranger)).status_code == 404


async def test_officer_prints_and_sees_the_deliveries(ctx: Context, client: Client) -> None:
    """At the counter of the region; elsewhere the message is not there."""
    worker = await a_worker(ctx)
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    (row,) = await rows(ctx, "select id from messages")
    officer = await as_staff(ctx, await an_officer(ctx))
    elsewhere = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    assert (await client.post(f"/v1/messages/{row['id']}/print", headers=elsewhere)).status_code == 404
    assert (await client.get(f"/v1/messages/{row['id']}/deliveries", headers=elsewhere)).status_code == 404
    assert (await client.post(f"/v1/messages/{row['id']}/print", headers=officer)).status_code == 202
    await run_all_due(ctx)
    listed = (await client.get(f"/v1/messages/{row['id']}/deliveries", headers=officer)).json()["items"]
    assert {(item["channel"], item["result"]) for item in listed} == {("inbox", "sent"), ("print", "sent")}
    (printed,) = await rows(ctx, "select channel from test_messages")
    assert printed["channel"] == "print"


async def test_gateway_needs_its_scope_and_hands_over_once(ctx: Context, client: Client) -> None:
    """The right scope, a phone, a text; the same number twice is one reply."""
    worker = await a_worker(ctx, phone="+8613900002222")
    body = {"gateway_id": "gw-1", "from": "139 0000 2222", "text": "帮助"}
    wrong = await a_gateway(ctx, "postings:read")
    assert (await client.post("/v1/sms/replies", json=body, headers=wrong)).status_code == 403
    assert (await client.post("/v1/sms/replies", json=body, headers=await as_worker(ctx, worker))).status_code == 403
    right = await a_gateway(ctx, "sms:receive")
    sent = right | {"idempotency-key": "gateway-0001"}
    first = await client.post("/v1/sms/replies", json=body, headers=sent)
    assert (first.status_code, first.json()["outcome"]) == (200, "help"), first.text
    assert (await client.post("/v1/sms/replies", json=body, headers=sent)).content == first.content
    assert (await client.post("/v1/sms/replies", json=body, headers=right)).json() == first.json()
    assert len(await rows(ctx, "select 1 from replies")) == 1
    for broken in ({"from": "12345"}, {"text": ""}, {"gateway_id": "空 格"}, {"to": "x"}):
        assert (await client.post("/v1/sms/replies", json=body | broken, headers=right)).status_code == 422
