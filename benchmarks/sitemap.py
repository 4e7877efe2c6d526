"""The sitemap of a market of a million postings, through HTTP: the index, its last part, and one of ten thousand.

The peer numbers and skips in SQL for each request, which is how the parts are defined; ids and numbers must agree.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from benchmarks.feed import PORT, fill, start, wait_ready
from benchmarks.line import Line
from service.db.migrate import role_of, upgrade
from service.embedded import ensure_running, stop
from service.jobpages.usecases import PART_SIZE

FULL, QUICK, TIMES = 1_000_000, 120_000, 5
_EVER = "from postings where published_at is not null and not private"
PARTS = f"""
select n, count(*) filter (where state = 'published'), max(updated_at)
from (select (row_number() over (order by id) - 1) / {PART_SIZE} + 1 as n, state, updated_at {_EVER}) x
group by n order by n
"""
PART = f"""
select id::text, updated_at from (select id, updated_at, state {_EVER} order by id offset $1 limit {PART_SIZE}) x
where state = 'published' order by id
"""


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Seconds of one request; the market is the same for every seed."""
    count = QUICK if quick else FULL
    folder = Path(tempfile.mkdtemp(prefix="linggong-sitemap-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        asyncio.run(upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url())))
        asyncio.run(fill(endpoint.owner_url(), count))
        server = start(endpoint.app_url(), folder)
        try:
            wait_ready()
            yield from _measured(endpoint.owner_url(), count)
        finally:
            server.terminate()
            server.wait()
    finally:
        stop(endpoint)
        shutil.rmtree(folder, ignore_errors=True)


def _measured(owner_url: str, count: int) -> Iterator[Line]:
    last = -(-count // PART_SIZE)
    parts_took, numbers, part_took, ids = asyncio.run(_peer(owner_url, last))
    cold, index = _timed(lambda: _get("/sitemap.xml"))
    again = median(_timed(lambda: _get("/sitemap.xml"))[0] for _ in range(TIMES))
    same = [int(each) for each in re.findall(r"/sitemaps/(\d+)\.xml", index)] == numbers
    note = f"{count:,} postings; peer: cut for each request"
    yield Line.of("sitemap: its index, when it is cut", cold, parts_took, agrees=same, note=note)
    yield Line.of("  for the next minute", again, parts_took, note="as cut")
    took = median(_timed(lambda: _get(f"/sitemaps/{last}.xml"))[0] for _ in range(TIMES))
    found = re.findall(r"/jobs/([0-9a-f-]{36})<", _get(f"/sitemaps/{last}.xml"))
    note = f"{len(found):,} addresses; peer: rows skipped in SQL, not written out"
    yield Line.of("  its last part", took, part_took, agrees=found == ids, note=note)
    took = median(_timed(lambda: _get("/sitemaps/2.xml"))[0] for _ in range(TIMES))
    yield Line("  a full part", took, note=f"{PART_SIZE:,} addresses")


async def _peer(owner_url: str, last: int) -> tuple[float, list[int], float, list[str]]:
    """Median seconds and answers of the two statements, through a connection of its own."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute("vacuum analyze postings")
    parts, rows = await _asked(connection, PARTS)
    part, found = await _asked(connection, PART, (last - 1) * PART_SIZE)
    await connection.close()
    return parts, [row[0] for row in rows], part, [row[0] for row in found]


async def _asked(connection: Any, query: str, *facts: Any) -> tuple[float, list[Any]]:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        rows = await connection.fetch(query, *facts)
        took.append(time.perf_counter() - began)
    return median(took), rows


def _get(path: str) -> str:
    text: str = urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=60).read().decode()
    return text


def _timed(work: Callable[[], str]) -> tuple[float, str]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made
