"""Ids without objects: two int64 words each, and an open-addressing table from id to slot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np

from matching.errors import InvalidInput
from matching.pool.compiled import Array, kernel

_HALF = 1 << 63
_LOW = (1 << 64) - 1
EMPTY, GONE = -1, -2
NOT_THERE = -1


def words_of(given: Any) -> tuple[int, int]:
    """An id as two signed words that sort as the id does; a UUID or an integer of 63 bits and a sign.

    Raises InvalidInput(out_of_range) for a larger integer and InvalidInput(unknown_kind) for anything else.
    """
    if isinstance(given, UUID):
        whole = given.int
        return (whole >> 64) - _HALF, (whole & _LOW) - _HALF
    if isinstance(given, int) and not isinstance(given, bool):
        if not -_HALF <= given < _HALF:
            raise InvalidInput("id", "out_of_range")
        return 0, int(given)
    raise InvalidInput("id", "unknown_kind")


def id_of(high: int, low: int, *, plain: bool) -> Any:
    """The id that `words_of` took apart; `plain` ids are integers."""
    return int(low) if plain else UUID(int=((int(high) + _HALF) << 64) | (int(low) + _HALF))


@kernel
def _spread(high: Any, low: Any) -> int:
    mixed = (np.int64(low) ^ (np.int64(high) * np.int64(1442695040888963407))) * np.int64(6364136223846793005)
    mixed ^= mixed >> np.int64(29)
    mixed *= np.int64(1181783497276652981)
    return int((mixed ^ (mixed >> np.int64(32))) & np.int64(0x7FFFFFFFFFFFFFFF))


@kernel
def find(table: Array, id_hi: Array, id_lo: Array, high: Any, low: Any) -> int:
    """The slot of an id, or NOT_THERE."""
    mask = len(table) - 1
    place = _spread(high, low) & mask
    wide = len(id_hi) > 1
    while table[place] != EMPTY:
        slot = table[place]
        if slot >= 0 and id_lo[slot] == low and (not wide or id_hi[slot] == high):
            return int(slot)
        place = (place + 1) & mask
    return NOT_THERE


@kernel
def put(table: Array, id_hi: Array, id_lo: Array, slot: int) -> None:
    """Enter a slot whose id is not there yet."""
    mask = len(table) - 1
    high = id_hi[slot] if len(id_hi) > 1 else np.int64(0)
    place = _spread(high, id_lo[slot]) & mask
    while table[place] >= 0:
        place = (place + 1) & mask
    table[place] = slot


@kernel
def drop(table: Array, id_hi: Array, id_lo: Array, slot: int) -> None:
    """Take a slot out again."""
    mask = len(table) - 1
    high = id_hi[slot] if len(id_hi) > 1 else np.int64(0)
    place = _spread(high, id_lo[slot]) & mask
    while table[place] != slot:
        place = (place + 1) & mask
    table[place] = GONE


@kernel
def put_all(table: Array, id_hi: Array, id_lo: Array, first: int, count: int) -> int:
    """Enter many slots; the first slot whose id is there already, or NOT_THERE when all went in."""
    wide = len(id_hi) > 1
    for slot in range(first, first + count):
        high = id_hi[slot] if wide else np.int64(0)
        if find(table, id_hi, id_lo, high, id_lo[slot]) >= 0:
            return slot
        put(table, id_hi, id_lo, slot)
    return NOT_THERE


def table_for(count: int) -> Array:
    """An empty table for so many ids, at most two thirds full."""
    size = 16
    while size * 2 < count * 3:
        size *= 2
    return np.full(size, EMPTY, np.int32)
