"""Everybody beside one shift: the gates each fails, for counts, what-ifs and lists too long to search."""

from __future__ import annotations

import math

from matching.pool.compiled import Array, Rows, inlined
from matching.pool.derive import derive
from matching.pool.grid import is_beyond
from matching.pool.judge import cover_minutes, judge, time_bits, trade_row
from matching.pool.layout import ALIVE, BOOKED, NOT_FREE, OUT_OF_REACH, PLACED, S_PLACED, S_REMOTE, SKILLS
from matching.pool.measure import RADIANS, lacks_skill
from matching.pool.pair_gates import pair_bits


@inlined
def scan(
    workers: Rows,
    shifts: Rows,
    s: int,
    near: Array,
    rules: Rows,
    curve: Rows,
    derived_row: Array,
    bits: Array,
    scores: Array,
    metres: Array,
) -> None:
    """Bits, score and metres of every slot."""
    hot = workers[0]
    derived = derived_row[0]
    derive(shifts, s, rules, derived)
    for w in range(len(bits)):
        if hot[w]["flags"] & ALIVE:
            bits[w], scores[w], metres[w] = judge(workers, w, shifts, s, near, derived, rules, curve, True)


@inlined
def is_away(row: Rows, shift: Rows, rules: Rows, sine: float, cosine: float) -> bool:
    """Whether the gate of the way refuses; sine and cosine of the shift's latitude."""
    placed = shift["flags"] & S_PLACED != 0 and shift["flags"] & S_REMOTE == 0 and row["flags"] & PLACED != 0
    if not placed or not rules["gates"] & OUT_OF_REACH:
        return False
    limit = min(row["radius"], shift["limit"])
    return bool(is_beyond(shift["lat"], shift["lon"], row["lat"], sine, cosine, row["lon"], limit))


@inlined
def some_bits(
    workers: Rows, w: int, shifts: Rows, s: int, near: Array, derived: Rows, rules: Rows, sine: float, cosine: float
) -> int:
    """The bits that `judge` would give, without the metres; only of the gates of `rules`."""
    hot, cold, claims, detail, _, _ = workers
    shift_rows, shift_detail, needs = shifts
    row, rest, shift = hot[w], cold[w], shift_rows[s]
    gates = rules["gates"]
    bits = int(derived["barred"])
    if is_away(row, shift, rules, sine, cosine):
        bits |= OUT_OF_REACH
    first, count = rest["claims"], rest["n_claims"]
    if gates & SKILLS and lacks_skill(claims, first, count, needs, shift["needs"], shift["n_needs"], near):
        bits |= SKILLS
    if gates & (NOT_FREE | BOOKED):
        trade = trade_row(shift, needs)
        unbooked, usable = cover_minutes(row, detail, rest["detail"], near, trade, shift, shift_detail, derived, rules)
        bits |= time_bits(derived, rules, unbooked, usable)
    return bits | pair_bits(workers, w, shift, shift_detail, derived, rules)


@inlined
def scan_bits(
    workers: Rows,
    first: int,
    last: int,
    shifts: Rows,
    s: int,
    near: Array,
    rules: Rows,
    derived_row: Array,
    bits: Array,
    tally: Array,
) -> None:
    """Bits of the slots [first, last), and how many people fail each set of gates."""
    hot = workers[0]
    derived = derived_row[0]
    derive(shifts, s, rules, derived)
    lat = shifts[0][s]["lat"] * RADIANS
    sine, cosine = math.sin(lat), math.cos(lat)
    for w in range(first, last):
        if hot[w]["flags"] & ALIVE:
            found = some_bits(workers, w, shifts, s, near, derived, rules, sine, cosine)
            bits[w] = found
            tally[found] += 1


@inlined
def count_within(workers: Rows, slots: Array, first: int, last: int, shifts: Rows, rules: Rows) -> int:
    """How many of the slots at places [first, last) the gate of the way lets through to the first shift."""
    hot, shift = workers[0], shifts[0][0]
    lat = shift["lat"] * RADIANS
    sine, cosine = math.sin(lat), math.cos(lat)
    found = 0
    for place in range(first, last):
        if not is_away(hot[slots[place]], shift, rules, sine, cosine):
            found += 1
    return found
