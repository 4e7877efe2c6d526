"""`make bench-http`: hot endpoints against a bare ASGI peer, on the same database, in the same run.

The peer does the same SQL (the service's own statements, token and idempotency look-ups included) and
nothing else. Rounds alternate; the ratio is of the medians. QUICK=1 makes it short.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from benchmarks import booking_sql, city_sql
from benchmarks.load import Outcome, drive
from service.db.migrate import role_of, upgrade
from service.embedded import ensure_running, stop
from service.settings import Settings

QUICK = bool(os.environ.get("QUICK"))
SIZES = city_sql.Sizes(20_000, 5_000) if QUICK else city_sql.Sizes(100_000, 20_000)
SECONDS = 2.0 if QUICK else 6.0
ROUNDS = 2 if QUICK else 4
CONNECTIONS = 16
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
GOALS = {"read a posting": 0.50, "list 20 near a point": 0.65, "book a seat": 0.65}
PORTS = {"service": 8701, "bare": 8702}


def requests(seed: int) -> dict[str, Callable[[], bytes]]:
    """Makers of random requests."""
    dice = random.Random(seed)

    def head(method: str, path: str, number: int, more: str = "") -> str:
        token = city_sql.TOKEN.format(number=number)
        return f"{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{more}"

    def read() -> bytes:
        path = f"/v1/postings/{city_sql.posting_id(dice.randint(1, SIZES.postings))}"
        return (head("GET", path, dice.randint(1, SIZES.workers)) + "\r\n").encode()

    def near() -> bytes:
        place = f"lon={121.2 + dice.random() * 0.6:.5f}&lat={31.0 + dice.random() * 0.5:.5f}"
        return (head("GET", f"/v1/postings?{place}", dice.randint(1, SIZES.workers)) + "\r\n").encode()

    def book() -> bytes:
        body = b'{"terms_version":1,"join_waitlist":false}'
        more = f"idempotency-key: {uuid4()}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        path = f"/v1/shifts/{city_sql.shift_id(dice.randint(1, SIZES.postings))}/claims"
        return (head("POST", path, dice.randint(1, SIZES.workers), more) + "\r\n").encode() + body

    return {"read a posting": read, "list 20 near a point": near, "book a seat": book}


def start(which: str, dsn: str, data_dir: Path) -> subprocess.Popen[bytes]:
    """One process of the service or of the peer."""
    env = os.environ | {
        "DSN": dsn,
        "STEPS": str(data_dir / "booking.pickle"),
        "POOL": "16",
        "DATABASE_URL": dsn,
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(data_dir),
        "LINGGONG_SECRET_KEY": KEY,
        "LINGGONG_PORT": str(PORTS["service"]),
        "LINGGONG_POOL_SIZE": "16",
        "LINGGONG_FLOOD_LIMIT_PER_MINUTE": "0",
    }
    bare = ["-m", "uvicorn", "benchmarks.bare:app", "--port", str(PORTS["bare"]), "--no-access-log"]
    bare += ["--loop", "uvloop", "--http", "httptools", "--log-level", "error"]
    words = ["-m", "service.cli.main", "serve"] if which == "service" else bare
    process = subprocess.Popen([sys.executable, *words], env=env, stdout=subprocess.DEVNULL)
    wait_for(PORTS[which])
    return process


def wait_for(port: int) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/postings/{city_sql.posting_id(1)}", timeout=2).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")


def measure() -> dict[str, dict[str, list[Outcome]]]:
    """Outcomes by endpoint and server, rounds alternating."""
    found: dict[str, dict[str, list[Outcome]]] = {}
    for name in GOALS:
        found[name] = {"bare": [], "service": []}
        for which in ("bare", "service"):
            drive(PORTS[which], requests(500 + (which == "bare"))[name], seconds=1.0, connections=CONNECTIONS)
        for number in range(ROUNDS):
            for which in ("bare", "service"):
                made = requests(1000 * (which == "bare") + number)[name]  # each books its own seats
                found[name][which].append(drive(PORTS[which], made, seconds=SECONDS, connections=CONNECTIONS))
    return found


def report(found: dict[str, dict[str, list[Outcome]]]) -> bool:
    """Print a row an endpoint; whether every goal is reached."""
    head = f"{'endpoint':22} {'bare/s':>8} {'service/s':>10} {'ratio':>6} {'goal':>5} {'p99 bare':>9} {'p99':>9}"
    print(f"{head} {'×':>5}  statuses")
    reached = True
    for name, sides in found.items():
        rate = {which: statistics.median(run.per_second for run in runs) for which, runs in sides.items()}
        tail = {which: statistics.median(run.quantile(0.99) for run in runs) * 1000 for which, runs in sides.items()}
        ratio, slower = rate["service"] / rate["bare"], tail["service"] / tail["bare"]
        reached = reached and ratio >= GOALS[name] and slower <= 3
        print(
            f"{name:22} {rate['bare']:8.0f} {rate['service']:10.0f} {ratio:6.2f} {GOALS[name]:5.2f}"
            f" {tail['bare']:7.2f}ms {tail['service']:7.2f}ms {slower:5.2f}"
            f"  bare {sides['bare'][-1].statuses} service {sides['service'][-1].statuses}"
        )
    return reached


def main() -> int:
    """Build the city, run both servers, print the ratios; 1 when a goal is missed."""
    folder = Path(tempfile.mkdtemp(prefix="linggong-bench-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        asyncio.run(upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url())))
        asyncio.run(city_sql.build(endpoint.owner_url(), SIZES))
        settings = Settings(env="test", data_dir=folder, DATABASE_URL=endpoint.app_url(), secret_key=KEY)
        steps = asyncio.run(booking_sql.record(settings, endpoint.app_url(), folder / "booking.pickle"))
        print(f"a booking is {steps} statements beside begin and commit")
        print(f"{SIZES.postings:,} postings, {SIZES.workers:,} workers; {CONNECTIONS} connections, one process each")
        servers = [start(which, endpoint.app_url(), folder) for which in ("bare", "service")]
        try:
            return 0 if report(measure()) else 1
        finally:
            for server in servers:
                server.terminate()
                server.wait()
    finally:
        stop(endpoint)


if __name__ == "__main__":
    sys.exit(main())
