"""The best k people for a shift: lists by falling bound, until nothing unseen can stand before the k-th."""

from __future__ import annotations

import numpy as np

from matching.pool.bounds import (
    CLASSES,
    common_points,
    skill_bounds,
)
from matching.pool.compiled import Array, Rows, kernel
from matching.pool.derive import derive
from matching.pool.gather import (
    SOURCE_KIND,
    SOURCE_NEED,
    gather,
    sift,
    sources_of,
)
from matching.pool.layout import (
    OUT_OF_REACH,
    S_PLACED,
    S_REMOTE,
)
from matching.pool.lists import (
    MOST_RADIUS,
    UNKNOWN_REL,
)
from matching.pool.walk import walk


@kernel
def search(
    workers: Rows,
    index: Rows,
    shifts: Rows,
    s: int,
    near: Array,
    fits: Rows,
    rules: Rows,
    curve: Rows,
    rel_points: Array,
    derived_row: Array,
    best: Array,
    slots: Array,
    k: int,
) -> int:
    """Fill `slots` and `best` (sort keys, score, metres) with the first `k` in order; how many there are.

    Exact: a list is left only when no one in it can stand before the k-th found, ties by id included.
    """
    counters = index[3]
    shift_rows, _, needs = shifts
    shift, derived = shift_rows[s], derived_row[0]
    derive(shifts, s, rules, derived)
    if k == 0 or derived["barred"]:
        return 0
    sources, mode = sources_of(index, shift, needs, near, fits, rules)
    flags = shift["flags"]
    placed = flags & S_PLACED != 0 and flags & S_REMOTE == 0
    limit = min(shift["limit"], counters[MOST_RADIUS])
    bounded = placed and rules["gates"] & OUT_OF_REACH != 0
    common = common_points(shift, derived, rules)
    least_rel = rules["baseline"] if counters[UNKNOWN_REL] else 0
    tables = np.empty((len(sources), CLASSES), np.int64)
    for source in range(len(sources)):
        kind, place = sources[source, SOURCE_KIND] - 1, sources[source, SOURCE_NEED]
        skill_bounds(tables[source], place, kind, mode, shift, needs, near, rules)
    entries, size = gather(index, sources, tables, shift, rules, curve, rel_points, least_rel, common, limit, bounded)
    heap = np.arange(size)
    for place in range(size // 2 - 1, -1, -1):
        sift(heap, entries, place, size)

    return walk(
        workers,
        index[2],
        shifts,
        s,
        near,
        rules,
        curve,
        rel_points,
        derived,
        sources,
        mode,
        tables,
        entries,
        heap,
        size,
        common,
        limit,
        bounded,
        least_rel,
        best,
        slots,
        k,
    )


@kernel
def search_many(
    workers: Rows,
    index: Rows,
    shifts: Rows,
    first: int,
    last: int,
    near: Array,
    fits: Rows,
    rules: Rows,
    curve: Rows,
    rel_points: Array,
    derived_row: Array,
    k: int,
    slots: Array,
    scores: Array,
    metres: Array,
    sizes: Array,
) -> None:
    """`search` for the shifts [first, last), each into its own row of the answers."""
    best = np.empty((max(1, k), 6), np.int64)
    chosen = np.empty(max(1, k), np.int32)
    for s in range(first, last):
        size = search(workers, index, shifts, s, near, fits, rules, curve, rel_points, derived_row, best, chosen, k)
        sizes[s] = size
        for place in range(size):
            slots[s, place] = chosen[place]
            scores[s, place], metres[s, place] = best[place, 4], best[place, 5]
