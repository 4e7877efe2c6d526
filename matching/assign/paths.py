"""One seat a person, exactly, by shortest augmenting paths over shifts with headcounts and prices."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.times import Flags, Ints, Narrow

FAR = 2**62


@compiled("int64(int64[::1], int64[::1], int64, int64, int64)")
def push(keys: Ints, names: Ints, size: int, key: int, name: int) -> int:
    """Put (key, name) on a binary heap in two arrays; returns the new size."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] < key or (keys[up] == key and names[up] <= name):
            break
        keys[at], names[at] = keys[up], names[up]
        at = up
    keys[at], names[at] = key, name
    return size + 1


@compiled("int64(int64[::1], int64[::1], int64)")
def pop(keys: Ints, names: Ints, size: int) -> int:
    """Take the top off the heap (read it before); returns the new size."""
    size -= 1
    key, name = keys[size], names[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        right = down + 1
        if right < size and (keys[right] < keys[down] or (keys[right] == keys[down] and names[right] < names[down])):
            down = right
        if key < keys[down] or (key == keys[down] and name <= names[down]):
            break
        keys[at], names[at] = keys[down], names[down]
        at = down
    keys[at], names[at] = key, name
    return size


@compiled("int64[::1](int64[::1])")
def _begins(seats: Ints) -> Ints:
    """Where each shift's seats begin in one row of all seats, and where that ends."""
    begin = np.zeros(len(seats) + 1, np.int64)
    for s in range(len(seats)):
        begin[s + 1] = begin[s] + seats[s]
    return begin


@compiled("int32[::1](int64[::1])")
def _owners(first: Ints) -> Narrow:
    """Whose each pair is."""
    owner = np.empty(first[-1], np.int32)
    for p in range(len(first) - 1):
        for e in range(first[p], first[p + 1]):
            owner[e] = p
    return owner


@compiled("void(int64[::1], int64[::1], boolean[::1], int64[::1], int64, int64)")
def _reprice(price: Ints, reach: Ints, settled: Flags, seen: Ints, touched: int, end: int) -> None:
    """Raise the prices of the shifts that were passed on the way to `end`, and forget the search."""
    for at in range(touched):
        s = seen[at]
        if settled[s] and reach[s] < end:
            price[s] += end - reach[s]
        reach[s] = FAR
        settled[s] = False


@compiled("void(int64[::1], int64[::1], int32[::1], int32[::1], int32[::1], int64[::1], int64, int64)")
def _move_along(
    own: Ints, slot_of: Ints, holder: Narrow, owner: Narrow, shift: Narrow, via: Ints, s: int, slot: int
) -> None:
    """From the seat at the path's end back to who came in: everybody on it moves one seat on."""
    while True:
        e = via[s]
        mover = owner[e]
        old, old_slot = own[mover], slot_of[mover]
        own[mover], slot_of[mover], holder[slot] = e, slot, mover
        if old < 0:
            break
        s, slot = shift[old], old_slot


@compiled(
    "Tuple((int64[::1], int64[::1], int64))(int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], int64[::1])"
)
def augment(first: Ints, shift: Narrow, cost: Ints, seats: Ints, stay: Ints, order: Ints) -> tuple[Ints, Ints, int]:
    """Cheapest choice of at most one pair a person: sum of costs of the chosen and `stay` of the others.

    first: where each person's pairs begin; order: people in the order in which they come in. Returns each
    person's pair (-1: none), the shifts' prices that prove it (0 where seats are left) and pairs looked at.
    """
    people, shifts = len(first) - 1, len(seats)
    begin = _begins(seats)
    holder = np.empty(max(1, begin[shifts]), np.int32)
    taken = np.zeros(shifts, np.int64)
    slot_of = np.zeros(people, np.int64)
    own = np.full(people, -1, np.int64)
    owner = _owners(first)
    price = np.zeros(shifts, np.int64)
    reach = np.full(shifts, FAR, np.int64)
    via = np.empty(shifts, np.int64)
    settled = np.zeros(shifts, np.bool_)
    seen = np.empty(shifts, np.int64)
    keys, names = np.empty(len(shift) + 1, np.int64), np.empty(len(shift) + 1, np.int64)
    work = 0
    for p in order:
        size, touched = 0, 0
        end, end_shift, end_person = stay[p], -1, p
        for e in range(first[p], first[p + 1]):
            s = shift[e]
            if seats[s] == 0:
                continue
            d = cost[e] + price[s]
            if d < reach[s] and d < end:
                if reach[s] == FAR:
                    seen[touched] = s
                    touched += 1
                reach[s], via[s] = d, e
                size = push(keys, names, size, d, s)
        work += first[p + 1] - first[p]
        while size > 0:
            d, s = keys[0], names[0]
            size = pop(keys, names, size)
            if d >= end:
                break
            if settled[s] or d > reach[s]:
                continue
            if taken[s] < seats[s]:
                end, end_shift = d, s
                break
            settled[s] = True
            for at in range(begin[s], begin[s + 1]):
                q = holder[at]
                base = d - cost[own[q]] - price[s]
                if base + stay[q] < end:
                    end, end_shift, end_person = base + stay[q], -1, q
                work += first[q + 1] - first[q]
                for e in range(first[q], first[q + 1]):
                    t = shift[e]
                    if settled[t] or seats[t] == 0:
                        continue
                    far = base + cost[e] + price[t]
                    if far < reach[t] and far < end:
                        if reach[t] == FAR:
                            seen[touched] = t
                            touched += 1
                        reach[t], via[t] = far, e
                        size = push(keys, names, size, far, t)
        _reprice(price, reach, settled, seen, touched, end)
        if end_shift >= 0:
            s, slot = end_shift, begin[end_shift] + taken[end_shift]
            taken[end_shift] += 1
        elif end_person == p:
            continue
        else:
            s, slot = shift[own[end_person]], slot_of[end_person]
            own[end_person] = -1
        _move_along(own, slot_of, holder, owner, shift, via, s, slot)
    return own, price, work


@compiled("Tuple((boolean[::1], int64[::1]))(int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], int64[::1])")
def tight_pairs(first: Ints, shift: Narrow, cost: Ints, seats: Ints, stay: Ints, price: Ints) -> tuple[Flags, Ints]:
    """Which pairs some optimum may hold, by these prices, and each person's least cost."""
    people = len(first) - 1
    fits, level = np.zeros(len(shift), np.bool_), stay.copy()
    for p in range(people):
        for e in range(first[p], first[p + 1]):
            s = shift[e]
            if seats[s] > 0 and cost[e] + price[s] < level[p]:
                level[p] = cost[e] + price[s]
        for e in range(first[p], first[p + 1]):
            fits[e] = seats[shift[e]] > 0 and cost[e] + price[shift[e]] == level[p]
    return fits, level
