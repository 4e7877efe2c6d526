"""The parent's end of the reading process: start it, take its rows in portions, never leave it behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from service.imports.refusals import FileRefused

LONGEST_LINE = 2 * 1024 * 1024  # a row of 131,072 code points in UTF-8, and its reasons; twice this is buffered
_TOO_LONG = {-int(number) for name in ("SIGXCPU",) if (number := getattr(signal, name, None)) is not None}
_KEPT_NAMES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
_ROOT = Path(__file__).parents[2]


class ReadingBroke(Exception):
    """The process ended without its last line: killed, or out of memory. The same file may be tried again."""


class Reading:
    """Rows as they come; `total` is known once the first portion was asked for."""

    def __init__(self, process: Process):
        self._process = process
        self.total: int | None = None
        self.end: Mapping[str, Any] | None = None

    async def portions(self, most: int) -> AsyncIterator[Sequence[dict[str, Any]]]:
        """Up to `most` rows at a time, in the order of the file. Afterwards `end` says how the file ended.

        Raises ReadingBroke, and FileRefused `file_takes_too_long` for a file beyond all patience.
        """
        portion: list[dict[str, Any]] = []
        while True:
            line = await self._line()
            if "total" in line:
                self.total = int(line["total"])
                continue
            if "end" in line:
                self.end = line["end"]
                break
            portion.append(line)
            if len(portion) == most:
                yield portion
                portion = []
        if portion:
            yield portion

    async def _line(self) -> dict[str, Any]:
        stream = self._process.stdout
        raw = await stream.readline() if stream is not None else b""
        if raw:
            line: dict[str, Any] = orjson.loads(raw)
            return line
        if await self._process.wait() in _TOO_LONG:
            raise FileRefused("file_takes_too_long")
        raise ReadingBroke(f"ended with {self._process.returncode}")


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the reading process gets of our environment: no key and no address, for its input is hostile."""
    return {name: ours[name] for name in _KEPT_NAMES if name in ours} | {"PYTHONPATH": str(_ROOT)}


@asynccontextmanager
async def reading(task: Mapping[str, Any]) -> AsyncIterator[Reading]:
    """A running reader for `task` (see reading_process); it is gone when the body is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.imports.reading_process"),
        stdin=PIPE,
        stdout=PIPE,
        limit=LONGEST_LINE,
        env=environment(os.environ),
    )
    try:
        if process.stdin is not None:
            process.stdin.write(orjson.dumps(dict(task)))
            process.stdin.close()
        yield Reading(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
