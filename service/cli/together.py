"""`linggong run`: database, schema, demo city, API and jobs on one machine, kept alive and stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import FrameType

from service.settings import Settings, UnsafeSettings
from service.startup import find_database

READY_WAIT_SECONDS = 600  # compiling once on a slow machine, filling the pools of a large city
MOST_DEATHS = 20
DEATHS_WITHIN_SECONDS = 60.0


def run_together(settings: Settings, *, demo: bool) -> int:
    """Start everything, print the addresses, wait. A child that dies is started again; Ctrl-C stops them all."""
    started = time.monotonic()
    children: dict[str, subprocess.Popen[bytes]] = {}
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)
        _say_stopping(len(stopping))
        for child in children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    check_port_free(settings)
    found = find_database(settings)
    if found.embedded:
        print(f"Database: embedded PostgreSQL in {settings.data_dir}", flush=True)
    done = _call("migrate", stopping)
    if done != 0 or stopping:
        return _stopped() if stopping else done
    for name in ("serve", "jobs"):
        children[name] = _start(name)
    if demo and settings.env == "development":
        _call("seed-demo", stopping)  # while the service comes up
    if _wait_ready(settings, children, stopping):
        _say_where(settings, time.monotonic() - started)
    _keep_up(children, stopping)
    return _stopped(max((_outcome(child.wait()) for child in children.values()), default=0))


def check_port_free(settings: Settings) -> None:
    """Raise UnsafeSettings before anything starts when somebody else listens there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            where = f"{settings.host}:{settings.port}"
            raise UnsafeSettings(
                [f"something listens on {where} already; stop it, or choose another port with LINGGONG_PORT"]
            ) from None


def _say_stopping(times: int) -> None:
    """Said at once, past the buffers: a signal may come in the middle of another line."""
    said = "stopping: what has begun is finished first (Ctrl-C again: at once)" if times == 1 else "stopping at once"
    os.write(sys.stdout.fileno(), f"\nlinggong: {said}\n".encode())


def _stopped(code: int = 0) -> int:
    print("linggong: stopped" if code == 0 else f"linggong: stopped, with exit code {code}", flush=True)
    return code


def _outcome(code: int) -> int:
    """A child that was asked to stop before it could listen has ended as it should."""
    return 0 if code == -signal.SIGTERM else abs(code)


def _keep_up(children: dict[str, subprocess.Popen[bytes]], stopping: list[int]) -> None:
    """Start again what dies; what ends by itself again and again is given up: nobody should watch a loop of errors.

    Who is killed with -9 has done nothing wrong, however often it happens.
    """
    deaths: list[float] = []
    while not stopping:
        time.sleep(0.5)
        for name, child in list(children.items()):
            if child.poll() is not None and not stopping:
                deaths = [moment for moment in deaths if time.monotonic() - moment < DEATHS_WITHIN_SECONDS]
                if child.returncode != -signal.SIGKILL:
                    deaths.append(time.monotonic())
                if len(deaths) > MOST_DEATHS:
                    print(f"linggong: {name} keeps ending with {child.returncode}; giving up", file=sys.stderr)
                    os.kill(os.getpid(), signal.SIGTERM)
                    break
                print(f"linggong: {name} ended with {child.returncode}; starting it again", file=sys.stderr)
                time.sleep(1)
                if not stopping:
                    children[name] = _start(name)


def _call(name: str, stopping: list[int]) -> int:
    """Run one command to its end, or to ours. It has a session of its own, so that Ctrl-C reaches us alone."""
    child = _start(name)
    while child.poll() is None:
        if stopping:
            child.terminate()
        time.sleep(0.05)
    return child.returncode


def _start(name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "service.cli.main", name]
    return subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)


def _wait_ready(settings: Settings, children: dict[str, subprocess.Popen[bytes]], stopping: list[int]) -> bool:
    limit, pause = time.monotonic() + READY_WAIT_SECONDS, 0.1
    while time.monotonic() < limit and not stopping:
        if children["serve"].poll() is not None:
            print("linggong: the service did not start; see the lines above", file=sys.stderr)
            return False
        try:
            with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(pause)
            pause = min(3.0, pause * 1.3)  # each question is a line of the log
    return False


def _say_where(settings: Settings, seconds: float) -> None:
    """The last words before the log: where to go next."""
    lines = [
        f"Ready in {seconds:.1f} s",
        f"  Front page    {settings.base_url}/",
        f"  API pages     {settings.base_url}/docs",
        f"  Contract      {settings.base_url}/openapi.json",
    ]
    if settings.env == "development":
        lines.append("  Codes         one-time codes appear below: [sms] <phone>  >>> code <<<")
    if not settings.is_production:
        lines.append("  The story     .venv/bin/linggong demo (in a second terminal)")
    print("\n" + "\n".join([*lines, "  Stop          Ctrl-C"]) + "\n", flush=True)
