"""The ways of many groups to one place, in a kernel: the same formula as `compare`, and who is taken first."""

from __future__ import annotations

from matching.pool.compiled import Array, kernel
from matching.pool.measure import distance_worth, metres_between, rounded

UNKNOWN = -1


@kernel
def group_ways(
    rows: Array, first_group: Array, lat: Array, lon: Array, known: Array, radius: Array,
    at_lat: int, at_lon: int, at_known: bool, reach_free: bool, knots: Array, table: Array,
    metres: Array, value: Array, reached: Array,
) -> None:  # fmt: skip
    """Fill metres (-1: unknown), worth in millionths and whether it can be gone, for each group of the rows."""
    for row in rows:
        for group in range(first_group[row], first_group[row + 1]):
            if at_known and known[group]:
                way = metres_between(lat[group], lon[group], at_lat, at_lon)
                metres[group] = way
                value[group] = distance_worth(way, radius[row], False, knots, table)
                reached[group] = reach_free or way <= radius[row]
            else:
                metres[group] = UNKNOWN
                value[group] = 0
                reached[group] = True


@kernel
def lender_ways(
    rows: Array, lat: Array, lon: Array, known: Array, at_lat: int, at_lon: int, at_known: bool,
    farthest: int, knots: Array, table: Array, metres: Array, value: Array,
) -> None:  # fmt: skip
    """The same between the firms."""
    for row in rows:
        if at_known and known[row]:
            way = metres_between(lat[row], lon[row], at_lat, at_lon)
            metres[row] = way
            value[row] = distance_worth(way, farthest, False, knots, table)
        else:
            metres[row] = UNKNOWN
            value[row] = 0


@kernel
def taken_ways(
    rows: Array, first_group: Array, people: Array, headcount: Array, most: int,
    metres: Array, value: Array, reached: Array, going: Array, mean: Array, nearest: Array,
) -> None:  # fmt: skip
    """For each row: how many go, best ways first, the mean worth of their ways, and the nearest home."""
    for row in rows:
        begin, end = first_group[row], first_group[row + 1]
        left = min(most, headcount[row])
        total, count, best = 0, 0, UNKNOWN
        for group in range(begin, end):
            if metres[group] != UNKNOWN and (best == UNKNOWN or metres[group] < best):
                best = metres[group]
        ceiling, ceiling_at = 1_000_001, -1  # the last one taken: later ones have a worse way, or stand behind it
        while left > 0:
            chosen = -1
            for group in range(begin, end):
                if not reached[group]:
                    continue
                later = value[group] < ceiling or (value[group] == ceiling and group > ceiling_at)
                if later and (chosen < 0 or value[group] > value[chosen]):
                    chosen = group
            if chosen < 0:
                break
            part = min(left, people[chosen])
            total += part * value[chosen]
            count += part
            left -= part
            ceiling, ceiling_at = value[chosen], chosen
        going[row] = count
        mean[row] = rounded(total, count) if count else 0
        nearest[row] = best
