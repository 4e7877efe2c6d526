"""Folders for databases: in memory where there is plenty, because every commit waits for the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 8 << 30  # bytes free: several clusters with a gigabyte of journal each, and room for everybody else


def room(name: str) -> Path:
    """A new folder that PostgreSQL's own account can reach, named after this process; its user removes it."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return _made(name, None)
    _sweep()
    return _made(name, MEMORY)


def _made(name: str, inside: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"linggong-{name}-{os.getpid()}-", dir=inside)).resolve()
    folder.chmod(0o755)
    return folder


def _sweep() -> None:
    """Memory that a run which was cut off has left behind is given back."""
    for left in MEMORY.glob("linggong-*-*-*"):
        owner = left.name.split("-")[2]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)
