"""Imports over HTTP: who may send what, what is answered at once and later, and what leaves as a table."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from service.access.tables import ApiKeyRow
from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import EmployerRow
from service.ids import new_id, new_token
from service.imports.spool import folder_of
from service.jobs.due import run_all_due
from service.vault import token_hash
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker
from tests.builders.imports import SAMPLE, listings, scalar

Client = httpx2.AsyncClient


@pytest.fixture(autouse=True)
def _empty_spool(ctx: Context) -> None:
    shutil.rmtree(folder_of(ctx.settings), ignore_errors=True)


@dataclass
class Shop:
    """An employer and the headers of its owner."""

    row: EmployerRow
    headers: dict[str, str]


async def a_shop(ctx: Context, *, role: str = "owner", **more: Any) -> Shop:
    row = await an_employer(ctx, **more)
    return Shop(row, await as_member(ctx, await a_member(ctx, row, role=role)))


@pytest_asyncio.fixture
async def shop(ctx: Context) -> Shop:
    return await a_shop(ctx)


async def upload(
    client: Client, headers: dict[str, str], content: bytes, *, key: str | None = None, **said: str
) -> httpx2.Response:
    """Send a file."""
    sent = headers | {"idempotency-key": key or f"key-{new_id()}"}
    data = {"mapping": "shanghai_postings"} | said
    form = {name: value for name, value in data.items() if value}
    return await client.post("/v1/imports", headers=sent, files={"file": ("any name.exe", content)}, data=form)


async def test_an_import_from_upload_to_answers(ctx: Context, client: Client, shop: Shop) -> None:
    """202 with a Location; the work happens outside the request; then counts, lines and reasons stand there."""
    sent = await upload(client, shop.headers, SAMPLE.read_bytes())
    assert (sent.status_code, sent.json()["state"]) == (202, "queued"), sent.text
    where = sent.headers["location"]
    before = await client.get(where, headers=shop.headers)
    await run_all_due(ctx)
    after = await client.get(where, headers=shop.headers)
    shown = after.json()
    assert (shown["state"], shown["rows_total"], shown["rows_read"], shown["failure"]) == ("done", 16, 16, None)
    assert before.headers["etag"] != after.headers["etag"]
    refused = await client.get(f"{where}/lines?outcome=refused", headers=shop.headers)
    lines = {line["number"]: line for line in refused.json()["items"]}
    assert len(lines) == shown["refused"]
    assert lines[13]["reasons"][0] == {
        "pointer": "/pay/amount_fen",
        "column": "pay",
        "code": "expected_number",
        "message": "这里要填数字。",
        "facts": {},
    }
    assert "spool" not in after.text
    assert not list(folder_of(ctx.settings).glob("*"))


async def test_lines_turn_their_pages(ctx: Context, client: Client, shop: Shop) -> None:
    """Every row once, in the order of the file; a cursor of another filter is refused."""
    where = (await upload(client, shop.headers, SAMPLE.read_bytes())).headers["location"]
    await run_all_due(ctx)
    numbers: list[int] = []
    cursor = ""
    while True:
        page = (await client.get(f"{where}/lines?limit=5{cursor}", headers=shop.headers)).json()
        numbers += [line["number"] for line in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert numbers == list(range(1, 17))
    other = await client.get(f"{where}/lines?outcome=refused{cursor}", headers=shop.headers)
    assert other.status_code == 410
    unread = await client.get(f"{where}/lines?cursor=nonsense", headers=shop.headers)
    assert unread.status_code == 400


async def test_the_report_is_a_safe_table_in_the_callers_language(ctx: Context, client: Client, shop: Shop) -> None:
    """UTF-8 with its mark, one row each, an error-reason column; what a spreadsheet would run is disarmed."""
    bad = listings(2).replace(b'"source_id": 2', b'"source_id": "@SUM(1)", "headcount": "two"')
    where = (await upload(client, shop.headers, bad)).headers["location"]
    await run_all_due(ctx)
    answer = await client.get(f"{where}/report", headers=shop.headers | {"accept-language": "en"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert head == ["row", "source id", "outcome", "posting id", "columns", "codes", "reasons", "notes"]
    assert [row[2] for row in rows] == ["accepted", "refused"]
    assert rows[1][1] in {"'@SUM(1)", ""}
    chinese = await client.get(f"{where}/report", headers=shop.headers)
    assert "错误原因" in chinese.text
    assert "未接受" in chinese.text


async def test_the_key_stands_for_the_file_too(ctx: Context, client: Client, shop: Shop) -> None:
    """The same key and file replay one answer with one import; another file under it is refused; none is 400."""
    first = await upload(client, shop.headers, listings(1), key="import-key-1")
    again = await upload(client, shop.headers, listings(1), key="import-key-1")
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = await upload(client, shop.headers, listings(2), key="import-key-1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert await scalar(ctx, "select count(*) from imports") == 1
    assert len(list(folder_of(ctx.settings).glob("*"))) == 1
    bare = await client.post(
        "/v1/imports", headers=shop.headers, files={"file": ("a", b"[]")}, data={"mapping": "own_json"}
    )
    assert (bare.status_code, bare.json()["code"]) == (400, "key_required")


@pytest.mark.parametrize(
    ("said", "status", "code", "pointer"),
    [
        ({"mapping": ""}, 422, "mapping_needed", "/mapping"),
        ({"mapping": "no_such"}, 422, "mapping_unknown", "/mapping"),
        ({"mapping_text": "a: 1"}, 422, "mapping_needed", "/mapping"),
        ({"mapping": "", "mapping_text": "a: ["}, 422, "mapping_broken", None),
        ({"dry_run": "perhaps"}, 422, "invalid", "/dry_run"),
        ({"employer_id": "x"}, 422, "invalid", "/employer_id"),
        ({"surprise": "1"}, 422, "invalid", "/surprise"),
    ],
)
async def test_wrong_forms_are_refused_naming_the_field(
    ctx: Context, client: Client, shop: Shop, said: dict[str, str], status: int, code: str, pointer: str | None
) -> None:
    """Nothing is stored and nothing spooled for a form that is wrong."""
    answer = await upload(client, shop.headers, listings(1), **said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [error["pointer"] for error in answer.json()["errors"]] == ([pointer] if pointer else [])
    assert await scalar(ctx, "select count(*) from imports") == 0
    assert not list(folder_of(ctx.settings).glob("*"))


async def test_files_that_are_none_are_refused_at_once(ctx: Context, client: Client, shop: Shop) -> None:
    """The content decides: a picture called .csv is 422 before anything is queued; two files are one too many."""
    for content, code in (
        (b"", "file_empty"), (b"\x89PNG\r\n\x1a\n", "file_type_unknown"), (b"\xff\xfe1\x00", "encoding_unknown"),
    ):  # fmt: skip
        answer = await upload(client, shop.headers, content)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    twice = await client.post(
        "/v1/imports",
        headers=shop.headers | {"idempotency-key": "key-twice-1"},
        files=[("file", ("a", b"[]")), ("file", ("b", b"[]"))],
        data={"mapping": "own_json"},
    )
    assert (twice.status_code, twice.json()["code"]) == (422, "part_repeated")
    json = await client.post("/v1/imports", headers=shop.headers | {"idempotency-key": "key-json-1"}, json={})
    assert json.status_code == 415
    broken = await client.post(
        "/v1/imports",
        headers=shop.headers | {"idempotency-key": "key-broken", "content-type": "multipart/form-data; boundary=x"},
        content=b"no boundary here",
    )
    assert (broken.status_code, broken.json()["code"]) == (400, "multipart_broken")
    assert "{" not in broken.json()["detail"]
    assert not list(folder_of(ctx.settings).glob("*"))


async def test_a_file_that_fails_later_says_why(ctx: Context, client: Client, shop: Shop) -> None:
    """Accepted at first sight, failed when read: the failure has a code and a sentence."""
    sent = await upload(client, shop.headers, b"PK\x03\x04" + b"\0" * 400, mapping="plain_template")
    assert sent.status_code == 202
    await run_all_due(ctx)
    failure = (await client.get(sent.headers["location"], headers=shop.headers)).json()["failure"]
    assert failure["code"].startswith("workbook_")
    assert failure["message"] != failure["code"]


async def test_who_may_import_for_whom(ctx: Context, client: Client, shop: Shop) -> None:
    """Own employer for members, the region's for officers and keys; the rest is 401, 403 or 404."""
    clerk = await a_shop(ctx, role="clerk")
    suspended = await a_shop(ctx)
    await scalar(ctx, "update employers set state = 'suspended' where id = :id returning 1", id=suspended.row.id)
    near, far = (
        await as_staff(ctx, await an_officer(ctx)),
        await as_staff(ctx, await an_officer(ctx, regions=("630000",))),
    )
    worker = await as_worker(ctx, await a_worker(ctx))
    own = str(shop.row.id)
    tries = [
        (shop.headers, "", 202), (shop.headers, own, 202), (shop.headers, str(clerk.row.id), 404),
        (shop.headers, str(new_id()), 404), (clerk.headers, "", 403), (suspended.headers, "", 409),
        (near, own, 202), (near, "", 422), (far, own, 404), (worker, own, 403), ({}, own, 401),
        (await a_key(ctx, "imports:write"), own, 202), (await a_key(ctx, "postings:read"), own, 403),
        (await a_key(ctx, "imports:write", city="330200"), own, 404),
        (await a_key(ctx, "imports:write", employer=shop.row), "", 202),
    ]  # fmt: skip
    for number, (headers, employer, status) in enumerate(tries):
        answer = await upload(client, headers, listings(1), employer_id=employer)
        assert answer.status_code == status, (number, answer.text)


async def a_key(
    ctx: Context, scope: str, *, city: str = "310100", employer: EmployerRow | None = None
) -> dict[str, str]:
    """Headers of an integrator's key."""
    token = new_token("lgk")
    async with ctx.uow() as uow:
        row = ApiKeyRow(
            state="active",
            name="partner",
            key_hash=token_hash(token),
            scopes=[scope],
            city_code=city,
            employer_id=employer.id if employer else None,
        )
        await uow.add(row, by=SYSTEM)
    return {"authorization": f"Bearer {token}"}


async def test_others_see_nothing(ctx: Context, client: Client, shop: Shop) -> None:
    """Somebody else's import and a missing one look the same on every path; officers of the region see it."""
    where = (await upload(client, shop.headers, listings(1))).headers["location"]
    other = await a_shop(ctx)
    for path in ("", "/lines", "/report"):
        foreign = await client.get(where + path, headers=other.headers)
        missing = await client.get(f"/v1/imports/{new_id()}{path}", headers=other.headers)
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.json()["code"] == missing.json()["code"]
    assert (await client.post(f"{where}/cancel", headers=other.headers)).status_code == 404
    assert (await client.get("/v1/imports", headers=other.headers)).json()["items"] == []
    officer = await as_staff(ctx, await an_officer(ctx))
    assert len((await client.get("/v1/imports", headers=officer)).json()["items"]) == 1
    far = await as_staff(ctx, await an_officer(ctx, regions=("630000",)))
    assert (await client.get("/v1/imports", headers=far)).json()["items"] == []


async def test_imports_are_listed_newest_first(ctx: Context, client: Client, shop: Shop) -> None:
    """Page by page, and by state."""
    made = [(await upload(client, shop.headers, listings(1))).json()["id"] for _ in range(3)]
    first = (await client.get("/v1/imports?limit=2", headers=shop.headers)).json()
    cursor = first["next_cursor"]
    rest = (await client.get(f"/v1/imports?limit=2&cursor={cursor}", headers=shop.headers)).json()
    assert [row["id"] for row in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    done = (await client.get("/v1/imports?state=done", headers=shop.headers)).json()
    assert done["items"] == []


async def test_a_waiting_import_can_be_cancelled_once(ctx: Context, client: Client, shop: Shop) -> None:
    """Cancelled imports are not read; a second cancel meets the state."""
    where = (await upload(client, shop.headers, listings(1))).headers["location"]
    first = await client.post(f"{where}/cancel", headers=shop.headers)
    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    assert (await client.post(f"{where}/cancel", headers=shop.headers)).status_code == 409
    await run_all_due(ctx)
    assert await scalar(ctx, "select count(*) from postings") == 0


async def test_the_mappings_document_themselves(client: Client, shop: Shop) -> None:
    """Every shipped mapping lists its fields and shows its text; only tables have a template."""
    shown = {row["code"]: row for row in (await client.get("/v1/import-mappings", headers=shop.headers)).json()}
    assert set(shown) == {"own_json", "plain_template", "shanghai_postings"}
    pay = next(field for field in shown["shanghai_postings"]["fields"] if field["pointer"] == "/pay/amount_fen")
    assert (pay["columns"], pay["required"]) == ("pay", True)
    one = await client.get("/v1/import-mappings/shanghai_postings", headers=shop.headers)
    assert "weekday_zero: monday" in one.json()["text"]
    assert shown["plain_template"]["has_template"]
    table = await client.get("/v1/import-mappings/plain_template/template", headers=shop.headers)
    assert table.text.startswith("\ufeff")
    assert "工资*" in table.text
    for missing in ("own_json/template", "no_such", "no_such/template", "..%2Fmappings"):
        assert (await client.get(f"/v1/import-mappings/{missing}", headers=shop.headers)).status_code == 404


async def test_a_filled_template_imports(ctx: Context, client: Client, shop: Shop) -> None:
    """The downloaded header, one row below it in Excel's own Chinese encoding: one posting."""
    table = await client.get("/v1/import-mappings/plain_template/template", headers=shop.headers)
    header = next(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    values = {"岗位*": "洗碗工", "人数*": "2", "地址*": "漕河路18号", "区": "徐汇区", "工资*": "25", "单位*": "元/小时"}
    filled = io.StringIO()
    csv.writer(filled).writerows([header, [values.get(name, "") for name in header]])
    sent = await upload(client, shop.headers, filled.getvalue().encode("gb18030"), mapping="plain_template")
    await run_all_due(ctx)
    shown = (await client.get(sent.headers["location"], headers=shop.headers)).json()
    lines = await client.get(f"{sent.headers['location']}/lines", headers=shop.headers)
    assert shown["accepted"] == 1, lines.text
