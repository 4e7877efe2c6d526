"""Rankings through HTTP over a city of a million people in the database: filling the pools, then asking.

No peer does the same work; what is compared is the list from memory with the list that the database gives.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks import city_sql
from benchmarks.line import Line
from benchmarks.load import Outcome, drive
from service.db.migrate import role_of, upgrade
from service.embedded import ensure_running, stop

FULL, QUICK = city_sql.Sizes(20_000, 1_000_000), city_sql.Sizes(5_000, 50_000)
PORT = 8703
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
TOKEN = "lga_bench_officer_" + "0" * 29
COMPARED = 12
PACE = 100  # requests a second over all connections: the latency of a service that is not run into the ground
TRADES = ("dishwashing", "moving", "waiter", "packing", "unloading", "security_guard", "home_cleaning", "cook")
OFFICER = """
with made as (insert into staff (id, version, created_at, updated_at, state, username, display_name, password_hash,
    phone_sealed, phone_hash, role, regions)
    values (gen_random_uuid(), 1, now(), now(), 'active', 'bench', 'bench', '', '', '', 'officer', '["310000"]')
    returning id),
session as (insert into sessions (id, role, staff_id, channel, fresh_factor_at, created_at, renewed_at, idle_until,
    ends_at)
    select gen_random_uuid(), 'officer', id, 'api', now(), now(), now(), now() + interval '9 days',
           now() + interval '9 days' from made returning id)
insert into tokens (hash, session_id, kind, expires_at) select $1, id, 'access', now() + interval '9 days' from session
"""
HOMES = """
update workers set home_lon = 121.2 + random() * 0.6, home_lat = 31.0 + random() * 0.5, home_datum = 'wgs84',
    radius_m = 3000 + (random() * 9000)::int,
    weekly = (select jsonb_agg(jsonb_build_object('weekday', d, 'start', 0, 'end', 1440)) from generate_series(0, 6) d)
"""
SKILLS = """
insert into skills (id, version, created_at, updated_at, worker_id, trade, name, level)
select gen_random_uuid(), 1, now(), now(), w.id, t, t, 1 + (random() * 3)::int
from workers w cross join lateral (select ($1::text[])[1 + floor(random() * 8 + w.radius_m * 0)::int] as t) s
"""


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Seconds to fill, milliseconds an answer at 1 and 16 connections, and whether memory and database agree."""
    sizes = QUICK if quick else FULL
    folder = Path(tempfile.mkdtemp(prefix="linggong-ranked-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        asyncio.run(upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url())))
        asyncio.run(_build(endpoint.owner_url(), sizes))
        yield from _served(endpoint.app_url(), folder, sizes, seed)
    finally:
        stop(endpoint)


async def _build(owner_url: str, sizes: city_sql.Sizes) -> None:
    await city_sql.build(owner_url, sizes)
    connection = await asyncpg.connect(owner_url)
    await connection.execute("set synchronous_commit = off")
    await connection.execute(HOMES)
    await connection.execute(SKILLS, list(TRADES))
    await connection.execute(OFFICER, sha256(TOKEN.encode()).digest())
    await connection.execute("analyze")
    await connection.close()


def _served(dsn: str, folder: Path, sizes: city_sql.Sizes, seed: int) -> Iterator[Line]:
    began = time.perf_counter()
    server = _start(dsn, folder, pools=True)
    try:
        _wait_ready()
        many = f"{sizes.workers:,} people"
        yield Line("start with pools filled", time.perf_counter() - began, note=f"{many}, {sizes.postings:,} postings")
        drive(PORT, _asking(sizes, seed), seconds=2.0, connections=4)
        for connections, pace in ((1, None), (16, PACE), (16, None)):
            asking = _asking(sizes, seed + connections)
            run = drive(PORT, asking, seconds=6.0, connections=connections, per_second=pace)
            yield from _latency(run, connections, pace, many)
        listed = [_list(path) for path in _sample(sizes, seed)]
    finally:
        server.terminate()
        server.wait()
    server = _start(dsn, folder, pools=False)
    try:
        _wait_ready()
        again = [_list(path) for path in _sample(sizes, seed)]
    finally:
        server.terminate()
        server.wait()
    note = f"{COMPARED} lists from memory and from the database"
    yield Line("the same lists", float(len(listed)), unit="lists", agrees=listed == again, note=note)


def _latency(run: Outcome, connections: int, pace: int | None, many: str) -> Iterator[Line]:
    target = "≤1.5ms" if pace else ""
    note = f"{many}, top 20 of one shift, {run.per_second:,.0f}/s, statuses {run.statuses}"
    agrees = set(run.statuses) == {200}
    p50, p99 = run.quantile(0.5) * 1000, run.quantile(0.99) * 1000
    how = f"{connections} connections, {f'{pace}/s' if pace else 'as fast as it goes'}"
    yield Line(f"rank through HTTP, {how}, p50", p50, unit="ms", agrees=agrees, target=target, note=note)
    yield Line(f"rank through HTTP, {how}, p99", p99, unit="ms")


def _start(dsn: str, folder: Path, *, pools: bool) -> subprocess.Popen[bytes]:
    env = os.environ | {
        "DATABASE_URL": dsn,
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(folder),
        "LINGGONG_SECRET_KEY": KEY,
        "LINGGONG_PORT": str(PORT),
        "LINGGONG_POOL_SIZE": "16",
        "LINGGONG_FLOOD_LIMIT_PER_MINUTE": "0",
        "LINGGONG_POOLS": str(pools).lower(),
    }
    return subprocess.Popen([sys.executable, "-m", "service.cli.main", "serve"], env=env, stdout=subprocess.DEVNULL)


def _wait_ready() -> None:
    for _ in range(6000):
        try:
            told = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2).read())
        except urllib.error.HTTPError as early:
            told = json.loads(early.read())
        except OSError:
            told = {}
        if told.get("pools_filled") and told.get("kernels_prepared"):
            return
        time.sleep(0.1)
    raise TimeoutError("the pools were not filled in ten minutes")


def _path(number: int) -> str:
    return f"/v1/shifts/{city_sql.shift_id(number)}/candidates?limit=20"


def _asking(sizes: city_sql.Sizes, seed: int) -> Callable[[], bytes]:
    dice = random.Random(seed)

    def ask() -> bytes:
        head = f"GET {_path(dice.randint(1, sizes.postings))} HTTP/1.1\r\nhost: x\r\n"
        return f"{head}authorization: Bearer {TOKEN}\r\n\r\n".encode()

    return ask


def _sample(sizes: city_sql.Sizes, seed: int) -> list[str]:
    dice = random.Random(seed)
    return [_path(dice.randint(1, sizes.postings)) for _ in range(COMPARED)]


def _list(path: str) -> list[Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers={"authorization": f"Bearer {TOKEN}"})
    told = json.loads(urllib.request.urlopen(request, timeout=60).read())
    return [(match["worker_id"], match["distance_m"], _lasting(match["score"])) for match in told["matches"]]


def _lasting(score: dict[str, Any]) -> list[tuple[str, int]]:
    """Points by factor, without freshness: the two lists are asked for minutes apart."""
    return [(part["name"], part["points"]) for part in score["parts"] if part["name"] != "freshness"]
