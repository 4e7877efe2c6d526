"""Clients that dribble, and headers that lie about where a request comes from."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import pytest
import uvicorn

from service.http.punctual import HEAD_BYTES, Punctual
from service.http.shell import BodyTooSlow, Shell, _client_address
from tests.live import free_port

PROXIES = frozenset({"10.0.0.1", "10.0.0.2"})


# -- bodies that dribble ------------------------------------------------------------------------------


async def reading(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads the whole body and says how long it was."""
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def request(path: str = "/v1/x") -> dict[str, Any]:
    return {"type": "http", "method": "POST", "path": path, "headers": [], "client": ("203.0.113.9", 1)}


async def answered(pieces: Iterable[tuple[float, bytes]], *, seconds: float, limit: int = 1 << 24) -> tuple[int, Any]:
    """Status and body of a request whose pieces come after these waits."""
    coming, sent = itertools.chain(pieces, [(0.0, b"")]), []

    async def receive() -> dict[str, Any]:
        wait, piece = next(coming)
        await asyncio.sleep(wait)
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await Shell(reading, large_bodies={"/v1/x": limit}, body_seconds=seconds)(request(), receive, send)
    return sent[0]["status"], sent


async def test_a_body_that_dribbles_is_cut() -> None:
    """A byte now and then for ever: refused when its time is over, and the connection closes."""
    async with asyncio.timeout(30):
        status, sent = await answered(itertools.repeat((0.05, b"x")), seconds=0.3)
    assert status == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert orjson.loads(sent[1]["body"])["code"] == "body_too_slow"


async def test_a_body_that_never_comes_is_cut() -> None:
    """Not one byte after the head."""
    assert (await answered([(60.0, b"x")], seconds=0.2))[0] == 408


async def test_a_large_body_at_a_fair_pace_has_its_time() -> None:
    """What is handed over earns time: a slow line may upload what is large."""
    status, sent = await answered([(0.05, b"x" * 64 * 1024)] * 10, seconds=0.1)
    assert (status, sent[1]["body"]) == (200, str(640 * 1024).encode())


def test_the_refusal_closes_the_connection_whichever_layer_answers() -> None:
    """Inside the application the framework turns it into an answer."""
    assert BodyTooSlow().headers == {"connection": "close"}


# -- heads that dribble -------------------------------------------------------------------------------


class Hasty(Punctual):
    head_seconds = 0.3


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    port = free_port()
    config = uvicorn.Config(
        reading, host="127.0.0.1", port=port, http=Hasty, loop="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield port
    server.should_exit = True
    await running


async def dribble(port: int, before: bytes = b"") -> bool:
    """Send a head that has no end, a byte every twentieth of a second; True when the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if before:
        writer.write(before)
        assert await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    try:
        while not reader.at_eof():
            writer.write(b"a")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.05)
        return True
    except ConnectionError:
        return True
    finally:
        writer.close()


async def test_a_head_that_dribbles_is_cut_on_a_new_and_on_a_kept_connection() -> None:
    """The time runs from the connection, and again from the first byte of a further request."""
    async with listening() as port, asyncio.timeout(60):
        assert await dribble(port)
        assert await dribble(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")


async def test_a_connection_that_says_nothing_is_closed() -> None:
    """An idle one holds no place."""
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await asyncio.wait_for(reader.read(1), 2) == b""
        writer.close()


async def test_a_head_without_end_is_cut_before_it_fills_the_memory() -> None:
    """One header line of many megabytes."""
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        sent = 0
        try:
            while sent < 64 * HEAD_BYTES and not reader.at_eof():
                writer.write(b"a" * 16 * 1024)
                await asyncio.wait_for(writer.drain(), 0.2)
                sent += 16 * 1024
        except (ConnectionError, TimeoutError):
            pass
        assert sent < 64 * HEAD_BYTES
        writer.close()


# -- where a request comes from -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, rubbish"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["2001:db8:1:2::9"], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("testclient", [], "testclient"),
    ],
)
def test_only_trusted_proxies_say_where_a_request_comes_from(peer: str, forwarded: list[str], address: str) -> None:
    """The nearest hop that is no trusted proxy counts, an IPv6 customer as one."""
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert _client_address({"client": (peer, 1), "headers": headers}, PROXIES) == address


async def test_a_forged_header_does_not_escape_the_flood_limit() -> None:
    """A thousand made-up addresses are still one peer; a proxy's customers are counted apart."""

    async def status(shell: Shell, peer: str, forwarded: str) -> int:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = request() | {"client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
        await shell(scope, receive, send)
        return int(sent[0]["status"])

    shell = Shell(reading, trusted=PROXIES, flood_limit=3)
    forged = [await status(shell, "203.0.113.9", f"198.51.100.{n}, 10.0.0.1") for n in range(6)]
    assert forged == [200] * 3 + [429] * 3
    behind = [await status(shell, "10.0.0.1", f"1.2.3.4, 198.51.100.{n}") for n in range(6)]
    assert behind == [200] * 6
    hidden = [await status(shell, "10.0.0.1", f"1.2.3.{n}, 198.51.100.77") for n in range(6)]
    assert hidden == [200] * 3 + [429] * 3
