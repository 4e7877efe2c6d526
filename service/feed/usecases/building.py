"""Building the feed: what the log touched is read again, and an entry made only where the public content differs.

One page is one transaction under the lock of the state row. The log is read from the builder's mark on; the mark
itself moves only below the oldest running transaction, so that a late commit is found by a later round. What lies
above it is published as well, and looked at again then: reading an entity twice makes no second entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.feed.lines import put_line, removal_line
from service.feed.rules import ERASED, KINDS, MODULUS, PUBLIC, codes_of, slot_of
from service.feed.tallying import place_cell, slot_cell
from service.feed.values import Held, State, Truth
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow

MOST_NEWS = 2_000
CHUNK = 500
FIRST = UUID(int=0)
Change = tuple[str, int, int]


Place = tuple[int, UUID]  # in the log: a transaction and a line of it


@dataclass(frozen=True, slots=True)
class Page:
    """What one page did. `after`: the place up to which it looked; `bound`: beyond it the mark may not move yet,
    because a transaction that ran when the round began may still commit there."""

    entries: int = 0
    more: bool = False
    after: Place | None = None
    bound: Place | None = None


async def build(ctx: Context, *, wait: bool = False) -> int:
    """Publish all that is committed; the number of entries. Nothing where another process builds (unless `wait`)."""
    plain, made, page = replace(ctx, once=None), 0, Page(more=True)
    while page.more:
        page = await _page(plain, page, wait=wait)
        made += page.entries
    return made


async def _page(ctx: Context, before: Page, *, wait: bool) -> Page:
    async with ctx.uow() as uow:
        state = await _lock(uow, wait=wait)
        if state is None:
            return Page()
        now = await uow.now()
        if state.filled_at is None:
            return await _fill(uow, state, now)
        mark, bound = (state.horizon, state.line), before.bound or (state.safe, FIRST)
        news = await uow.feed.news(max(before.after or mark, mark), MOST_NEWS)
        book = Book(uow, state.seq, now)
        await _publish_touched(uow, book, state, news.touched)
        reached: Place = min(news.last, bound) if news.full else bound
        await uow.feed.advance(max(reached, mark), local_day(now), now)
        return Page(book.made, news.full, news.last, bound)


async def _publish_touched(uow: Uow, book: Book, state: State, news: dict[str, set[UUID]]) -> None:
    touched, day = await uow.feed.touched(news), local_day(book.now)
    if state.day is not None and state.day != day:
        touched["supply"] |= await uow.feed.papers_ending(state.day, day)
    for kind in KINDS:
        await book.publish(kind, sorted(touched[kind]))


async def _lock(uow: Uow, *, wait: bool) -> State | None:
    state = await uow.feed.lock_state(wait=wait)
    if state is None and await uow.feed.state() is None:
        await uow.feed.begin(await uow.now())
        state = await uow.feed.lock_state(wait=wait)
    return state


async def _fill(uow: Uow, state: State, now: datetime) -> Page:
    """The next of what was public before the feed began; by kind, then id."""
    kind, _, last = (state.filling or KINDS[0]).partition("/")
    ids = await uow.feed.public_after(kind, UUID(last) if last else FIRST, CHUNK)
    book = Book(uow, state.seq, now)
    await book.publish(kind, ids)
    if len(ids) == CHUNK:
        await uow.feed.filled_to(f"{kind}/{ids[-1]}", None, now)
    elif kind != KINDS[-1]:
        await uow.feed.filled_to(KINDS[KINDS.index(kind) + 1], None, now)
    else:
        await uow.feed.filled_to("", now, now)
    return Page(book.made, more=True)


class Book:
    """Entries of one transaction, numbered on from the last."""

    def __init__(self, uow: Uow, seq: int, now: datetime):
        self._uow, self.now = uow, now
        self._seq = self._first = seq
        self._codes: str | None = None
        self.written, self.removed = 0, 0

    @property
    def made(self) -> int:
        """How many entries."""
        return self._seq - self._first

    async def publish(self, kind: str, ids: Sequence[UUID]) -> None:
        """Look at each entity again and say what is new about it."""
        for start in range(0, len(ids), CHUNK):
            await self._publish(kind, ids[start : start + CHUNK])

    async def _publish(self, kind: str, ids: Sequence[UUID]) -> None:
        feed = self._uow.feed
        truths = await feed.truths(kind, ids, local_day(self.now))
        held = await feed.held(kind, ids)
        puts = [each for each in ids if each in truths and _differs(truths[each], held.get(each))]
        gone = [each for each in ids if each not in truths and each in held and held[each].digest is not None]
        entries = await self._puts(kind, puts, truths, held) + await self._removals(kind, gone, held)
        if entries:
            changes = [*_added(kind, puts, truths), *_taken(kind, [*puts, *gone], held)]
            await feed.append(entries, changes)

    async def _puts(
        self, kind: str, ids: Sequence[UUID], truths: dict[UUID, Truth], held: dict[UUID, Held]
    ) -> list[dict[str, Any]]:
        new = [each for each in ids if each not in held]
        suppliers = await self._uow.feed.suppliers(kind, new) if new else {}
        codes = await self._codes_now() if ids else ""
        made = []
        for each in ids:
            truth, before = truths[each], held.get(each)
            origin = suppliers.get(each) if before is None else before.origin
            entry = self._entry(kind, each, truth, before, origin)
            line = put_line(entry["seq"], kind, each, self.now, truth.digest, codes, truth.body)
            made.append(entry | {"removed": False, "urgent": False, "digest": truth.digest, "line": line})
        self.written += len(made)
        return made

    async def _removals(self, kind: str, ids: Sequence[UUID], held: dict[UUID, Held]) -> list[dict[str, Any]]:
        causes = await self._uow.feed.causes(kind, ids, sorted(PUBLIC[kind])) if ids else {}
        made = []
        for each in ids:
            cause, urgent = causes.get(each, (ERASED, True))
            entry = self._entry(kind, each, held[each], held[each], held[each].origin)
            line = removal_line(entry["seq"], kind, each, self.now, cause, urgent=urgent)
            made.append(entry | {"removed": True, "urgent": urgent, "digest": None, "line": line})
        self.removed += len(made)
        return made

    def _entry(
        self, kind: str, each: UUID, said: Truth | Held, before: Held | None, origin: str | None
    ) -> dict[str, Any]:
        self._seq += 1
        return {
            "seq": self._seq,
            "prev_seq": before.seq if before else None,
            "kind": kind,
            "entity_id": each,
            "slot": slot_of(each),
            "city_code": said.city_code,
            "state": said.state,
            "trades": said.trades,
            "places": said.places,
            "origin": origin,
            "at": self.now,
        }

    async def _codes_now(self) -> str:
        if self._codes is None:
            self._codes = codes_of(await self._uow.feed.code_lists())
        return self._codes


def _differs(truth: Truth, held: Held | None) -> bool:
    return held is None or held.digest != truth.digest


def _added(kind: str, ids: Iterable[UUID], truths: dict[UUID, Truth]) -> Iterable[Change]:
    for each in ids:
        yield from _cells(kind, each, truths[each], truths[each].digest, 1)


def _taken(kind: str, ids: Iterable[UUID], held: dict[UUID, Held]) -> Iterable[Change]:
    for each in ids:
        before = held.get(each)
        if before is not None and before.digest is not None:
            yield from _cells(kind, each, before, before.digest, -1)


def _cells(kind: str, each: UUID, said: Truth | Held, digest: bytes, sign: int) -> Iterable[Change]:
    amount = sign * int.from_bytes(digest) % MODULUS
    yield place_cell(kind, said.city_code, said.state), sign, amount
    yield slot_cell(slot_of(each)), sign, amount
