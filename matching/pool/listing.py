"""The posting lists of a whole pool at once, and the arrays they live in."""

from __future__ import annotations

import numpy as np

from matching.pool.compiled import Array, Rows, inlined, kernel
from matching.pool.grid import NOWHERE
from matching.pool.layout import ALIVE
from matching.pool.lists import (
    COUNTERS,
    EVERYBODY,
    LIST,
    LISTS_USED,
    LISTS_WASTED,
    MOST_RADIUS,
    POST,
    POSTS_USED,
    POSTS_WASTED,
    RUN,
    UNKNOWN_REL,
    everybody_key,
    home_cell,
    list_row,
    posting_key,
    radius_step,
    set_top,
    signature,
    unlist_row,
)


@kernel
def _count(hot: Array, cold: Array, claims: Array, order: Array, sizes: Array, cells: Array) -> int:
    """Postings and lists per kind, rows taken in the order of their cells; how many lists in all."""
    last_cell = np.full(len(sizes), -1, np.int64)
    total = 0
    for slot in order:
        cell = home_cell(hot[slot])
        first = cold[slot]["claims"]
        for place in range(-1, cold[slot]["n_claims"]):
            kind = 0 if place < 0 else (claims[first + place] >> 4) + 1
            sizes[kind] += 1
            if last_cell[kind] != cell:
                last_cell[kind] = cell
                cells[kind] += 1
                total += 1
    return total


@kernel
def _fill(hot: Array, cold: Array, claims: Array, order: Array, index: Rows, next_post: Array) -> None:
    """Lay the postings down; each kind's run fills from its start, cell after cell."""
    kinds, lists, posts, counters = index
    for slot in order:
        row = hot[slot]
        cell = home_cell(row)
        first = cold[slot]["claims"]
        mark, reach = signature(row), radius_step(row)
        counters[MOST_RADIUS] = max(counters[MOST_RADIUS], row["radius"])
        if row["rel"] < 0:
            counters[UNKNOWN_REL] = 1
        for place in range(-1, cold[slot]["n_claims"]):
            kind = 0 if place < 0 else (claims[first + place] >> 4) + 1
            run = kinds[kind]
            last = run["start"] + run["size"] - 1
            at = next_post[kind]
            if run["size"] == 0 or lists[last]["cell"] != cell:
                last += 1
                lists[last]["cell"], lists[last]["start"] = cell, at
                lists[last]["size"], lists[last]["room"] = 0, 0
                run["size"] += 1
            post = posts[at]
            post["slot"], post["radius"], post["mark"] = slot, reach, mark
            post["key"] = everybody_key(row) if place < 0 else posting_key(row, claims[first + place])
            next_post[kind] += 1
            lists[last]["size"] += 1
            lists[last]["room"] += 1


@kernel
def _sort(index: Rows, first: int, last: int, kind: int) -> None:
    """Put each list of [first, last) into falling order of keys, unless it is everybody's; note the tops."""
    _, lists, posts, _ = index
    for at in range(first, last):
        start, size = lists[at]["start"], lists[at]["size"]
        if kind != EVERYBODY and size > 24:
            order = np.argsort(-posts[start : start + size]["key"].astype(np.int64), kind="mergesort")
            held = posts[start : start + size].copy()
            for each in range(size):
                posts[start + each] = held[order[each]]
        elif kind != EVERYBODY:
            for each in range(start + 1, start + size):
                place = each
                while place > start and posts[place - 1]["key"] < posts[place]["key"]:
                    _swap(posts[place - 1], posts[place])
                    place -= 1
        set_top(lists[at], posts, kind)


@inlined
def _swap(one: Rows, other: Rows) -> None:
    one["slot"], other["slot"] = other["slot"], one["slot"]
    one["key"], other["key"] = other["key"], one["key"]
    one["radius"], other["radius"] = other["radius"], one["radius"]
    one["mark"], other["mark"] = other["mark"], one["mark"]


class Listing:
    """The arrays of the posting lists; grows them when a kernel asks for room."""

    def __init__(self, n_kinds: int = 0, lists: int = 64, posts: int = 64) -> None:
        self.kinds: Array = np.zeros(n_kinds + 1, RUN)
        self.lists: Array = np.zeros(lists, LIST)
        self.posts: Array = np.zeros(posts, POST)
        self.counters: Array = np.zeros(COUNTERS, np.int64)
        self.arrays: tuple[Array, ...] = ()
        self._gather()

    def _gather(self) -> None:
        self.arrays = (self.kinds, self.lists, self.posts, self.counters)

    @classmethod
    def of(cls, hot: Array, cold: Array, claims: Array, n_kinds: int, order: Array) -> Listing:
        """Everything at once; `order` are the live slots by cell."""
        sizes, cells = np.zeros(n_kinds + 1, np.int64), np.zeros(n_kinds + 1, np.int64)
        _count(hot, cold, claims, order, sizes, cells)
        listing = cls(n_kinds, int(cells.sum()) + 64, int(sizes.sum()) + 64)
        listing.kinds["start"] = np.cumsum(cells) - cells
        listing.kinds["room"] = cells
        listing.counters[LISTS_USED], listing.counters[POSTS_USED] = cells.sum(), sizes.sum()
        _fill(hot, cold, claims, order, listing.arrays, np.cumsum(sizes) - sizes)
        _sort(listing.arrays, 0, int(cells[EVERYBODY]), EVERYBODY)
        _sort(listing.arrays, int(cells[EVERYBODY]), int(cells.sum()), EVERYBODY + 1)
        return listing

    def know(self, n_kinds: int) -> None:
        """Make room for kinds of claim that were not there before."""
        if n_kinds + 1 > len(self.kinds):
            grown = np.zeros(max(n_kinds + 1, len(self.kinds) * 3 // 2), RUN)
            grown[: len(self.kinds)] = self.kinds
            self.kinds = grown
            self._gather()

    def enter(self, hot: Array, slot: int, claims: Array, first: int, count: int) -> None:
        while True:
            lists, posts = list_row(self.arrays, hot, slot, claims, first, count)
            if not (lists or posts):
                return
            self._grow(lists, posts)

    def leave(self, hot: Array, slot: int, claims: Array, first: int, count: int) -> None:
        unlist_row(self.arrays, hot, slot, claims, first, count)

    def _grow(self, lists: int, posts: int) -> None:
        if self.counters[LISTS_USED] + lists > len(self.lists):
            self.lists = _longer(self.lists, int(self.counters[LISTS_USED]) + lists)
        if self.counters[POSTS_USED] + posts > len(self.posts):
            self.posts = _longer(self.posts, int(self.counters[POSTS_USED]) + posts)
        self._gather()

    @property
    def is_worth_packing(self) -> bool:
        """Whether most of the room is holes."""
        wasted = int(self.counters[POSTS_WASTED]), int(self.counters[LISTS_WASTED])
        return (wasted[0] > 65_536 and wasted[0] * 2 > self.counters[POSTS_USED]) or (
            wasted[1] > 65_536 and wasted[1] * 2 > self.counters[LISTS_USED]
        )

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)


def _longer(array: Array, room: int) -> Array:
    grown = np.zeros(max(room, len(array) + len(array) // 4), array.dtype)
    grown[: len(array)] = array
    return grown


def live_by_cell(hot: Array, cells: Array) -> Array:
    """Live slots in the order of their cells."""
    cells = np.where(hot["flags"] & ALIVE, cells, NOWHERE + 1)
    order = np.argsort(cells, kind="stable")
    return order[: int((hot["flags"] & ALIVE > 0).sum())]
