"""Which slot an id is in: two words a row and a table of slots, or a dictionary where nothing is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matching.errors import InvalidInput
from matching.pool.compiled import Array
from matching.pool.ids import drop, find, id_of, put, put_all, table_for, words_of


class IdTable:
    """Ids of one type, UUIDs or integers, by slot. `high` has one word only where all ids are integers."""

    def __init__(self, *, compiled: bool) -> None:
        self.high: Array = np.zeros(1, np.int64)
        self.low: Array = np.zeros(0, np.int64)
        self.plain: bool | None = None  # integers; None while there was none
        self._compiled = compiled
        self._table: Array = table_for(0)
        self._used = 0
        self._slots: dict[tuple[int, int], int] = {}

    def find(self, given_id: Any) -> int:
        """The slot, or -1."""
        if self.plain is None or isinstance(given_id, int) is not self.plain:
            return -1
        words = words_of(given_id)
        if not self._compiled:
            return self._slots.get(words, -1)
        return int(find(self._table, self.high, self.low, *words))

    def slot_of(self, given_id: Any) -> int:
        """Raises InvalidInput(id, unknown_id)."""
        slot = self.find(given_id)
        if slot < 0:
            raise InvalidInput("id", "unknown_id")
        return slot

    def at(self, slot: int) -> Any:
        """The id in a slot."""
        return id_of(*self._words(slot), plain=bool(self.plain))

    def check_new(self, given_id: Any) -> None:
        """Raises InvalidInput(id, unknown_kind | duplicate_id)."""
        words_of(given_id)
        if self.plain is not None and isinstance(given_id, int) is not self.plain:
            raise InvalidInput("id", "unknown_kind")
        if self.find(given_id) >= 0:
            raise InvalidInput("id", "duplicate_id")

    def ensure(self, room: int) -> None:
        """Room for so many slots."""
        if room > len(self.low):
            self.low = longer(self.low, room)
            if not self.plain:
                self.high = longer(self.high, max(2, room))

    def enter(self, given_id: Any, slot: int, live: Callable[[], Array]) -> None:
        """Put a new id into a slot there is room for; `live` names the slots in use, should the table grow."""
        high, low = words_of(given_id)
        if not self.plain:
            self.high[slot] = high
        self.low[slot] = low
        if not self._compiled:
            self._slots[high, low] = slot
            return
        if (self._used + 1) * 3 > len(self._table) * 2:
            slots = live()
            self._table, self._used = table_for(2 * len(slots) + 16), len(slots)
            for each in slots.tolist():
                put(self._table, self.high, self.low, each)
        put(self._table, self.high, self.low, slot)
        self._used += 1

    def leave(self, slot: int) -> None:
        if self._compiled:
            drop(self._table, self.high, self.low, slot)
        else:
            del self._slots[self._words(slot)]

    def fill(self, high: Array | None, low: Array) -> None:
        """All ids at once, in the order of the slots; raises InvalidInput(id, duplicate_id)."""
        self.plain = high is None
        self.low = low
        if high is not None:
            self.high = np.append(high, np.zeros(1, np.int64))  # two words at least: not plain
        if self._compiled:
            self._table, self._used = table_for(len(low)), len(low)
            if put_all(self._table, self.high, self.low, 0, len(low)) >= 0:
                raise InvalidInput("id", "duplicate_id")
            return
        highs = [0] * len(low) if high is None else high.tolist()
        self._slots = dict(zip(zip(highs, low.tolist(), strict=True), range(len(low)), strict=True))
        if len(self._slots) < len(low):
            raise InvalidInput("id", "duplicate_id")

    @property
    def nbytes(self) -> int:
        return self.high.nbytes + self.low.nbytes + self._table.nbytes

    def _words(self, slot: int) -> tuple[int, int]:
        return int(self.high[slot]) if len(self.high) > 1 else 0, int(self.low[slot])


def longer(array: Array, room: int) -> Array:
    """The same rows in an array of `room`."""
    grown = np.zeros(room, array.dtype)
    grown[: len(array)] = array
    return grown
