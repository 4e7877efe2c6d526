"""Webhooks over HTTP: whose they are, what may be asked for, secrets shown once, the log, sending again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.webhooks.courier.rounds import run_until_quiet
from tests.builders.attendance import rows
from tests.builders.city import a_member, a_posting, an_employer, an_officer, as_member, as_staff
from tests.builders.people import an_integrator
from tests.builders.webhooks import Subscribed, a_delivery, a_receiver, answer

ADDRESS = "https://hooks.example.com/linggong"


async def an_owner(ctx: Context, role: str = "owner") -> tuple[Any, dict[str, str]]:
    employer = await an_employer(ctx)
    return employer, await as_member(ctx, await a_member(ctx, employer, role=role))


async def made(client: httpx2.AsyncClient, headers: dict[str, str], **more: Any) -> Any:
    body = {"address": ADDRESS, "kinds": ["posting.published"]} | more
    answered = await client.post("/v1/webhooks", json=body, headers=headers)
    assert answered.status_code == 201, answered.text
    return answered.json()


async def test_the_whole_way(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Subscribe, be told, look at the log, send again, replay, change, pause, resume, end."""
    employer, me = await an_owner(ctx)
    webhook = await made(client, me, label="排班系统")
    assert webhook["secret"].startswith("whsec_")
    path = f"/v1/webhooks/{webhook['id']}"
    shown = await client.get(path, headers=me)
    assert "secret" not in shown.json()
    assert shown.json()["possible"] == ["disable", "end", "pause"]
    await client.post(f"{path}/ping", headers=me)
    await a_posting(ctx, employer)
    async with a_receiver(answer(500), answer(500), answer(200)) as receiver:
        way = receiver.transport()
        address = f"http://hooks.test:{receiver.port}/"
        await rows(ctx, "update webhook_subscriptions set address = :to returning 1", to=address)
        await run_until_quiet(ctx, transport=way)
        log = (await client.get(f"{path}/deliveries", headers=me)).json()["items"]
        assert sorted(item["kind"] for item in log) == ["ping", "posting.published"]
        attempts = [attempt for item in log for attempt in item["attempts"]]
        assert {attempt["status"] for attempt in attempts} == {500}
        failed = log[0]["id"]
        one = (await client.get(f"{path}/deliveries/{failed}", headers=me)).json()
        assert one == log[0]
        again = await client.post(f"{path}/deliveries/{failed}/resend", headers=me)
        assert (again.status_code, again.json()["state"]) == (202, "pending")
        replayed = await client.post(f"{path}/replay", json={"since": log[-1]["occurred_at"]}, headers=me)
        assert (replayed.status_code, replayed.json()) == (202, {"count": 1})
        await run_until_quiet(ctx, transport=way)
        log = (await client.get(f"{path}/deliveries", params={"state": "delivered"}, headers=me)).json()["items"]
        assert len(log) == 2
        said = [Subscribed(webhook["id"], webhook["secret"]).verify(call) for call in receiver.calls]
        assert {each["id"] for each in said} == {item["message_id"] for item in log}
    for action, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        answered = await client.post(f"{path}/{action}", headers=me)
        assert (answered.status_code, answered.json()["state"]) == (200, state)
    assert (await client.post(f"{path}/resume", headers=me)).json()["code"] == "wrong_state"
    assert (await client.post(f"{path}/rotate-secret", headers=me)).json()["code"] == "webhook_ended"
    assert (await client.post(f"{path}/ping", headers=me)).json()["code"] == "wrong_state"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://127.0.0.1/", "webhook_address_name"),
        ("https://127.0.0.1/", "webhook_address_name"),
        ("https://user@hooks.example.com/", "webhook_address_format"),
        ("https://hooks.example.com:6379/", "webhook_address_port"),
        ("ftp://hooks.example.com/", "webhook_address_scheme"),
        ("https://localhost/", "webhook_address_name"),
        ("https://inner.example.com/", "webhook_address_inner"),
    ],
)
async def test_an_address_that_leads_inside_is_refused(
    ctx: Context, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, address: str, code: str
) -> None:
    """422 at the field, in words; also a name that resolves to a private range, and when it is changed to one."""
    monkeypatch.setattr("service.webhooks.courier.transport.NAMES._look_up", lambda host, port: found[host])
    found = {"inner.example.com": ["8.8.8.8", "10.0.0.8"], "hooks.example.com": ["8.8.8.8"]}
    _, me = await an_owner(ctx)
    asked = {"address": address, "kinds": ["posting.published"]}
    answered = await client.post("/v1/webhooks", json=asked, headers=me)
    assert answered.status_code == 422
    [error] = answered.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/address", code)
    webhook = await made(client, me)
    changed = await client.patch(
        f"/v1/webhooks/{webhook['id']}", json={"address": address}, headers=me | {"if-match": '"1"'}
    )
    assert (changed.status_code, changed.json()["code"]) == (422, code)


async def test_a_dead_letter_comes_back_to_life(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Listed as dead, sent again once; what is pending already cannot be."""
    _, me = await an_owner(ctx)
    webhook = await made(client, me)
    dead = await a_delivery(ctx, UUID(webhook["id"]), state="dead")
    path = f"/v1/webhooks/{webhook['id']}/deliveries"
    listed = (await client.get(path, params={"state": "dead"}, headers=me)).json()["items"]
    assert [item["id"] for item in listed] == [str(dead)]
    assert (await client.post(f"{path}/{dead}/resend", headers=me)).json()["state"] == "pending"
    assert (await client.post(f"{path}/{dead}/resend", headers=me)).json()["code"] == "wrong_state"


async def test_each_owner_has_its_own_kinds_and_regions(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Unknown kinds are told the valid ones; an employer names no region; a key keeps to its own."""
    _, me = await an_owner(ctx)
    _, key = await an_integrator(ctx, "webhooks:write")
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))

    async def refused(headers: dict[str, str], **more: Any) -> Any:
        body = {"address": ADDRESS, "kinds": ["posting.published"]} | more
        answered = await client.post("/v1/webhooks", json=body, headers=headers)
        assert answered.status_code == 422, answered.text
        return answered.json()

    unknown = await refused(me, kinds=["posting.sold"])
    assert unknown["errors"][0]["pointer"] == "/kinds/0"
    assert "posting.published" in unknown["errors"][0]["message"]
    assert (await refused(me, kinds=["supply.published"]))["code"] == "webhook_kind_not_for_owner"
    assert (await refused(admin, kinds=["application.received"]))["code"] == "webhook_kind_not_for_owner"
    assert (await refused(me, region="310000"))["code"] == "webhook_region_not_for_employer"
    assert (await refused(key, region="330200"))["code"] == "webhook_region_not_of_key"
    assert (await refused(admin, region="999999"))["code"] == "region_unknown"
    assert (await refused(me, extra=1))["errors"][0]["pointer"] == "/extra"
    assert (await refused(me, kinds=[]))["errors"][0]["pointer"] == "/kinds"
    assert (await made(client, key))["region"] == "310100"
    assert (await made(client, admin))["region"] is None


async def test_who_may(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Owners of an employer, keys with the scope, administrators: not managers, clerks, other keys, officers."""
    _, manager = await an_owner(ctx, "manager")
    _, bare = await an_integrator(ctx)
    officer = await as_staff(ctx, await an_officer(ctx))
    body = {"address": ADDRESS, "kinds": ["posting.published"]}
    for headers, code in ((manager, "member_role_lacks"), (bare, "scope_missing"), (officer, "role_lacks_operation")):
        answered = await client.post("/v1/webhooks", json=body, headers=headers)
        assert (answered.status_code, answered.json()["code"]) == (403, code)


async def test_an_administrator_sees_all_and_takes_no_secret(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Lists and ends everybody's; a new secret or address only for the administrators' own."""
    _, me = await an_owner(ctx)
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))
    webhook = await made(client, me)
    path = f"/v1/webhooks/{webhook['id']}"
    listed = (await client.get("/v1/webhooks", headers=admin)).json()["items"]
    assert [item["id"] for item in listed] == [webhook["id"]]
    assert (await client.post(f"{path}/rotate-secret", headers=admin)).status_code == 404
    change = {"label": "x"}
    assert (await client.patch(path, json=change, headers=admin | {"if-match": '"1"'})).status_code == 404
    assert (await client.post(f"{path}/end", headers=admin)).json()["state"] == "ended"


async def test_no_more_than_the_limit(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Ten at a time; an ended one makes room."""
    _, me = await an_owner(ctx)
    webhooks = [await made(client, me) for _ in range(10)]
    body = {"address": ADDRESS, "kinds": ["posting.published"]}
    full = await client.post("/v1/webhooks", json=body, headers=me)
    assert (full.status_code, full.json()["code"]) == (409, "webhook_limit")
    await client.post(f"/v1/webhooks/{webhooks[0]['id']}/end", headers=me)
    await made(client, me)
    page = (await client.get("/v1/webhooks", params={"limit": 4}, headers=me)).json()
    rest = {"limit": 20, "cursor": page["next_cursor"]}
    more = (await client.get("/v1/webhooks", params=rest, headers=me)).json()
    assert len(page["items"]) + len(more["items"]) == 11


async def test_a_key_that_comes_twice_gets_one_webhook_and_the_same_secret(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """The stored answer is sealed; the secret stands nowhere in the database in the clear."""
    _, me = await an_owner(ctx)
    keyed = me | {"idempotency-key": "webhook-0001"}
    first, second = await made(client, keyed), await made(client, keyed)
    assert first == second
    [found] = await rows(ctx, "select count(*), (select string_agg(k::text, '') from idempotency_keys k) as kept"
                              " from webhook_subscriptions")  # fmt: skip
    assert found["count"] == 1
    assert first["secret"] not in found["kept"]
    assert first["secret"].encode().hex() not in found["kept"]


async def test_a_replay_reaches_back_as_far_as_deliveries_are_kept(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A stretch that begins too long ago, or ends before it begins, is refused."""
    _, me = await an_owner(ctx)
    path = f"/v1/webhooks/{(await made(client, me))['id']}/replay"
    for since, until in (
        ("2020-01-01T00:00:00+08:00", None),
        ("2098-11-21T08:00:00+08:00", "2098-11-21T07:00:00+08:00"),
    ):
        answered = await client.post(path, json={"since": since, "until": until}, headers=me)
        assert (answered.status_code, answered.json()["code"]) == (422, "webhook_replay_range")


async def test_a_receiver_is_not_called_again_and_again(ctx: Context, client: httpx2.AsyncClient) -> None:
    """So many by hand an hour, of all of an owner's webhooks together; then 429 with when to come again."""
    _, me = await an_owner(ctx)
    hooks = [(await made(client, me))["id"] for _ in range(2)]
    answers = [await client.post(f"/v1/webhooks/{hooks[n % 2]}/ping", headers=me) for n in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {202}
    assert (answers[20].status_code, answers[20].json()["code"]) == (429, "webhook_by_hand")
    assert 0 < int(answers[20].headers["retry-after"]) <= 3601
    again = {"since": "2098-11-21T08:00:00+08:00", "until": None}
    assert (await client.post(f"/v1/webhooks/{hooks[0]}/replay", json=again, headers=me)).status_code == 429
