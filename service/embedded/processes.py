"""Questions about other processes: is it still the same one, is it really postgres on this directory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be confused with a later one of the same number (where /proc exists)."""

    pid: int
    started: int

    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        if self.pid <= 0:
            return False
        now = identify(self.pid)
        return now is not None and (now.started == self.started or 0 in (now.started, self.started))


def identify(pid: int) -> Identity | None:
    """The identity of a running process; None when there is none or it is a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except (PermissionError, OverflowError):
        pass
    if not PROC.joinpath("self").exists():
        return Identity(pid, 0)
    try:
        fields = PROC.joinpath(str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else Identity(pid, int(fields[19]))


def server_processes(data: Path) -> list[int]:
    """Numbers of all processes that are postgres working in this data directory.

    A server process makes the data directory its working folder, so the kernel's word on executable
    and folder is better than any pid file. Without /proc only the postmaster is found.
    """
    where = os.path.realpath(data)
    if not PROC.joinpath("self").exists():
        return named_in_pid_file(where)
    return [pid for pid in _numbers() if _is_server(pid, where)]


def named_in_pid_file(where: str) -> list[int]:
    """The process that the data directory's pid file names, if its command line confirms it (macOS)."""
    try:
        with open(os.path.join(where, "postmaster.pid"), encoding="ascii") as file:
            pid = int(file.readline())
        shown = subprocess.run(
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    except (OSError, ValueError):
        return []
    program, _, options = shown.partition(" -D ")
    return [pid] if os.path.basename(program) == "postgres" and options.startswith(where) else []


def _numbers() -> list[int]:
    try:
        return [int(name) for name in os.listdir(PROC) if name.isdigit()]
    except OSError:
        return []


def _is_server(pid: int, where: str) -> bool:
    try:
        folder = os.readlink(f"/proc/{pid}/cwd")
        program = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return False
    # after an upgrade of the programs the kernel adds " (deleted)" to the old name
    return folder == where and os.path.basename(program).split(" ")[0] == "postgres"


def workers_of(postmaster: int, *titles: str) -> frozenset[int] | None:
    """The living children of a server's first process that bear one of these titles; None without /proc."""
    try:
        words = PROC.joinpath(str(postmaster), "task", str(postmaster), "children").read_text(encoding="ascii")
    except OSError:
        return None
    wanted = tuple(f"postgres: {title} ".encode() for title in titles)
    return frozenset(pid for pid in map(int, words.split()) if _title(pid).startswith(wanted))


def _title(pid: int) -> bytes:
    """What a process calls itself; a zombie has no title any more."""
    try:
        return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ") + b" "
    except OSError:
        return b""


def first_of(pids: list[int]) -> int | None:
    """The process among `pids` whose parent is not among them: the postmaster, if it still lives."""
    if not PROC.joinpath("self").exists():
        return next(iter(pids), None)
    for pid in pids:
        try:
            text = PROC.joinpath(str(pid), "stat").read_text(errors="replace")
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) not in pids:
            title = PROC.joinpath(str(pid), "cmdline").read_bytes()
            if not title.startswith(b"postgres:"):
                return pid
    return None


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_gone(data: Path, seconds: float) -> bool:
    """Wait until no server process works in `data`; whether that came true in time."""
    deadline = time.monotonic() + seconds
    while server_processes(data):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True
