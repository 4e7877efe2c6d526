"""Folders, processes and questions for the tests of the embedded database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from service.embedded import Endpoint
from service.embedded.processes import first_of, server_processes

REPOSITORY = Path(__file__).resolve().parents[2]

# a process that uses the database until its standard input ends
USER = """
import json, os, sys
from pathlib import Path
from service.embedded import ensure_running
end = ensure_running(Path(sys.argv[1]), timeout=60)
print(json.dumps({"supervisor": end.supervisor_pid, "url": end.app_url(), "uid": os.getuid()}), flush=True)
sys.stdin.read()
"""


def query(url: str, *statements: str) -> Any:
    """Run statements in one session; the single value that the last one returns."""

    async def run() -> Any:
        session = await asyncpg.connect(url, timeout=10)
        try:
            for statement in statements[:-1]:
                await session.execute(statement)
            return await session.fetchval(statements[-1])
        finally:
            await session.close()

    return asyncio.run(run())


def eventually(question: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until the question is answered with something true."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def postmaster(end: Endpoint) -> int:
    """Process number of the server."""
    pid = first_of(server_processes(end.home / "data"))
    assert pid is not None
    return pid


def kill(pid: int) -> None:
    """kill -9; a process that has just gone is killed enough."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """The environment for a process that imports the service."""
    packages = Path(asyncpg.__file__).parents[1]
    return {**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{packages}"}


def python_for(**popen: Any) -> str | None:
    """A Python that another account can run with this repository; the embedded database needs no package."""
    words = ["-c", "import sys, service.embedded.attach; sys.exit(sys.version_info < (3, 11))"]
    for program in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            if not subprocess.run([program, *words], cwd="/", env=environment(), check=False, **popen).returncode:
                return program
    return None


@contextmanager
def database_user(
    folder: Path, *, python: str = sys.executable, **popen: Any
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Another process that asks for the database and stays; yields it and what it found."""
    with start_user(folder, python=python, **popen) as child:
        try:
            yield child, heard(child)
        finally:
            child.kill()


def start_user(folder: Path, *, python: str = sys.executable, **popen: Any) -> subprocess.Popen[str]:
    """Start another process that asks for the database, without waiting for it."""
    return subprocess.Popen(
        [python, "-c", USER, str(folder)],
        cwd="/",
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **popen,
    )


def heard(child: subprocess.Popen[str]) -> dict[str, Any]:
    """What such a process says once the database is there."""
    assert child.stdout is not None
    assert child.stderr is not None
    line = child.stdout.readline()
    assert line, child.stderr.read()
    found: dict[str, Any] = json.loads(line)
    return found


def modes(path: Path) -> dict[Path, int]:
    """Mode of a folder and of each of its parents."""
    return {folder: folder.stat().st_mode for folder in (path, *path.parents)}


def supervisors(folder: Path) -> list[int]:
    """Process numbers of the supervisors of this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"service.embedded.supervisor" in words and os.fsencode(folder) in words:
            found.append(int(entry.parent.name))
    return found
