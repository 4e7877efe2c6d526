"""Reports over HTTP: from anybody, about what they see, once each, answered, and never known to the other side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from service.context import Context
from service.policies import shipped
from service.reports import rules
from service.reviews.rules import GRAVE, NORMAL, REPORTED
from tests.builders import city
from tests.builders.applications import rows_of, value_of
from tests.builders.contact_requests import a_supply
from tests.builders.postings import made, offered
from tests.builders.reviews import an_officer, an_owner, decide, queue, review_of

Client = httpx2.AsyncClient
Headers = dict[str, str]
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


async def a_worker(ctx: Context) -> Headers:
    return await city.as_worker(ctx, await city.a_worker(ctx))


async def report(
    client: Client, posting: dict[str, Any], category: str, who: Headers | None = None, **more: Any
) -> httpx2.Response:
    body = {"category": category} | more
    return await client.post(f"/v1/postings/{posting['id']}/reports", json=body, headers=who or {})


async def test_a_grave_report_of_nobody_in_particular_is_looked_at_first(ctx: Context, client: Client) -> None:
    """Without signing in: a review before all others, with the words; the row holds nothing that leads to anybody."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    taken = await report(client, posting, "fee", words="要先交200元押金")
    assert taken.status_code == 201
    review = await review_of(client, officer, posting, kind="report")
    assert (review["priority"], review["outcomes"]) == (0, ["keep", "take_down"])
    detail = (await client.get(f"/v1/reviews/{review['id']}", headers=officer)).json()
    assert [(each["category"], each["text"], each["known"]) for each in detail["reports"]] == [
        ("fee", "要先交200元押金", False)
    ]
    [(source, reporter, actor)] = await rows_of(
        ctx, "select r.source, r.reporter_id, t.actor_id from reports r join transitions t"
        " on t.entity_id = r.id and t.action = 'create'"
    )  # fmt: skip
    assert (reporter, actor) == (None, None)
    assert b"127.0.0.1" not in bytes(source)


async def test_the_same_one_reports_once(ctx: Context, client: Client) -> None:
    """The second time gives the first receipt; another person's is another report."""
    posting = await offered(client, await an_owner(ctx))
    first, second = await a_worker(ctx), await a_worker(ctx)
    receipts = [(await report(client, posting, "wage", who)).json()["id"] for who in (first, first, second)]
    assert receipts[0] == receipts[1] != receipts[2]
    nobody = [(await report(client, posting, "fake")).json()["id"] for _ in range(2)]
    assert nobody[0] == nobody[1]
    assert await value_of(ctx, "select count(*) from reports") == 3


async def test_several_people_make_it_urgent(ctx: Context, client: Client) -> None:
    """One report waits with the rest; the third one brings it before them; all stand in one review."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    seen = []
    for _ in range(3):
        await report(client, posting, "fake", await a_worker(ctx))
        seen.append((await review_of(client, officer, posting))["priority"])
    assert seen == [3, 3, 2]
    await report(client, posting, "child_labour", await a_worker(ctx))
    assert (await review_of(client, officer, posting))["priority"] == 0


@pytest.mark.parametrize(("outcome", "answer", "state"), [
    ("keep", "nothing_found", "published"), ("take_down", "acted", "taken_down"),
])  # fmt: skip
async def test_the_reporter_hears_and_the_employer_does_not(
    ctx: Context, client: Client, outcome: str, answer: str, state: str
) -> None:
    """Answered with the review; in nothing that the employer can read stands that anybody reported."""
    owner, officer, who = await an_owner(ctx), await an_officer(ctx), await a_worker(ctx)
    posting = await offered(client, owner)
    receipt = (await report(client, posting, "fee", who, words="收了培训费")).json()
    mine = (await client.get("/v1/reports/mine", headers=who)).json()["items"]
    assert [(each["id"], each["state"], each["answer"]) for each in mine] == [(receipt["id"], "open", None)]
    done = await decide(client, officer, await review_of(client, officer, posting), outcome)
    assert done.status_code == 200, done.text
    mine = (await client.get("/v1/reports/mine", headers=who)).json()["items"]
    assert [(each["state"], each["answer"]) for each in mine] == [("answered", answer)]
    told = [each["text"] for each in (await client.get("/v1/messages", headers=who)).json()["items"]]
    assert sum("举报" in text for text in told) == 1
    shown = await client.get(f"/v1/postings/{posting['id']}", headers=owner)
    assert shown.json()["state"] == state
    for path in (f"/v1/postings/{posting['id']}", f"/v1/postings/{posting['id']}/decisions", "/v1/messages"):
        answer_ = await client.get(path, headers=owner)
        assert answer_.status_code == 200
        assert "举报" not in answer_.text
        assert "收了培训费" not in answer_.text
        assert receipt["id"] not in answer_.text
    assert (await client.get("/v1/reports/mine", headers=owner)).json()["items"] == []


async def test_a_posting_that_is_withdrawn_answers_its_reports(ctx: Context, client: Client) -> None:
    """Gone; a later report of somebody who worked there is about the employer."""
    employer = await city.an_employer(ctx)
    owner, officer = await city.as_member(ctx, await city.a_member(ctx, employer)), await an_officer(ctx)
    posting, who = await offered(client, owner), await a_worker(ctx)
    await report(client, posting, "wage", who)
    await client.post(f"/v1/postings/{posting['id']}/withdraw", json={"reason": "other"}, headers=owner)
    mine = (await client.get("/v1/reports/mine", headers=who)).json()["items"]
    assert [each["answer"] for each in mine] == ["gone"]
    assert (await report(client, posting, "wage", who)).status_code == 404
    other = await city.a_posting(ctx, employer, state="expired", city_code="310100")
    shift, worker = await city.a_shift(ctx, other), await city.a_worker(ctx)
    await city.an_engagement(ctx, worker, shift, other)
    late = await report(client, {"id": other.id}, "wage", await city.as_worker(ctx, worker))
    assert late.status_code == 201
    [review] = await queue(client, officer, noun="employer")
    assert (review["kind"], review["subject"]["id"]) == ("report", str(employer.id))
    suspended = await client.post(f"/v1/employers/{employer.id}/suspend", json={"reason": "other"}, headers=officer)
    assert suspended.status_code == 200
    assert await value_of(ctx, "select answer from reports where subject_id = :id", id=other.id) == "acted"


async def test_what_one_does_not_see_one_does_not_report(ctx: Context, client: Client) -> None:
    """A draft is not there; neither is an employer without a public page."""
    draft = await made(client, await an_owner(ctx))
    for who in (None, await a_worker(ctx), await an_owner(ctx)):
        assert (await report(client, draft, "other", who)).status_code == 404
    gone = await city.an_employer(ctx, state="suspended")
    answer = await client.post(f"/v1/employers/{gone.id}/reports", json={"category": "fee"})
    assert answer.status_code == 404


async def test_an_address_can_only_say_so_much(ctx: Context, client: Client) -> None:
    """Five an hour without signing in; then 429 with the time and where else to go; who signs in is not held up by it,
    nor is what is grave: a market's Wi-Fi is one address."""
    owner = await an_owner(ctx)
    postings = [await offered(client, owner, title=f"洗碗{n}") for n in range(6)]
    statuses = [(await report(client, each, "other")).status_code for each in postings]
    assert statuses == [201] * 5 + [429]
    refused = await report(client, postings[5], "other")
    assert (refused.json()["code"], int(refused.headers["retry-after"]) > 0) == ("report_too_often", True)
    assert "12333" in refused.json()["detail"]
    assert (await report(client, postings[5], "other", await a_worker(ctx))).status_code == 201
    assert (await report(client, postings[5], "fee")).status_code == 201
    policy = shipped().at(NOW, "310100").reviews
    (counted, [(_, most), *_]), (other, [(_, few), *_]) = (
        rules.limits(category, policy, signed_in=False) for category in ("safety", "other")
    )
    assert (counted != other, most >= 10 * few) == (True, True)


@pytest.mark.parametrize("body", [{}, {"category": "colour"}, {"category": "fee", "phone": "13800138000"}])
async def test_bad_reports_are_refused(ctx: Context, client: Client, body: dict[str, str]) -> None:
    """422, naming the field; nothing personal has a place."""
    posting = await offered(client, await an_owner(ctx))
    answer = await client.post(f"/v1/postings/{posting['id']}/reports", json=body)
    assert answer.status_code == 422


def after(day: Any, count: int) -> Any:
    return day + timedelta(days=count)


@given(st.sets(st.sampled_from(rules.CATEGORIES), min_size=1), st.integers(1, 10))
def test_more_reports_never_make_it_less_urgent(categories: set[str], sources: int) -> None:
    """Grave first; several before one; due never later than the answer is promised."""
    policy = shipped().at(NOW, "310100").reviews
    priority, due = rules.urgency(categories, sources, NOW, policy, after)
    grave = bool(categories & rules.GRAVE_ONES)
    assert priority == (GRAVE if grave else REPORTED if sources >= policy.report_distinct else NORMAL)
    worse, sooner = rules.urgency(categories | {"fee"}, sources + 1, NOW, policy, after)
    assert worse <= priority
    assert sooner <= due


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_public_page_has_a_form_to_report_it(ctx: Context, client: Client, language: str) -> None:
    """Plain fields without an account raise the same review; what is left out leads back to the page."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting = await offered(client, owner)
    path = f"/jobs/{posting['id']}"
    shown = html.fromstring((await client.get(path, params={"lang": language})).text)
    [form] = shown.xpath("//form[@method='post']")
    assert set(form.xpath(".//input[@name='category']/@value")) == set(rules.CATEGORIES)
    assert form.get("action") == f"{path}/report?lang={language}"
    sent = {"category": "fee", "words": "要先交押金 & 200元"}
    for _ in range(2):
        taken = await client.post(form.get("action"), data=sent)
        assert (taken.status_code, taken.headers["content-language"]) == (201, language)
        assert f'href="{path}?lang={language}"' in taken.text
    review = await review_of(client, officer, posting, kind="report")
    detail = (await client.get(f"/v1/reviews/{review['id']}", headers=officer)).json()
    assert [(each["category"], each["text"]) for each in detail["reports"]] == [("fee", sent["words"])]
    for wrong, status in (({}, 422), ({"category": "rude"}, 422), ({"category": "fee", "words": "x" * 1001}, 422)):
        refused = await client.post(form.get("action"), data=wrong)
        assert (refused.status_code, refused.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert f'href="{path}?lang={language}"' in refused.text
    for broken in (b"\xff\xfe", b"&".join(b"a=1" for _ in range(99))):
        assert (await client.post(form.get("action"), content=broken)).status_code == 400
    gone = await client.post("/jobs/00000000-0000-0000-0000-000000000001/report", data=sent)
    assert gone.status_code == 404


async def test_supply_is_reported_from_its_page_too(ctx: Context, client: Client) -> None:
    """Without an account, and once."""
    supply = await a_supply(ctx, await city.a_worker(ctx))
    path = f"/supply/{supply.id}"
    assert f'action="{path}/report"' in (await client.get(path)).text
    assert (await client.post(f"{path}/report", data={"category": "fake", "words": ""})).status_code == 201
    assert await value_of(ctx, "select count(*) from reports where noun = 'supply'") == 1
