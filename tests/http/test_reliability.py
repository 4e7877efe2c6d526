"""Reliability over HTTP: every mark in words, who may read it, and how an employer pays before one says yes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import event

from service.actor import SYSTEM
from service.context import Context
from service.reliability.marking import mark
from tests.builders import city
from tests.builders.applications import NOON, set_time
from tests.builders.postings import HALL, offered

Client = httpx2.AsyncClient
RECORD = {"jobs": 30, "on_time": 29, "same_day": 29}
SAID = {"zh-CN": "近 30 单，29 单当天付清", "en": "Of the last 30 jobs, 29 were paid the same day"}
FEW = {"zh-CN": "付款记录还不够多", "en": "Not enough payments on record yet"}


async def a_marked_worker(ctx: Context, *kinds: str) -> tuple[Any, dict[str, str], Any]:
    """A worker with marks of yesterday's seat, and who employs him."""
    await set_time(ctx, NOON)
    worker, employer = await city.a_worker(ctx), await city.an_employer(ctx)
    posting = await city.a_posting(ctx, employer)
    shift = await city.a_shift(ctx, posting, starts=NOON - timedelta(days=1))
    seat = await city.an_engagement(ctx, worker, shift, posting, state="completed")
    async with ctx.uow() as uow:
        for kind in kinds:
            await mark(uow, "worker", seat, kind, by=SYSTEM, at=await uow.now())
    return worker, await city.as_worker(ctx, worker), employer


async def record(client: Client, headers: dict[str, str], path: str = "/v1/workers/me/reliability") -> dict[str, Any]:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def pays_well(ctx: Context, employer_id: UUID) -> None:
    async with ctx.uow() as uow:
        row = await uow.employers.lock(employer_id)
        await uow.edit(row, by=SYSTEM, at=await uow.now(), action="count_payments", payment_record=RECORD)


async def test_a_worker_reads_every_mark_in_words(ctx: Context, client: Client) -> None:
    """What, when, at which work, how much it counts, until when; and what is done with it."""
    _, who, _ = await a_marked_worker(ctx, "no_show", "completed")
    found = await record(client, who | {"accept-language": "en"})
    assert (found["side"], found["start_permille"], found["payment_record"]) == ("worker", 800, None)
    assert 500 < found["value_permille"] < 800
    assert any("at most 3 points of 100" in use for use in found["uses"])
    assert any("never keeps you" in use for use in found["uses"])
    absent = next(each for each in found["items"] if each["kind"] == "no_show")
    assert absent["message"].endswith("did not come")
    assert absent["work_title"] in absent["message"]
    assert absent["effect"] == "Counts against you with weight 2, now at 100%; forgotten from 2027-11-20"
    assert (absent["may_contest"], absent["forgotten_on"], absent["worker_id"]) == (True, "2027-11-20", None)
    done = next(each for each in found["items"] if each["kind"] == "completed")
    assert (done["speaks_for"], done["may_contest"]) == (True, False)
    chinese = await record(client, who | {"accept-language": "zh-CN"})
    assert any("没有到岗" in each["message"] for each in chinese["items"])


async def test_a_contest_is_told_in_words_and_answered_again_by_its_key(ctx: Context, client: Client) -> None:
    """Contested: does not count, and by when it is decided; the same key gives the same answer."""
    _, who, _ = await a_marked_worker(ctx, "late")
    [found] = (await record(client, who))["items"]
    path, body = f"/v1/reliability-events/{found['id']}/contest", {"reason": "did_not_happen", "words": "我六点就到了"}
    keyed = who | {"idempotency-key": "contest-of-the-mark-1", "accept-language": "en"}
    first, again = [await client.post(path, json=body, headers=keyed) for _ in range(2)]
    assert first.status_code == 200, first.text
    assert first.content == again.content
    assert first.json()["effect"].startswith("Contested, and not counted; another officer decides by")
    assert (await record(client, who))["value_permille"] == 800
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    listed = (await client.get("/v1/reliability-events", headers=officer)).json()
    assert [(each["id"], each["may_decide"]) for each in listed["items"]] == [(found["id"], True)]
    decided = {"outcome": "excuse", "reason": "marked_by_mistake", "sentence": "监控可见六点前到场"}
    done = await client.post(f"/v1/reliability-events/{found['id']}/decide", json=decided, headers=officer)
    assert (done.status_code, done.json()["state"]) == (200, "excused"), done.text
    [seen] = (await record(client, who | {"accept-language": "en"}))["items"]
    assert (seen["effect"], seen["sentence"]) == ("Not counted: Marked by mistake", "监控可见六点前到场")


async def test_others_records_are_not_there(ctx: Context, client: Client) -> None:
    """A stranger's, an employer's by a worker, and one outside the region: 404; the lists of others: 403."""
    worker, who, employer = await a_marked_worker(ctx, "late")
    [found] = (await record(client, who))["items"]
    stranger = await city.as_worker(ctx, await city.a_worker(ctx))
    other = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330000",)))
    body = {"reason": "did_not_happen", "words": "我六点就到了"}
    for headers, path in (
        (abroad, f"/v1/workers/{worker.id}/reliability"),
        (other, f"/v1/employers/{employer.id}/reliability"),
        (abroad, f"/v1/employers/{employer.id}/reliability"),
    ):
        assert (await client.get(path, headers=headers)).status_code == 404
    for headers in (stranger, other):
        done = await client.post(f"/v1/reliability-events/{found['id']}/contest", json=body, headers=headers)
        assert done.status_code == 404
    assert (await client.get(f"/v1/workers/{worker.id}/reliability", headers=stranger)).status_code == 403
    assert (await client.get("/v1/reliability-events", headers=who)).status_code == 403


async def test_members_see_their_employers_record_and_the_sentence_everybody_reads(
    ctx: Context, client: Client
) -> None:
    """Paged, the newest first."""
    await set_time(ctx, NOON)
    employer = await city.an_employer(ctx)
    member = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await city.a_posting(ctx, employer)
    shift = await city.a_shift(ctx, posting, starts=NOON - timedelta(days=1))
    seat = await city.an_engagement(ctx, await city.a_worker(ctx), shift, posting, state="completed")
    async with ctx.uow() as uow:
        for kind in ("unpaid", "late_cancel", "paid_on_time"):
            await mark(uow, "employer", seat, kind, by=SYSTEM, at=await uow.now())
    await pays_well(ctx, employer.id)
    path = f"/v1/employers/{employer.id}/reliability"
    first = await record(client, member | {"accept-language": "en"}, f"{path}?limit=2")
    assert first["payment_record"] == {"jobs": 30, "on_time": 29, "message": SAID["en"]}
    rest = await record(client, member, f"{path}?limit=2&cursor={first['next_cursor']}")
    assert len({each["id"] for each in (*first["items"], *rest["items"])}) == 3
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_how_an_employer_pays_is_said_wherever_its_work_is_shown(
    ctx: Context, client: Client, language: str
) -> None:
    """Posting, list of postings, listings, the employer's page, recommendations, job page; too few jobs say so."""
    employer = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await offered(client, owner)
    worker = await city.as_worker(ctx, await city.a_worker(ctx))

    async def told() -> set[str]:
        ask = {"accept-language": language}
        near = {"lon": HALL[0], "lat": HALL[1]}
        one = (await client.get(f"/v1/postings/{posting['id']}", headers=ask)).json()
        nearest = (await client.get("/v1/postings", params=near, headers=ask)).json()["items"][0]
        newest = (await client.get("/v1/postings", params={"sort": "newest"}, headers=ask)).json()["items"][0]
        listed = (await client.get("/v1/listings", headers=ask)).json()["items"][0]
        public = (await client.get(f"/v1/employers/{employer.id}", headers=ask)).json()
        offers = (await client.get("/v1/workers/me/recommendations", headers=worker | ask)).json()["matches"]
        assert offers, "a list without offers would say nothing"
        shown = [each["employer"]["payment_record"] for each in (one, nearest, newest, listed)]
        shown += [public["payment_record"], offers[0]["shift"]["employer_payments"]]
        page = (await client.get(f"/jobs/{posting['id']}", params={"lang": language})).text
        [said] = {each["message"] for each in shown}
        assert said in page
        return {said}

    assert await told() == {FEW[language]}
    await pays_well(ctx, employer.id)
    assert await told() == {SAID[language]}


async def test_a_page_of_postings_asks_no_more_for_more_employers(ctx: Context, client: Client) -> None:
    """The number of statements of each list does not grow with the postings and employers in it."""
    engine = ctx.database.engine.sync_engine
    counts: dict[str, list[int]] = {}
    for _ in range(2):
        for _ in range(3):
            employer = await city.an_employer(ctx)
            await offered(client, await city.as_member(ctx, await city.a_member(ctx, employer)))
            await pays_well(ctx, employer.id)
        for path in ("/v1/postings?sort=newest", "/v1/listings"):
            seen: list[str] = []

            def note(_c: object, _cur: object, statement: str, *_: object, into: list[str] = seen) -> None:
                if "reference_rows" not in statement:  # asked again by the clock, every two seconds
                    into.append(statement)

            event.listen(engine, "before_cursor_execute", note)
            items = (await client.get(path)).json()["items"]
            event.remove(engine, "before_cursor_execute", note)
            assert all(each["employer"]["payment_record"]["jobs"] == 30 for each in items)
            counts.setdefault(path, []).append(len(seen))
    assert all(0 < few == many for few, many in counts.values()), counts
