"""The peer: a bare ASGI app on asyncpg and orjson that does the same SQL for each request, and nothing else.

The same token look-up (the service's own statement), the same reads; and for a booking the same transaction:
idempotency key, savepoint, worker's lock, the case, the seat with its rows, the log lines, the stored answer.
No routing, validation, gates, problems, languages or metrics. Environment: DSN, POOL, BENCH_SECRET.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
import orjson

from benchmarks.booking_sql import Step, play
from service.access.authenticate import BY_SESSION
from service.db.engine import SERVER_SETTINGS
from service.postings.hot import NEAR, ONE

JSON = [(b"content-type", b"application/json")]
POOL: asyncpg.Pool
STEPS: list[Step] = pickle.loads(Path(os.environ["STEPS"]).read_bytes())
BOOK = re.compile(r"/v1/shifts/([0-9a-f-]{36})/claims")


async def app(scope: Any, receive: Any, send: Any) -> None:
    """One function for everything."""
    global POOL
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                size = int(os.environ.get("POOL", "16"))
                POOL = await asyncpg.create_pool(
                    os.environ["DSN"], min_size=size, max_size=size, server_settings=SERVER_SETTINGS
                )
                await send({"type": "lifespan.startup.complete"})
            else:
                await POOL.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
    headers = dict(scope["headers"])
    path = scope["path"]
    caller = None
    token = headers.get(b"authorization", b"")[7:]
    if token:
        async with POOL.acquire() as connection:
            caller = await connection.fetchrow(BY_SESSION, hashlib.sha256(token).digest(), None)
    if path == "/v1/postings":
        status, body = await near(scope)
    elif path.startswith("/v1/postings/"):
        status, body = await one(path)
    else:
        while True:
            message = await receive()
            if not message.get("more_body"):
                break
        status, body = await book(path, caller, headers, orjson.loads(message["body"]))
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*JSON, length]})
    await send({"type": "http.response.body", "body": body})


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=str)


async def one(path: str) -> tuple[int, bytes]:
    """Read a posting."""
    async with POOL.acquire() as connection:
        row = await connection.fetchrow(ONE, UUID(path[13:]))
    return (200, _dumps(dict(row))) if row is not None else (404, b"{}")


async def near(scope: Any) -> tuple[int, bytes]:
    """The nearest twenty."""
    query = parse_qs(scope["query_string"].decode())
    lon, lat = float(query["lon"][0]), float(query["lat"][0])
    async with POOL.acquire() as connection:
        rows = await connection.fetch(NEAR, lon, lat, 10_000, 21)
    return 200, _dumps({"items": [dict(row) for row in rows[:20]]})


async def book(path: str, caller: Any, headers: dict[bytes, bytes], body: Any) -> tuple[int, bytes]:
    """Take a seat with the service's own statements."""
    match = BOOK.fullmatch(path)
    if match is None or caller is None:
        return 404, b"{}"
    key = headers[b"idempotency-key"].decode()
    async with POOL.acquire() as connection:
        status = await play(connection, STEPS, caller["worker_id"], UUID(match[1]), key)
    return status, _dumps(body)
