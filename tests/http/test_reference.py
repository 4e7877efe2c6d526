"""Dated tables over HTTP: everybody reads, only admins add dates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker
from tests.builders.employers import emptied_reference

Client = httpx2.AsyncClient
WAGE = {
    "code": "310000", "valid_from": "2026-01-01", "source": "a notice",
    "data": {"grade": 1, "month_fen": 280000, "hour_fen": 2600, "tag": "V"},
}  # fmt: skip


@pytest.fixture(autouse=True)
async def empty(ctx: Context, urls: tuple[str, str]) -> AsyncIterator[None]:
    async with emptied_reference(ctx, urls[1]):
        yield


async def admin(ctx: Context) -> dict[str, str]:
    return await as_staff(ctx, await an_officer(ctx, role="admin"))


async def add(client: Client, headers: dict[str, str], kind: str = "minimum_wage", **more: Any) -> httpx2.Response:
    return await client.post(f"/v1/reference/{kind}", json=WAGE | more, headers=headers)


def region(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "data": {"zh": name, "en": name, "at": [31.2, 121.4]}, "valid_from": "2021-01-01"}


async def test_only_admins_write_and_everybody_reads(client: Client, ctx: Context) -> None:
    """Nobody 401, worker, member and officer 403, admin 201."""
    headers = await admin(ctx)
    employer = await an_employer(ctx)
    others = [
        await as_worker(ctx, await a_worker(ctx)),
        await as_member(ctx, await a_member(ctx, employer)),
        await as_staff(ctx, await an_officer(ctx)),
    ]
    assert (await add(client, {})).status_code == 401
    assert [(await add(client, each)).status_code for each in others] == [403, 403, 403]
    made = await add(client, headers)
    assert made.status_code == 201, made.text
    assert (made.headers["etag"], made.headers["location"]) == ('"1"', "/v1/reference/minimum_wage/310000")
    row = f"/v1/reference/rows/{made.json()['id']}"
    codes = [
        (await client.patch(row, json={"verified": True}, headers=each | {"if-match": '"1"'})).status_code
        for each in ({}, *others)
    ]
    assert codes == [401, 403, 403, 403]
    for path in ("minimum_wage", "minimum_wage/310000", "minimum_wage/310000/history"):
        assert (await client.get(f"/v1/reference/{path}")).status_code == 200


async def test_a_row_is_marked_as_checked_with_the_version_that_was_seen(client: Client, ctx: Context) -> None:
    """428 without If-Match, 412 with an old one, then a new version."""
    headers = await admin(ctx)
    row = (await add(client, headers)).json()
    path = f"/v1/reference/rows/{row['id']}"
    body = {"verified": True}
    assert (await client.patch(path, json=body, headers=headers)).status_code == 428
    assert (await client.patch(path, json=body, headers=headers | {"if-match": '"9"'})).status_code == 412
    done = await client.patch(path, json=body, headers=headers | {"if-match": '"1"'})
    assert (done.status_code, done.json()["verified"], done.headers["etag"]) == (200, True, '"2"')


async def test_a_list_is_not_sent_twice(client: Client, ctx: Context) -> None:
    """The ETag answers 304 until something of the kind changes."""
    headers = await admin(ctx)
    await add(client, headers)
    first = await client.get("/v1/reference/minimum_wage")
    seen = {"if-none-match": first.headers["etag"]}
    again = await client.get("/v1/reference/minimum_wage", headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    await add(client, headers, valid_from="2026-02-01")
    changed = await client.get("/v1/reference/minimum_wage", headers=seen)
    assert (changed.status_code, len(changed.json()["items"])) == (200, 1)


async def test_lists_go_by_day_and_parent_and_pages(client: Client, ctx: Context) -> None:
    """Districts of a city, one at a time; a day before the first date has none."""
    headers = await admin(ctx)
    for code, name in (("310000", "上海市"), ("310100", "上海市"), ("310104", "徐汇区"), ("310101", "黄浦区")):
        assert (await add(client, headers, "region", **region(code, name))).status_code == 201
    base = "/v1/reference/region?parent=310100&limit=1"
    first = (await client.get(base)).json()
    second = (await client.get(f"{base}&cursor={first['next_cursor']}")).json()
    assert [page["items"][0]["code"] for page in (first, second)] == ["310101", "310104"]
    assert second["next_cursor"] is None
    cities = (await client.get("/v1/reference/region?parent=310000")).json()["items"]
    assert [row["code"] for row in cities] == ["310100"]
    assert (await client.get("/v1/reference/region?on=2020-12-31")).json()["items"] == []
    other = await client.get(f"/v1/reference/region?parent=310000&cursor={first['next_cursor']}")
    assert (other.status_code, other.json()["code"]) == (410, "cursor_of_other_filter")


@pytest.mark.parametrize(
    ("more", "status", "code", "pointer"),
    [
        ({"valid_from": "2026-01-01"}, 409, "reference_date_taken", None),
        ({"valid_from": "2025-01-01", "valid_to": "2026-06-01"}, 409, "reference_overlap", None),
        ({"valid_from": "2027-01-01", "valid_to": "2026-06-01"}, 422, "reference_span", "/valid_to"),
        ({"valid_from": "2027-01-01", "data": {"hour_fen": "x"}}, 422, "reference_row_wrong", "/data/grade"),
        ({"code": "999999"}, 422, "reference_code_unknown", "/data/region"),
        ({"code": "no spaces please"}, 422, "invalid", "/code"),
        ({"source": " "}, 422, "invalid", "/source"),
    ],
)
async def test_what_does_not_fit_is_told_politely(
    client: Client, ctx: Context, more: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    """A sentence in the caller's language, the field, nothing of what was sent."""
    headers = await admin(ctx)
    await add(client, headers)
    answer = await add(client, headers, **more)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert not problem["detail"].startswith(code), "there is a sentence for it"
    assert [error["pointer"] for error in problem["errors"]][:1] == ([pointer] if pointer else [])


async def test_unknown_kinds_codes_and_parents_answer_plainly(client: Client, ctx: Context) -> None:
    """404 for what is not there, 422 for a parent where there are none."""
    for path in ("nothing", "trade/nothing", "trade/nothing/history", "rows/x", "minimum_wage/310000"):
        assert (await client.get(f"/v1/reference/{path}")).status_code == 404, path
    answer = await client.get("/v1/reference/holiday?parent=x")
    assert (answer.status_code, answer.json()["code"]) == (422, "reference_no_parent")


async def test_an_admin_repeats_a_request_and_gets_the_same_answer(client: Client, ctx: Context) -> None:
    """The Idempotency-Key stores the answer beside the effect."""
    headers = await admin(ctx) | {"idempotency-key": "wage-2026"}
    first, second = await add(client, headers), await add(client, headers)
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"


async def test_anybody_has_a_text_named(client: Client) -> None:
    """The whole text, and every skill in it; nothing for a text that names no trade."""
    found = await client.get("/v1/skills", params={"text": "会刮腻子、贴瓷砖,也能开叉车", "limit": 2})
    assert found.status_code == 200
    body = found.json()
    assert [named["code"] for named in body["mentioned"]] == ["putty_scraping", "tiler", "forklift"]
    assert body["items"][0] == {
        "kind": "skill", "code": "putty_scraping", "zh": "腻子工", "en": "Putty work", "trade": "plasterer",
        "occupation": "6-29-04-01", "occupation_name": "装饰装修工", "confidence": 1000, "word": "刮腻子",
        "found": "contained",
    }  # fmt: skip
    assert len(body["items"]) == 2
    nothing = await client.get("/v1/skills", params={"text": "你好"})
    assert nothing.json() == {"items": [], "mentioned": []}
    assert (await client.get("/v1/skills", params={"text": ""})).status_code == 422


async def test_skills_are_a_dated_table(client: Client, ctx: Context) -> None:
    """A skill names a trade and an occupation that there are."""
    headers = await admin(ctx)
    skill = {"zh": "吹糖人", "en": "Sugar blowing", "aliases": ["糖人"], "trade": None, "occupation": "6-09-03-19"}
    head = {"code": "sugar_blowing", "valid_from": "2026-01-01", "source": "a letter"}
    wrong = await client.post(
        "/v1/reference/skill", json=head | {"data": skill | {"occupation": "6-09-03-99"}}, headers=headers
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "reference_code_unknown")
    strange = await client.post("/v1/reference/skill", json=head | {"data": skill | {"trade": "none"}}, headers=headers)
    assert (strange.status_code, strange.json()["code"]) == (422, "reference_code_unknown")
    good = await client.post("/v1/reference/skill", json=head | {"data": skill}, headers=headers)
    assert good.status_code == 201
