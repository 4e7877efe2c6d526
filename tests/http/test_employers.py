"""Employers over HTTP: applying, being verified, lapsing; who sees what, region by region."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.jobs.due import run_all_due
from tests.builders.city import (
    a_member,
    a_posting,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
)
from tests.builders.employers import a_credit_code, an_applicant, an_application

Client = httpx2.AsyncClient
NOBODY = "00000000-0000-7000-8000-000000000000"


async def officer(ctx: Context, *regions: str, role: str = "officer") -> dict[str, str]:
    return await as_staff(ctx, await an_officer(ctx, regions=regions or ("310000",), role=role))


async def apply(client: Client, headers: dict[str, str], **more: Any) -> httpx2.Response:
    return await client.post("/v1/employers", json=an_application(**more), headers=headers)


async def advance(client: Client, by: timedelta) -> None:
    body = {"action": "advance", "seconds": int(by.total_seconds())}
    assert (await client.post("/_test/clock", json=body)).status_code == 200


async def test_a_person_applies_and_becomes_the_owner_with_an_answer_promised(client: Client, ctx: Context) -> None:
    """Friday's application is answered by the end of Tuesday: two working days."""
    await client.post("/_test/clock", json={"action": "freeze", "at": "2026-11-20T10:00:00+08:00"})
    headers = await as_worker(ctx, await a_worker(ctx))
    made = await apply(client, headers)
    assert made.status_code == 201, made.text
    employer = made.json()
    assert (employer["state"], employer["my_role"]) == ("applied", "owner")
    promised = datetime.fromisoformat(employer["answer_by"])
    assert promised == datetime.fromisoformat("2026-11-25T00:00:00+08:00")
    assert (employer["contact_name"], employer["contact_phone"]) == ("李四", "+8613900002222")
    assert employer["posts_under_review"] is True
    mine = (await client.get("/v1/employers/mine", headers=headers)).json()["items"]
    assert [row["id"] for row in mine] == [employer["id"]]


async def test_the_same_credit_code_is_one_employer(client: Client, ctx: Context) -> None:
    """409 without a word about the other, however the code is written."""
    code = a_credit_code()
    headers = await as_worker(ctx, await a_worker(ctx))
    assert (await apply(client, headers, credit_code=code)).status_code == 201
    again = await apply(client, await as_worker(ctx, await a_worker(ctx)), credit_code=f" {code.lower()} ")
    assert (again.status_code, again.json()["code"]) == (409, "employer_exists")
    assert "facts" not in again.json()


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"credit_code": None}, "/credit_code", "credit_code_missing"),
        ({"credit_code": "911900MA0000001"}, "/credit_code", "credit_code_length"),
        ({"kind": "household"}, "/credit_code", "credit_code_not_for_household"),
        ({"kind": "hr_agency"}, "/licence_number", "licence_number_missing"),
        ({"licence_number": "沪A-1"}, "/licence_number", "licence_number_not_for_kind"),
        ({"kind": "club"}, "/kind", "code_unknown"),
        ({"city_code": "310104"}, "/city_code", "city_expected"),
        ({"contact_phone": "12345"}, "/contact_phone", "phone_invalid"),
        ({"contact_name": "12"}, "/contact_name", "text_no_letter"),
        ({"name": "  "}, "/name", "text_empty"),
        ({"verified_at": "2026-01-01T00:00:00Z"}, "/verified_at", "field_unknown"),
    ],
)
async def test_an_application_that_cannot_be_is_refused_by_field(
    client: Client, ctx: Context, more: dict[str, Any], pointer: str, code: str
) -> None:
    """422 with pointer and code; nobody becomes a member of anything."""
    headers = await as_worker(ctx, await a_worker(ctx))
    answer = await apply(client, headers, **more)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert (await client.get("/v1/employers/mine", headers=headers)).json()["items"] == []


async def test_a_household_waits_for_nobody_and_its_name_is_masked(client: Client, ctx: Context) -> None:
    """No code, no promised answer, not in the queue; its postings are reviewed."""
    made = await apply(
        client, await as_worker(ctx, await a_worker(ctx)), kind="household", credit_code=None, name="李阿姨家"
    )
    employer = made.json()
    assert (made.status_code, employer["answer_by"], employer["posts_under_review"]) == (201, None, True)
    queue = (await client.get("/v1/employers/review", headers=await officer(ctx))).json()
    assert queue["items"] == []
    public = (await client.get(f"/v1/employers/{employer['id']}")).json()
    assert (public["name"], public["verified"]) == ("李**", False)


async def test_the_public_page_shows_no_contact(client: Client, ctx: Context) -> None:
    """Name, kind and since when it is verified; a suspended one has no page."""
    employer = await an_employer(ctx)
    public = await client.get(f"/v1/employers/{employer.id}")
    assert set(public.json()) == {
        "id", "kind", "name", "city_code", "district_code", "verified", "verified_since", "payment_record",
    }  # fmt: skip
    assert public.json()["verified"] is True
    suspended = await client.post(
        f"/v1/employers/{employer.id}/suspend", json={"reason": "unlawful_work"}, headers=await officer(ctx)
    )
    assert suspended.status_code == 200
    gone, never = [(await client.get(f"/v1/employers/{one}")) for one in (employer.id, NOBODY)]
    assert (gone.status_code, gone.json()["code"]) == (never.status_code, never.json()["code"]) == (404, "not_found")


async def test_regions_are_sealed_from_each_other(client: Client, ctx: Context) -> None:
    """An officer of 320700 sees nothing of 310100: neither in the queue nor by id; one of the district does."""
    here = await an_applicant(ctx)
    there = await an_applicant(ctx, city="320700", district="320703")
    cases = {("320700",): there, ("310000",): here, ("310104",): here, ("310100", "330200"): here}
    for regions, seen in cases.items():
        headers = await officer(ctx, *regions)
        queue = (await client.get("/v1/employers/review", headers=headers)).json()["items"]
        found = (await client.get("/v1/employers", headers=headers)).json()["items"]
        assert [row["id"] for row in queue] == [row["id"] for row in found] == [str(seen.id)], regions
        other = here if seen is there else there
        for method, path in (("GET", "profile"), ("POST", "verify"), ("GET", "sites"), ("GET", "members")):
            answer = await client.request(method, f"/v1/employers/{other.id}/{path}", headers=headers)
            missing = await client.request(method, f"/v1/employers/{NOBODY}/{path}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert missing.json()["detail"] == answer.json()["detail"]
    nowhere = await officer(ctx, "310105")
    assert (await client.get("/v1/employers/review", headers=nowhere)).json()["items"] == []
    everyone = await officer(ctx, role="admin")
    assert len((await client.get("/v1/employers/review", headers=everyone)).json()["items"]) == 2


async def test_the_queue_is_ordered_by_promise_and_pages(client: Client, ctx: Context) -> None:
    """The most urgent first, each once."""
    rows = [await an_applicant(ctx) for _ in range(3)]
    headers = await officer(ctx)
    first = (await client.get("/v1/employers/review?limit=2", headers=headers)).json()
    path = f"/v1/employers/review?limit=2&cursor={first['next_cursor']}"
    second = (await client.get(path, headers=headers)).json()
    assert [row["id"] for row in first["items"] + second["items"]] == [str(row.id) for row in rows]
    foreign = await client.get(path, headers=await officer(ctx, "320700"))
    assert foreign.status_code == 410, "another officer's cursor belongs to another list"


ROLES_AND_CODES = [
    ("POST", "verify", None, (401, 403, 403, 200)),
    ("POST", "refuse", {"reason": "papers_missing"}, (401, 403, 403, 200)),
    ("POST", "suspend", {"reason": "other"}, (401, 403, 403, 200)),
    ("POST", "contact", {"purpose": "verification"}, (401, 403, 403, 200)),
    ("GET", "profile", None, (401, 403, 200, 200)),
    ("GET", "sites", None, (401, 403, 200, 200)),
    ("GET", "members", None, (401, 403, 200, 200)),
    ("GET", "invitations", None, (401, 403, 200, 200)),
    ("GET", "pool", None, (401, 403, 200, 403)),
    ("GET", "blocks", None, (401, 403, 200, 403)),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), ROLES_AND_CODES, ids=lambda one: str(one)[:20])
async def test_each_door_opens_for_its_roles_only(
    client: Client, ctx: Context, method: str, path: str, body: Any, expected: tuple[int, ...]
) -> None:
    """Nobody, a worker, an owner, an officer of the region; a member of another employer always meets 404 or 403."""
    employer = await an_applicant(ctx)
    callers = [
        {},
        await as_worker(ctx, await a_worker(ctx)),
        await as_member(ctx, await a_member(ctx, employer)),
        await officer(ctx),
    ]
    url = f"/v1/employers/{employer.id}/{path}"
    answers = [await client.request(method, url, json=body, headers=headers) for headers in callers]
    assert tuple(answer.status_code for answer in answers) == expected
    stranger = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    foreign = await client.request(method, url, json=body, headers=stranger)
    assert foreign.status_code == (403 if expected[2] == 403 else 404)


async def test_an_officer_opens_the_contact_with_a_purpose_that_is_logged(client: Client, ctx: Context) -> None:
    """Masked in lists; in full once, as a line of the log."""
    made = (await apply(client, await as_worker(ctx, await a_worker(ctx)))).json()
    headers = await officer(ctx)
    (listed,) = (await client.get("/v1/employers/review", headers=headers)).json()["items"]
    assert (listed["contact_name"], listed["contact_phone"]) == ("李*", "139****2222")
    path = f"/v1/employers/{made['id']}/contact"
    assert (await client.post(path, json={"purpose": "curiosity"}, headers=headers)).status_code == 422
    opened = await client.post(path, json={"purpose": "verification"}, headers=headers)
    assert opened.json() == {"contact_name": "李四", "contact_phone": "+8613900002222"}
    async with ctx.database.reads.acquire() as connection:
        line = await connection.fetchrow(
            "select reason, actor_kind, changes::text from transitions where action = 'show_contact'"
        )
    assert (line["reason"], line["actor_kind"]) == ("verification", "officer")
    assert "13900002222" not in line["changes"]


async def test_a_verification_runs_out_after_reminders_and_waits_for_an_officer(client: Client, ctx: Context) -> None:
    """Verified for six months; told 30 and 7 days before; then applied again with a promised answer."""
    employer = await an_applicant(ctx)
    member = await as_member(ctx, await a_member(ctx, employer))
    headers, path = await officer(ctx), f"/v1/employers/{employer.id}"
    verified = (await client.post(f"{path}/verify", headers=headers)).json()
    assert (verified["state"], verified["answer_by"], verified["posts_under_review"]) == ("verified", None, False)
    soon = "/v1/employers/review?which=due_soon"
    assert (await client.get(soon, headers=headers)).json()["items"] == []
    for days, told in ((155, 2), (21, 3), (14, 4)):  # verified, then 30 days, 7 days, lapsed
        await advance(client, timedelta(days=days))
        await run_all_due(ctx)
        async with ctx.database.reads.acquire() as connection:
            count = await connection.fetchval("select count(*) from messages where template like 'employer.%'")
        assert count == told
        if told == 3:
            renewed = await officer(ctx)
            assert len((await client.get(soon, headers=renewed)).json()["items"]) == 1
    lapsed = (await client.get(f"{path}/profile", headers=await _again(ctx, member, employer))).json()
    assert (lapsed["state"], lapsed["recheck_at"]) == ("applied", None)
    assert lapsed["answer_by"] is not None
    await client.post("/_test/clock", json={"action": "release"})


async def _again(ctx: Context, old: dict[str, str], employer: Any) -> dict[str, str]:
    """A fresh session: the first one has ended in the months between."""
    return await as_member(ctx, await a_member(ctx, employer))


async def test_a_household_is_never_verified(client: Client, ctx: Context) -> None:
    """There is nothing to compare: refused; verifying one that was suspended lets it in again, unverified."""
    officer = await as_staff(ctx, await an_officer(ctx))
    home = await an_employer(ctx, kind="household", credit_code=None, verified=False)
    path = f"/v1/employers/{home.id}"
    refused = await client.post(f"{path}/verify", headers=officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "household_not_verified")
    body = {"reason": "false_information"}
    suspended = await client.post(f"{path}/suspend", json=body, headers=officer)
    assert suspended.json().get("state") == "suspended", suspended.text
    again = await client.post(f"{path}/verify", headers=officer)
    assert (again.status_code, again.json()["state"], again.json()["verified_at"]) == (200, "applied", None)


async def test_verifying_again_starts_the_months_anew(client: Client, ctx: Context) -> None:
    """The old timers are gone: after the first due day nothing lapses."""
    employer = await an_applicant(ctx)
    path = f"/v1/employers/{employer.id}/verify"
    await client.post(path, headers=await officer(ctx))
    await advance(client, timedelta(days=170))
    await run_all_due(ctx)
    again = await client.post(path, headers=await officer(ctx))
    assert again.status_code == 200
    await advance(client, timedelta(days=20))
    await run_all_due(ctx)
    found = await client.get(f"/v1/employers/{employer.id}/profile", headers=await officer(ctx))
    assert found.json()["state"] == "verified"
    await client.post("/_test/clock", json={"action": "release"})


async def test_a_new_name_of_a_verified_employer_is_compared_again(client: Client, ctx: Context) -> None:
    """The address changes freely; the name asks for a new check, with the version that was seen; no name leads out.

    Until an officer has compared it everybody else reads the old one: on the page, on live postings, in the feed.
    """
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    headers = await as_member(ctx, await a_member(ctx, employer))
    path = f"/v1/employers/{employer.id}"
    assert (await client.patch(path, json={"name": "新名"}, headers=headers)).status_code == 428
    for name in ("高薪急招加微信abc12345", "某某公司13812345678"):
        led = await client.patch(path, json={"name": name}, headers=headers | {"if-match": '"1"'})
        assert (led.status_code, led.json()["code"]) == (422, "words_contact")
    moved = await client.patch(path, json={"address": "某路9号"}, headers=headers | {"if-match": '"1"'})
    assert (moved.status_code, moved.json()["state"]) == (200, "verified")
    stale = await client.patch(path, json={"name": "新名"}, headers=headers | {"if-match": '"1"'})
    assert stale.status_code == 412
    named = await client.patch(path, json={"name": "新名"}, headers=headers | {"if-match": '"2"'})
    assert (named.json()["state"], named.json()["name"], named.headers["etag"]) == ("applied", employer.name, '"3"')
    assert (named.json()["new_name"], await _names_shown(client, employer, posting)) == ("新名", {employer.name})
    assert named.json()["answer_by"] is not None
    queue = (await client.get("/v1/employers/review", headers=await officer(ctx))).json()["items"]
    assert [(row["id"], row["new_name"]) for row in queue] == [(str(employer.id), "新名")]
    verified = (await client.post(f"{path}/verify", headers=await officer(ctx))).json()
    assert (verified["name"], verified["new_name"]) == ("新名", None)
    assert await _names_shown(client, employer, posting) == {"新名"}


async def _names_shown(client: Client, employer: Any, posting: Any) -> set[str]:
    """What the public reads of an employer, alone and on its posting."""
    alone = (await client.get(f"/v1/employers/{employer.id}")).json()["name"]
    return {alone, (await client.get(f"/v1/postings/{posting.id}")).json()["employer"]["name"]}


async def test_a_refused_employer_applies_again(client: Client, ctx: Context) -> None:
    """The reason is a code of the list, the note reaches the owner, and a new answer is promised."""
    employer = await an_applicant(ctx)
    member = await as_member(ctx, await a_member(ctx, employer))
    headers, path = await officer(ctx), f"/v1/employers/{employer.id}"
    wrong = await client.post(f"{path}/refuse", json={"reason": "mood"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "reason_unknown")
    body = {"reason": "papers_differ", "note": "请补营业执照"}
    assert (await client.post(f"{path}/refuse", json=body, headers=headers)).status_code == 200
    seen = (await client.get(f"{path}/profile", headers=member)).json()
    assert (seen["state"], seen["review_note"], seen["possible"]) == ("refused", "请补营业执照", ["reapply"])
    assert (await client.post(f"{path}/refuse", json=body, headers=headers)).status_code == 409
    again = (await client.post(f"{path}/reapply", headers=member)).json()
    assert (again["state"], again["answer_by"] is not None, again["possible"]) == ("applied", True, [])
    seen = (await client.get(f"{path}/profile", headers=headers)).json()
    assert {"verify", "refuse"} <= set(seen["possible"])


async def test_a_boss_on_the_phone_gets_the_owners_place_offered(client: Client, ctx: Context) -> None:
    """An officer applies for him; nobody is a member before he says yes; a foreign officer may not."""
    made = await apply(client, await officer(ctx))
    assert (made.status_code, made.json()["my_role"]) == (201, None)
    path = f"/v1/employers/{made.json()['id']}"
    headers = await officer(ctx)
    assert (await client.get(f"{path}/members", headers=headers)).json()["items"] == []
    (offered,) = (await client.get(f"{path}/invitations", headers=headers)).json()["items"]
    assert (offered["role"], offered["phone_masked"]) == ("owner", "139****2222")
    foreign = await apply(client, await officer(ctx, "320700"))
    assert (foreign.status_code, foreign.json()["code"]) == (403, "region_not_served")


async def test_search_finds_by_part_of_the_name_or_the_whole_code(client: Client, ctx: Context) -> None:
    """Folded; wildcards are letters."""
    code = a_credit_code()
    await apply(client, await as_worker(ctx, await a_worker(ctx)), name="ＡＢＣ 火锅", credit_code=code)
    headers = await officer(ctx)
    for text, hits in (("abc", 1), (code, 1), (code[:10], 0), ("%", 0), ("火锅", 1)):
        answer = await client.get("/v1/employers", params={"q": text}, headers=headers)
        assert len(answer.json()["items"]) == hits, text
    assert (await client.get("/v1/employers?state=verified", headers=headers)).json()["items"] == []
