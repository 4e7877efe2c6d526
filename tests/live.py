"""The service as real processes on a real port, for tests that must cross a socket or survive a kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

import httpx2

from tests.nursery import Forked

KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process(Protocol):
    """What tests ask of a running process."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def kill(self) -> None: ...
    def send_signal(self, number: int, /) -> None: ...


def started(words: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | int) -> Process:
    """`linggong WORDS` as a process of its own session, from the nursery."""
    if output == subprocess.DEVNULL:
        with open(os.devnull, "wb") as nowhere:
            return Forked(words, environment, nowhere.fileno())
    return Forked(words, environment, output if isinstance(output, int) else output.fileno())


@dataclass
class Live:
    """`serve` and `jobs` with one environment; each can be killed and started again."""

    environment: dict[str, str]
    processes: dict[str, Process] = field(default_factory=dict)
    output: IO[bytes] | int = subprocess.DEVNULL

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.environment['LINGGONG_PORT']}"

    def start(self, name: str) -> None:
        """`serve` or `jobs`; further ones of a kind have a number behind (`jobs2`)."""
        self.processes[name] = started([name.rstrip("0123456789")], self.environment, self.output)

    def kill(self, name: str) -> None:
        """kill -9, then wait for the body."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        """Ask politely, then insist."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_ready(self, seconds: float = 120, *, revive: bool = False) -> None:
        """Until /readyz says yes; patient, because a busy machine starts slowly. `revive`: who was killed starts again.

        Raises TimeoutError with the last that was heard and how the processes ended.
        """
        limit, heard = time.monotonic() + seconds, "nothing"
        while time.monotonic() < limit:
            for name in [name for name, process in self.processes.items() if revive and process.poll() is not None]:
                self.start(name)
            try:
                answer = httpx2.get(f"{self.base}/readyz", timeout=5)
                if answer.status_code == 200:
                    return
                heard = answer.text
            except httpx2.HTTPError as error:
                heard = repr(error)
            time.sleep(0.05)
        ended = {name: process.poll() for name, process in self.processes.items()}
        raise TimeoutError(f"the service did not become ready: {heard}; exit codes {ended}")

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command of `linggong` in this environment, to its end."""
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            code = Forked(words, self.environment, output.fileno(), errors.fileno()).wait(600)
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(words, code, output.read(), errors.read())


@contextmanager
def live_service(
    urls: tuple[str, str],
    data_dir: Path,
    *,
    jobs: bool = True,
    migrated: bool = False,
    revive: bool = False,
    output: IO[bytes] | int = subprocess.DEVNULL,
    **more: Any,
) -> Iterator[Live]:
    """Both processes on the given database, ready; `migrated` brings its schema to the head first.

    `output` takes what they print; with `revive` a fault that kills
    them before they are ready only makes it take longer.
    """
    environment = dict(os.environ) | {
        "LINGGONG_ENV": "test",
        "LINGGONG_DATA_DIR": str(data_dir),
        "LINGGONG_PORT": str(free_port()),
        "LINGGONG_STOP_DELAY_SECONDS": "0.3",
        "LINGGONG_SECRET_KEY": KEY,
        "LINGGONG_CODES_LIFTED": "true",
        "LINGGONG_FLOOD_LIMIT_PER_MINUTE": "0",
        "LINGGONG_LOG_LEVEL": "error",
        "DATABASE_URL": urls[0],
        "DATABASE_OWNER_URL": urls[1],
    }
    live = Live(environment | {name: str(value) for name, value in more.items()}, output=output)
    if migrated:
        assert started(["migrate"], live.environment, output).wait() == 0
    try:
        live.start("serve")
        if jobs:
            live.start("jobs")
        live.wait_ready(revive=revive)
        yield live
    finally:
        live.stop()
