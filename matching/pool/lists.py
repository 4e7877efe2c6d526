"""Posting lists: for each kind of claim and each cell the people there, best level and reliability first.

`kinds[kind]` names a run of `lists`, sorted by cell; a list names a run of postings (slot, key, signature).
Runs have room to grow and move to the end when it is used up. Kind 0 holds everybody, in no order.
"""

from __future__ import annotations

import numpy as np

from matching.pool.compiled import Array, Rows, inlined
from matching.pool.grid import NOWHERE, cell_of
from matching.pool.layout import EXCEPTED, NO_LEVEL, NO_WEEKLY, PLACED, RAGGED, WAITING

RUN = np.dtype([("start", "<i4"), ("size", "<i4"), ("room", "<i4")])
LIST = np.dtype([("cell", "<i4"), ("start", "<i4"), ("size", "<i4"), ("room", "<i4"), ("top", "<i4")])
# `key`: level and reliability; `radius` in ten metres, rounded up; `mark`: free for some of each three hours
POST = np.dtype([("slot", "<i4"), ("key", "<u2"), ("radius", "<u2"), ("mark", "<i8")])
LISTS_USED, POSTS_USED, LISTS_WASTED, POSTS_WASTED, MOST_RADIUS, UNKNOWN_REL = range(6)
COUNTERS = 6
LEVEL_STEP = 400  # 8 points of level against 20 of reliability: the order of the bench policy
BLOCK_HOURS = 3
RADIUS_STEP_M = 10
NO_RADIUS = 65_535
BEST_KEY = 1000 << 4  # of everybody's lists, which are in no order
PRIOR = 800
EVERYBODY = 0


@inlined
def home_cell(row: Rows) -> int:
    return cell_of(row["lat"], row["lon"]) if row["flags"] & PLACED else NOWHERE


@inlined
def posting_key(row: Rows, claim: int) -> int:
    """Level and reliability in one number that falls with both, and level and proof again in four bits."""
    level = (claim >> 1) & 7
    level = 0 if level == NO_LEVEL else level
    known = PRIOR if row["rel"] < 0 else row["rel"]
    return int((LEVEL_STEP * level + known) << 4 | (claim & 15))


@inlined
def radius_step(row: Rows) -> int:
    return int(min(NO_RADIUS, (row["radius"] + RADIUS_STEP_M - 1) // RADIUS_STEP_M))


@inlined
def signature(row: Rows) -> int:
    """56 bits: free for some of each three hours of the week."""
    bits = np.int64(0)
    if row["flags"] & (RAGGED | EXCEPTED | WAITING):
        return int((np.int64(1) << np.int64(56)) - 1)
    for block in range(56):
        hour = block * BLOCK_HOURS
        for each in range(hour, hour + BLOCK_HOURS):
            if each < 64:
                free = (row["w0"] >> each) & 1
            elif each < 128:
                free = (row["w1"] >> (each - 64)) & 1
            else:
                free = (row["w2"] >> (each - 128)) & 1
            if free:
                bits |= np.int64(1) << np.int64(block)
    return int(bits)


@inlined
def first_list(lists: Array, start: int, end: int, cell: int) -> int:
    """The first list of [start, end) whose cell is not before `cell`."""
    while start < end:
        middle = (start + end) // 2
        if lists[middle]["cell"] < cell:
            start = middle + 1
        else:
            end = middle
    return start


@inlined
def _posting_place(posts: Array, start: int, size: int, key: int) -> int:
    """The first posting of a run whose key is not above `key`."""
    low, high = start, start + size
    while low < high:
        middle = (low + high) // 2
        if posts[middle]["key"] > key:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def _new_list(index: Rows, kind: int, at: int, cell: int) -> int:
    """Open an empty list at its place in the kind's run; where it is, after a possible move of the run."""
    kinds, lists, _, counters = index
    run = kinds[kind]
    if run["size"] == run["room"]:
        room = 2 * run["size"] + 2
        start = counters[LISTS_USED]
        counters[LISTS_USED] += room
        counters[LISTS_WASTED] += run["room"]
        for each in range(run["size"]):
            lists[start + each] = lists[run["start"] + each]
        at += start - run["start"]
        run["start"], run["room"] = start, room
    for place in range(run["start"] + run["size"], at, -1):
        lists[place] = lists[place - 1]
    run["size"] += 1
    entry = lists[at]
    entry["cell"], entry["start"], entry["size"], entry["room"], entry["top"] = cell, 0, 0, 0, 0
    return at


@inlined
def set_top(entry: Rows, posts: Array, kind: int) -> None:
    """Note the best key of a list."""
    entry["top"] = BEST_KEY if kind == EVERYBODY else posts[entry["start"]]["key"]


@inlined
def write_post(post: Rows, slot: int, key: int, row: Rows) -> None:
    post["slot"], post["key"] = slot, key
    post["radius"], post["mark"] = radius_step(row), signature(row)


@inlined
def _insert(index: Rows, kind: int, cell: int, slot: int, key: int, row: Rows) -> None:
    kinds, lists, posts, counters = index
    run = kinds[kind]
    at = first_list(lists, run["start"], run["start"] + run["size"], cell)
    if at == run["start"] + run["size"] or lists[at]["cell"] != cell:
        at = _new_list(index, kind, at, cell)
    entry = lists[at]
    start, size = entry["start"], entry["size"]
    if size == entry["room"]:
        room = 4 if size == 0 else size + size // 2 + 4
        moved = counters[POSTS_USED]
        counters[POSTS_USED] += room
        counters[POSTS_WASTED] += entry["room"]
        for each in range(size):
            posts[moved + each] = posts[start + each]
        entry["start"], entry["room"] = moved, room
        start = moved
    place = start + size if kind == EVERYBODY else _posting_place(posts, start, size, key)
    for each in range(start + size, place, -1):
        posts[each] = posts[each - 1]
    write_post(posts[place], slot, key, row)
    entry["size"] = size + 1
    set_top(entry, posts, kind)


@inlined
def _place_of(index: Rows, kind: int, cell: int, slot: int, key: int) -> tuple[int, int]:
    """(list, posting) of a slot; (-1, -1) when it is not there."""
    kinds, lists, posts, _ = index
    run = kinds[kind]
    at = first_list(lists, run["start"], run["start"] + run["size"], cell)
    if at == run["start"] + run["size"] or lists[at]["cell"] != cell:
        return -1, -1
    start, size = lists[at]["start"], lists[at]["size"]
    place = start if kind == EVERYBODY else _posting_place(posts, start, size, key)
    while place < start + size:
        if posts[place]["slot"] == slot and posts[place]["key"] == key:
            return at, place
        place += 1
    return -1, -1


@inlined
def _remove(index: Rows, kind: int, cell: int, slot: int, key: int) -> None:
    _, lists, posts, _ = index
    at, place = _place_of(index, kind, cell, slot, key)
    if at < 0:
        return
    entry = lists[at]
    last = entry["start"] + entry["size"] - 1
    if kind == EVERYBODY:
        posts[place] = posts[last]
    else:
        for each in range(place, last):
            posts[each] = posts[each + 1]
    entry["size"] -= 1
    if entry["size"]:
        set_top(entry, posts, kind)


@inlined
def _room_wanted(index: Rows, kind: int, cell: int) -> tuple[int, int]:
    """Most (lists, postings) that one insertion may take from the end."""
    kinds, lists, _, _ = index
    run = kinds[kind]
    at = first_list(lists, run["start"], run["start"] + run["size"], cell)
    if at == run["start"] + run["size"] or lists[at]["cell"] != cell:
        return 2 * run["size"] + 2, 4
    return 0, 2 * lists[at]["size"] + 8


@inlined
def everybody_key(row: Rows) -> int:
    return int((PRIOR if row["rel"] < 0 else row["rel"]) << 4)


@inlined
def list_row(index: Rows, hot: Array, slot: int, claims: Array, first: int, count: int) -> tuple[int, int]:
    """Enter one row under everybody and each claim; (0, 0), or how many lists and postings to make room for."""
    _, lists, posts, counters = index
    row = hot[slot]
    cell = home_cell(row)
    need_lists, need_posts = _room_wanted(index, EVERYBODY, cell)
    for place in range(first, first + count):
        more_lists, more_posts = _room_wanted(index, (claims[place] >> 4) + 1, cell)
        need_lists += 2 * more_lists + 8
        need_posts += 2 * more_posts + 8
    if counters[LISTS_USED] + need_lists > len(lists) or counters[POSTS_USED] + need_posts > len(posts):
        return need_lists, need_posts
    _insert(index, EVERYBODY, cell, slot, everybody_key(row), row)
    for place in range(first, first + count):
        _insert(index, (claims[place] >> 4) + 1, cell, slot, posting_key(row, claims[place]), row)
    counters[MOST_RADIUS] = max(counters[MOST_RADIUS], row["radius"])
    if row["rel"] < 0:
        counters[UNKNOWN_REL] = 1
    return 0, 0


@inlined
def unlist_row(index: Rows, hot: Array, slot: int, claims: Array, first: int, count: int) -> None:
    """Take one row out of every list it is in."""
    row = hot[slot]
    cell = home_cell(row)
    _remove(index, EVERYBODY, cell, slot, everybody_key(row))
    for place in range(first, first + count):
        _remove(index, (claims[place] >> 4) + 1, cell, slot, posting_key(row, claims[place]))


@inlined
def _mark_row(index: Rows, row: Rows, slot: int, claims: Array, first: int, count: int) -> None:
    """Write a row's new signature beside its postings: its hours have changed, not its keys."""
    _, lists, posts, _ = index
    cell = home_cell(row)
    mark = signature(row)
    _, place = _place_of(index, EVERYBODY, cell, slot, everybody_key(row))
    posts[place]["mark"] = mark
    for each in range(first, first + count):
        key = posting_key(row, claims[each])
        at, place = _place_of(index, (claims[each] >> 4) + 1, cell, slot, key)
        while at >= 0 and place < lists[at]["start"] + lists[at]["size"] and posts[place]["key"] == key:
            if posts[place]["slot"] == slot:  # the same claim may be made twice
                posts[place]["mark"] = mark
            place += 1


@inlined
def set_hours(arrays: Rows, slot: int, words: tuple[int, int, int], unsaid: bool, indexed: bool) -> bool:
    """The free hours of a row that tells its time by hours alone; False, and nothing done, for any other."""
    index, hot, cold, claims = arrays
    row = hot[slot]
    if row["flags"] & (RAGGED | EXCEPTED | WAITING):
        return False
    row["w0"], row["w1"], row["w2"] = words
    row["flags"] = (row["flags"] | NO_WEEKLY) if unsaid else (row["flags"] & ~NO_WEEKLY)
    if indexed:
        _mark_row(index, row, slot, claims, cold[slot]["claims"], cold[slot]["n_claims"])
    return True
