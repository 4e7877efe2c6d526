"""Records of different length in one array: written at the end, reused in place when they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.pool.compiled import Array


class Arena:
    """An array that grows; `wasted` counts words that no record uses any more."""

    def __init__(self, kind: Any, room: int = 64) -> None:
        self.words: Array = np.zeros(room, kind)
        self.used = 0
        self.wasted = 0

    def reserve(self, count: int) -> int:
        """Room for `count` words at the end; where it begins."""
        if self.used + count > len(self.words):
            room = max(self.used + count, len(self.words) + len(self.words) // 2)
            grown = np.zeros(room, self.words.dtype)
            grown[: self.used] = self.words[: self.used]
            self.words = grown
        self.used += count
        return self.used - count

    def store(self, words: Sequence[Any] | Array, at: int = -1, room: int = 0) -> int:
        """Write a record, over its old place when that has room enough; where it is now."""
        if at < 0 or room < len(words):
            self.waste(room if at >= 0 else 0)
            at = self.reserve(len(words))
        if len(words):
            self.words[at : at + len(words)] = words
        return at

    def waste(self, room: int) -> None:
        self.wasted += room

    def pack(self, at: Array, sizes: Array) -> Array:
        """Keep only the records that begin at `at`; where they begin then."""
        sizes = np.asarray(sizes, np.int64)
        first = np.cumsum(sizes) - sizes
        held = self.words[np.repeat(at - first, sizes) + np.arange(int(sizes.sum()))]
        self.words = np.concatenate((held, np.zeros(64, held.dtype)))
        self.used, self.wasted = len(held), 0
        return np.asarray(first)

    @property
    def is_worth_packing(self) -> bool:
        return self.wasted > 4096 and self.wasted * 2 > self.used
