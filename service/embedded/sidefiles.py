"""Small files beside the cluster: written whole by rename, read without trust, and file locks."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.embedded.errors import InUse

RETRY_SECONDS = 0.02


def write_whole(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Replace `path` with `text` so that a reader sees the old file or the new one, never a part."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            os.fchmod(out.fileno(), mode)
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_facts(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None when the file is missing, torn or something else."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    """Write a JSON object by rename."""
    write_whole(path, json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n")


def lock_now(path: Path) -> int | None:
    """Take the exclusive lock on `path`; the open descriptor, or None when another holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def lock_within(path: Path, seconds: float) -> int:
    """Take the exclusive lock on `path`, trying for `seconds`.

    Raises InUse when another process keeps it.
    """
    deadline = time.monotonic() + seconds
    while (handle := lock_now(path)) is None:
        if time.monotonic() >= deadline:
            raise InUse(f"{path} is held by another process")
        time.sleep(RETRY_SECONDS)
    return handle


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock on `path` at this moment."""
    if not path.exists():
        return False
    handle = lock_now(path)
    if handle is None:
        return True
    os.close(handle)
    return False


@contextmanager
def tried_lock(path: Path) -> Iterator[bool]:
    """Hold the lock on `path` for the block if it is free; yields whether it was."""
    handle = lock_now(path)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)
