"""What a person in a list can score at most, before the row is looked at."""

from __future__ import annotations

from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import DATED, NEAR_MASK, REQUIRED, S_PUBLIC, SAME
from matching.pool.lists import LEVEL_STEP
from matching.pool.measure import FULL, distance_worth, points, role_weight, rounded

EXCLUSIVE, ANYHOW = 0, 1  # needs before the list's own are unmet; needs beside it may all be met
MAX_LEVEL = 5
CLASSES = 16


@inlined
def skill_bounds(
    out: Array, place: int, kind: int, mode: int, shift: Rows, needs: Array, near: Array, rules: Rows
) -> None:
    """Most skill points per class of claim (level, proof) for a claim of `kind` met under need `place`; -1 nobody.

    Someone listed under several needs is found under the first one they fit, so there the earlier ones count
    nothing; where one need alone is searched (`ANYHOW`) all others count in full.
    """
    first, count = shift["needs"], shift["n_needs"]
    others, weight = 0, 0
    for each in range(count):
        role = needs[first + each]["role"]
        size = (1 if role == REQUIRED else 0) if rules["levels"] else role_weight(role, rules)
        weight += size
        if each != place and (mode == ANYHOW or each > place):
            others += size * (MAX_LEVEL if rules["levels"] else 1000)
    for label in range(CLASSES):
        out[label] = 0
        if weight == 0:
            continue
        level = label >> 1
        level = 0 if level > MAX_LEVEL else level
        total = others if place >= 0 else 0
        if place >= 0:
            need = needs[first + place]
            entry = near[need["row"], kind]
            if rules["levels"]:
                total += level if need["role"] == REQUIRED and entry & SAME else 0
            else:
                short = max(0, need["level"] - level)
                worth = (entry & NEAR_MASK) - short * rules["step"] - (0 if label & 1 else rules["doubt"])
                total += role_weight(need["role"], rules) * max(0, worth)
        if rules["levels"]:
            value = min(FULL, rounded(total * FULL, rules["top"] * weight))
        else:
            value = min(FULL, rounded(total * 1000, weight))
        out[label] = points(rules["skill"], value)


@inlined
def key_bound(key: int, tables: Array, source: int, rel_points: Array, least_rel: int) -> int:
    """Most skill and reliability points of any posting whose key is not above `key`."""
    best = 0
    for level in range(MAX_LEVEL + 1):
        left = (key >> 4) - LEVEL_STEP * level
        if left < 0:
            break
        known = max(least_rel, min(1000, left))
        best = max(best, max(tables[source, 2 * level], tables[source, 2 * level + 1]) + rel_points[known])
    return int(best)


COARSE = 4  # bounds read the decay table every sixteen metres
KEY_STEP = 256  # sixteen permille of reliability, or a twenty-fifth of a level
KEY_STEPS = ((LEVEL_STEP * MAX_LEVEL + 1000) << 4) // KEY_STEP + 2


@inlined
def round_bounds(table: Array, rel_points: Array, least_rel: int, tops: Array) -> None:
    """`key_bound` of every round key: `tops[key // KEY_STEP]` holds for all keys of that step."""
    tops[:] = 0
    for level in range(MAX_LEVEL + 1):
        worth = max(table[2 * level], table[2 * level + 1])
        low = (LEVEL_STEP * level << 4) // KEY_STEP
        for step in range(low, len(tops)):
            left = (((step + 1) * KEY_STEP - 1) >> 4) - LEVEL_STEP * level
            known = max(least_rel, min(1000, left))
            tops[step] = max(tops[step], worth + rel_points[known])


@inlined
def common_points(shift: Rows, derived: Rows, rules: Rows) -> int:
    """Most points of what no list tells apart: schedule, spare hours, pay, freshness, employer, priority."""
    most = derived["offer_points"] + rules["pay"]
    most += rules["schedule"] if derived["asked"] else derived["agreed_points"]
    if derived["kind"] == DATED:
        most += rules["spare_before"] + rules["spare_after"]
    if shift["flags"] & S_PUBLIC:
        most += rules["priority"]
    return int(most)


@inlined
def way_bound(metres: int, limit: int, rules: Rows, curve: Rows) -> int:
    """Most points for a way of at least `metres`; curves only fall, and a wider limit is worth no less."""
    knots, table, coarse = curve
    if rules["decay"]:
        if metres > limit or metres >> COARSE >= len(coarse):
            return 0
        return points(rules["distance"], int(coarse[metres >> COARSE]))
    return points(rules["distance"], distance_worth(metres, limit, False, knots, table))
