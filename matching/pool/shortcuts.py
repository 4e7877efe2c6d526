"""What of a shift lets a search settle rows early, from the posting or the row alone."""

from __future__ import annotations

import numpy as np

from matching.pool.bounds import (
    ANYHOW,
)
from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import (
    BEGUN,
    BOOKED,
    CLOSED,
    DATED,
    FULL_UP,
    MONDAY,
    NOT_FREE,
    OUT_OF_REACH,
    REQUIRED,
    S_PUBLIC,
    SKILLS,
    WEEK_HOURS,
)
from matching.pool.lists import (
    BLOCK_HOURS,
)


@inlined
def wanted_blocks(derived: Rows, rules: Rows) -> int:
    """Blocks of three hours that must not be wholly taken, where every minute of the window is asked for."""
    if not rules["gates"] & NOT_FREE or rules["floor"] < 1000 or derived["kind"] != DATED:
        return 0
    if derived["asked"] < derived["length"]:
        return 0
    first = (derived["start"] + MONDAY + rules["offset"]) // 60
    last = (derived["end"] - 1 + MONDAY + rules["offset"]) // 60
    bits = np.int64(0)
    for hour in range(first, min(last, first + WEEK_HOURS - 1) + 1):
        bits |= np.int64(1) << np.int64(hour % WEEK_HOURS // BLOCK_HOURS)
    return int(bits)


@inlined
def strict_time(derived: Rows, rules: Rows) -> int:
    """2 if every minute of the window must be free and in no booking, 1 if in no booking, else 0."""
    if derived["kind"] != DATED or derived["asked"] < derived["length"]:
        return 0
    if rules["gates"] & NOT_FREE and rules["floor"] == 1000:
        return 2
    return 1 if rules["gates"] & BOOKED else 0


@inlined
def is_simple(shift: Rows, derived: Rows, rules: Rows, sources: Array, mode: int, strict: int) -> bool:
    """Whether posting and row alone give the score: one skill by level, no gate beside it, the way and the time."""
    if not rules["scored"] or not rules["levels"] or strict < 2 or mode != ANYHOW or len(sources) != 1:
        return False
    if rules["gates"] & ~(SKILLS | OUT_OF_REACH | NOT_FREE | BOOKED | CLOSED | FULL_UP | BEGUN):
        return False
    return not (rules["pay"] or (rules["priority"] and shift["flags"] & S_PUBLIC))


@inlined
def is_only_need(shift: Rows, needs: Array, place: int) -> bool:
    """Whether no other required skill counts."""
    for each in range(shift["n_needs"]):
        if each != place and needs[shift["needs"] + each]["role"] == REQUIRED:
            return False
    return True
