"""What a supervisor says: lines in its log, and its state in the endpoint file."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.embedded.cluster import SideFiles
from service.embedded.processes import identify
from service.embedded.sidefiles import write_facts

LOG_BYTES = 1_000_000


class Journal:
    """The supervisor's log and its published state; neither ever stops the supervisor."""

    def __init__(self, files: SideFiles) -> None:
        self.files = files
        self._facts: dict[str, Any] = {}
        self._written: tuple[int, ...] = ()
        self.log = _open(files.log)

    def say(self, line: str) -> None:
        """Write one line to the log; a long log is put aside first, one old one is kept."""
        if os.fstat(self.log).st_size > LOG_BYTES:
            self._put_aside()
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        os.write(self.log, f"{stamp} [{os.getpid()}] {line}\n".encode(errors="replace"))

    def publish(self, state: str, **facts: object) -> None:
        """Tell all who read the endpoint file what state the server is in."""
        me = identify(os.getpid())
        self._facts = {
            "state": state,
            "supervisor": os.getpid(),
            "supervisor_started": me.started if me else 0,
            **facts,
        }
        self._write()

    def republish_if_changed(self) -> None:
        """Write the endpoint file again if somebody tore, changed or removed it."""
        if self._written != _print_of(self.files.endpoint):
            self.say("the endpoint file was changed or lost; writing it again")
            self._write()

    def _write(self) -> None:
        try:
            write_facts(self.files.endpoint, self._facts)
        except OSError as error:
            self.say(f"cannot write {self.files.endpoint}: {error}")
        self._written = _print_of(self.files.endpoint)

    def _put_aside(self) -> None:
        path = self.files.log
        try:
            path.replace(path.with_name(f"{path.name}.1"))
            fresh = _open(path)
        except OSError:
            return
        os.dup2(fresh, self.log, inheritable=False)
        os.close(fresh)


def last_words(path: Path, size: int = 1500) -> str:
    """The end of a log file, at most `size` bytes."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - size))
            return log.read().decode(errors="replace").strip()
    except OSError as error:
        return str(error)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _print_of(path: Path) -> tuple[int, ...]:
    try:
        facts = path.stat()
    except OSError:
        return ()
    return (facts.st_ino, facts.st_size, facts.st_mtime_ns)
