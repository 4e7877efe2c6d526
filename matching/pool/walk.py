"""The innermost of the search for people: the lists by falling bound, each person looked at only as far as it takes."""

from __future__ import annotations

import math

from matching.pool.bounds import (
    key_bound,
    way_bound,
)
from matching.pool.compiled import Array, Rows, inlined
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
    sift,
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
    NO_RADIUS,
    RADIUS_STEP_M,
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
def walk(
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
                score = derived["offer_points"] + rules["schedule"] + tables[source, key & 15] + rel_points[row["rel"]]
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
