"""The doors for operators, the front page, and the limits that every request meets."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from pydantic import SecretStr

from service.context import Context

Client = httpx2.AsyncClient


async def test_alive_needs_no_database(client: Client) -> None:
    """/healthz answers 200 with nothing but its status."""
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_says_what_it_rests_on(client: Client) -> None:
    """/readyz answers 200 when database and schema are there and the names are prepared, and shows the ages."""
    async with asyncio.timeout(60):
        while not (answer := await client.get("/readyz")).json()["names_prepared"]:
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.1)
    assert answer.status_code == 200, answer.text
    assert answer.json()["schema_at_head"] is True


async def test_metrics_name_operations(client: Client) -> None:
    """/metrics counts answers by operation and status."""
    await client.get("/healthz")
    text = (await client.get("/metrics")).text
    assert 'linggong_requests_total{operation="check_alive",status="200"}' in text


async def test_metrics_are_for_operators(client: Client, ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a token nobody else reads them; without one this machine does, and in production nobody."""
    monkeypatch.setattr(ctx.settings, "metrics_token", SecretStr("figures"))
    assert (await client.get("/metrics")).status_code == 404
    for given, status in (("figure", 404), ("figures", 200)):
        assert (await client.get("/metrics", headers={"authorization": f"Bearer {given}"})).status_code == status
    monkeypatch.setattr(ctx.settings, "metrics_token", SecretStr(""))
    monkeypatch.setattr(ctx.settings, "env", "production")
    answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not_found")


@pytest.mark.parametrize(("header", "language"), [("en-GB,en;q=0.9", "en"), ("", "zh-CN"), ("fr", "zh-CN")])
async def test_front_page_speaks_the_callers_language(client: Client, header: str, language: str) -> None:
    """The front page follows Accept-Language and falls back to zh-CN."""
    answer = await client.get("/", headers={"accept-language": header})
    assert f'<html lang="{language}">' in answer.text
    assert "http" not in answer.text.replace("http-equiv", ""), "no resource of another host"


async def test_unknown_route_and_method_are_problems(client: Client) -> None:
    """Unknown routes answer 404, other methods 405 with Allow, both as problems."""
    missing = await client.get("/v1/nothing")
    wrong = await client.request("TRACE", "/healthz")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == "GET"


async def test_long_urls_and_headers_are_refused(client: Client) -> None:
    """8 kB of URL and 32 kB of headers are the most."""
    assert (await client.get("/healthz?x=" + "a" * 9000)).status_code == 414
    assert (await client.get("/healthz", headers={"x-long": "a" * 40000})).status_code == 431


async def test_request_id_is_taken_or_made(client: Client) -> None:
    """A well-formed X-Request-ID comes back; any other is replaced."""
    kept = await client.get("/healthz", headers={"x-request-id": "abcd-1234"})
    made = await client.get("/healthz", headers={"x-request-id": "bad id!"})
    assert kept.headers["x-request-id"] == "abcd-1234"
    assert made.headers["x-request-id"] != "bad id!"


async def test_clock_can_be_moved_in_a_rehearsal(client: Client) -> None:
    """The shared clock freezes, advances and lets go again."""
    frozen = {"action": "freeze", "at": "2026-11-20T04:30:00+08:00"}
    assert (await client.post("/_test/clock", json=frozen)).json()["now"] == "2026-11-20T04:30:00+08:00"
    moved = await client.post("/_test/clock", json={"action": "advance", "seconds": 3600})
    assert moved.json()["now"] == "2026-11-20T05:30:00+08:00"
    assert (await client.post("/_test/clock", json={"action": "release"})).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"action": "freeze", "action": "set"}', "application/json", 400),
        (b'{"action": NaN}', "application/json", 400),
        (b'{"seconds": 1e999, "action": "advance"}', "application/json", 400),
        (b'{"action": "\\ud800"}', "application/json", 400),
        (b"\xff\xfe{\x00", "application/json", 400),
        (b'\xef\xbb\xbf{"action": "freeze"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"", "application/json", 400),
        (b'{"action": "freeze"}', "text/plain", 415),
        (b'{"action": "freeze"}', "application/json; charset=utf-16", 415),
        (b'{"action": "freeze", "wrong": 1}', "application/json", 422),
        (b'{"action": "advance", "seconds": true}', "application/json", 422),
        (b'{"action": "advance", "seconds": 3.0}', "application/json", 422),
        (b'{"action": "advance", "seconds": ' + b"9" * 400 + b"}", "application/json", 422),
        (b'{"action": "advance", "seconds": ' + b"9" * 5000 + b"}", "application/json", 422),
        (b'{"action": "set", "at": "2026-12-01T08:00:00"}', "application/json", 422),
        (b'{"action": "set", "at": "0001-01-01T00:00:00+14:00"}', "application/json", 422),
        (b'{"action": "set", "at": "9999-12-31T23:59:59-12:00"}', "application/json", 422),
        (b'{"action": "set", "at": 5}', "application/json", 422),
    ],
)
async def test_what_broke_a_textbook_endpoint(client: Client, body: bytes, kind: str, status: int) -> None:
    """Broken bytes and JSON are 400, wrong media 415, wrong meaning 422; nothing sent is echoed."""
    answer = await client.post("/_test/clock", content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 3000


async def test_large_bodies_are_refused_before_they_are_read(client: Client) -> None:
    """More than 1 MB of JSON is 413, told by its length or found while reading."""

    async def chunks() -> object:
        for _ in range(3):
            yield b" " * 600_000

    headers = {"content-type": "application/json"}
    told = await client.post("/_test/clock", content=b" " * 1_100_000, headers=headers)
    found = await client.post("/_test/clock", content=chunks(), headers=headers)
    assert (told.status_code, found.status_code) == (413, 413)


async def test_query_is_strict(client: Client) -> None:
    """Unknown and repeated query parameters are refused with the valid ones listed."""
    unknown = await client.get("/_test/messages?to=13800138000&wrong=1")
    twice = await client.get("/_test/messages?to=13800138000&limit=1&limit=100")
    assert (unknown.status_code, twice.status_code) == (422, 422)
    assert unknown.json()["facts"]["valid"] == ["limit", "to"]


async def test_a_body_of_which_nothing_is_needed_may_be_left_out(client: Client) -> None:
    """A POST whose every field is optional works without body and content type; with the wrong type it is 415."""
    from uuid import uuid4

    from service.app import context_of
    from tests.builders.city import a_worker, as_worker

    ctx = context_of(client._transport.app)  # type: ignore[attr-defined]
    headers = await as_worker(ctx, await a_worker(ctx))
    path = f"/v1/applications/{uuid4()}/accept"
    key = {"idempotency-key": "nothing-needed-1"}
    assert (await client.post(path, headers=headers | key)).status_code == 404
    wrong = headers | key | {"content-type": "text/plain"}
    assert (await client.post(path, headers=wrong, content=b"x")).status_code == 415
