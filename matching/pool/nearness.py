"""How near kinds of claim are to needs, looked up once per need and kept."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from matching.model import SkillClaim, SkillNeed
from matching.policy import SkillRules
from matching.pool.compiled import Array
from matching.pool.intern import ClaimKey, Kinds, near_one

Fits = tuple[Array, Array]
NeedKey = tuple[str | None, tuple[str, ...], SkillRules]
MOST_KEPT = 4_000_000  # entries of int16


class Nearness:
    """A memory of rows "every kind against one need", extended when new kinds appear."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._rows: dict[NeedKey, Array] = {}
        self._lock = threading.Lock()

    def table(self, needs: Sequence[SkillNeed], rules: SkillRules) -> Array:
        """int16[needs, kinds]: permille of nearness, with the bit SAME for the very skill."""
        count = max(1, len(self._kinds))
        table = np.zeros((max(1, len(needs)), count), np.int16)
        for place, need in enumerate(needs):
            row = self._row(need, rules)
            table[place, : len(row)] = row[:count]
        return table

    def _row(self, need: SkillNeed, rules: SkillRules) -> Array:
        key = (need.code, need.names, rules)
        count = len(self._kinds)
        row = self._rows.get(key)
        if row is not None and len(row) >= count:
            return row
        known = 0 if row is None else len(row)
        fresh = self._kinds.near(need, rules, known)
        row = fresh if row is None else np.concatenate((row, fresh))
        with self._lock:
            if (len(self._rows) + 1) * count > MOST_KEPT:
                self._rows.clear()
            self._rows[key] = row
        return row


class NeedNearness:
    """The other way round: a memory of columns "every need of a pool against one kind of claim"."""

    def __init__(self, needs: Sequence[SkillNeed]) -> None:
        self._needs = needs  # grows under the pool's lock
        self._columns: dict[tuple[ClaimKey, SkillRules], Array] = {}
        self._lock = threading.Lock()

    def table(self, kinds: Kinds, rules: SkillRules) -> Array:
        """int16[needs, kinds], as `Nearness.table` has it."""
        count = len(self._needs)
        table = np.zeros((max(1, count), max(1, len(kinds))), np.int16)
        for place, key in enumerate(kinds.keys):
            table[:count, place] = self._column(key, rules, count)
        return table

    def _column(self, key: ClaimKey, rules: SkillRules, count: int) -> Array:
        column = self._columns.get((key, rules))
        if column is not None and len(column) == count:
            return column
        known = 0 if column is None else len(column)
        claim = SkillClaim(*key)
        fresh = np.array([near_one(claim, need, rules) for need in self._needs[known:count]], np.int16)
        column = fresh if column is None else np.concatenate((column, fresh))
        with self._lock:
            if (len(self._columns) + 1) * count > MOST_KEPT:
                self._columns.clear()
            self._columns[key, rules] = column
        return column


def fits_of(table: Array, n_needs: int) -> Fits:
    """(start per need, kinds with any nearness): the table's entries that are not 0, need by need."""
    rows, kinds = np.nonzero(table[:n_needs])
    starts = np.zeros(max(1, n_needs) + 1, np.int64)
    starts[1:] = np.cumsum(np.bincount(rows, minlength=max(1, n_needs)))
    return starts, kinds.astype(np.int64)
