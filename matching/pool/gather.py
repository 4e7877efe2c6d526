"""Which lists may hold someone for a shift: the kinds that fit its needs, in the cells within reach."""

from __future__ import annotations

import numpy as np

from matching.pool.bounds import (
    ANYHOW,
    EXCLUSIVE,
    KEY_STEP,
    KEY_STEPS,
    round_bounds,
    way_bound,
)
from matching.pool.compiled import Array, Rows, inlined, kernel
from matching.pool.grid import (
    CELL_E6,
    COLUMNS,
    NOWHERE,
    at_least,
    column_term,
    reach_columns,
    reach_rows,
    row_terms,
)
from matching.pool.layout import (
    BY_DISTANCE,
    BY_SCORE,
    FAR_OFF,
    REQUIRED,
    S_PLACED,
    S_REMOTE,
    SAME,
    SKILLS,
    UNKNOWN_M,
)
from matching.pool.lists import (
    EVERYBODY,
    first_list,
)

# Columns of a source (kind of the index, need) and of an entry (a list found worth a look).
SOURCE_KIND, SOURCE_NEED = 0, 1
E_FIRST, E_SECOND, E_START, E_SIZE, E_SOURCE, E_METRES, E_POINTS = range(7)
E_COLUMNS = 7


@inlined
def _rarest(index: Rows, shift: Rows, needs: Array, near: Array, fits: Rows) -> int:
    """The required need that fewest lists serve."""
    best, least = -1, 0
    for place in range(shift["n_needs"]):
        need = needs[shift["needs"] + place]
        if need["role"] != REQUIRED:
            continue
        size = 0
        for at in range(fits[0][need["row"]], fits[0][need["row"] + 1]):
            kind = fits[1][at]
            if near[need["row"], kind] & SAME:
                run = index[0][kind + 1]
                size += run["size"]
                if run["size"]:
                    # postings of a kind at bulk build lie in one run: a fair guess of how many
                    size += index[1][run["start"] + run["size"] // 2]["size"]
        if best < 0 or size < least:
            best, least = place, size
    return best


@kernel
def sources_of(index: Rows, shift: Rows, needs: Array, near: Array, fits: Rows, rules: Rows) -> tuple[Array, int]:
    """(kind of the index, need) of every list that may hold someone; how far other needs count."""
    only = _rarest(index, shift, needs, near, fits) if rules["gates"] & SKILLS else -1
    counted = rules["scored"] and rules["skill"]
    size = 1
    for place in range(shift["n_needs"]):
        row = needs[shift["needs"] + place]["row"]
        size += fits[0][row + 1] - fits[0][row]
    found = np.empty((size, 2), np.int64)
    size = 0
    for place in range(shift["n_needs"]):
        need = needs[shift["needs"] + place]
        if (only >= 0 and place != only) or (only < 0 and not counted):
            continue
        for at in range(fits[0][need["row"]], fits[0][need["row"] + 1]):
            kind = fits[1][at]
            same = near[need["row"], kind] & SAME
            if (only >= 0 or rules["levels"]) and (not same or need["role"] != REQUIRED):
                continue
            if kind + 1 < len(index[0]) and index[0][kind + 1]["size"]:
                found[size, SOURCE_KIND], found[size, SOURCE_NEED] = kind + 1, place
                size += 1
    if only < 0:
        found[size, SOURCE_KIND], found[size, SOURCE_NEED] = EVERYBODY, -1
        size += 1
    return found[:size], ANYHOW if only >= 0 else EXCLUSIVE


@inlined
def _bound_key(code: int, points: int, metres: int) -> int:
    """The least sort key that a list can hold."""
    if code == BY_SCORE:
        return -points
    return metres if code == BY_DISTANCE else -FAR_OFF


@inlined
def _enter(
    entries: Array,
    size: int,
    entry: Rows,
    source: int,
    metres: int,
    static: int,
    common: int,
    limit: int,
    shift: Rows,
    rules: Rows,
    curve: Rows,
) -> int:
    """Note a list with what its people can reach at most."""
    worth = common
    if shift["flags"] & S_REMOTE:
        worth += rules["distance"]
    elif rules["distance"]:
        worth += way_bound(metres, limit, rules, curve)
    entries[size, E_FIRST] = _bound_key(rules["first"], worth + static, metres)
    entries[size, E_SECOND] = _bound_key(rules["second"], worth + static, metres)
    entries[size, E_START], entries[size, E_SIZE] = entry["start"], entry["size"]
    entries[size, E_SOURCE], entries[size, E_METRES], entries[size, E_POINTS] = source, metres, worth
    return size + 1


@inlined
def sift(heap: Array, entries: Array, place: int, size: int) -> None:
    """Let an entry sink until both below it are no better."""
    moving = heap[place]
    least = entries[moving, E_FIRST]
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and entries[heap[child + 1], E_FIRST] < entries[heap[child], E_FIRST]:
            child += 1
        if entries[heap[child], E_FIRST] >= least:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = moving


@kernel
def gather(
    index: Rows,
    sources: Array,
    tables: Array,
    shift: Rows,
    rules: Rows,
    curve: Rows,
    rel_points: Array,
    least_rel: int,
    common: int,
    limit: int,
    bounded: bool,
) -> tuple[Array, int]:
    """Every list that may hold someone within reach, with its bounds."""
    kinds, lists, _, _ = index
    flags = shift["flags"]
    placed = flags & S_PLACED != 0 and flags & S_REMOTE == 0
    elsewhere = 0 if flags & S_REMOTE else UNKNOWN_M
    room = 0
    for source in range(len(sources)):
        room += kinds[sources[source, SOURCE_KIND]]["size"]
    entries = np.empty((room, E_COLUMNS), np.int64)
    tops = np.empty(KEY_STEPS, np.int64)
    lat, lon = shift["lat"], shift["lon"]
    away = reach_rows(limit)
    own_row = (lat + 90_000_000) // CELL_E6
    span = reach_columns(lat, limit) if bounded else COLUMNS
    boxed = bounded and span < 200 and away < 200
    west = min(COLUMNS - 1, (lon + 180_000_000) // CELL_E6) - span
    terms = np.empty(2 * span + 1 if boxed else 1, np.float64)
    if boxed:
        for each in range(2 * span + 1):
            terms[each] = column_term(lon, (west + each) % COLUMNS)
    first_row = max(0, own_row - away)
    size = 0
    for source in range(len(sources)):
        run = kinds[sources[source, SOURCE_KIND]]
        round_bounds(tables[source], rel_points, least_rel, tops)
        start, end = run["start"], run["start"] + run["size"]
        if end > start and lists[end - 1]["cell"] == NOWHERE:
            end -= 1
            if lists[end]["size"]:
                static = tops[lists[end]["top"] // KEY_STEP]
                size = _enter(entries, size, lists[end], source, elsewhere, static, common, limit, shift, rules, curve)
        at = first_list(lists, start, end, first_row * COLUMNS) if bounded else start
        line, tall, wide = -1, 0.0, 0.0
        while at < end:
            entry = lists[at]
            metres = elsewhere
            if placed:
                cell = entry["cell"]
                if cell >= (line + 1) * COLUMNS:
                    line = cell // COLUMNS
                    if bounded and line > own_row + away:
                        break
                    tall, wide = row_terms(lat, line)
                column = cell - line * COLUMNS
                if boxed:
                    # the box may hang over the antimeridian on either side
                    place = (column - west) % COLUMNS
                    if place > 2 * span:
                        ahead = line * COLUMNS + max(0, west)
                        if column < west and cell < ahead:
                            at = first_list(lists, at + 1, end, ahead)
                        elif west >= 0 and west + 2 * span < COLUMNS:
                            at = first_list(lists, at + 1, end, (line + 1) * COLUMNS + west)
                        else:
                            at += 1
                        continue
                    metres = at_least(tall + wide * terms[place])
                else:
                    metres = at_least(tall + wide * column_term(lon, column))
            at += 1
            if entry["size"] == 0 or (bounded and metres > limit):
                continue
            static = tops[entry["top"] // KEY_STEP]
            size = _enter(entries, size, entry, source, metres, static, common, limit, shift, rules, curve)
    return entries, size
