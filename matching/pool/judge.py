"""One person beside one shift: the gates they fail as bits, the score, the way. The oracle's `Pair`, compiled."""

from __future__ import annotations

from matching.pool.calendar import time_of, waits_for, weekly_minutes
from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import (
    BOOKED,
    DATED,
    EXCEPTED,
    H_HEAD,
    H_PAPERS,
    H_PATTERN,
    IRREGULAR,
    NOT_FREE,
    OUT_OF_REACH,
    PLACED,
    PRIORITY,
    S_PLACED,
    S_PUBLIC,
    S_REMOTE,
    SKILLS,
    TRADE,
    UNKNOWN_M,
    WAITING,
    WEEKLY,
)
from matching.pool.measure import (
    FULL,
    distance_worth,
    fraction,
    hour_bit,
    lacks_skill,
    metres_between,
    pay_value,
    points,
    skill_value,
    touches_booking,
    window_minutes,
)
from matching.pool.pair_gates import pair_bits


@inlined
def way(row: Rows, shift: Rows) -> int:
    """Metres to the meeting point; 0 for remote work, UNKNOWN_M when a point is missing."""
    if shift["flags"] & S_REMOTE:
        return 0
    if not (row["flags"] & PLACED and shift["flags"] & S_PLACED):
        return UNKNOWN_M
    return metres_between(row["lat"], row["lon"], shift["lat"], shift["lon"])


@inlined
def dated_minutes(
    row: Rows, detail: Array, at: int, near: Array, trade: int, derived: Rows, rules: Rows
) -> tuple[int, int]:
    """(in no booking, usable and not yet capped) minutes of the window looked at."""
    start, end = derived["start"], derived["end"]
    if row["flags"] & IRREGULAR == 0 and not touches_booking(row, start, end):
        t0, t1, t2 = derived["t0"], derived["t1"], derived["t2"]
        covered = row["w0"] & t0 == t0 and row["w1"] & t1 == t1 and row["w2"] & t2 == t2
        usable = end - start if covered else window_minutes(row, start, end, t0, t1, t2, rules["offset"])
        return end - start, usable
    waits = row["flags"] & WAITING != 0 and waits_for(detail, at, near, trade, rules["waiting"])
    _, unbooked, usable = time_of(row, detail, at, start, end, rules["offset"], waits)
    return unbooked, usable


@inlined
def cover_minutes(
    row: Rows,
    detail: Array,
    at: int,
    near: Array,
    trade: int,
    shift: Rows,
    shift_detail: Array,
    derived: Rows,
    rules: Rows,
) -> tuple[int, int]:
    """(in no booking, usable) minutes; usable is capped at the minutes asked."""
    if derived["kind"] == DATED:
        unbooked, usable = dated_minutes(row, detail, at, near, trade, derived, rules)
        return unbooked, min(derived["asked"], usable)
    if derived["kind"] == WEEKLY:
        slots = shift["detail"] + H_HEAD + 2 * shift_detail[shift["detail"] + H_PAPERS]
        count = shift_detail[shift["detail"] + H_PATTERN]
        usable = weekly_minutes(row, detail, at, shift_detail, slots, count)
        return derived["length"], min(derived["asked"], usable)
    return 0, 0


@inlined
def spare(row: Rows, detail: Array, at: int, hour: int, start: int, offset: int) -> bool:
    """Whether one whole clock hour is available (bookings and 等活 are not looked at)."""
    if row["flags"] & EXCEPTED:
        return time_of(row, detail, at, start, start + 60, offset, False)[0] == 60
    return hour_bit(row, hour) != 0


@inlined
def score_of(
    workers: Rows,
    w: int,
    shift: Rows,
    needs: Array,
    near: Array,
    derived: Rows,
    rules: Rows,
    curve: Rows,
    metres: int,
    limit: int,
    usable: int,
) -> int:
    """The sum of the weighted factors, each rounded once."""
    hot, cold, claims, detail, _, _ = workers
    row, rest = hot[w], cold[w]
    total = derived["offer_points"]
    if rules["skill"]:
        value = skill_value(
            claims, rest["claims"], rest["n_claims"], needs, shift["needs"], shift["n_needs"], near, rules
        )
        total += points(rules["skill"], value)
    if rules["distance"]:
        knots, table, _ = curve
        value = distance_worth(metres, limit, rules["decay"], knots, table)
        total += points(rules["distance"], FULL if shift["flags"] & S_REMOTE else value)
    if rules["schedule"]:
        if derived["asked"]:
            total += points(rules["schedule"], fraction(usable, derived["asked"]))
        else:
            total += derived["agreed_points"]
    if derived["kind"] == DATED:
        offset, at = rules["offset"], rest["detail"]
        if rules["spare_before"] and spare(row, detail, at, derived["before"], derived["before_at"], offset):
            total += rules["spare_before"]
        if rules["spare_after"] and spare(row, detail, at, derived["after"], derived["after_at"], offset):
            total += rules["spare_after"]
    if rules["reliability"]:
        known = rules["baseline"] if row["rel"] < 0 else row["rel"]
        total += points(rules["reliability"], known * 1000)
    if rules["pay"]:
        minutes = derived["asked"] if derived["kind"] == DATED else 0
        value = pay_value(shift["pay"], shift["unit"], rest["wish"], rest["unit"], minutes)
        total += points(rules["pay"], value)
    if rules["priority"] and shift["flags"] & S_PUBLIC and row["flags"] & PRIORITY:
        total += rules["priority"]
    return int(total)


@inlined
def trade_row(shift: Rows, needs: Array) -> int:
    """The row of the shift's trade in the table of nearness, -1 without one."""
    if shift["n_needs"] and needs[shift["needs"]]["role"] == TRADE:
        return int(needs[shift["needs"]]["row"])
    return -1


@inlined
def time_bits(derived: Rows, rules: Rows, unbooked: int, usable: int) -> int:
    """Bits of the two gates about time."""
    bits = 0
    if rules["gates"] & NOT_FREE and usable * 1000 < derived["asked"] * rules["floor"]:
        bits |= NOT_FREE
    if rules["gates"] & BOOKED and derived["kind"] == DATED and unbooked < derived["asked"]:
        bits |= BOOKED
    return bits


@inlined
def judge(
    workers: Rows, w: int, shifts: Rows, s: int, near: Array, derived: Rows, rules: Rows, curve: Rows, whole: bool
) -> tuple[int, int, int]:
    """(bits of the gates failed, score, metres); unless `whole`, the first no ends it with a score of 0."""
    hot, cold, claims, detail, _, _ = workers
    shift_rows, shift_detail, needs = shifts
    row, rest, shift = hot[w], cold[w], shift_rows[s]
    gates = rules["gates"]
    bits = int(derived["barred"])
    if bits and not whole:
        return bits, 0, 0
    metres = way(row, shift)
    limit = min(row["radius"], shift["limit"])
    if gates & OUT_OF_REACH and metres > limit and metres < UNKNOWN_M:
        bits |= OUT_OF_REACH
        if not whole:
            return bits, 0, metres
    first, count = rest["claims"], rest["n_claims"]
    if gates & SKILLS and lacks_skill(claims, first, count, needs, shift["needs"], shift["n_needs"], near):
        bits |= SKILLS
        if not whole:
            return bits, 0, metres
    trade = trade_row(shift, needs)
    unbooked, usable = cover_minutes(row, detail, rest["detail"], near, trade, shift, shift_detail, derived, rules)
    bits |= time_bits(derived, rules, unbooked, usable)
    if bits and not whole:
        return bits, 0, metres
    bits |= pair_bits(workers, w, shift, shift_detail, derived, rules)
    if (bits and not whole) or not rules["scored"]:
        return bits, 0, metres
    return bits, score_of(workers, w, shift, needs, near, derived, rules, curve, metres, limit, usable), metres
