"""Holds over HTTP: gone everywhere at once, back as before, decided by a second person, told to whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.reference import catalogue
from service.zones.opening import ensure_zones
from tests.builders import city
from tests.builders.applications import run_due_at, value_of
from tests.builders.postings import HALL, a_body, offered
from tests.builders.reviews import an_officer, an_owner

Client = httpx2.AsyncClient
Headers = dict[str, str]
WHY = {"reason": "unsafe", "sentence": "现场没有护栏"}


async def hold(client: Client, noun: str, subject_id: Any, who: Headers, **body: Any) -> httpx2.Response:
    return await client.post(f"/v1/{noun}/{subject_id}/hold", json=WHY | body, headers=who)


async def decide(client: Client, row: dict[str, Any], verb: str, who: Headers) -> httpx2.Response:
    body = {"reason": "other"} if verb == "confirm" else None
    return await client.post(f"/v1/holds/{row['id']}/{verb}", json=body, headers=who)


async def public(client: Client) -> set[str]:
    """What every public list of postings shows."""
    lists = [{}, {"lon": HALL[0], "lat": HALL[1]}, {"q": "洗碗"}]
    found = [{each["id"] for each in (await client.get("/v1/postings", params=p)).json()["items"]} for p in lists]
    assert all(each == found[0] for each in found), found
    return found[0]


async def state_of(client: Client, posting: dict[str, Any], who: Headers) -> str:
    return str((await client.get(f"/v1/postings/{posting['id']}", headers=who)).json()["state"])


async def inbox(client: Client, who: Headers) -> list[str]:
    return [each["text"] for each in (await client.get("/v1/messages", headers=who)).json()["items"]]


async def test_a_held_posting_is_gone_everywhere_and_comes_back(ctx: Context, client: Client) -> None:
    """No list, no page, no seat; the employer cannot show or change it; a second officer brings it back, seats too."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    await ensure_zones(ctx)
    walls = ("/zone/SH/board", "/zone/SH/print")
    assert all([posting["title"] in (await client.get(wall)).text for wall in walls])
    held = await hold(client, "postings", posting["id"], first)
    assert (held.status_code, held.json()["state"], held.json()["own"]) == (201, "open", True)
    assert await public(client) == set()
    assert not any([posting["title"] in (await client.get(wall)).text for wall in walls])
    assert (await client.get(f"/v1/postings/{posting['id']}")).status_code == 404
    key = {"idempotency-key": "a-claim-while-held"}
    refused = await client.post(f"/v1/shifts/{posting['shift_ids'][0]}/claims", json={}, headers=worker | key)
    assert (refused.status_code, refused.json()["code"]) == (409, "posting_paused")
    resumed = await client.post(f"/v1/postings/{posting['id']}/resume", headers=owner)
    assert (resumed.status_code, resumed.json()["code"]) == (409, "posting_held")
    version = (await client.get(f"/v1/postings/{posting['id']}", headers=owner)).json()["version"]
    edited = await client.patch(
        f"/v1/postings/{posting['id']}", json={"description": "管饭"}, headers=owner | {"if-match": f'"{version}"'}
    )
    assert (edited.status_code, edited.json()["code"]) == (409, "posting_held")
    down = await client.post(f"/v1/postings/{posting['id']}/take-down", json={"reason": "other"}, headers=second)
    assert (down.status_code, down.json()["code"]) == (409, "posting_held")
    for verb in ("lift", "confirm"):
        own = await decide(client, held.json(), verb, first)
        assert (own.status_code, own.json()["code"]) == (409, "hold_own")
    lifted = await decide(client, held.json(), "lift", second)
    assert (lifted.status_code, lifted.json()["state"]) == (200, "lifted")
    assert await public(client) == {posting["id"]}
    claimed = await client.post(
        f"/v1/shifts/{posting['shift_ids'][0]}/claims",
        json={},
        headers=worker | {"idempotency-key": "a-claim-after-it-all"},
    )
    assert claimed.status_code in (200, 201), claimed.text
    told = await inbox(client, owner)
    assert sum("紧急暂停" in text for text in told) == 2


async def test_a_confirmed_hold_takes_down_and_can_be_appealed(ctx: Context, client: Client) -> None:
    """Down for good unless appealed; a decided hold is decided."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    held = (await hold(client, "postings", posting["id"], first)).json()
    assert (await hold(client, "postings", posting["id"], second)).json()["code"] == "hold_open"
    confirmed = await decide(client, held, "confirm", second)
    assert (confirmed.json()["state"], confirmed.json()["outcome_reason"]) == ("confirmed", "other")
    assert await state_of(client, posting, owner) == "taken_down"
    assert (await decide(client, held, "lift", second)).json()["code"] == "wrong_state"


async def test_what_was_paused_before_stays_paused_after(ctx: Context, client: Client) -> None:
    """The employer's own pause outlives the hold, and is the employer's to end."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    await client.post(f"/v1/postings/{posting['id']}/pause", headers=owner)
    held = (await hold(client, "postings", posting["id"], first)).json()
    assert (await decide(client, held, "lift", second)).status_code == 200
    assert await state_of(client, posting, owner) == "paused"
    assert await public(client) == set()
    resumed = await client.post(f"/v1/postings/{posting['id']}/resume", headers=owner)
    assert resumed.json()["state"] == "published"


async def test_a_held_employer_shows_nothing_old_or_new(ctx: Context, client: Client) -> None:
    """Every posting pauses, a new one waits or is refused, the public page is gone; lifted, all is as before."""
    row = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, row))
    first, second = await an_officer(ctx), await an_officer(ctx)
    postings = [await offered(client, owner, title=f"洗碗{n}") for n in range(3)]
    await client.post(f"/v1/postings/{postings[2]['id']}/pause", headers=owner)
    other = await offered(client, await an_owner(ctx))
    held = (await hold(client, "employers", row.id, first)).json()
    assert await public(client) == {other["id"]}
    assert (await client.get(f"/v1/employers/{row.id}")).status_code == 404
    new = await client.post("/v1/postings", json=a_body(submit=True), headers=owner)
    assert (new.status_code, new.json()["code"]) == (409, "employer_may_not_post")
    suspended = await client.post(f"/v1/employers/{row.id}/suspend", json={"reason": "other"}, headers=second)
    assert (suspended.status_code, suspended.json()["code"]) == (409, "employer_held")
    assert (await decide(client, held, "lift", second)).status_code == 200
    assert await public(client) == {other["id"], postings[0]["id"], postings[1]["id"]}
    assert await state_of(client, postings[2], owner) == "paused"
    assert (await client.get(f"/v1/employers/{row.id}/profile", headers=owner)).json()["state"] == "verified"


async def test_a_confirmed_hold_of_an_employer_suspends_it(ctx: Context, client: Client) -> None:
    """Its postings are taken down by the suspension; a hold on one of them ends with it."""
    row = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, row))
    first, second = await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    of_posting = (await hold(client, "postings", posting["id"], first)).json()
    of_employer = (await hold(client, "employers", row.id, first)).json()
    assert (await decide(client, of_employer, "confirm", second)).json()["state"] == "confirmed"
    assert await state_of(client, posting, owner) == "taken_down"
    ended = await client.get(f"/v1/holds/{of_posting['id']}", headers=second)
    assert ended.json()["state"] == "ended"
    assert (await client.get("/v1/holds", headers=second)).json()["items"] == []


@pytest.mark.parametrize("noun", ["postings", "employers"])
async def test_a_hold_is_confirmed_for_the_reason_it_was_placed_for(ctx: Context, client: Client, noun: str) -> None:
    """Every code of the list `hold` confirms it too, and stands in the reasons of what follows."""
    row = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, row))
    posting = await offered(client, owner)
    subject = posting["id"] if noun == "postings" else str(row.id)
    placed = {"reason": "fee_taken"}
    held = await client.post(f"/v1/{noun}/{subject}/hold", json=placed, headers=await an_officer(ctx))
    second = await an_officer(ctx)
    confirmed = await client.post(f"/v1/holds/{held.json()['id']}/confirm", json=placed, headers=second)
    assert (confirmed.status_code, confirmed.json()["outcome_reason"]) == (200, "fee_taken")
    reasons = catalogue.reasons()
    assert reasons["hold"].keys() <= reasons["posting_take_down"].keys() & reasons["employer_suspend"].keys()


@pytest.mark.parametrize("first_lifted", ["posting", "employer"])
async def test_of_two_holds_the_last_one_brings_it_back(ctx: Context, client: Client, first_lifted: str) -> None:
    """In either order: while one is open nothing is shown, and what it was is not forgotten."""
    row = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, row))
    first, second = await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    holds = {
        "posting": (await hold(client, "postings", posting["id"], first)).json(),
        "employer": (await hold(client, "employers", row.id, first)).json(),
    }
    await decide(client, holds.pop(first_lifted), "lift", second)
    assert await public(client) == set()
    await decide(client, holds.popitem()[1], "lift", second)
    assert await public(client) == {posting["id"]}


async def test_what_ended_meanwhile_stays_ended(ctx: Context, client: Client) -> None:
    """Withdrawn under the hold: the hold ends with it, and nothing comes back."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    held = (await hold(client, "postings", posting["id"], first)).json()
    gone = await client.post(f"/v1/postings/{posting['id']}/withdraw", json={"reason": "other"}, headers=owner)
    assert gone.json()["state"] == "withdrawn"
    assert (await decide(client, held, "lift", second)).json()["code"] == "wrong_state"
    assert await state_of(client, posting, owner) == "withdrawn"


async def test_nobody_in_time_and_the_administrators_have_it(ctx: Context, client: Client) -> None:
    """After a working day it is escalated and still held; an administrator of no region lifts it."""
    owner, first = await an_owner(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    held = (await hold(client, "postings", posting["id"], first)).json()
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    assert (await client.get("/v1/holds", params={"overdue": True}, headers=admin)).json()["items"] == []
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(days=5))
    overdue = (await client.get("/v1/holds", params={"overdue": True}, headers=admin)).json()["items"]
    assert [(each["id"], each["state"], each["escalated_at"] is not None) for each in overdue] == [
        (held["id"], "open", True)
    ]
    assert (await client.get("/v1/holds/counts", headers=admin)).json() == {"open": 1, "overdue": 1}
    assert await public(client) == set()
    assert (await decide(client, held, "lift", admin)).json()["state"] == "lifted"
    assert await public(client) == {posting["id"]}


async def test_who_is_engaged_is_told_and_keeps_the_seat(ctx: Context, client: Client) -> None:
    """At the beginning by policy, and when it is taken down; without a word of the officer's sentence."""
    row = await city.an_employer(ctx)
    posting = await city.a_posting(ctx, row)
    shift = await city.a_shift(ctx, posting)
    worker = await city.a_worker(ctx)
    seat = await city.an_engagement(ctx, worker, shift, posting)
    who, first, second = await city.as_worker(ctx, worker), await an_officer(ctx), await an_officer(ctx)
    held = (await hold(client, "postings", posting.id, first)).json()
    assert [text for text in await inbox(client, who) if "正在核查" in text]
    await decide(client, held, "confirm", second)
    told = await inbox(client, who)
    assert [text for text in told if "已被下架" in text]
    assert not [text for text in told if "护栏" in text]
    assert await value_of(ctx, "select state from engagements where id = :id", id=seat.id) == "confirmed"


async def test_a_new_name_under_a_hold_is_compared_like_any_other(ctx: Context, client: Client) -> None:
    """Lifted, the employer is not verified under a name that nobody has compared."""
    row = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, row))
    first, second = await an_officer(ctx), await an_officer(ctx)
    held = (await hold(client, "employers", row.id, first)).json()
    seen = {"if-match": (await client.get(f"/v1/employers/{row.id}/profile", headers=owner)).headers["etag"]}
    named = await client.patch(f"/v1/employers/{row.id}", json={"name": "新名"}, headers=owner | seen)
    assert (named.status_code, named.json()["name"], named.json()["new_name"]) == (200, row.name, "新名")
    await decide(client, held, "lift", second)
    shown = (await client.get(f"/v1/employers/{row.id}")).json()
    assert (shown["name"], shown["verified"]) == (row.name, False)


async def test_a_held_supply_posting_is_not_the_persons_to_show(ctx: Context, client: Client) -> None:
    """Resume and change are refused; rest and return do not end the hold; lifted it follows the person."""
    worker = await city.a_worker(ctx, city_code="310100")
    who, first, second = await city.as_worker(ctx, worker), await an_officer(ctx), await an_officer(ctx)
    supply = (await client.post("/v1/supplies", json={"kind": "work", "trades": ["moving"]}, headers=who)).json()
    held = (await hold(client, "supplies", supply["id"], first)).json()
    shown = (await client.get("/v1/supplies")).json()["items"]
    assert shown == []
    refused = await client.post(f"/v1/supplies/{supply['id']}/resume", headers=who)
    assert (refused.status_code, refused.json()["code"]) == (409, "posting_held")
    version = (await client.get(f"/v1/supplies/{supply['id']}", headers=who)).json()["version"]
    changed = await client.patch(
        f"/v1/supplies/{supply['id']}", json={"title": "搬家"}, headers=who | {"if-match": f'"{version}"'}
    )
    assert (changed.status_code, changed.json()["code"]) == (409, "posting_held")
    for verb in ("rest", "return"):
        assert (await client.post(f"/v1/workers/me/{verb}", headers=who)).status_code == 200
        assert (await client.get("/v1/supplies")).json()["items"] == []
    assert (await decide(client, held, "lift", second)).json()["state"] == "lifted"
    assert [each["id"] for each in (await client.get("/v1/supplies")).json()["items"]] == [supply["id"]]


async def test_a_hold_lifted_while_the_person_rests_waits_for_the_return(ctx: Context, client: Client) -> None:
    """Lifted is not shown: that is the person's return."""
    worker = await city.a_worker(ctx, city_code="310100")
    who, first, second = await city.as_worker(ctx, worker), await an_officer(ctx), await an_officer(ctx)
    supply = (await client.post("/v1/supplies", json={"kind": "work", "trades": ["moving"]}, headers=who)).json()
    held = (await hold(client, "supplies", supply["id"], first)).json()
    assert (await client.post("/v1/workers/me/rest", headers=who)).status_code == 200
    assert (await decide(client, held, "lift", second)).json()["state"] == "lifted"
    assert (await client.get("/v1/supplies")).json()["items"] == []
    resumed = await client.post(f"/v1/supplies/{supply['id']}/resume", headers=who)
    assert (resumed.status_code, resumed.json()["code"]) == (422, "worker_resting")
    assert (await client.post("/v1/workers/me/return", headers=who)).status_code == 200
    assert [each["id"] for each in (await client.get("/v1/supplies")).json()["items"]] == [supply["id"]]


async def test_holds_belong_to_officers_of_the_place(ctx: Context, client: Client) -> None:
    """Elsewhere 404, no reason of the list 422, what is not live 409."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    abroad = await an_officer(ctx, regions=("330200",))
    posting = await offered(client, owner)
    assert (await hold(client, "postings", posting["id"], abroad)).status_code == 404
    assert (await hold(client, "postings", posting["id"], officer, reason="colour")).json()["code"] == "reason_unknown"
    held = (await hold(client, "postings", posting["id"], officer)).json()
    assert (await decide(client, held, "lift", abroad)).status_code == 404
    assert (await client.get("/v1/holds", headers=abroad)).json()["items"] == []
    draft = (await client.post("/v1/postings", json=a_body(), headers=owner)).json()
    assert (await hold(client, "postings", draft["id"], officer)).json()["code"] == "wrong_state"
