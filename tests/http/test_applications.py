"""Ways to a seat over HTTP: who may, what is answered, what a repeated key brings, what bad input gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.ids import new_id
from tests.builders.applications import NOON, a_shift_of, breaches, run_due_at, set_time, some_workers, value_of
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker


def key() -> dict[str, str]:
    return {"idempotency-key": f"key-{new_id()}"}


async def test_the_story_from_a_claim_to_a_second_in_line(ctx: Context, client: httpx2.AsyncClient) -> None:
    await set_time(ctx, NOON)
    first, second = await some_workers(ctx, 2)
    employer, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=3), headcount=1)
    boss = await as_member(ctx, await a_member(ctx, employer))
    me, you = await as_worker(ctx, first), await as_worker(ctx, second)
    claimed = await client.post(f"/v1/shifts/{shift.id}/claims", json={"terms_version": 1}, headers=me | key())
    assert claimed.status_code == 201
    seat = claimed.json()
    assert (seat["outcome"], seat["position"], seat["warnings"]) == ("confirmed", None, [])
    waiting = await client.post(f"/v1/shifts/{shift.id}/claims", json={}, headers=you | key())
    assert (waiting.json()["outcome"], waiting.json()["position"]) == ("waitlisted", 1)
    mine = (await client.get("/v1/workers/me/engagements", headers=me)).json()["items"]
    assert [(row["id"], row["state"], row["title"]) for row in mine] == [
        (seat["engagement_id"], "confirmed", "晚市洗碗")
    ]
    listed = await client.get(f"/v1/shifts/{shift.id}/applications", headers=boss)
    assert [row["worker_name"] for row in listed.json()["items"]] == ["张*", "张*"]
    given_up = await client.post(
        f"/v1/engagements/{seat['engagement_id']}/cancel", json={"reason": "ill_or_injured"}, headers=me
    )
    assert (given_up.json()["state"], given_up.json()["cancel_tier"]) == ("cancelled", "grace")
    application = waiting.json()["application_id"]
    offered = (await client.get(f"/v1/applications/{application}", headers=you)).json()
    assert (offered["state"], offered["confirm_by"]) == ("offered", "2026-11-21T00:00:00+08:00")
    accepted = await client.post(f"/v1/applications/{application}/accept", json={}, headers=you | key())
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    terms = await client.get(f"/v1/engagements/{accepted.json()['engagement_id']}/terms", headers=boss)
    assert terms.json()["worker_accepted_at"] == "2026-11-20T12:00:00+08:00"
    hours = (await client.get("/v1/workers/me/hours", headers=you)).json()
    assert [week["minutes"] for week in hours["weeks"]] == [240]
    board = (await client.get("/v1/employers/me/at-risk?hours=100", headers=boss)).json()["items"]
    assert [(row["firm"], row["at_risk"]) for row in board] == [(1, 0)]
    assert await breaches(ctx) == []


async def test_a_repeated_claim_has_one_effect_and_the_same_answer(ctx: Context, client: httpx2.AsyncClient) -> None:
    me = await as_worker(ctx, await a_worker(ctx))
    _, _, shift = await a_shift_of(ctx)
    same = me | key()
    answers = [await client.post(f"/v1/shifts/{shift.id}/claims", json={}, headers=same) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true", "true"]
    assert await value_of(ctx, "select count(*) from engagements") == 1
    other = await client.post(f"/v1/shifts/{shift.id}/claims", json={"join_waitlist": False}, headers=same)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    none = await client.post(f"/v1/shifts/{shift.id}/claims", json={}, headers=me)
    assert (none.status_code, none.json()["code"]) == (400, "key_required")


async def test_a_refused_claim_is_replayed_too_and_leaves_nothing(ctx: Context, client: httpx2.AsyncClient) -> None:
    me = await as_worker(ctx, await a_worker(ctx))
    _, _, shift = await a_shift_of(ctx, state="paused")
    same = me | key()
    answers = [await client.post(f"/v1/shifts/{shift.id}/claims", json={}, headers=same) for _ in range(2)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "posting_paused")] * 2
    assert await value_of(ctx, "select count(*) from applications") == 0
    assert await value_of(ctx, "select count(*) from transitions where noun = 'application'") == 0


async def test_an_overlap_is_named(ctx: Context, client: httpx2.AsyncClient) -> None:
    me = await as_worker(ctx, await a_worker(ctx))
    await set_time(ctx, NOON)
    _, _, first = await a_shift_of(ctx, starts=NOON + timedelta(days=1), title="早市")
    _, _, second = await a_shift_of(ctx, starts=NOON + timedelta(days=1, hours=1))
    seat = (await client.post(f"/v1/shifts/{first.id}/claims", json={}, headers=me | key())).json()
    refused = await client.post(f"/v1/shifts/{second.id}/claims", json={}, headers=me | key())
    assert refused.status_code == 409
    problem = refused.json()
    assert (problem["code"], problem["facts"]["engagement_id"]) == ("overlap", seat["engagement_id"])
    assert problem["facts"]["title"] == "早市"


async def test_hire_by_sight_over_http(ctx: Context, client: httpx2.AsyncClient) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    async with ctx.uow() as uow:
        word = await uow.worker_codes.new_word(worker.id, digits=6, until=NOON + timedelta(minutes=10))
    me = await as_worker(ctx, worker)
    boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    deal = {
        "code": word,
        "trade": "dishwashing",
        "pay": {"amount_fen": 2500},
        "pay_unit": "hour",
        "until": "2026-11-20T17:00:00+08:00",
        "place": {"address": "某路3号"},
    }
    proposed = await client.post("/v1/hires", json=deal, headers=boss | key())
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
    assert proposed.headers["location"] == f"/v1/hires/{proposed.json()['id']}"
    pending = (await client.get("/v1/hires/pending", headers=me)).json()["items"]
    assert [row["id"] for row in pending] == [proposed.json()["id"]]
    seat = await client.post(f"/v1/hires/{pending[0]['id']}/accept", json={}, headers=me | key())
    assert (seat.status_code, seat.json()["state"]) == (200, "confirmed")
    contact = (await client.get(f"/v1/engagements/{seat.json()['id']}/contact", headers=boss)).json()
    assert contact["contacts"][0]["phone"].startswith("+86138")


async def test_decisions_over_http(ctx: Context, client: httpx2.AsyncClient) -> None:
    await set_time(ctx, NOON)
    me = await as_worker(ctx, await a_worker(ctx))
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), claimable=False)
    boss = await as_member(ctx, await a_member(ctx, employer))
    applied = await client.post(
        f"/v1/postings/{posting.id}/applications", json={"shift_ids": [str(shift.id)]}, headers=me
    )
    assert applied.status_code == 201
    application = applied.json()["applications"][0]["id"]
    body = {"decisions": [{"application_id": application, "answer": "accept"}]}
    decided = await client.post(f"/v1/postings/{posting.id}/decisions", json=body, headers=boss)
    [answer] = decided.json()["decisions"]
    assert (answer["done"], answer["state"]) == (True, "accepted")
    await run_due_at(ctx, NOON)
    listed = await client.get(f"/v1/shifts/{shift.id}/engagements", headers=boss)
    assert [row["state"] for row in listed.json()["items"]] == ["confirmed"]


async def test_the_pages_go_on_where_they_ended(ctx: Context, client: httpx2.AsyncClient) -> None:
    await set_time(ctx, NOON)
    me = await as_worker(ctx, await a_worker(ctx))
    for day in range(5):
        _, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=day + 1))
        await client.post(f"/v1/shifts/{shift.id}/claims", json={}, headers=me | key())
    for path in ("/v1/workers/me/engagements", "/v1/workers/me/applications"):
        found, cursor = [], None
        while True:
            page = (
                await client.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {}), headers=me)
            ).json()
            found += [row["id"] for row in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(found) == len(set(found)) == 5


async def test_strangers_get_the_same_answer_as_for_nothing(ctx: Context, client: httpx2.AsyncClient) -> None:
    """404 for somebody else's object and for none; 401 without and 403 with the wrong role."""
    worker = await a_worker(ctx)
    _employer, posting, shift = await a_shift_of(ctx)
    me = await as_worker(ctx, worker)
    claimed = (await client.post(f"/v1/shifts/{shift.id}/claims", json={}, headers=me | key())).json()
    stranger = await as_worker(ctx, await a_worker(ctx))
    other_boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    elsewhere = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    seat, application, nothing = claimed["engagement_id"], claimed["application_id"], new_id()
    asked: list[tuple[str, str, dict[str, Any] | None, list[dict[str, str]]]] = [
        ("GET", "/v1/engagements/{}", None, [stranger, other_boss, elsewhere]),
        ("GET", "/v1/engagements/{}/terms", None, [stranger, other_boss, elsewhere]),
        ("GET", "/v1/engagements/{}/contact", None, [stranger, other_boss, elsewhere]),
        ("POST", "/v1/engagements/{}/cancel", {"reason": "other"}, [stranger, other_boss, elsewhere]),
        ("POST", "/v1/engagements/{}/coming", {"coming": True}, [stranger, elsewhere]),
        ("POST", "/v1/engagements/{}/stand-in", {}, [stranger, elsewhere]),
        ("GET", "/v1/applications/{}", None, [stranger, other_boss, elsewhere]),
        ("POST", "/v1/applications/{}/withdraw", {"reason": "other"}, [stranger, other_boss, elsewhere]),
        ("POST", "/v1/applications/{}/decline", {"reason": "other"}, [stranger, elsewhere]),
    ]
    for method, path, body, callers in asked:
        own = application if "applications" in path else seat
        for headers in callers:
            answers = []
            for subject in (own, nothing):
                sent = {"json": body} if body is not None else {}
                answers.append(await client.request(method, path.format(subject), headers=headers | key(), **sent))
            assert [answer.status_code for answer in answers] == [404, 404], path
            first, second = (answer.json() | {"request_id": None} for answer in answers)
            assert first == second
    assert (await client.get(f"/v1/engagements/{seat}")).status_code == 401
    wrong_role = await client.post(f"/v1/postings/{posting.id}/decisions", json={"decisions": []}, headers=me)
    assert wrong_role.status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"terms_version": 0}, "/terms_version"),
        ({"terms_version": "1"}, "/terms_version"),
        ({"join_waitlist": "yes"}, "/join_waitlist"),
        ({"crew_id": "x"}, "/crew_id"),
        ({"state": "confirmed"}, "/state"),
        ({"on_behalf": "at_counter"}, "/on_behalf"),
    ],
)
async def test_wrong_bodies_name_the_field_and_store_nothing(
    ctx: Context, client: httpx2.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    me = await as_worker(ctx, await a_worker(ctx))
    _, _, shift = await a_shift_of(ctx)
    answer = await client.post(f"/v1/shifts/{shift.id}/claims", json=body, headers=me | key())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await value_of(ctx, "select count(*) from applications") == 0


async def test_an_officer_acts_only_with_the_yes_on_record(ctx: Context, client: httpx2.AsyncClient) -> None:
    worker = await a_worker(ctx)
    staff = await as_staff(ctx, await an_officer(ctx))
    _, _, shift = await a_shift_of(ctx)
    path = f"/v1/shifts/{shift.id}/claims"
    nobody = await client.post(path, json={}, headers=staff | key())
    assert (nobody.status_code, nobody.json()["code"]) == (422, "worker_needed")
    silent = await client.post(path, json={"worker_id": str(worker.id)}, headers=staff | key())
    assert (silent.status_code, silent.json()["code"]) == (422, "on_behalf_needed")
    told = {"worker_id": str(worker.id)}
    for said in ("by_dream", ""):
        wrong = await client.post(f"{path}?on_behalf={said}", json=told, headers=staff | key())
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "query:on_behalf")
    assert (await client.post(f"{path}?on_behalf=at_counter", json=told, headers=staff | key())).status_code == 201
    mine = await client.post(f"{path}?on_behalf=at_counter", json={}, headers=await as_worker(ctx, worker) | key())
    assert (mine.status_code, mine.json()["code"]) == (422, "on_behalf_not_needed")
