"""The review queue over HTTP: what opens and closes a review, who may take and decide it, batches, history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.postings import made, next_week
from tests.builders.reviews import (
    FEE,
    HINT,
    a_decision,
    an_officer,
    an_owner,
    decide,
    queue,
    review_of,
    ticks,
    waiting,
)

Client = httpx2.AsyncClient


async def claim(
    client: Client, review: dict[str, Any], officer: dict[str, str], verb: str = "claim"
) -> httpx2.Response:
    return await client.post(f"/v1/reviews/{review['id']}/{verb}", headers=officer)


async def state_of(client: Client, posting: dict[str, Any], who: dict[str, str]) -> str:
    return str((await client.get(f"/v1/postings/{posting['id']}", headers=who)).json()["state"])


async def test_what_waits_stands_in_the_queue_with_its_marked_words(ctx: Context, client: Client) -> None:
    """The review names posting, employer, words, rule and law; an officer elsewhere sees nothing of it."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await waiting(client, owner)
    review = await review_of(client, officer, posting)
    assert (review["noun"], review["kind"], review["state"], review["mine"]) == ("posting", "new", "waiting", False)
    hit = review["hits"][0]
    assert hit["facts"]["rule"] == "C01"
    assert HINT[hit["facts"]["start"] : hit["facts"]["end"]] == hit["facts"]["words"]
    assert review["subject"]["employer"]["state"] == "verified"
    assert review["due_at"] == posting["own"]["review_due_at"]
    elsewhere = await an_officer(ctx, regions=("330200",))
    assert await queue(client, elsewhere) == []
    assert (await client.get(f"/v1/reviews/{review['id']}", headers=elsewhere)).status_code == 404
    assert (await claim(client, review, elsewhere)).status_code == 404


async def test_a_clean_posting_of_a_verified_employer_never_waits(ctx: Context, client: Client) -> None:
    """Live at once, no row; neither does its revision that is live again at once."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await made(client, owner, submit=True)
    body = {"title": "晚市洗碗两人"}
    changed = await client.patch(
        f"/v1/postings/{posting['id']}", json=body, headers=owner | {"if-match": f'"{posting["version"]}"'}
    )
    assert changed.json()["state"] == "published"
    assert await queue(client, officer) == []
    assert await queue(client, officer, state="decided") == []


async def test_a_yes_needs_its_ticks_and_shows_the_posting(ctx: Context, client: Client) -> None:
    """Without ticks 422 and nothing happens; with them it is public and the review is history."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await waiting(client, owner)
    review = await review_of(client, officer, posting)
    bare = await decide(client, officer, review, "publish", checked=[])
    assert (bare.status_code, bare.json()["code"]) == (422, "checklist_incomplete")
    assert await state_of(client, posting, owner) == "submitted"
    done = await decide(client, officer, review, "publish")
    assert (done.status_code, done.json()["review"]["state"]) == (200, "decided")
    assert await state_of(client, posting, owner) == "published"
    assert await queue(client, officer) == []
    assert [each["id"] for each in await queue(client, officer, state="decided", mine=True)] == [review["id"]]
    assert {each["code"] for each in done.json()["checklist"] if each["checked"]} == set(ticks())
    assert [move["action"] for move in done.json()["moves"]][:2] == ["publish", "submit"]
    again = await decide(client, officer, review, "reject")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_a_no_tells_its_author_codes_and_a_sentence_and_not_the_officer(ctx: Context, client: Client) -> None:
    """The employer reads reasons with labels; a stranger has nothing to read; the officer's id is nowhere."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await waiting(client, owner)
    review = await review_of(client, officer, posting)
    bare = await decide(client, officer, review, "reject", reasons=[])
    assert (bare.status_code, bare.json()["code"]) == (422, "reasons_needed")
    said = "培训费谁出要写清楚"
    rejected = await decide(client, officer, review, "reject", reasons=["C01_fee_from_worker"], sentence=said)
    assert rejected.status_code == 200
    told = await client.get(f"/v1/postings/{posting['id']}/decisions", headers=owner)
    decision = told.json()["items"][0]
    assert (decision["outcome"], decision["sentence"]) == ("reject", said)
    assert decision["reasons"] == [{"code": "C01_fee_from_worker", "label": "向劳动者收费或收押金"}]
    assert rejected.json()["review"]["decided_by"] not in told.text
    stranger = await an_owner(ctx)
    assert (await client.get(f"/v1/postings/{posting['id']}/decisions", headers=stranger)).status_code == 404


async def test_each_rule_that_stops_it_is_overruled_with_a_reason(ctx: Context, client: Client) -> None:
    """Contested words: no yes without a word on the rule; the log and the history keep the word."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    draft = await made(client, owner, description=FEE)
    await client.post(f"/v1/postings/{draft['id']}/submit", json={"contested": True}, headers=owner)
    review = await review_of(client, officer, draft)
    bare = await decide(client, officer, review, "publish")
    assert (bare.status_code, bare.json()["code"]) == (409, "guard_overrule_needed")
    assert bare.json()["facts"]["rules"] == ["C01"]
    other = [{"rule": "C21", "reason": "没有的事"}]
    assert (await decide(client, officer, review, "publish", overrules=other)).status_code == 422
    overrules = [{"rule": "C01", "reason": "押金是客人的，不是工人的"}]
    done = await decide(client, officer, review, "publish", overrules=overrules)
    assert done.json()["review"]["overrules"] == overrules
    assert done.json()["moves"][0]["reason"] == "C01: 押金是客人的，不是工人的"
    assert await state_of(client, draft, owner) == "published"


async def test_one_officer_alone_has_a_claimed_review_until_the_time_is_over(ctx: Context, client: Client) -> None:
    """Others get 409 at every door, also the posting's own; after the minutes it is free by itself."""
    owner, first, second = await an_owner(ctx), await an_officer(ctx), await an_officer(ctx)
    posting = await waiting(client, owner)
    review = await review_of(client, first, posting)
    claimed = await claim(client, review, first)
    assert (claimed.json()["review"]["state"], claimed.json()["review"]["mine"]) == ("claimed", True)
    assert [item["must"] for item in claimed.json()["checklist"]].count(True) == len(ticks())
    for refused in (
        await claim(client, review, second),
        await claim(client, review, second, "release"),
        await decide(client, second, review, "reject"),
        await client.post(f"/v1/postings/{posting['id']}/reject", json={"reasons": ["other"]}, headers=second),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "review_claimed")
    assert await queue(client, second, state="free") == []
    assert len(await queue(client, first, state="claimed", mine=True)) == 1
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(minutes=21))
    assert [each["state"] for each in await queue(client, second, state="free")] == ["waiting"]
    assert (await claim(client, review, second)).status_code == 200
    assert (await claim(client, review, second, "release")).json()["review"]["claimed_by"] is None


async def test_the_next_one_is_the_most_urgent_that_the_caller_may_decide(ctx: Context, client: Client) -> None:
    """Work that begins soon comes before the rest; what the officer entered goes to another one."""
    officer_row = await city.an_officer(ctx)
    officer, other = await city.as_staff(ctx, officer_row), await an_officer(ctx)
    employer = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    calm = await waiting(client, owner)
    start = await city.now_of(ctx) + timedelta(hours=5)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}
    urgent = await waiting(client, officer, time=times, employer_id=str(employer.id))
    assert [each["priority"] for each in await queue(client, other)] == [1, 3]
    mine = (await client.post("/v1/reviews/claim-next", headers=officer)).json()["claimed"]["review"]
    assert mine["subject"]["id"] == calm["id"]
    entered = await review_of(client, officer, urgent)
    assert entered["own_entry"] is True
    for refused in (
        await claim(client, entered, officer),
        await decide(client, officer, entered, "publish"),
        await client.post(f"/v1/postings/{urgent['id']}/publish", json={}, headers=officer),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "review_own_entry")
    theirs = (await client.post("/v1/reviews/claim-next", headers=other)).json()["claimed"]["review"]
    assert theirs["subject"]["id"] == urgent["id"]
    assert (await client.post("/v1/reviews/claim-next", headers=other)).json() == {"claimed": None}


async def test_a_batch_gives_each_its_own_result(ctx: Context, client: Client) -> None:
    """One yes, one no, one without ticks, one that is not there: two done, two refused, nothing half-done."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    postings = [await waiting(client, owner, title=f"洗碗{n}") for n in range(3)]
    reviews = [await review_of(client, officer, posting) for posting in postings]
    nobody = reviews[0] | {"id": "01900000-0000-7000-8000-000000000000"}
    bodies = [
        a_decision(reviews[0], "publish"), a_decision(reviews[1], "reject"),
        a_decision(reviews[2], "publish", checked=[]), a_decision(nobody, "reject"),
    ]  # fmt: skip
    sent = [body | {"review_id": review["id"]} for body, review in zip(bodies, [*reviews, nobody], strict=True)]
    answer = await client.post("/v1/reviews/decide", json={"decisions": sent}, headers=officer)
    assert answer.status_code == 200, answer.text
    told = [(each["done"], each["outcome"] or each["code"]) for each in answer.json()["decisions"]]
    assert told == [(True, "publish"), (True, "reject"), (False, "checklist_incomplete"), (False, "not_found")]
    assert [await state_of(client, each, owner) for each in postings] == ["published", "rejected", "submitted"]
    twice = await client.post("/v1/reviews/decide", json={"decisions": [sent[2], sent[2]]}, headers=officer)
    assert (twice.status_code, twice.json()["code"]) == (422, "review_twice")


async def test_the_same_key_decides_once(ctx: Context, client: Client) -> None:
    """The stored answer comes back; the posting has moved once."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await waiting(client, owner)
    review = await review_of(client, officer, posting)
    keyed = officer | {"idempotency-key": "decide-it-once-please"}
    first, second = [await decide(client, keyed, review, "publish") for _ in range(2)]
    assert first.status_code == second.status_code == 200
    assert first.content == second.content


async def test_the_old_doors_close_the_review_too(ctx: Context, client: Client) -> None:
    """Published, rejected, recalled, withdrawn elsewhere: decided by that officer, or closed with nobody's decision."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    bodies: dict[str, Any] = {
        "publish": {}, "reject": {"reasons": ["incomplete"]}, "recall": None, "withdraw": {"reason": "other"},
    }  # fmt: skip
    for verb, body in bodies.items():
        posting = await waiting(client, owner, title=f"洗碗 {verb}")
        who = officer if verb in ("publish", "reject") else owner
        moved = await client.post(f"/v1/postings/{posting['id']}/{verb}", json=body, headers=who)
        assert moved.status_code == 200, moved.text
    assert await queue(client, officer) == []
    decided = await queue(client, officer, state="decided")
    assert sorted((each["outcome"], tuple(each["reasons"])) for each in decided) == [
        ("publish", ()), ("reject", ("incomplete",)),
    ]  # fmt: skip


async def test_a_recalled_posting_comes_back_as_another_review_with_its_history(ctx: Context, client: Client) -> None:
    """The old row stays closed and is shown beside the new one; deciding the old one is refused."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await waiting(client, owner)
    old = await review_of(client, officer, posting)
    await client.post(f"/v1/postings/{posting['id']}/recall", headers=owner)
    await client.post(f"/v1/postings/{posting['id']}/submit", json={}, headers=owner)
    new = await review_of(client, officer, posting)
    detail = (await client.get(f"/v1/reviews/{new['id']}", headers=officer)).json()
    assert [(each["id"], each["state"]) for each in detail["earlier"]] == [(old["id"], "closed")]
    late = await decide(client, officer, old, "publish")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_a_material_edit_waits_as_an_edit(ctx: Context, client: Client) -> None:
    """A live posting whose new words are in doubt goes back; approved, it is shown again."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await made(client, owner, submit=True)
    changed = await client.patch(
        f"/v1/postings/{posting['id']}", json={"description": HINT},
        headers=owner | {"if-match": f'"{posting["version"]}"'},
    )  # fmt: skip
    assert changed.json()["state"] == "submitted"
    review = await review_of(client, officer, posting, kind="edit")
    assert (await decide(client, officer, review, "publish")).status_code == 200
    assert await state_of(client, posting, owner) == "published"


async def test_supply_postings_stand_in_the_same_queue(ctx: Context, client: Client) -> None:
    """Words in doubt wait; changed meanwhile, a decision on the old words is refused; mended, nobody needs to look."""
    worker = await city.a_worker(ctx, city_code="310100")
    who, officer = await city.as_worker(ctx, worker), await an_officer(ctx)
    body = {"kind": "work", "trades": ["moving"], "description": "搬家找我，微信同号 13912345678"}
    supply = (await client.post("/v1/supplies", json=body, headers=who)).json()
    review = await review_of(client, officer, supply, noun="supply")
    assert (review["subject"]["employer"], review["hits"][0]["facts"]["rule"]) == (None, "C29")
    changed = await client.patch(
        f"/v1/supplies/{supply['id']}", json={"description": "搬家找我，电话 13912345679"},
        headers=who | {"if-match": f'"{supply["version"]}"'},
    )  # fmt: skip
    assert changed.json()["state"] == "submitted"
    stale = await decide(client, officer, review, "publish")
    assert (stale.status_code, stale.json()["code"]) == (409, "review_subject_changed")
    seen = await review_of(client, officer, supply)
    assert seen["id"] == review["id"]
    said = "电话不要写在文字里"
    rejected = await decide(client, officer, seen, "reject", reasons=["C29_hidden_contact"], sentence=said)
    assert rejected.status_code == 200, rejected.text
    told = (await client.get(f"/v1/supplies/{supply['id']}/decisions", headers=who)).json()["items"]
    assert [(each["outcome"], each["sentence"]) for each in told] == [("reject", said)]
    version = (await client.get(f"/v1/supplies/{supply['id']}", headers=who)).json()["version"]
    mended = await client.patch(
        f"/v1/supplies/{supply['id']}", json={"description": "搬家找我，力气大"},
        headers=who | {"if-match": f'"{version}"'},
    )  # fmt: skip
    assert mended.json()["state"] == "published"
    assert await queue(client, officer) == []


async def test_the_head_of_the_queue_counts_by_kind(ctx: Context, client: Client) -> None:
    """Open, overdue, free and mine; overdue by the shared clock."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    postings = [await waiting(client, owner, title=f"洗碗{n}", time=far(n)) for n in range(3)]
    await claim(client, await review_of(client, officer, postings[0]), officer)
    counts = (await client.get("/v1/reviews/counts", headers=officer)).json()
    assert counts["total"] == {"open": 3, "overdue": 0, "due_soon": 0, "free": 2, "mine": 1, "grave": 0} | {
        "due_soon": counts["total"]["due_soon"]
    }
    assert [(each["noun"], each["kind"], each["open"]) for each in counts["by_kind"]] == [("posting", "new", 3)]
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(days=4))
    later = (await client.get("/v1/reviews/counts", headers=officer)).json()["total"]
    assert (later["overdue"], later["free"], later["mine"]) == (3, 3, 0)
    assert len(await queue(client, officer, overdue=True)) == 3


def far(days: int) -> dict[str, str]:
    start = next_week(days=10 + days)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}


async def test_the_queue_is_paged_in_its_own_order(ctx: Context, client: Client) -> None:
    """Pages of one give what a page of all gives; a cursor of another filter is refused."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    for number in range(3):
        await waiting(client, owner, title=f"洗碗{number}")
    whole = [each["id"] for each in await queue(client, officer)]
    walked, cursor = [], None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/reviews", params=params, headers=officer)).json()
        walked += [each["id"] for each in page["items"]]
        first, cursor = cursor or page["next_cursor"], page["next_cursor"]
        if cursor is None:
            break
    assert walked == whole
    other = await client.get("/v1/reviews", params={"cursor": first, "kind": "edit"}, headers=officer)
    assert (other.status_code, other.json()["code"]) == (410, "cursor_of_other_filter")


@pytest.mark.parametrize("params", [{"state": "lost"}, {"kind": "gift"}, {"noun": "worker"}, {"colour": "red"}])
async def test_unknown_filters_of_the_queue_are_refused(ctx: Context, client: Client, params: dict[str, str]) -> None:
    """422, naming the field."""
    answer = await client.get("/v1/reviews", params=params, headers=await an_officer(ctx))
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_unlawful_work_is_told_to_officers_once(ctx: Context, client: Client) -> None:
    """A draft with it is nobody's to see and a grave review all the same; other words, the same rule: no second one;
    contested, the one review is the one of the posting."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    draft = await made(client, owner, description="手机刷单日结佣金")
    review = await review_of(client, officer, draft)
    assert (review["kind"], review["priority"], review["facts"]) == ("report", 0, {"rules": ["C21"]})
    stopped = await client.post(f"/v1/postings/{draft['id']}/submit", json={}, headers=owner)
    assert (stopped.status_code, stopped.json()["code"]) == (422, "posting_blocked")
    contested = await client.post(f"/v1/postings/{draft['id']}/submit", json={"contested": True}, headers=owner)
    assert contested.status_code == 200, contested.text
    renewed = await review_of(client, officer, draft)
    assert (renewed["id"], renewed["kind"], renewed["priority"]) == (review["id"], "new", 0)
    refused = await decide(client, officer, renewed, "reject")
    assert refused.status_code == 200, refused.text
    await client.post(f"/v1/postings/{draft['id']}/reopen", headers=owner)
    seen = (await client.get(f"/v1/postings/{draft['id']}", headers=owner)).json()
    edited = await client.patch(
        f"/v1/postings/{draft['id']}",
        json={"description": "帮人刷单，一单五元"},
        headers=owner | {"if-match": f'"{seen["version"]}"'},
    )
    assert edited.status_code == 200, edited.text
    assert await queue(client, officer) == []


async def test_a_fee_is_stopped_and_not_reported(ctx: Context, client: Client) -> None:
    """Only rules that say so report."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    await made(client, owner, description=FEE)
    assert await queue(client, officer) == []
