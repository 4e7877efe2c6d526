"""What an API process makes ready before it says that it is: names, compiled kernels, people and shifts in memory.

Requests are answered meanwhile, by the database where the pools are not filled yet; only /readyz waits.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

import matching
from service.listings.rules import suggesting
from service.reference import naming
from service.worktime import SHANGHAI

if TYPE_CHECKING:
    from service.context import Context

log = structlog.get_logger("preparing")
CACHE = "NUMBA_CACHE_DIR"


def keep_kernels(data_dir: Path) -> None:
    """Say where compiled kernels are kept, before anything compiles; an operator's own choice stands.

    The folder is named after the text of the library: the compiler looks only at the file of the function that it
    was asked for, not at those which that one calls.
    """
    digest = sha256()
    for path in sorted(Path(matching.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    folder = data_dir.resolve() / "kernels" / digest.hexdigest()[:12]
    os.environ.setdefault(CACHE, str(folder))


class Preparing:
    """The work before an API process is ready, and how far it is."""

    def __init__(self, ctx: Context):
        self._ctx = ctx
        self._work: asyncio.Task[None] | None = None
        self.names = False
        self.kernels = False

    def start(self) -> None:
        """Begin, beside the requests."""
        self._work = asyncio.create_task(self._prepare())

    async def stop(self) -> None:
        """End what runs; a thread that compiles is waited for."""
        if self._ctx.pools is not None:
            await self._ctx.pools.stop()
        if self._work is not None:
            with suppress(Exception, asyncio.CancelledError):
                await self._work

    @property
    def pools(self) -> bool:
        """Whether people and shifts are in memory, or need not be."""
        return self._ctx.pools is None or self._ctx.pools.ready

    @property
    def done(self) -> bool:
        """Whether nothing is left to wait for."""
        return self.names and self.kernels and self.pools

    async def _prepare(self) -> None:
        await asyncio.to_thread(naming.prepare)
        await asyncio.to_thread(suggesting.prepare)
        await asyncio.to_thread(self._ctx.rulebook().prepare, datetime.now(SHANGHAI).date())
        self.names = True
        if self._ctx.pools is None:
            self.kernels = True
            return
        try:
            await asyncio.to_thread(_compile)
        except Exception:
            log.error("kernels_not_compiled", exc_info=True)  # the slow paths answer the same
        self.kernels = True
        self._ctx.pools.start()
        await self._ctx.pools.wait()


def _compile() -> None:
    """Half a minute once; later starts read what was kept."""
    if not Path(os.environ[CACHE]).exists():
        log.info("kernels_compiling", note="once after an update, about a minute", folder=os.environ[CACHE])
    from matching import assign, pool

    pool.prepare()
    assign.prepare()
