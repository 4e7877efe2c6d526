"""Counts of a zone's columns, kept for some seconds: a hall full of screens asks for the same ones again and again."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from service.context import Context
from service.db.engine import Database
from service.zones.views import CountView

MOST_KEPT = 2_000  # answers of one process: zones times areas


@dataclass(slots=True)
class Kept:
    """What was counted, when (business time), and until when it is good (the process's own clock)."""

    counts: list[CountView]
    at: datetime
    until: float


_KEPT: WeakKeyDictionary[Database, dict[Hashable, Kept]] = WeakKeyDictionary()


async def counted(
    ctx: Context, key: Hashable, now: datetime, count: Callable[[], Awaitable[list[CountView]]]
) -> tuple[list[CountView], datetime]:
    """The counts of a question and their moment; asked again when they are older than the setting allows.

    While one request counts anew the others get what there was.
    """
    seconds = ctx.settings.zone_counts_seconds
    if not seconds:
        return await count(), now
    kept = _KEPT.setdefault(ctx.database, {})
    found, clock = kept.get(key), time.monotonic()
    if found is not None:
        if found.until > clock:
            return found.counts, found.at
        found.until = clock + seconds
    made = Kept(await count(), now, time.monotonic() + seconds)
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = made
    return made.counts, made.at
