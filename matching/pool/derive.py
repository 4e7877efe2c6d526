"""What a shift comes to under a policy at a moment: the window looked at, its hours, what bars everybody."""

from __future__ import annotations

import numpy as np

from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import (
    BEGUN,
    CLOSED,
    DATED,
    DAY,
    EPOCH_ORDINAL,
    FULL_UP,
    H_HEAD,
    H_PAPERS,
    H_PATTERN,
    MONDAY,
    OPEN_TIME,
    S_DATED,
    S_FULL,
    S_OPEN,
    S_PART_TIME,
    S_PUBLISHED,
    S_WEEKLY,
    WEEK_HOURS,
    WEEKLY,
)
from matching.pool.measure import fraction, points


@inlined
def _hours(derived: Rows, offset: int) -> None:
    """Bits of the local week's hours that the window touches."""
    t0, t1, t2 = np.int64(0), np.int64(0), np.int64(0)
    hour = (derived["start"] + MONDAY + offset) // 60
    last = (derived["end"] - 1 + MONDAY + offset) // 60
    last = min(last, hour + WEEK_HOURS - 1)
    while hour <= last:
        place = hour % WEEK_HOURS
        if place < 64:
            t0 |= np.int64(1) << np.int64(place)
        elif place < 128:
            t1 |= np.int64(1) << np.int64(place - 64)
        else:
            t2 |= np.int64(1) << np.int64(place - 128)
        hour += 1
    derived["t0"], derived["t1"], derived["t2"] = t0, t1, t2


@inlined
def _dated(shift: Rows, rules: Rows, derived: Rows) -> None:
    start, end, offset = shift["start"], shift["end"], rules["offset"]
    asked = end - start if shift["needed"] < 0 else min(shift["needed"], end - start)
    derived["kind"], derived["asked"] = DATED, asked
    derived["start"], derived["end"] = max(start, min(rules["now"], end - asked)), end
    derived["length"] = end - derived["start"]
    if rules["gates"] & BEGUN and rules["now"] >= end - asked:
        derived["barred"] |= BEGUN
    _hours(derived, offset)
    before = (start + offset) // 60 - 1
    after = -(-(end + offset) // 60)
    derived["before_at"], derived["after_at"] = before * 60 - offset, after * 60 - offset
    derived["before"] = (before + MONDAY // 60) % WEEK_HOURS
    derived["after"] = (after + MONDAY // 60) % WEEK_HOURS
    derived["first_day"] = (start + offset) // DAY + EPOCH_ORDINAL
    derived["last_day"] = (end - 1 + offset) // DAY + EPOCH_ORDINAL
    derived["part_time"] = 1 if shift["flags"] & S_PART_TIME else 0


@inlined
def _weekly(shift: Rows, shift_detail: Array, derived: Rows) -> None:
    at = shift["detail"]
    slots = at + H_HEAD + 2 * shift_detail[at + H_PAPERS]
    length = 0
    for each in range(shift_detail[at + H_PATTERN]):
        length += shift_detail[slots + 2 * each + 1] - shift_detail[slots + 2 * each]
    derived["kind"], derived["length"] = WEEKLY, length
    derived["asked"] = length if shift["needed"] < 0 else min(shift["needed"], length)


@inlined
def derive(shifts: Rows, s: int, rules: Rows, derived: Rows) -> None:
    """Fill `derived` for one shift."""
    shift_rows, shift_detail, _ = shifts
    shift = shift_rows[s]
    flags, gates, offset = shift["flags"], rules["gates"], rules["offset"]
    barred = 0
    if gates & CLOSED and not flags & S_OPEN:
        barred |= CLOSED
    if gates & FULL_UP and flags & S_FULL:
        barred |= FULL_UP
    derived["barred"], derived["part_time"] = barred, 0
    derived["kind"], derived["asked"], derived["length"] = OPEN_TIME, 0, 0
    derived["start"], derived["end"] = 0, 0
    derived["t0"], derived["t1"], derived["t2"] = 0, 0, 0
    derived["before"], derived["after"], derived["before_at"], derived["after_at"] = 0, 0, 0, 0
    derived["first_day"] = (rules["now"] + offset) // DAY + EPOCH_ORDINAL
    derived["last_day"] = derived["first_day"]
    if flags & S_DATED:
        _dated(shift, rules, derived)
    elif flags & S_WEEKLY:
        _weekly(shift, shift_detail, derived)
    derived["agreed_points"] = points(rules["schedule"], rules["floor"] * 1000)
    value = 0
    if flags & S_PUBLISHED:
        age = max(0, rules["now"] - shift["published"])
        value = fraction(max(0, rules["fresh"] - age), rules["fresh"])
    known = rules["baseline"] if shift["employer_rel"] < 0 else shift["employer_rel"]
    derived["offer_points"] = points(rules["freshness"], value) + points(rules["employer"], known * 1000)
