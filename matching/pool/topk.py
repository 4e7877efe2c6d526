"""The best few of a stream of rows, kept in order: up to four keys rising, then the id."""

from __future__ import annotations

from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import BY_DISTANCE, BY_PUBLISHED, BY_SCORE, BY_START, FAR_OFF, S_DATED, S_PUBLISHED


@inlined
def key_of(code: int, score: int, metres: int, shift: Rows) -> int:
    """One sort key: smaller is better, what is unknown comes last."""
    if code == BY_SCORE:
        return -score
    if code == BY_DISTANCE:
        return metres
    if code == BY_START:
        return int(shift["start"]) if shift["flags"] & S_DATED else FAR_OFF
    if code == BY_PUBLISHED:
        return int(shift["published"]) if shift["flags"] & S_PUBLISHED else FAR_OFF
    return 0


@inlined
def _is_before(
    keys: Array, place: int, a: int, b: int, c: int, d: int, slot: int, slots: Array, id_hi: Array, id_lo: Array
) -> bool:
    """Whether the new row stands before the one at `place`."""
    if a != keys[place, 0]:
        return bool(a < keys[place, 0])
    if b != keys[place, 1]:
        return bool(b < keys[place, 1])
    if c != keys[place, 2]:
        return bool(c < keys[place, 2])
    if d != keys[place, 3]:
        return bool(d < keys[place, 3])
    other = slots[place]
    if len(id_hi) > 1 and id_hi[slot] != id_hi[other]:
        return bool(id_hi[slot] < id_hi[other])
    return bool(id_lo[slot] < id_lo[other])


@inlined
def offer(
    keys: Array,
    slots: Array,
    size: int,
    room: int,
    a: int,
    b: int,
    c: int,
    d: int,
    slot: int,
    id_hi: Array,
    id_lo: Array,
) -> int:
    """Put a row where it belongs unless it is too bad or there already; the new size.

    `keys` has six columns: four to sort by, then score and metres, which the caller fills at the row's place.
    """
    if size == room and not _is_before(keys, size - 1, a, b, c, d, slot, slots, id_hi, id_lo):
        return -1
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if _is_before(keys, middle, a, b, c, d, slot, slots, id_hi, id_lo):
            high = middle
        else:
            low = middle + 1
    if low > 0 and slots[low - 1] == slot:
        return -1  # equal to itself: the row came by another list
    last = min(size, room - 1)
    for place in range(last, low, -1):
        slots[place] = slots[place - 1]
        for column in range(6):
            keys[place, column] = keys[place - 1, column]
    slots[low] = slot
    keys[low, 0], keys[low, 1], keys[low, 2], keys[low, 3] = a, b, c, d
    return low
