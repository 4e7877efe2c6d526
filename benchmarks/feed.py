"""The open-data feed: publishing, a snapshot through HTTP in parts, a page of changes, a manifest.

Peers in the same run, on the same rows: `COPY` of `row_to_json` straight from the tables (no log, no parts, no digest,
no HTTP), and a plain loop over ORM rows. What must agree is the copy's count and digest with the manifest.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import select

from benchmarks import city_sql
from benchmarks.line import Line
from service.context import Context
from service.db.migrate import role_of, upgrade
from service.embedded import ensure_running, stop
from service.feed.usecases.building import build
from service.postings.tables import PostingRow
from service.settings import Settings
from service.startup import build_context, opened
from service.wiring import gather

FULL, QUICK = 200_000, 20_000
NAIVE, TURNED, PAGE = 5_000, 2_000, 2_000
PORT = 8704
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
DIGEST = re.compile(rb'"digest":"([0-9a-f]{64})"')
COPY = """
select row_to_json(t) from (select p.*, e.name as employer_name, e.kind as employer_kind from postings p
    join employers e on e.id = p.employer_id where p.state in ('published', 'filled') and not p.private) t
"""
TURN = """
with turned as (update postings set title = title || '!', version = version + 1, updated_at = now()
                where id in (select id from postings order by id limit $1) returning id, version)
insert into transitions (id, noun, entity_id, version, action, actor_kind, channel, at, mac)
select gen_random_uuid(), 'posting', id, version, 'edit', 'system', 'api', now(), '' from turned
"""


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Postings a second, seconds, megabytes; the city is the same for every seed."""
    count = QUICK if quick else FULL
    folder = Path(tempfile.mkdtemp(prefix="linggong-feed-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        asyncio.run(upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url())))
        asyncio.run(fill(endpoint.owner_url(), count))
        yield from _measured(endpoint.app_url(), endpoint.owner_url(), folder, count)
    finally:
        stop(endpoint)


async def fill(owner_url: str, count: int) -> None:
    """So many public postings of two hundred employers."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute("set synchronous_commit = off")
    await connection.execute(city_sql.EMPLOYERS)
    await connection.execute(city_sql.POSTINGS.replace("$1::int", str(count)))
    await connection.execute("analyze")
    await connection.close()


def _measured(app_url: str, owner_url: str, folder: Path, count: int) -> Iterator[Line]:
    took, made = asyncio.run(_published(app_url, folder))
    note = f"{made:,} entries of {count:,} postings, from the tables into the log"
    yield Line("publish postings", made / took, unit="/s", agrees=made == count, note=note)
    server = start(app_url, folder)
    try:
        wait_ready()
        yield from _copied(app_url, server.pid, count)
        yield from _followed(app_url, owner_url, folder)
    finally:
        server.terminate()
        server.wait()


async def _published(app_url: str, folder: Path) -> tuple[float, int]:
    ctx = _context(app_url, folder)
    async with opened(ctx):
        began = time.perf_counter()
        made = await build(ctx, wait=True)
        return time.perf_counter() - began, made


def _context(app_url: str, folder: Path) -> Context:
    settings = Settings(env="test", data_dir=folder, DATABASE_URL=app_url, secret_key=KEY, pools=False)  # type: ignore[call-arg,arg-type]
    return build_context(settings, app_url, gather(), application="linggong-bench")


@dataclass
class Copied:
    """What came through HTTP: seconds in requests, rows, bytes, the digest of all, the server's memory over time."""

    seconds: float = 0.0
    rows: int = 0
    bytes: int = 0
    total: int = 0
    slowest: float = 0.0


def _copied(app_url: str, process: int, count: int) -> Iterator[Line]:
    copy, cursor, parts = Copied(), *_listed()
    for url in parts[: len(parts) // 4 or 1]:
        _take(Copied(), url)  # warm
    before = _megabytes(process)
    for url in parts:
        _take(copy, url)
    grown = _megabytes(process) - before
    copy_took = asyncio.run(_peer_copy(app_url))
    naive = asyncio.run(_peer_loop(app_url))
    told = _ask(f"/v1/feed/manifest?cursor={cursor}")["whole"]
    agrees = (told["count"], told["digest"]) == (copy.rows, f"{copy.total % 2**256:064x}") and copy.rows == count
    rate = copy.rows / copy.seconds
    note = f"{len(parts)} parts, {copy.bytes / 1e6:,.0f} MB, slowest part {copy.slowest:.2f} s; digest = manifest's"
    yield Line("snapshot through HTTP", rate, unit="/s", agrees=agrees, target=">=20,000", note=note)
    yield Line.of("  a million of them", 1e6 / rate, 1e6 / count * copy_took, note="peer: COPY of row_to_json")
    yield Line.of("  the same", 1e6 / rate, 1e6 / naive, note=f"peer: ORM rows to JSON, no HTTP, {NAIVE:,} rows")
    yield Line(
        "  memory of the server grew", grown, unit="MB", target="flat", note="over all parts, after a quarter of them"
    )


def _followed(app_url: str, owner_url: str, folder: Path) -> Iterator[Line]:
    cursor, _ = _listed()
    asyncio.run(_turn(owner_url))
    took, made = asyncio.run(_published(app_url, folder))
    yield Line("publish changes", made / took, unit="/s", agrees=made == TURNED, note=f"{made:,} changed titles")
    began = time.perf_counter()
    page = _ask(f"/v1/feed/changes?limit={PAGE}&cursor={cursor}")
    took = time.perf_counter() - began
    same = (len(page["items"]) == TURNED and not page["more"]) or len(page["items"]) == PAGE
    yield Line("a page of changes", 1000 * took, unit="ms", agrees=same, note=f"{len(page['items']):,} entries")
    began = time.perf_counter()
    _ask(f"/v1/feed/manifest?cursor={cursor}")
    yield Line("a manifest, reckoned back", 1000 * (time.perf_counter() - began), unit="ms", note=f"{TURNED:,} entries")


def _take(copy: Copied, url: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    began = time.perf_counter()
    connection.request("GET", url)
    answer = connection.getresponse()
    raw = answer.read()
    took = time.perf_counter() - began
    connection.close()
    digests = DIGEST.findall(raw)
    copy.seconds, copy.slowest = copy.seconds + took, max(copy.slowest, took)
    copy.rows, copy.bytes = copy.rows + len(digests), copy.bytes + len(raw)
    copy.total += sum(int(digest, 16) for digest in digests)


def _listed() -> tuple[str, list[str]]:
    told = _ask("/v1/feed/snapshot")
    return told["cursor"], [part["url"] for part in told["parts"]]


def _ask(path: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=60).read())
    return answer


async def _peer_copy(app_url: str) -> float:
    """Seconds of the same rows as JSON lines out of PostgreSQL, counted and thrown away."""
    connection = await asyncpg.connect(app_url)

    async def swallow(data: bytes) -> None:
        data.count(b"\n")

    began = time.perf_counter()
    await connection.copy_from_query(COPY, output=swallow)
    took = time.perf_counter() - began
    await connection.close()
    return took


async def _peer_loop(app_url: str) -> float:
    """Rows a second of a plain loop: ORM rows, a dictionary of their columns, json.dumps."""
    ctx = _context(app_url, Path(tempfile.gettempdir()))
    names = [column.key for column in PostingRow.__table__.columns]
    async with opened(ctx):
        began = time.perf_counter()
        async with ctx.database.sessions() as session, session.begin():
            rows = (await session.scalars(select(PostingRow).order_by(PostingRow.id).limit(NAIVE))).all()
            made = [json.dumps({name: getattr(row, name) for name in names}, default=str) for row in rows]
        return len(made) / (time.perf_counter() - began)


async def _turn(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    await connection.execute(TURN, TURNED)
    await connection.close()


def _megabytes(process: int) -> float:
    told = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", told)[1]) / 1024  # type: ignore[index]


def start(app_url: str, folder: Path) -> subprocess.Popen[bytes]:
    """The service on `PORT`."""
    env = os.environ | {
        "DATABASE_URL": app_url,
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(folder),
        "LINGGONG_SECRET_KEY": KEY,
        "LINGGONG_PORT": str(PORT),
        "LINGGONG_FLOOD_LIMIT_PER_MINUTE": "0",
        "LINGGONG_POOLS": "false",
    }
    return subprocess.Popen([sys.executable, "-m", "service.cli.main", "serve"], env=env, stdout=subprocess.DEVNULL)


def wait_ready() -> None:
    """Until it serves. Raises TimeoutError."""
    for _ in range(1200):
        try:
            if urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the service did not become ready")
