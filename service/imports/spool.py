"""The folder where uploads wait on disk: random names, readable by the service only, gone when they are done.

It lies in the data folder, which the processes that take uploads and those that run the jobs share.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from service.imports.reading import detect
from service.imports.refusals import FileRefused
from service.imports.rows import ReadLimits
from service.settings import Settings

FOLDER = "spool"
KEPT_SECONDS = 86_400.0
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that waits: its name in the folder, SHA-256 and size in bytes."""

    name: str
    digest: bytes
    size: int


def folder_of(settings: Settings) -> Path:
    """The spool folder."""
    return Path(settings.data_dir).resolve() / FOLDER


def spool(folder: Path, upload: BinaryIO) -> Spooled:
    """Copy an upload to disk, look at what it is, and keep it. Blocking: call it in a thread.

    Raises FileRefused for what a first look shows (empty, too large, not JSON, CSV or xlsx); nothing is kept then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    path = folder / name
    try:
        digest, size = _copy(upload, path)
        detect(path, ReadLimits())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Spooled(name, digest, size)


def _copy(upload: BinaryIO, path: Path) -> tuple[bytes, int]:
    most, size, seen = ReadLimits().max_bytes, 0, hashlib.sha256()
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as out:
        while chunk := upload.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise FileRefused("file_too_large", most=most)
            seen.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())  # the row that names the file is durable; so must the file be
    return seen.digest(), size


def digest_of(path: Path) -> tuple[bytes, int]:
    """SHA-256 and size of a file that stays where it is."""
    seen, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            seen.update(chunk)
            size += len(chunk)
    return seen.digest(), size


def forget(folder: Path, name: str | None) -> None:
    """Remove a spooled file, if it is there."""
    if name:
        (folder / name).unlink(missing_ok=True)


def leftovers(folder: Path, now: float) -> list[str]:
    """Names of files older than a day."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_file() and _is_old(path, now))


def _is_old(path: Path, now: float) -> bool:
    try:
        return now - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return False


def sweep(folder: Path, wanted: Collection[str]) -> int:
    """Remove files older than a day that no import waits for: their upload or import broke off. How many."""
    gone = [name for name in leftovers(folder, time.time()) if name not in wanted]
    for name in gone:
        forget(folder, name)
    return len(gone)
