"""Building the feed: entries of what became, changed or ceased to be public; and looking at everything again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.feed.book import CHUNK, Book
from service.feed.following import FIRST, Filled, Publisher, follow, never
from service.feed.rules import CONTENT, KINDS
from service.feed.values import State
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow


async def build(ctx: Context, *, wait: bool = False, stopping: Callable[[], bool] = never) -> int:
    """Publish all that is committed; the number of entries. Nothing where another process builds (unless `wait`)."""
    return await follow(ctx, Publisher(CONTENT, _fill, _publish), wait=wait, stopping=stopping)


async def _publish(uow: Uow, state: State, news: Mapping[str, set[UUID]], now: datetime) -> int:
    touched, day = await uow.feed.touched(news), local_day(now)
    if state.day is not None and state.day != day:
        touched["supply"] |= await uow.feed.papers_ending(state.day, day)
    book = Book(uow, state.seq, now)
    for kind in KINDS:
        await book.publish(kind, sorted(touched[kind]))
    return book.made


async def _fill(uow: Uow, state: State, now: datetime) -> Filled:
    """The next of what was public before the feed began; by kind, then id."""
    kind, _, last = (state.filling or KINDS[0]).partition("/")
    ids = await uow.feed.public_after(kind, UUID(last) if last else FIRST, CHUNK)
    book = Book(uow, state.seq, now)
    await book.publish(kind, ids)
    if len(ids) == CHUNK:
        return Filled(book.made, f"{kind}/{ids[-1]}")
    return Filled(book.made, KINDS[KINDS.index(kind) + 1] if kind != KINDS[-1] else None)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a look at everything found: entries of content and removals that mended a difference, cells whose tally
    was another than its entries add up to."""

    looked_at: int
    written: int
    removed: int
    cells: tuple[str, ...]


async def rebuild(ctx: Context) -> Rebuilt:
    """Compare everything that is public, and everything that the log holds as public, with each other.

    Differences are mended by new entries, so that every copy hears of them; wrong tallies are set right.
    """
    await build(ctx, wait=True)
    plain, looked, written, removed = replace(ctx, once=None), 0, 0, 0
    for kind in KINDS:
        last: UUID | None = FIRST
        while last is not None:
            async with plain.uow() as uow:
                state = await uow.feed.lock_state(CONTENT, wait=True)
                ids = await uow.feed.everything_after(kind, last, CHUNK)
                book = Book(uow, state.seq if state else 0, await uow.now())
                await book.publish(kind, ids)
            looked, written, removed = looked + len(ids), written + book.written, removed + book.removed
            last = ids[-1] if len(ids) == CHUNK else None
    async with plain.uow() as uow:
        await uow.feed.lock_state(CONTENT, wait=True)
        cells = await uow.feed.mend_tallies()
    return Rebuilt(looked, written, removed, tuple(cells))
