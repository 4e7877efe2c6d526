"""The best k people for a shift: lists by falling bound, until nothing unseen can stand before the k-th."""

from __future__ import annotations

import math

import numpy as np

from matching.pool.bounds import (
    CLASSES,
    common_points,
    key_bound,
    skill_bounds,
    way_bound,
)
from matching.pool.compiled import Array, Rows, inlined, kernel
from matching.pool.derive import derive
from matching.pool.gather import (
    E_FIRST,
    E_METRES,
    E_POINTS,
    E_SECOND,
    E_SIZE,
    E_SOURCE,
    E_START,
    SOURCE_KIND,
    SOURCE_NEED,
    gather,
    sift,
    sources_of,
)
from matching.pool.grid import (
    near_metres,
)
from matching.pool.judge import judge
from matching.pool.layout import (
    BY_DISTANCE,
    BY_SCORE,
    DATED,
    EXCEPTED,
    MORE,
    NO_LEVEL,
    OUT_OF_REACH,
    PLACED,
    RAGGED,
    S_PLACED,
    S_REMOTE,
    TWICE,
    UNKNOWN_M,
    WAITING,
)
from matching.pool.lists import (
    BLOCK_HOURS,
    EVERYBODY,
    LEVEL_STEP,
    MOST_RADIUS,
    NO_RADIUS,
    RADIUS_STEP_M,
    UNKNOWN_REL,
)
from matching.pool.measure import (
    RADIANS,
    distance_worth,
    hour_bit,
    metres_between,
    points,
    touches_booking,
)
from matching.pool.shortcuts import is_only_need, is_simple, strict_time, wanted_blocks
from matching.pool.topk import key_of, offer


@inlined
def _walk(
    workers: Rows,
    posts: Array,
    shifts: Rows,
    s: int,
    near: Array,
    rules: Rows,
    curve: Rows,
    rel_points: Array,
    derived: Rows,
    sources: Array,
    mode: int,
    tables: Array,
    entries: Array,
    heap: Array,
    size: int,
    common: int,
    limit: int,
    bounded: bool,
    least_rel: int,
    best: Array,
    slots: Array,
    k: int,
) -> int:
    """Take lists from the heap, best bound first, and offer their people until the bound is below the k-th."""
    hot, _, _, _, id_hi, id_lo = workers
    shift_rows, _, needs = shifts
    shift = shift_rows[s]
    placed = shift["flags"] & S_PLACED != 0 and shift["flags"] & S_REMOTE == 0
    strict = strict_time(derived, rules)
    wanted = wanted_blocks(derived, rules) if strict == 2 else 0
    simple = is_simple(shift, derived, rules, sources, mode, strict)
    simple = simple and is_only_need(shift, needs, sources[0, SOURCE_NEED])
    least_level = needs[shift["needs"] + sources[0, SOURCE_NEED]]["level"] if simple else 0
    start, end, dated = derived["start"], derived["end"], derived["kind"] == DATED
    t0, t1, t2 = derived["t0"], derived["t1"], derived["t2"]
    before, after = derived["before"], derived["after"]
    block_before, block_after = before // BLOCK_HOURS, after // BLOCK_HOURS
    lat, lon = shift["lat"], shift["lon"]
    sine, cosine = math.sin(lat * RADIANS), math.cos(lat * RADIANS)
    knots, decay, _ = curve
    spare_before = rules["spare_before"] if dated else 0
    spare_after = rules["spare_after"] if dated else 0
    by_score = rules["first"] == BY_SCORE
    by_distance = rules["second"] == BY_DISTANCE
    own_limit = shift["limit"]
    found = 0
    while size:
        entry = entries[heap[0]]
        size -= 1
        heap[0] = heap[size]
        sift(heap, entries, 0, size)
        if found == k and entry[E_FIRST] > best[k - 1, 0]:
            break
        least = entry[E_METRES]
        if found == k and entry[E_FIRST] == best[k - 1, 0] and entry[E_SECOND] > best[k - 1, 1]:
            continue
        source = entry[E_SOURCE]
        in_order = sources[source, SOURCE_KIND] != EVERYBODY
        worth = entry[E_POINTS]
        worth_of_way = worth - common
        look_below = 1 << 20  # the key under which it is worth asking again whether the rest can be left
        for place in range(entry[E_START], entry[E_START] + entry[E_SIZE]):
            post = posts[place]
            key = post["key"]
            level = (key >> 1) & 7
            level = 0 if level == NO_LEVEL else level
            known = max(least_rel, (key >> 4) - LEVEL_STEP * level)
            static = tables[source, key & 15] + rel_points[known]
            if by_score and found == k:
                bar = -best[k - 1, 0]
                most = worth + static
                if most < bar or (most == bar and by_distance and least > best[k - 1, 1]):
                    if in_order and key < look_below:
                        rest = worth + key_bound(key, tables, source, rel_points, least_rel)
                        if rest < bar or (rest == bar and by_distance and least > best[k - 1, 1]):
                            break
                        look_below = key - 800
                    continue
                mark = post["mark"]
                most -= spare_before * (1 - (mark >> block_before & 1)) + spare_after * (1 - (mark >> block_after & 1))
                if most < bar:
                    continue
            if post["mark"] & wanted != wanted:
                continue
            if bounded and least < UNKNOWN_M and post["radius"] * RADIUS_STEP_M < least and post["radius"] != NO_RADIUS:
                continue
            if simple and level < least_level:
                continue
            slot = post["slot"]
            row = hot[slot]
            kinds_of_row = row["flags"]
            if strict and touches_booking(row, start, end):
                continue
            regular = kinds_of_row & (RAGGED | EXCEPTED | WAITING) == 0
            if strict == 2 and regular and not (row["w0"] & t0 == t0 and row["w1"] & t1 == t1 and row["w2"] & t2 == t2):
                continue
            metres = least
            if placed and kinds_of_row & PLACED:
                close = near_metres(lat, lon, row["lat"], sine, cosine, row["lon"])
                metres = max(least, close)
                if bounded and metres > min(own_limit, row["radius"]):
                    continue
            spare = 0
            if regular:
                spare = spare_before * (1 - hour_bit(row, before)) + spare_after * (1 - hour_bit(row, after))
            if by_score and found == k:
                most = common + static - spare
                if placed and metres > least:
                    most += way_bound(metres, limit, rules, curve)
                else:
                    most += worth_of_way
                bar = -best[k - 1, 0]
                if most < bar or (most == bar and by_distance and metres > best[k - 1, 1]):
                    continue
            if simple and regular and kinds_of_row & (MORE | TWICE | PLACED) == PLACED and row["rel"] >= 0 and placed:
                metres = metres_between(row["lat"], row["lon"], lat, lon)
                own = min(own_limit, row["radius"])
                if bounded and metres > own:
                    continue
                score = derived["fresh_points"] + rules["schedule"] + tables[source, key & 15] + rel_points[row["rel"]]
                score += spare_before + spare_after - spare
                score += points(rules["distance"], distance_worth(metres, own, rules["decay"], knots, decay))
            else:
                bits, score, metres = judge(workers, slot, shifts, s, near, derived, rules, curve, False)
                if bits:
                    continue
            at = offer(
                best,
                slots,
                found,
                k,
                key_of(rules["first"], score, metres, shift),
                key_of(rules["second"], score, metres, shift),
                0,
                0,
                slot,
                id_hi,
                id_lo,
            )
            if at >= 0:
                best[at, 4], best[at, 5] = score, metres
                found = min(k, found + 1)
    return found


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

    return _walk(
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
