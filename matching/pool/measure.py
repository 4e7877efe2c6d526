"""What a rule measures of one row, in kernels: metres, minutes, nearness, pay. The README's formulas, once more."""

from __future__ import annotations

import math

import numpy as np

from matching.distance import EARTH_RADIUS_M, NOISE_M
from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import (
    DAY,
    MONDAY,
    NEAR_MASK,
    NO_LEVEL,
    REQUIRED,
    SAME,
    TRADE,
    UNKNOWN_M,
    WEEK_HOURS,
)

RADIANS = math.pi / 180_000_000
DIAMETER_M = 2.0 * EARTH_RADIUS_M
FULL = 1_000_000


@inlined
def rounded(numerator: int, denominator: int) -> int:
    """`divide`: to the nearest integer, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


@inlined
def fraction(part: int, whole: int) -> int:
    """`share` without 128-bit products: six decimal digits by long division, then the rounding."""
    if part >= whole:
        return FULL
    if part < 4_000_000_000_000 and whole < 1_000_000_000_000_000_000:
        return (2 * part * FULL + whole) // (2 * whole)
    quotient = 0
    rest = part
    for _ in range(6):
        rest *= 10
        quotient = quotient * 10 + rest // whole
        rest %= whole
    return quotient + 1 if 2 * rest >= whole else quotient


@inlined
def points(weight: int, value: int) -> int:
    return (2 * weight * value + FULL) // (2 * FULL)


@inlined
def metres_between(lat1: int, lon1: int, lat2: int, lon2: int) -> int:
    """`haversine-ceil`, the same float operations in the same order as `haversine_metres`."""
    north = math.sin((lat2 - lat1) * RADIANS / 2.0)
    east = math.sin((lon2 - lon1) * RADIANS / 2.0)
    cosines = math.cos(lat1 * RADIANS) * math.cos(lat2 * RADIANS)
    chord = north * north + cosines * (east * east)
    metres = DIAMETER_M * math.asin(min(1.0, math.sqrt(chord)))
    return max(0, math.ceil(metres - NOISE_M))


@inlined
def distance_worth(metres: int, limit: int, decay: bool, knots: Array, table: Array) -> int:
    """The policy's curve; 0 beyond the limit and for an unknown way."""
    if metres > limit or metres >= UNKNOWN_M:
        return 0
    if decay:
        return int(table[metres]) if metres < len(table) else 0
    left_m, left = 0, int(knots[0, 1])
    for place in range(len(knots) + 1):
        if place < len(knots):
            right_m, right = int(knots[place, 0]), int(knots[place, 1])
        else:
            right_m, right = limit, 0
        if metres <= right_m:
            if right_m == left_m:
                return left
            return rounded(left * (right_m - metres) + right * (metres - left_m), right_m - left_m)
        left_m, left = right_m, right
    return 0


@inlined
def hour_bit(row: Rows, hour: int) -> int:
    if hour < 64:
        return int((row["w0"] >> hour) & 1)
    if hour < 128:
        return int((row["w1"] >> (hour - 64)) & 1)
    return int((row["w2"] >> (hour - 128)) & 1)


@inlined
def pattern_minutes(row: Rows, start: int, end: int, offset: int) -> int:
    """Free minutes of [start, end) by the hour bits alone."""
    first, last = start + MONDAY + offset, end + MONDAY + offset
    total = 0
    hour = first // 60
    while hour * 60 < last:
        if hour_bit(row, hour % WEEK_HOURS):
            total += min(last, hour * 60 + 60) - max(first, hour * 60)
        hour += 1
    return total


@inlined
def ones(word: int) -> int:
    """How many bits of an int64 are set."""
    bits = np.uint64(word)
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    bits += bits >> np.uint64(8)
    bits += bits >> np.uint64(16)
    bits += bits >> np.uint64(32)
    return int(bits & np.uint64(0x7F))


@inlined
def window_minutes(row: Rows, start: int, end: int, t0: int, t1: int, t2: int, offset: int) -> int:
    """As `pattern_minutes`, by counting the bits of the hours t0, t1, t2 that the window touches."""
    if end - start > (WEEK_HOURS - 1) * 60:
        return int(pattern_minutes(row, start, end, offset))
    free = ones(row["w0"] & t0) if t0 else 0
    free += ones(row["w1"] & t1) if t1 else 0
    free += ones(row["w2"] & t2) if t2 else 0
    if free == 0:
        return 0
    first, last = start + MONDAY + offset, end + MONDAY + offset
    total = 60 * free
    if first % 60 and hour_bit(row, first // 60 % WEEK_HOURS):
        total -= first % 60
    if last % 60 and hour_bit(row, last // 60 % WEEK_HOURS):
        total -= 60 - last % 60
    return int(total)


@inlined
def touches_booking(row: Rows, start: int, end: int) -> bool:
    """Whether an inline booking overlaps [start, end); an empty place starts and ends at the end of time."""
    return bool(
        (row["s0"] < end and start < row["e0"])
        or (row["s1"] < end and start < row["e1"])
        or (row["s2"] < end and start < row["e2"])
    )


@inlined
def added_minutes(start: int, asked: int, rest: int, offset: int, day: int) -> int:
    """Working minutes of [start, start + asked) on one local day number; the break comes off the longest piece."""
    first, last = start + offset, start + offset + asked
    piece = min(last, (day + 1) * DAY) - max(first, day * DAY)
    if piece <= 0:
        return 0
    longest, longest_day = 0, 0
    each = first // DAY
    while each * DAY < last:
        size = min(last, (each + 1) * DAY) - max(first, each * DAY)
        if size > longest:
            longest, longest_day = size, each
        if size == DAY or each > first // DAY + 2:
            break  # no later piece is longer, and equal ones come later
        each += 1
    return max(0, piece - rest) if day == longest_day else piece


@inlined
def level_under(claims: Array, first: int, count: int, near: Array, need: int) -> int:
    """Highest level claimed of exactly this need; -1 when nobody claims it."""
    level = -1
    for place in range(first, first + count):
        claim = claims[place]
        if near[need, claim >> 4] & SAME:
            found = (claim >> 1) & 7
            level = max(level, 0 if found == NO_LEVEL else found)
    return level


@inlined
def need_worth(claims: Array, first: int, count: int, near: Array, need: Rows, step: int, doubt: int) -> int:
    """Permille of the best claim for one need by the tree and the names."""
    best = 0
    for place in range(first, first + count):
        claim = claims[place]
        worth = near[need["row"], claim >> 4] & NEAR_MASK
        if worth > best:
            level = (claim >> 1) & 7
            short = max(0, need["level"] - (0 if level == NO_LEVEL else level))
            best = max(best, worth - short * step - (0 if claim & 1 else doubt))
    return best


@inlined
def role_weight(role: int, rules: Rows) -> int:
    if role == TRADE:
        return int(rules["trade"])
    return int(rules["required"]) if role == REQUIRED else int(rules["wished"])


@inlined
def skill_value(
    claims: Array, first: int, count: int, needs: Array, start: int, n_needs: int, near: Array, rules: Rows
) -> int:
    """The skill factor in millionths, by the tree or by levels."""
    total, weight = 0, 0
    if rules["levels"]:
        for place in range(start, start + n_needs):
            if needs[place]["role"] == REQUIRED:
                total += max(0, level_under(claims, first, count, near, needs[place]["row"]))
                weight += 1
        return min(FULL, rounded(total * FULL, rules["top"] * weight)) if weight else 0
    for place in range(start, start + n_needs):
        each = role_weight(needs[place]["role"], rules)
        weight += each
        if each:
            total += each * need_worth(claims, first, count, near, needs[place], rules["step"], rules["doubt"])
    return min(FULL, rounded(total * 1000, weight)) if weight else 0


@inlined
def lacks_skill(claims: Array, first: int, count: int, needs: Array, start: int, n_needs: int, near: Array) -> bool:
    """Whether a required skill is not claimed at its least level."""
    for place in range(start, start + n_needs):
        need = needs[place]
        if need["role"] == REQUIRED:
            level = level_under(claims, first, count, near, need["row"])
            if level < 0 or level < need["level"]:
                return True
    return False


@inlined
def pay_value(offer: int, offer_unit: int, wish: int, wish_unit: int, minutes: int) -> int:
    """Offered over wished pay; units: 0 none, 1 hour, 2..4 day, shift and fixed, others only against themselves."""
    if wish == 0:
        return FULL
    if offer == 0:
        return 0
    if offer_unit == wish_unit:
        return fraction(offer, wish)
    whole_offer = 2 <= offer_unit <= 4
    whole_wish = 2 <= wish_unit <= 4
    if minutes > 0 and whole_offer and wish_unit == 1:
        return fraction(offer * 60, wish * minutes)
    if minutes > 0 and offer_unit == 1 and whole_wish:
        return fraction(offer * minutes, wish * 60)
    return fraction(offer, wish) if whole_offer and whole_wish else 0
