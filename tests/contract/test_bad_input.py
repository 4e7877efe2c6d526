"""What no client should send, to every kind of write: the right status, the field, nothing stored, nothing echoed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.ids import new_id
from tests.builders.applications import NOON, rows_of, set_time
from tests.contract.world import Party, a_party

Path = tuple[str | int, ...]
MARK = "zqmarkqz"
HOLE = "@@hole@@"
START, END = (NOON + timedelta(days=20, hours=hour) for hour in (5, 10))
PLACE = {"address": "某路3号", "point": {"type": "Point", "coordinates": [121.43, 31.18], "datum": "wgs84"}}
WRITES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "posting": (
        "member",
        "POST",
        "/v1/postings",
        {
            "trade": "dishwashing",
            "headcount": 2,
            "time": {"starts_at": START.isoformat(), "ends_at": END.isoformat()},
            "place": PLACE | {"district_code": "310104"},
            "pay": {"amount_fen": 2600, "unit": "hour"},
        },
    ),
    "hire": (
        "member",
        "POST",
        "/v1/hires",
        {
            "code": "123456",
            "trade": "dishwashing",
            "pay": {"amount_fen": 2500},
            "pay_unit": "hour",
            "until": END.isoformat(),
            "place": PLACE,
        },
    ),
    "registration": ("officer", "POST", "/v1/workers/by-officer", {"name": "王小红", "trade": "洗碗工", "radius_m": 1}),
    "skill": ("worker", "POST", "/v1/workers/me/skills", {"trade": "保洁", "level": 2}),
    "employer": (
        "worker",
        "POST",
        "/v1/employers",
        {"kind": "sole_trader", "name": "王家面馆", "city_code": "310100", "contact_name": "王五", "credit_code": "1"},
    ),
    "code": ("nobody", "POST", "/v1/codes", {"phone": "13912345676"}),
}
# Neither a person, an amount, a text, a time nor a code can be any of these.
NEVER = (
    ("NaN", 400),
    ("Infinity", 400),
    ("-Infinity", 400),
    ("1e999", 400),
    ("1" + "0" * 400, 422),
    ("1" + "0" * 5000, 422),
    ("-9223372036854775809", 422),
    ("true", 422),
    ("{}", 422),
    ("[]", 422),
    ('"\\ud800"', 400),
    ('"a\\u0000b"', 422),
    ('"a\\u200bb"', 422),
    ('"\\u202eabc"', 422),
    ('"\\u001b[31m"', 422),
    ('"  \\u3000"', 422),
    (f'"{MARK * 1000}"', 422),
)
NO_TIME = (
    "2026-12-11T17:00:00",
    "2026-12-11",
    "1765443600",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-12-11T24:00:00+08:00",
    "2026-12-11T23:59:60+08:00",
    "2027-02-29T10:00:00+08:00",
)
NO_EFFECT = ("idempotency_keys", "counters", "heartbeats", "sessions", "tokens")


def whole(body: dict[str, Any]) -> Iterator[tuple[str, bytes, int]]:
    """What is wrong with a body as such."""
    good = json.dumps(body)
    first = json.dumps(next(iter(body)))
    yield "unknown field", json.dumps(body | {"strange": MARK}).encode(), 422
    yield "cut off", good[:-2].encode(), 400
    yield "an array", b"[]", 422
    yield "nothing", b"", 400
    yield "UTF-16", good.encode("utf-16"), 400
    yield "byte order mark", b"\xef\xbb\xbf" + good.encode(), 400
    yield "not UTF-8", good[:-1].encode() + b', "a": "\xff"}', 400
    yield "a key twice", f'{good[:-1]}, {first}: "{MARK}"}}'.encode(), 400
    yield "an abyss", b"[" * 100_000 + b"]" * 100_000, 400
    yield "too large", json.dumps(body | {"strange": MARK * 200_000}).encode(), 413


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where the plain values stand."""
    if not isinstance(value, dict | list):
        yield path
        return
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(inner, (*path, name))


def with_literal(body: Any, path: Path, literal: str) -> bytes:
    """The body with raw JSON in place of one value."""
    copied = json.loads(json.dumps(body))
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = HOLE
    return json.dumps(copied).replace(f'"{HOLE}"', literal).encode()


def fields(body: dict[str, Any]) -> Iterator[tuple[str, bytes, int]]:
    """What is wrong with one field."""
    for path in leaves(body):
        for literal, status in NEVER:
            yield f"{path}: {literal[:20]}", with_literal(body, path, literal), status
        if path[-1] in ("starts_at", "ends_at", "until"):
            for time in NO_TIME:
                yield f"{path}: {time}", with_literal(body, path, json.dumps(time)), 422


def faults(answer: httpx2.Response, status: int) -> list[str]:
    """What is wrong with the answer itself."""
    problem = answer.json()
    found = [] if answer.status_code == status else [f"{answer.status_code} instead of {status}: {answer.text[:200]}"]
    if MARK in answer.text:
        found.append("echoed")
    if answer.status_code == 422 and not any(error["pointer"].startswith("/") for error in problem["errors"]):
        found.append(f"names no field: {answer.text[:200]}")
    return found


async def stored(ctx: Context) -> dict[str, int]:
    """Rows of every table that holds an effect."""
    tables = await rows_of(ctx, "select tablename from pg_tables where schemaname = 'public'")
    named = [row[0] for row in tables if row[0] not in NO_EFFECT]
    return {name: (await rows_of(ctx, f'select count(*) from "{name}"'))[0][0] for name in named}


@pytest.fixture
async def party(ctx: Context) -> Party:
    await set_time(ctx, NOON)
    return await a_party(ctx)


@pytest.mark.parametrize("name", WRITES)
async def test_bad_input_is_refused_at_its_field_and_leaves_nothing(
    ctx: Context, client: httpx2.AsyncClient, party: Party, name: str
) -> None:
    """Every vector in every field, and in the body as a whole."""
    role, method, path, body = WRITES[name]
    caller = party.callers.get(role, {}) | {"content-type": "application/json"}
    before, wrong = await stored(ctx), []
    for what, sent, status in (*whole(body), *fields(body)):
        headers = caller | {"idempotency-key": f"key-{new_id()}"}
        answer = await client.request(method, path, content=sent, headers=headers)
        root = what == "an array"  # the body itself is what is wrong
        wrong += [(what, fault) for fault in faults(answer, status) if not (root and fault.startswith("names no"))]
    assert wrong == []
    assert await stored(ctx) == before


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/json; charset=gbk", ""])
async def test_other_media_are_refused(client: httpx2.AsyncClient, party: Party, media: str) -> None:
    """415 before anything is read."""
    for role, method, path, body in WRITES.values():
        headers = party.callers.get(role, {}) | {"content-type": media, "idempotency-key": f"key-{new_id()}"}
        answer = await client.request(method, path, content=json.dumps(body).encode(), headers=headers)
        assert answer.status_code == 415, (path, answer.text)


async def test_unknown_routes_and_methods_are_told_apart(client: httpx2.AsyncClient, party: Party) -> None:
    """404 for what is not there, 405 with Allow for a verb that nobody takes; no redirect for a slash."""
    for role, _, path, _ in WRITES.values():
        headers = party.callers.get(role, {})
        assert (await client.get(path + "/", headers=headers)).status_code == 404
        for method in ("TRACE", "PUT"):
            answer = await client.request(method, path, headers=headers)
            assert answer.status_code == 405, (method, path, answer.text)
            assert answer.headers["allow"]
