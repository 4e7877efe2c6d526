"""Counts of a zone's columns, kept for some seconds: a hall full of screens asks for the same ones again and again."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from service.context import Context
from service.db.engine import Database
from service.zones.views import CountView

MOST_KEPT = 2_000  # answers of one process: zones times areas; the one asked for longest ago goes first


@dataclass(slots=True)
class Kept:
    """What was counted, when (business time), and until when it is good (the process's own clock)."""

    counts: list[CountView]
    at: datetime
    until: float


@dataclass(slots=True)
class Shelf:
    """The answers of one database, the latest asked last; whoever counts what nobody has counted yet."""

    kept: OrderedDict[Hashable, Kept] = field(default_factory=OrderedDict)
    counting: dict[Hashable, asyncio.Lock] = field(default_factory=dict)

    def good(self, key: Hashable, seconds: float) -> Kept | None:
        """The answer there is; nothing when it is too old and this caller is the one who counts anew."""
        found, clock = self.kept.get(key), time.monotonic()
        if found is None:
            return None
        self.kept.move_to_end(key)
        if found.until > clock:
            return found
        found.until = clock + seconds  # the others get what there was meanwhile
        return None

    def keep(self, key: Hashable, made: Kept) -> None:
        """The newest answer."""
        self.kept[key] = made
        self.kept.move_to_end(key)
        while len(self.kept) > MOST_KEPT:
            self.kept.popitem(last=False)


_SHELVES: WeakKeyDictionary[Database, Shelf] = WeakKeyDictionary()


async def counted(
    ctx: Context, key: Hashable, now: datetime, count: Callable[[], Awaitable[list[CountView]]]
) -> tuple[list[CountView], datetime]:
    """The counts of a question and their moment; asked again when they are older than the setting allows.

    One request counts; the others get what there was, or wait for the first answer there is.
    """
    seconds = ctx.settings.zone_counts_seconds
    if not seconds:
        return await count(), now
    shelf = _SHELVES.setdefault(ctx.database, Shelf())
    if key in shelf.kept:
        found = shelf.good(key, seconds)
        return (found.counts, found.at) if found else await _count(shelf, key, now, count, seconds)
    lock = shelf.counting.setdefault(key, asyncio.Lock())
    try:
        async with lock:
            found = shelf.good(key, seconds)
            return (found.counts, found.at) if found else await _count(shelf, key, now, count, seconds)
    finally:
        if not lock.locked():
            shelf.counting.pop(key, None)


async def _count(
    shelf: Shelf, key: Hashable, now: datetime, count: Callable[[], Awaitable[list[CountView]]], seconds: float
) -> tuple[list[CountView], datetime]:
    made = Kept(await count(), now, time.monotonic() + seconds)
    shelf.keep(key, made)
    return made.counts, made.at
