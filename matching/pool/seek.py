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
    OUT_OF_REACH,
    PLACED,
    UNKNOWN_M,
)
from matching.pool.lists import NO_RADIUS, RADIUS_STEP_M, first_list
from matching.pool.topk import key_of, offer
from matching.pool.wants import common_worth, least_key, wants


@inlined
def _enter(
    entries: Array,
    size: int,
    lists: Array,
    run: Rows,
    row: Rows,
    placed: bool,
    bounded: bool,
    limit: int,
    most: int,
    rules: Rows,
    curve: Rows,
) -> int:
    """Put a need's lists, cell by cell as far as the person may be reached, behind the `size` entries with their
    bounds; `most` is what they are worth beside the way. How many there are now.
    """
    start, end = run["start"], run["start"] + run["size"]
    rows_away = reach_rows(limit)
    own_row = (row["lat"] + 90_000_000) // 20_000
    at = start
    if bounded:
        at = first_list(lists, start, end, max(0, own_row - rows_away) * COLUMNS)
    last_row, tall, wide = -1, 0.0, 0.0
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
        entries[size, E_FIRST] = least_key(rules["first"], most + worth, metres)
        entries[size, E_SECOND] = least_key(rules["second"], most + worth, metres)
        entries[size, E_START], entries[size, E_SIZE] = entry["start"], entry["size"]
        entries[size, E_METRES] = metres
        size += 1
    return size


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
    sources = wants(workers, w, near, wanted, rules, kind_at)
    common = common_worth(row, rules)
    placed = row["flags"] & PLACED != 0
    bounded = placed and rules["gates"] & OUT_OF_REACH != 0
    limit = int(row["radius"])
    room = 0
    for source in range(len(sources)):
        if sources[source, SOURCE_KIND] < len(kinds):
            room += kinds[sources[source, SOURCE_KIND]]["size"]
    entries = np.empty((room, E_COLUMNS), np.int64)
    size = 0
    for source in range(len(sources)):
        if sources[source, SOURCE_KIND] < len(kinds):
            run, most = kinds[sources[source, SOURCE_KIND]], common + sources[source, SOURCE_NEED]
            size = _enter(entries, size, lists, run, row, placed, bounded, limit, most, rules, curve)
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
