"""Repeated, stale and lapsed over HTTP: found behind the offer, merged by an officer, refreshed, renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.context import Context
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, value_of
from tests.builders.employers import a_credit_code
from tests.builders.postings import made, offered
from tests.builders.reviews import an_officer, an_owner, decide, queue, review_of

Client = httpx2.AsyncClient
Headers = dict[str, str]


async def soon(ctx: Context, **ahead: float) -> None:
    """Whatever is due by then is done."""
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(**(ahead or {"minutes": 6})))


async def state_of(client: Client, posting: dict[str, Any], who: Headers) -> dict[str, Any]:
    answer = await client.get(f"/v1/postings/{posting['id']}", headers=who)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_repeated_posting_is_looked_at_and_merged(ctx: Context, client: Client) -> None:
    """The later one waits in the queue with the other's id; merged, it closes with a pointer, its empty shifts are
    called off, a talk about it that had no answer lapses; the first one stays."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    first, second = [await offered(client, owner) for _ in range(2)]
    other = await offered(client, await an_owner(ctx))
    await soon(ctx)
    [review] = await queue(client, officer)
    assert (review["kind"], review["subject"]["id"]) == ("duplicate", second["id"])
    assert review["facts"] == {"of": first["id"], "alike_permille": 1000}
    who = await city.as_worker(ctx, await city.a_worker(ctx))
    asked = await client.post("/v1/contact-requests", json={"posting_id": second["id"], "purpose": "pay"}, headers=who)
    assert asked.status_code == 201, asked.text
    done = await decide(client, officer, review, "merge", reasons=[])
    assert done.status_code == 200, done.text
    talk = await client.get(f"/v1/contact-requests/{asked.json()['id']}", headers=who)
    assert talk.json()["state"] == "lapsed"
    shifts = await rows_of(ctx, "select posting_id::text, state, count(*) from shifts group by 1, 2")
    assert {posting: state for posting, state, _ in shifts if posting != other["id"]} == {
        first["id"]: "open",
        second["id"]: "cancelled",
    }
    merged = await state_of(client, second, owner)
    assert (merged["state"], merged["own"]["merged_into"]) == ("merged", first["id"])
    shown = {each["id"] for each in (await client.get("/v1/postings")).json()["items"]}
    assert shown == {first["id"], other["id"]}
    told = [each["text"] for each in (await client.get("/v1/messages", headers=owner)).json()["items"]]
    assert sum("重复" in text for text in told) == 1


async def test_what_an_officer_keeps_apart_stays_apart(ctx: Context, client: Client) -> None:
    """Kept: both are shown, and the same pair is not asked about again."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    _, second = [await offered(client, owner) for _ in range(2)]
    await soon(ctx)
    await decide(client, officer, await review_of(client, officer, second), "keep")
    async with ctx.uow() as uow:
        await uow.schedule("duplicates.check", UUID(second["id"]), await uow.now())
    await soon(ctx)
    assert await queue(client, officer) == []
    assert (await state_of(client, second, owner))["state"] == "published"


async def test_applications_stay_where_they_are(ctx: Context, client: Client) -> None:
    """While somebody waits for an answer nothing is merged; a seat that is taken stays taken."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    _, second = [await offered(client, owner) for _ in range(2)]
    await soon(ctx)
    who = await city.as_worker(ctx, await city.a_worker(ctx))
    body = {"all_shifts": True}
    applied = await client.post(f"/v1/postings/{second['id']}/applications", json=body, headers=who)
    assert applied.status_code == 201, applied.text
    review = await review_of(client, officer, second)
    refused = await decide(client, officer, review, "merge", reasons=[])
    assert (refused.status_code, refused.json()["code"]) == (409, "posting_has_applications")
    assert (await state_of(client, second, owner))["state"] == "published"
    assert (await review_of(client, officer, second))["state"] in ("waiting", "claimed")


async def test_another_time_or_other_work_is_no_repetition(ctx: Context, client: Client) -> None:
    """Nothing is asked."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    await offered(client, owner)
    await offered(client, owner, trade="moving")
    start = await city.now_of(ctx) + timedelta(days=12)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    await offered(client, owner, time=times)
    await soon(ctx)
    assert await queue(client, officer) == []


async def test_a_copy_keeps_where_it_comes_from(ctx: Context, client: Client) -> None:
    """For its own people to see."""
    owner = await an_owner(ctx)
    posting = await made(client, owner)
    copy = await client.post(f"/v1/postings/{posting['id']}/copy", headers=owner)
    assert copy.json()["own"]["copied_from"] == posting["id"]


def standing() -> dict[str, Any]:
    """Work by a weekly pattern, without an end."""
    return {"pattern": {"slots": [{"start": "08:00", "end": "11:00"}], "weekdays": [0, 1, 2, 3, 4]}}


async def test_a_posting_that_nobody_refreshes_ends_after_a_notice(ctx: Context, client: Client) -> None:
    """Asked once a week before; refreshed, the days begin anew; silent, it expires."""
    owner = await an_owner(ctx)
    until = (await city.now_of(ctx) + timedelta(days=80)).isoformat()
    kept, forgotten = [await offered(client, owner, time=standing(), valid_until=until, title=t) for t in ("甲", "乙")]
    await soon(ctx, days=24)
    told = await value_of(ctx, "select count(*) from messages where template = 'posting.stale_soon'")
    assert told == 2
    member = await value_of(ctx, "select employer_id from postings where id = :id", id=kept["id"])
    again = await _owner_of(ctx, member)
    refreshed = await client.post(f"/v1/postings/{kept['id']}/refresh", headers=again)
    assert refreshed.status_code == 200, refreshed.text
    await soon(ctx, days=8)
    again = await _owner_of(ctx, member)
    assert (await state_of(client, forgotten, again))["state"] == "expired"
    assert (await state_of(client, kept, again))["state"] == "published"
    over = await client.post(f"/v1/postings/{forgotten['id']}/refresh", headers=again)
    assert (over.status_code, over.json()["code"]) == (409, "wrong_state")


async def _owner_of(ctx: Context, employer_id: Any) -> Headers:
    """A fresh session: earlier ones have ended meanwhile."""
    async with ctx.uow() as uow:
        employer = await uow.employers.get(employer_id)
    return await city.as_member(ctx, await city.a_member(ctx, employer))


async def test_an_employer_that_does_not_renew_is_restricted_and_one_that_does_is_not(
    ctx: Context, client: Client
) -> None:
    """The officers' task opens 30 days before; past the end nothing is shown unseen; 15 days later the silent one's
    postings pause; the other one waits for an officer; verified, the next re-check is scheduled."""
    rows = [
        await city.an_employer(ctx, state="applied", verified_at=None, credit_code=a_credit_code()) for _ in range(2)
    ]
    for row in rows:
        answer = await client.post(f"/v1/employers/{row.id}/verify", headers=await an_officer(ctx))
        assert answer.status_code == 200, answer.text
    silent, good = rows
    early = await client.post(
        f"/v1/employers/{good.id}/renewal", json={"licence_valid": True}, headers=await _owner_of(ctx, good.id)
    )
    assert (early.status_code, early.json()["code"]) == (409, "recheck_not_open")
    await soon(ctx, days=160)
    tasks = await queue(client, await an_officer(ctx), kind="recheck")
    assert {each["subject"]["id"] for each in tasks} == {str(silent.id), str(good.id)}
    assert [each["outcomes"] for each in tasks] == [[], []]
    renewed = await client.post(
        f"/v1/employers/{good.id}/renewal", json={"licence_valid": True}, headers=await _owner_of(ctx, good.id)
    )
    assert renewed.status_code == 200, renewed.text
    posting = await city.a_posting(ctx, silent)
    async with ctx.uow() as uow:
        row = await uow.postings.lock(posting.id)
        row.valid_until = await uow.now() + timedelta(days=300)
    await soon(ctx, days=40)
    states = {each.id: await value_of(ctx, "select state from employers where id = :id", id=each.id) for each in rows}
    assert states == {silent.id: "restricted", good.id: "applied"}
    kept = await value_of(ctx, "select state || ' ' || paused_by from postings where id = :id", id=posting.id)
    assert kept == "paused restriction"
    officer = await an_officer(ctx)
    for each in rows:
        verified = await client.post(f"/v1/employers/{each.id}/verify", headers=officer)
        assert verified.json()["recheck_at"] is not None
    assert await queue(client, officer, kind="recheck") == []
    decided = await queue(client, officer, kind="recheck", state="decided")
    assert [(each["subject"]["id"], each["outcome"]) for each in decided] == [(str(good.id), "verify")]
    planned = await value_of(
        ctx, "select count(*) from due_work where kind = 'employer.recheck' and occurrence = 'lapse'"
        " and state = 'pending'"
    )  # fmt: skip
    assert planned == 2
