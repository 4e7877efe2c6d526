"""Where the parts of the sitemap are cut: kept by each process for a while, for cutting reads all that ever was public.

What is published meanwhile stands in the last part, or in the part of its id; a part never holds more than it may.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.context import Context
    from service.db.engine import Database
    from service.jobpages.repository import Part

KEPT_SECONDS = 60.0


@dataclass(slots=True)
class Cuts:
    """The parts that were found last, and until when they are good (the process's own clock)."""

    parts: Sequence[Part] = ()
    until: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


_KEPT: WeakKeyDictionary[Database, Cuts] = WeakKeyDictionary()


async def cuts(ctx: Context, size: int) -> Sequence[Part]:
    """The parts, of `size` postings each. One request cuts anew; those beside it get the cuts of before, if any."""
    kept = _KEPT.setdefault(ctx.database, Cuts())
    if kept.until > time.monotonic() or (kept.parts and kept.turn.locked()):
        return kept.parts
    async with kept.turn:
        if kept.until <= time.monotonic():
            async with ctx.uow() as uow:
                kept.parts = await uow.job_pages.parts(size)
            kept.until = time.monotonic() + KEPT_SECONDS
    return kept.parts
