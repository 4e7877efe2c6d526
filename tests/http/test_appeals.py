"""Appeals over HTTP: against a rejection or a removal, decided by somebody who had no part in it, in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.errors import DomainError
from tests import clock
from tests.builders import city
from tests.builders.applications import run_due_at, set_time, value_of
from tests.builders.postings import offered
from tests.builders.reviews import an_officer, an_owner, decide, review_of, waiting

Client = httpx2.AsyncClient
Headers = dict[str, str]
WORDS = {"words": "押金是客人的，不是工人的"}


async def state_of(client: Client, posting: dict[str, Any], who: Headers) -> str:
    return str((await client.get(f"/v1/postings/{posting['id']}", headers=who)).json()["state"])


async def appeal(client: Client, posting: dict[str, Any], who: Headers) -> httpx2.Response:
    return await client.post(f"/v1/postings/{posting['id']}/appeals", json=WORDS, headers=who)


async def settle(client: Client, row: dict[str, Any], outcome: str, who: Headers, **more: Any) -> httpx2.Response:
    body = {"outcome": outcome} | ({"reason": "other"} if outcome == "uphold" else {}) | more
    return await client.post(f"/v1/appeals/{row['id']}/decide", json=body, headers=who)


async def a_removal(ctx: Context, client: Client, owner: Headers, officer: Headers) -> dict[str, Any]:
    posting = await offered(client, owner)
    down = await client.post(f"/v1/postings/{posting['id']}/take-down", json={"reason": "other"}, headers=officer)
    assert down.json()["state"] == "taken_down"
    return posting


async def a_rejection(ctx: Context, client: Client, owner: Headers, officer: Headers) -> dict[str, Any]:
    posting = await waiting(client, owner)
    done = await decide(client, officer, await review_of(client, officer, posting), "reject")
    assert done.status_code == 200
    return posting


@pytest.mark.parametrize("verb", ["restore", "uphold"])
async def test_an_appeal_has_one_door(ctx: Context, client: Client, verb: str) -> None:
    """The posting itself has none by which an appeal of it is decided."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await a_removal(ctx, client, owner, first)
    assert (await appeal(client, posting, owner)).status_code == 201
    done = await client.post(f"/v1/postings/{posting['id']}/{verb}", json={"reason": "other"}, headers=second)
    assert done.status_code in (404, 405)
    for decision in ("reject", "publish", "take-down"):
        body = {"reject": {"reasons": ["other"]}, "take-down": {"reason": "other"}}.get(decision, {})
        refused = await client.post(f"/v1/postings/{posting['id']}/{decision}", json=body, headers=second)
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("against", [a_removal, a_rejection])
async def test_what_is_granted_is_fresh_and_becomes_stale_like_any_other(
    ctx: Context, client: Client, against: Any
) -> None:
    """Its days begin with the grant, its words can be read, and silence ends it."""
    noon = clock.now()
    await set_time(ctx, noon)
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await against(ctx, client, owner, first)
    async with ctx.uow() as uow:
        held = await uow.postings.lock(UUID(posting["id"]))
        held.valid_until = noon + timedelta(days=150)
    row = (await appeal(client, posting, owner)).json()
    await set_time(ctx, noon + timedelta(days=10))
    assert (await settle(client, row, "grant", second)).json()["state"] == "granted"
    assert (await client.get(f"/v1/postings/{posting['id']}/terms")).status_code == 200
    days = ctx.policies.at(noon, "310100").postings.stale_after_days
    for later, state in ((days + 9, "published"), (days + 11, "expired")):
        await run_due_at(ctx, noon + timedelta(days=later))
        assert await value_of(ctx, "select state from postings") == state
    assert await value_of(ctx, "select reason from transitions where to_state = 'expired'") == "stale"


@pytest.mark.parametrize("against", [a_removal, a_rejection])
async def test_another_officer_grants_it_and_it_is_shown(ctx: Context, client: Client, against: Any) -> None:
    """The first officer is refused; the second one shows it again."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await against(ctx, client, owner, first)
    filed = await appeal(client, posting, owner)
    assert (filed.status_code, filed.json()["state"], filed.json()["decided_by"]) == (201, "filed", None)
    row = filed.json()
    assert row["against"] == ("removal" if against is a_removal else "rejection")
    assert [each["may_decide"] for each in (await client.get("/v1/appeals", headers=first)).json()["items"]] == [False]
    refused = await settle(client, row, "grant", first)
    assert (refused.status_code, refused.json()["code"]) == (409, "appeal_own_decision")
    granted = await settle(client, row, "grant", second, sentence="您说得对")
    assert (granted.json()["state"], granted.json()["sentence"]) == ("granted", "您说得对")
    assert await state_of(client, posting, owner) == "published"
    assert (await client.get(f"/v1/postings/{posting['id']}")).status_code == 200
    seen = (await client.get(f"/v1/appeals/{row['id']}", headers=owner)).json()
    assert (seen["state"], seen["decided_by"], seen["may_decide"]) == ("granted", None, None)
    told = [each["text"] for each in (await client.get("/v1/messages", headers=owner)).json()["items"]]
    assert any("另一位工作人员" in text for text in told)
    assert any("恢复" in text for text in told)


@pytest.mark.parametrize(("against", "end"), [(a_removal, "final"), (a_rejection, "rejected")])
async def test_what_is_upheld_stands(ctx: Context, client: Client, against: Any, end: str) -> None:
    """A removal is final, its shifts are off; a rejected posting may be corrected; neither is appealed once more."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await against(ctx, client, owner, first)
    row = (await appeal(client, posting, owner)).json()
    bare = await settle(client, row, "uphold", second, reason=None)
    assert (bare.status_code, bare.json()["code"]) == (422, "reason_unknown")
    assert (await settle(client, row, "uphold", second)).json()["state"] == "upheld"
    assert await state_of(client, posting, owner) == end
    left = (await client.get(f"/v1/postings/{posting['id']}/shifts", headers=owner)).json()["items"]
    assert {shift["state"] for shift in left} == ({"cancelled"} if end == "final" else set())
    again = await appeal(client, posting, owner)
    assert again.status_code == 409
    if end == "rejected":
        assert again.json()["code"] == "appeal_decided"
        refused = await client.post(f"/v1/postings/{posting['id']}/recall", headers=owner)
        assert (refused.status_code, refused.json()["facts"]["possible"]) == (409, ["reopen", "withdraw"])
        version = (await client.get(f"/v1/postings/{posting['id']}", headers=owner)).headers["etag"]
        refused = await client.patch(
            f"/v1/postings/{posting['id']}", json={"title": "别的"}, headers=owner | {"if-match": version}
        )
        assert "申诉" not in refused.json()["detail"]
        assert refused.json()["facts"]["possible"] == ["reopen", "withdraw"]
        told = [each["text"] for each in (await client.get("/v1/messages", headers=owner)).json()["items"]]
        assert sum("申诉已有结果" in text for text in told) == 1
        assert sum("未通过审核(" in text for text in told) == 1
        assert (await client.post(f"/v1/postings/{posting['id']}/reopen", headers=owner)).json()["state"] == "draft"


async def test_nobody_who_held_or_entered_it_decides_it(ctx: Context, client: Client) -> None:
    """Placed the hold, confirmed the hold, filed the appeal for the employer: all three are barred."""
    owner, third = await an_owner(ctx), await an_officer(ctx)
    first, second, filer = [await an_officer(ctx) for _ in range(3)]
    posting = await offered(client, owner)
    held = (await client.post(f"/v1/postings/{posting['id']}/hold", json={"reason": "unsafe"}, headers=first)).json()
    await client.post(f"/v1/holds/{held['id']}/confirm", json={"reason": "other"}, headers=second)
    row = (await appeal(client, posting, filer)).json()
    for who in (first, second, filer):
        assert (await settle(client, row, "uphold", who)).json()["code"] == "appeal_own_decision"
    assert (await settle(client, row, "uphold", third)).status_code == 200


async def test_an_appeal_comes_in_time_or_not_at_all(ctx: Context, client: Client) -> None:
    """Fifteen days; and what nobody decides stands in the administrators' list."""
    owner, slow, officer = await an_owner(ctx), await an_owner(ctx), await an_officer(ctx)
    late, posting = [await a_removal(ctx, client, who, officer) for who in (slow, owner)]
    row = (await appeal(client, posting, owner)).json()
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(days=16))
    refused = await appeal(client, late, slow)
    assert (refused.status_code, refused.json()["code"]) == (409, "appeal_too_late")
    assert await state_of(client, late, slow) == "taken_down"
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    overdue = (await client.get("/v1/appeals", params={"overdue": True}, headers=admin)).json()["items"]
    assert [(each["id"], each["overdue"]) for each in overdue] == [(row["id"], True)]
    assert await value_of(ctx, "select escalated_at is not null from appeals") is True


async def test_strangers_file_and_read_nothing(ctx: Context, client: Client) -> None:
    """Another employer, an officer elsewhere: 404."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await a_removal(ctx, client, owner, officer)
    stranger, abroad = await an_owner(ctx), await an_officer(ctx, regions=("330200",))
    assert (await appeal(client, posting, stranger)).status_code == 404
    row = (await appeal(client, posting, owner)).json()
    for who in (stranger, abroad):
        assert (await client.get(f"/v1/appeals/{row['id']}", headers=who)).status_code == 404
    assert (await settle(client, row, "grant", abroad)).status_code == 404
    assert (await client.get("/v1/appeals", headers=abroad)).json()["items"] == []


async def test_a_persons_supply_posting_is_appealed_likewise(ctx: Context, client: Client) -> None:
    """Taken down, appealed by the person, granted by another officer, shown and told."""
    worker = await city.a_worker(ctx, city_code="310100")
    who, first, second = await city.as_worker(ctx, worker), await an_officer(ctx), await an_officer(ctx)
    supply = (await client.post("/v1/supplies", json={"kind": "work", "trades": ["moving"]}, headers=who)).json()
    url = f"/v1/supplies/{supply['id']}"
    await client.post(f"{url}/take-down", json={"reason": "other"}, headers=first)
    row = (await client.post(f"{url}/appeals", json=WORDS, headers=who)).json()
    assert (await settle(client, row, "grant", first)).json()["code"] == "appeal_own_decision"
    assert (await settle(client, row, "grant", second)).json()["state"] == "granted"
    assert [each["id"] for each in (await client.get("/v1/supplies")).json()["items"]] == [supply["id"]]
    told = [each["text"] for each in (await client.get("/v1/messages", headers=who)).json()["items"]]
    assert any("申诉成立" in text for text in told)


async def test_a_persons_rejected_supply_posting_stays_so(ctx: Context, client: Client) -> None:
    """Upheld: the person is told of the appeal, not of a new rejection, and reads of no second appeal."""
    worker = await city.a_worker(ctx, city_code="310100")
    who, first, second = await city.as_worker(ctx, worker), await an_officer(ctx), await an_officer(ctx)
    words = {"kind": "work", "trades": ["moving"], "description": "搬家找我，微信同号 13912345678"}
    supply = (await client.post("/v1/supplies", json=words, headers=who)).json()
    url = f"/v1/supplies/{supply['id']}"
    assert (await client.post(f"{url}/reject", json={"reason": "other"}, headers=first)).status_code == 200
    assert "appeal" in (await client.post(f"{url}/pause", headers=who)).json()["facts"]["possible"]
    row = (await client.post(f"{url}/appeals", json=WORDS, headers=who)).json()
    assert (await settle(client, row, "uphold", second)).json()["state"] == "upheld"
    refused = await client.post(f"{url}/pause", headers=who)
    assert (refused.status_code, refused.json()["facts"]["possible"]) == (409, ["revise", "withdraw"])
    told = [each["text"] for each in (await client.get("/v1/messages", headers=who)).json()["items"]]
    assert (sum("没有通过" in text for text in told), sum("维持不变" in text for text in told)) == (1, 1)


async def test_an_appeal_granted_to_a_resting_person_waits_for_the_return(ctx: Context, client: Client) -> None:
    """Restored, but not shown: nobody looks for whoever rests."""
    worker = await city.a_worker(ctx, city_code="310100")
    who, first, second = await city.as_worker(ctx, worker), await an_officer(ctx), await an_officer(ctx)
    supply = (await client.post("/v1/supplies", json={"kind": "work", "trades": ["moving"]}, headers=who)).json()
    await client.post(f"/v1/supplies/{supply['id']}/take-down", json={"reason": "other"}, headers=first)
    row = (await client.post(f"/v1/supplies/{supply['id']}/appeals", json=WORDS, headers=who)).json()
    assert (await client.post("/v1/workers/me/rest", headers=who)).status_code == 200
    assert (await settle(client, row, "grant", second)).json()["state"] == "granted"
    own = (await client.get(f"/v1/supplies/{supply['id']}", headers=who)).json()
    assert (own["state"], (await client.get("/v1/supplies")).json()["items"]) == ("paused", [])
    listed = await client.get("/v1/listings", params={"side": "supply"})
    assert (listed.status_code, listed.json()["items"]) == (200, [])
    assert (await client.post("/v1/workers/me/return", headers=who)).status_code == 200
    assert [each["id"] for each in (await client.get("/v1/supplies")).json()["items"]] == [supply["id"]]


async def test_the_row_itself_refuses_who_had_a_part(ctx: Context, client: Client) -> None:
    """Whatever the code may do: the constraint stands."""
    owner = await an_owner(ctx)
    staff = await city.an_officer(ctx)
    posting = await a_removal(ctx, client, owner, await city.as_staff(ctx, staff))
    await appeal(client, posting, owner)
    with pytest.raises(DomainError, match="value_out_of_range"):
        async with ctx.uow() as uow:
            row = await uow.appeals.lock_filed(
                "posting",
                (await uow.appeals.page(None, state="filed", overdue_at=None, after=None, limit=1))[0].subject_id,
            )
            assert row is not None
            row.state, row.decided_by, row.closed_at = "granted", staff.id, await uow.now()
    assert await value_of(ctx, "select state from appeals") == "filed"


async def test_an_appeal_without_words_is_none(ctx: Context, client: Client) -> None:
    """Nothing, blanks or dots are refused with a sentence, and the one appeal is still there."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await a_removal(ctx, client, owner, officer)
    for body in ({}, {"words": ""}, {"words": "  "}, {"words": "不对！！"}):
        refused = await client.post(f"/v1/postings/{posting['id']}/appeals", json=body, headers=owner)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/words"), body
        assert refused.json()["errors"][0]["message"]
    assert (await appeal(client, posting, owner)).status_code == 201
