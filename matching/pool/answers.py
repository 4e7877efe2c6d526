"""What questions give back in bulk, and the counts of refusals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.pair import Pair
from matching.pool.compiled import Array
from matching.pool.layout import CODES
from matching.result import Code, Match, Score
from matching.score import score

STEP = 10_000  # rows between two calls of `progress`
MOST_SEARCHED = 4_096  # a longer list is found by looking at everybody
THREADS = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """Row by row the first `sizes[i]` slots, scores (millionths of a point) and metres (2**40: unknown)."""

    slots: Array
    scores: Array
    metres: Array
    sizes: Array

    @classmethod
    def empty(cls, count: int, k: int) -> Answers:
        wide = max(1, k)
        return cls(
            np.full((count, wide), -1, np.int32),
            np.zeros((count, wide), np.int64),
            np.zeros((count, wide), np.int64),
            np.zeros(count, np.int32),
        )


def tally_of(tally: Array) -> tuple[int, dict[Code, int]]:
    """(refused, count per code) from how many failed each set of gates."""
    failed = np.flatnonzero(tally)
    counts = {code: int(tally[failed[failed >> at & 1 > 0]].sum()) for at, code in enumerate(CODES)}
    return int(tally[1:].sum()), {code: counts[code] for code in Code if counts.get(code)}


def eligible(pair: Pair, *, personalised: bool) -> Match:
    """The oracle's own words on a pair that no gate refuses."""
    points = score(pair) if personalised else Score()
    return Match(pair.worker.id, pair.shift.id, pair.policy.label, points, pair.metres)
