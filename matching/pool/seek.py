"""The best k shifts for a person: lists of need and cell by falling bound, as `search` does for people."""

from __future__ import annotations

import numpy as np

from matching.pool.bounds import way_bound
from matching.pool.compiled import Array, Rows, inlined, kernel
from matching.pool.derive import derive
from matching.pool.gather import E_COLUMNS, E_FIRST, E_METRES, E_SECOND, E_SIZE, E_START, SOURCE_KIND, SOURCE_NEED, sift
from matching.pool.grid import COLUMNS, NOWHERE, at_least, column_term, reach_rows, row_terms
from matching.pool.judge import judge
from matching.pool.layout import (
    BY_DISTANCE,
    BY_SCORE,
    FAR_OFF,
    NEAR_MASK,
    NO_LEVEL,
    OUT_OF_REACH,
    PLACED,
    SAME,
    SKILLS,
    UNKNOWN_M,
)
from matching.pool.lists import EVERYBODY, NO_RADIUS, RADIUS_STEP_M, first_list
from matching.pool.measure import FULL, points, rounded
from matching.pool.topk import key_of, offer

ASKS_NOTHING = 0  # the list of shifts that require no skill; need row r has list r + 1


@kernel
def _wants(workers: Rows, w: int, near: Array, wanted: Rows, rules: Rows, kind_at: Array) -> Array:
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
def _common(row: Rows, rules: Rows) -> int:
    """Most points of everything but skill and way."""
    known = rules["baseline"] if row["rel"] < 0 else row["rel"]
    most = points(rules["reliability"], known * 1000) + rules["pay"] + rules["freshness"] + rules["priority"]
    return int(most + rules["schedule"] + rules["spare_before"] + rules["spare_after"])


@inlined
def _least_key(code: int, most: int, metres: int) -> int:
    if code == BY_SCORE:
        return -most
    return metres if code == BY_DISTANCE else -FAR_OFF


@inlined
def _walk(
    workers: Rows,
    w: int,
    posts: Array,
    jobs: Rows,
    shifts: Rows,
    near: Array,
    rules: Rows,
    curve: Rows,
    derived: Rows,
    bounded: bool,
    entries: Array,
    heap: Array,
    size: int,
    best: Array,
    slots: Array,
    k: int,
) -> int:
    """Take lists from the heap, best bound first, and offer their shifts until the bound is below the k-th."""
    id_hi, id_lo = jobs
    shift_rows = shifts[0]
    found = 0
    while size:
        entry = entries[heap[0]]
        size -= 1
        heap[0] = heap[size]
        sift(heap, entries, 0, size)
        if found == k and entry[E_FIRST] > best[k - 1, 0]:
            break
        if found == k and entry[E_FIRST] == best[k - 1, 0] and entry[E_SECOND] > best[k - 1, 1]:
            continue
        for place in range(entry[E_START], entry[E_START] + entry[E_SIZE]):
            step = posts[place]["radius"]
            if bounded and step != NO_RADIUS and step * RADIUS_STEP_M < entry[E_METRES]:
                continue
            slot = posts[place]["slot"]
            derive(shifts, slot, rules, derived)
            bits, score, metres = judge(workers, w, shifts, slot, near, derived, rules, curve, False)
            if bits:
                continue
            shift = shift_rows[slot]
            at = offer(
                best,
                slots,
                found,
                k,
                key_of(rules["first"], score, metres, shift),
                key_of(rules["second"], score, metres, shift),
                key_of(rules["third"], score, metres, shift),
                key_of(rules["fourth"], score, metres, shift),
                slot,
                id_hi,
                id_lo,
            )
            if at >= 0:
                best[at, 4], best[at, 5] = score, metres
                found = min(k, found + 1)
    return found


@kernel
def seek(
    workers: Rows,
    w: int,
    index: Rows,
    jobs: Rows,
    shifts: Rows,
    near: Array,
    wanted: Rows,
    kind_at: Array,
    rules: Rows,
    curve: Rows,
    derived_row: Array,
    best: Array,
    slots: Array,
    k: int,
) -> int:
    """Fill `slots` and `best` with the first `k` shifts for person `w`; how many there are.

    A shift is found through the need that the person meets best, so a list's bound may take that need's worth
    for all of them. `jobs` are the rows, with ids, that the lists were made of.
    """
    row = workers[0][w]
    kinds, lists, posts, _ = index
    if k == 0:
        return 0
    sources = _wants(workers, w, near, wanted, rules, kind_at)
    common = _common(row, rules)
    placed = row["flags"] & PLACED != 0
    bounded = placed and rules["gates"] & OUT_OF_REACH != 0
    limit = int(row["radius"])
    rows_away = reach_rows(limit)
    own_row = (row["lat"] + 90_000_000) // 20_000
    room = 0
    for source in range(len(sources)):
        if sources[source, SOURCE_KIND] < len(kinds):
            room += kinds[sources[source, SOURCE_KIND]]["size"]
    entries = np.empty((room, E_COLUMNS), np.int64)
    size = 0
    for source in range(len(sources)):
        if sources[source, SOURCE_KIND] >= len(kinds):
            continue
        run = kinds[sources[source, SOURCE_KIND]]
        start, end = run["start"], run["start"] + run["size"]
        low = start
        if bounded:
            low = first_list(lists, start, end, max(0, own_row - rows_away) * COLUMNS)
        last_row, tall, wide = -1, 0.0, 0.0
        at = low
        while at < end:
            entry = lists[at]
            cell = entry["cell"]
            metres = 0
            worth = rules["distance"]
            if cell == NOWHERE:
                metres = 0  # remote work, or a place unknown
            elif not placed:
                metres, worth = UNKNOWN_M, 0
            else:
                line = cell // COLUMNS
                if bounded and line > own_row + rows_away:
                    at = first_list(lists, at, end, NOWHERE)
                    if at == end:
                        break
                    continue
                if line != last_row:
                    last_row = line
                    tall, wide = row_terms(row["lat"], line)
                metres = at_least(tall + wide * column_term(row["lon"], cell - line * COLUMNS))
                worth = way_bound(metres, limit, rules, curve)
            at += 1
            if entry["size"] == 0 or (bounded and metres > limit):
                continue
            most = common + worth + sources[source, SOURCE_NEED]
            entries[size, E_FIRST] = _least_key(rules["first"], most, metres)
            entries[size, E_SECOND] = _least_key(rules["second"], most, metres)
            entries[size, E_START], entries[size, E_SIZE] = entry["start"], entry["size"]
            entries[size, E_METRES] = metres
            size += 1
    heap = np.arange(size)
    for place in range(size // 2 - 1, -1, -1):
        sift(heap, entries, place, size)
    return _walk(
        workers,
        w,
        posts,
        jobs,
        shifts,
        near,
        rules,
        curve,
        derived_row[0],
        bounded,
        entries,
        heap,
        size,
        best,
        slots,
        k,
    )


@kernel
def seek_many(
    workers: Rows,
    people: Array,
    first: int,
    last: int,
    index: Rows,
    jobs: Rows,
    shifts: Rows,
    near: Array,
    wanted: Rows,
    kind_at: Array,
    rules: Rows,
    curve: Rows,
    derived_row: Array,
    k: int,
    slots: Array,
    scores: Array,
    metres: Array,
    sizes: Array,
) -> None:
    """`seek` for the people [first, last) of a list of slots, each into its own row of the answers."""
    best = np.empty((max(1, k), 6), np.int64)
    chosen = np.empty(max(1, k), np.int32)
    for place in range(first, last):
        size = seek(
            workers,
            people[place],
            index,
            jobs,
            shifts,
            near,
            wanted,
            kind_at,
            rules,
            curve,
            derived_row,
            best,
            chosen,
            k,
        )
        sizes[place] = size
        for each in range(size):
            slots[place, each] = chosen[each]
            scores[place, each], metres[place, each] = best[each, 4], best[each, 5]


@kernel
def judge_all(
    workers: Rows,
    w: int,
    alive: Array,
    shifts: Rows,
    near: Array,
    rules: Rows,
    curve: Rows,
    derived_row: Array,
    bits: Array,
    scores: Array,
    metres: Array,
) -> None:
    """Bits, score and metres of every shift named in `alive` beside one person."""
    derived = derived_row[0]
    for place in range(len(alive)):
        derive(shifts, alive[place], rules, derived)
        bits[place], scores[place], metres[place] = judge(
            workers, w, shifts, alive[place], near, derived, rules, curve, True
        )
