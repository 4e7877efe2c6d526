"""Following the log: what it touched is looked at again, page by page, under the lock of the list's state row.

The log is read from the list's mark on; the mark itself moves only below the oldest running transaction, so that a
late commit is found by a later round. What lies above it is published as well, and looked at again then: looking at
an entity twice publishes nothing twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.feed.rules import NOUNS
from service.feed.values import State
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow

MOST_NEWS = 2_000
FIRST = UUID(int=0)
LogPlace = tuple[int, UUID]  # a transaction and a line of it


@dataclass(frozen=True, slots=True)
class Filled:
    """What one page of filling did: entries made, where the next begins; None when all is in."""

    entries: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Publisher:
    """One list: how it takes in what was there before it began, and what it makes of news (by noun)."""

    name: str
    fill: Callable[[Uow, State, datetime], Awaitable[Filled]]
    publish: Callable[[Uow, State, Mapping[str, set[UUID]], datetime], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Page:
    """What one page did. `after`: the place up to which it looked; `bound`: beyond it the mark may not move yet,
    because a transaction that ran when the round began may still commit there."""

    entries: int = 0
    more: bool = False
    after: LogPlace | None = None
    bound: LogPlace | None = None


def never() -> bool:
    """Nobody asks to stop."""
    return False


async def follow(ctx: Context, publisher: Publisher, *, wait: bool, stopping: Callable[[], bool] = never) -> int:
    """Publish all that is committed; the number of entries. Nothing where another process does (unless `wait`).

    Ends behind a page when `stopping` says so; the next round goes on from there.
    """
    plain, made, page = replace(ctx, once=None), 0, Page(more=True)
    while page.more and not stopping():
        page = await _page(plain, publisher, page, wait=wait)
        made += page.entries
    return made


async def _page(ctx: Context, publisher: Publisher, before: Page, *, wait: bool) -> Page:
    name = publisher.name
    async with ctx.uow() as uow:
        state = await uow.feed.lock_state(name, wait=wait)
        if state is None:
            return Page()
        now = await uow.now()
        if state.filled_at is None:
            filled = await publisher.fill(uow, state, now)
            await uow.feed.filled_to(name, filled.next or "", None if filled.next else now, now)
            return Page(filled.entries, more=True)
        mark, bound = (state.horizon, state.line), before.bound or (state.safe, FIRST)
        news = await uow.feed.news(max(before.after or mark, mark), NOUNS[name], MOST_NEWS)
        made = await publisher.publish(uow, state, news.touched, now)
        reached: LogPlace = min(news.last, bound) if news.full else bound
        await uow.feed.advance(name, max(reached, mark), local_day(now), now)
        return Page(made, news.full, news.last, bound)
