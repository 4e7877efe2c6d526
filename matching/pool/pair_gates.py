"""The gates that need neither skill, way nor free time: age, blocks, papers, part-time hours."""

from __future__ import annotations

from matching.pool.calendar import section
from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import (
    ADULTS_ONLY,
    ALREADY_APPLIED,
    ALREADY_ENGAGED,
    BLOCKED_PAIR,
    CERTIFICATES,
    D_BLOCK,
    D_HOURS,
    D_LIVE,
    D_PAPERS,
    D_SEATS,
    DAY,
    EPOCH_ORDINAL,
    H_BLOCKED,
    H_HEAD,
    H_PAPERS,
    H_PATTERN,
    HOURS,
    PAPERS,
    PART_TIME_DAY,
    PART_TIME_WEEK,
    S_ADULT,
    TIES,
    UNDER_AGE,
)
from matching.pool.measure import (
    added_minutes,
)


@inlined
def _has_pair(detail: Array, at: int, part: int, high: int, low: int) -> bool:
    place = section(detail, at, part)
    for each in range(detail[at + part]):
        if detail[place + 2 * each + 1] == low and detail[place + 2 * each] == high:
            return True
    return False


@inlined
def _blocked_by_shift(shift_detail: Array, shift: Rows, high: int, low: int) -> bool:
    at = shift["detail"]
    if at < 0:
        return False
    place = at + H_HEAD + 2 * shift_detail[at + H_PAPERS] + 2 * shift_detail[at + H_PATTERN]
    for each in range(shift_detail[at + H_BLOCKED]):
        if shift_detail[place + 2 * each] == high and shift_detail[place + 2 * each + 1] == low:
            return True
    return False


@inlined
def _lacks_paper(detail: Array, at: int, shift_detail: Array, shift_at: int, first_day: int, last_day: int) -> bool:
    """Whether some paper demanded is not held, valid on all days and verified where asked."""
    place = section(detail, at, D_PAPERS) if at >= 0 else 0
    held = detail[at + D_PAPERS] if at >= 0 else 0
    for need in range(shift_detail[shift_at + H_PAPERS]):
        kind = shift_detail[shift_at + H_HEAD + 2 * need]
        checked = shift_detail[shift_at + H_HEAD + 2 * need + 1]
        found = False
        for each in range(held):
            paper = place + 4 * each
            if (
                detail[paper] == kind
                and detail[paper + 1] <= first_day
                and detail[paper + 2] >= last_day
                and (detail[paper + 3] or not checked)
            ):
                found = True
        if not found:
            return True
    return False


@inlined
def _worked_before(detail: Array, at: int, shift: Rows, day: int) -> int:
    """Part-time minutes for this employer on one day (ordinal)."""
    if at < 0:
        return 0
    total = 0
    place = section(detail, at, D_HOURS)
    for each in range(detail[at + D_HOURS]):
        entry = place + 4 * each
        if (
            detail[entry + 2] == day
            and detail[entry + 1] == shift["employer_lo"]
            and detail[entry] == shift["employer_hi"]
        ):
            total += detail[entry + 3]
    return int(total)


@inlined
def part_time(detail: Array, at: int, shift: Rows, derived: Rows, offset: int) -> int:
    """Bits of the two part-time gates: a week over the limit, a week over the average per day worked."""
    start, asked, rest = shift["start"], derived["asked"], shift["break_minutes"]
    first, last = (start + offset) // DAY, (start + asked - 1 + offset) // DAY
    bits = 0
    monday = first - (first + EPOCH_ORDINAL + 6) % 7  # ordinal 1 is a Monday
    while monday <= last:
        total, days = 0, 0
        for day in range(monday, monday + 7):
            added = added_minutes(start, asked, rest, offset, day)
            minutes = added + _worked_before(detail, at, shift, day + EPOCH_ORDINAL)
            total += minutes
            days += 1 if minutes else 0
        if total > shift["pt_week"]:
            bits |= PART_TIME_WEEK
        if total > shift["pt_day"] * days:
            bits |= PART_TIME_DAY
        monday += 7
    return bits


@inlined
def pair_bits(workers: Rows, w: int, shift: Rows, shift_detail: Array, derived: Rows, rules: Rows) -> int:
    """The gates that need neither skill, way nor free time; only those of the policy."""
    hot, cold, _, detail, id_hi, id_lo = workers
    gates = rules["gates"]
    flags = hot[w]["flags"]
    at = cold[w]["detail"]
    bits = 0
    if gates & UNDER_AGE and rules["today"] < cold[w]["introducible"]:
        bits |= UNDER_AGE
    if gates & ADULTS_ONLY and shift["flags"] & S_ADULT and derived["first_day"] < cold[w]["adult"]:
        bits |= ADULTS_ONLY
    if gates & BLOCKED_PAIR and shift["detail"] >= 0:
        high = id_hi[w] if len(id_hi) > 1 else id_hi[0]
        if _blocked_by_shift(shift_detail, shift, high, id_lo[w]):
            bits |= BLOCKED_PAIR
    if flags & TIES:
        if gates & BLOCKED_PAIR and _has_pair(detail, at, D_BLOCK, shift["employer_hi"], shift["employer_lo"]):
            bits |= BLOCKED_PAIR
        if gates & ALREADY_APPLIED and _has_pair(detail, at, D_LIVE, shift["posting_hi"], shift["posting_lo"]):
            bits |= ALREADY_APPLIED
        if gates & ALREADY_ENGAGED and _has_pair(detail, at, D_SEATS, shift["id_hi"], shift["id_lo"]):
            bits |= ALREADY_ENGAGED
    if gates & CERTIFICATES and shift["detail"] >= 0:
        held = at if flags & PAPERS else -1
        if _lacks_paper(detail, held, shift_detail, shift["detail"], derived["first_day"], derived["last_day"]):
            bits |= CERTIFICATES
    if gates & (PART_TIME_WEEK | PART_TIME_DAY) and derived["part_time"]:
        worked = at if flags & HOURS else -1
        bits |= part_time(detail, worked, shift, derived, rules["offset"]) & gates
    return bits
