"""What a person can be wanted for: the lists of shifts to look through, and the most that they can be worth."""

from __future__ import annotations

import numpy as np

from matching.pool.compiled import Array, Rows, inlined, kernel
from matching.pool.gather import SOURCE_KIND, SOURCE_NEED
from matching.pool.layout import (
    BY_DISTANCE,
    BY_SCORE,
    FAR_OFF,
    NEAR_MASK,
    NO_LEVEL,
    SAME,
    SKILLS,
)
from matching.pool.lists import EVERYBODY
from matching.pool.measure import FULL, points, rounded

ASKS_NOTHING = 0  # the list of shifts that require no skill; need row r has list r + 1


@kernel
def wants(workers: Rows, w: int, near: Array, wanted: Rows, rules: Rows, kind_at: Array) -> Array:
    """(list, most skill points) of every need the person comes near to, and of everybody's list."""
    _, cold, claims, _, _, _ = workers
    first, count = cold[w]["claims"], cold[w]["n_claims"]
    gated = rules["gates"] & SKILLS != 0
    size = 1
    for place in range(first, first + count):
        kind = kind_at[claims[place] >> 4]
        size += wanted[0][kind + 1] - wanted[0][kind]
    found = np.empty((size, 2), np.int64)
    size = 0
    for place in range(first, first + count):
        claim = claims[place]
        kind = kind_at[claim >> 4]
        level = (claim >> 1) & 7
        level = 0 if level == NO_LEVEL else level
        for at in range(wanted[0][kind], wanted[0][kind + 1]):
            row = wanted[1][at]
            entry = near[row, claim >> 4]
            if (gated or rules["levels"]) and not entry & SAME:
                continue
            if rules["levels"]:
                value = min(FULL, rounded(level * FULL, rules["top"]))
            else:
                value = max(0, (entry & NEAR_MASK) - (0 if claim & 1 else rules["doubt"])) * 1000
            size = _keep_larger(found, size, row + 2, points(rules["skill"], min(FULL, value)))
    found[size, SOURCE_KIND] = ASKS_NOTHING + 1 if gated else EVERYBODY
    found[size, SOURCE_NEED] = 0
    if gated:  # what is beside the required skill may be met in full
        for each in range(size + 1):
            found[each, SOURCE_NEED] = rules["skill"]
    return found[: size + 1]


@inlined
def _keep_larger(found: Array, size: int, listed: int, most: int) -> int:
    for each in range(size):
        if found[each, SOURCE_KIND] == listed:
            found[each, SOURCE_NEED] = max(found[each, SOURCE_NEED], most)
            return size
    found[size, SOURCE_KIND], found[size, SOURCE_NEED] = listed, most
    return size + 1


@inlined
def common_worth(row: Rows, rules: Rows) -> int:
    """Most points of everything but skill and way."""
    known = rules["baseline"] if row["rel"] < 0 else row["rel"]
    most = points(rules["reliability"], known * 1000) + rules["pay"] + rules["freshness"] + rules["priority"]
    return int(most + rules["employer"] + rules["schedule"] + rules["spare_before"] + rules["spare_after"])


@inlined
def least_key(code: int, most: int, metres: int) -> int:
    if code == BY_SCORE:
        return -most
    return metres if code == BY_DISTANCE else -FAR_OFF
