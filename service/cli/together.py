"""`linggong run`: database, schema, demo city, API and jobs on one machine, kept alive and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from types import FrameType

from service.settings import Settings
from service.startup import find_database

READY_WAIT_SECONDS = 60.0


def run_together(settings: Settings, *, demo: bool) -> int:
    """Start everything, print the addresses, wait. A child that dies is started again."""
    started = time.monotonic()
    found = find_database(settings)
    if found.embedded:
        print(f"Database: embedded PostgreSQL in {settings.data_dir}", flush=True)
    done = _call("migrate")
    if done != 0:
        return done
    children = {name: _start(name) for name in ("serve", "jobs")}
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)
        for child in children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if _wait_ready(settings, children, stopping):
        if demo and settings.env == "development":
            _call("seed-demo")
        _say_where(settings, time.monotonic() - started)
    while not stopping:
        time.sleep(0.5)
        for name, child in list(children.items()):
            if child.poll() is not None and not stopping:
                print(f"linggong: {name} ended with {child.returncode}; starting it again", file=sys.stderr)
                time.sleep(1)
                children[name] = _start(name)
    return max((child.wait() for child in children.values()), default=0)


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "service.cli.main", name]


def _call(name: str) -> int:
    return subprocess.run(_command(name), check=False).returncode


def _start(name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(_command(name), env=os.environ.copy(), start_new_session=True)


def _wait_ready(settings: Settings, children: dict[str, subprocess.Popen[bytes]], stopping: list[int]) -> bool:
    limit = time.monotonic() + READY_WAIT_SECONDS
    while time.monotonic() < limit and not stopping:
        if children["serve"].poll() is not None:
            print("linggong: the service did not start; see the lines above", file=sys.stderr)
            return False
        try:
            with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False


def _say_where(settings: Settings, seconds: float) -> None:
    print(
        f"\nReady in {seconds:.1f} s\n  Front page   {settings.base_url}/\n  API pages    {settings.base_url}/docs\n"
        "  Stop with Ctrl-C.\n",
        flush=True,
    )
