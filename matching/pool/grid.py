"""Cells of the globe, 0.02 degrees each way, and a lower bound on the way from a point into one."""

from __future__ import annotations

import math

import numpy as np

from matching.pool.compiled import Array, inlined, kernel
from matching.pool.measure import DIAMETER_M, RADIANS, metres_between

CELL_E6 = 20_000
COLUMNS = 360_000_000 // CELL_E6
ROWS = 180_000_000 // CELL_E6
NOWHERE = ROWS * COLUMNS  # the cell of those whose place is unknown, after all others


@inlined
def cell_of(lat: int, lon: int) -> int:
    """The pole and the antimeridian belong to the last row and column."""
    row = min(ROWS - 1, (lat + 90_000_000) // CELL_E6)
    return int(row * COLUMNS + min(COLUMNS - 1, (lon + 180_000_000) // CELL_E6))


def cells_of(lat: Array, lon: Array) -> Array:
    """`cell_of` for columns."""
    row = np.minimum(ROWS - 1, (lat.astype(np.int64) + 90_000_000) // CELL_E6)
    return row * COLUMNS + np.minimum(COLUMNS - 1, (lon.astype(np.int64) + 180_000_000) // CELL_E6)


@inlined
def row_terms(lat: int, row: int) -> tuple[float, float]:
    """(sin² of half the least latitude gap, product of cosines at least) between a latitude and a row of cells."""
    south = row * CELL_E6 - 90_000_000
    north = south + CELL_E6
    gap = max(0, south - lat, lat - north) * RADIANS / 2.0
    least = min(math.cos(south * RADIANS), math.cos(north * RADIANS))
    return math.sin(gap) ** 2, max(0.0, math.cos(lat * RADIANS) * least)


@inlined
def column_term(lon: int, column: int) -> float:
    """sin² of half the least longitude gap, the short way round."""
    west = column * CELL_E6 - 180_000_000
    east = west + CELL_E6
    if west <= lon <= east:
        return 0.0
    one = (west - lon) % 360_000_000
    other = (lon - east) % 360_000_000
    gap = min(one, other, 180_000_000)
    return math.sin(gap * RADIANS / 2.0) ** 2


@inlined
def at_least(chord: float) -> int:
    """Whole metres that every point of a cell is away at least; a chord is never longer than its arc."""
    return max(0, math.floor(DIAMETER_M * math.sqrt(min(1.0, max(0.0, chord))) * (1.0 - 1e-9)) - 1)


SMALL = 0.03  # radians either way in which the series below are good to a few parts in 10**8


@inlined
def near_metres(lat1: int, lon1: int, lat2: int, sine1: float, cosine1: float, lon2: int) -> int:
    """Whole metres at least, without trigonometry, for points less than 190 km apart and not
    near a pole; -1 elsewhere."""
    north = (lat2 - lat1) * RADIANS
    east = (lon2 - lon1) * RADIANS
    if cosine1 < 0.05 or north > SMALL or north < -SMALL or east > SMALL or east < -SMALL:
        return -1
    cosine2 = cosine1 * (1.0 - north * north * (0.5 - north * north / 24.0))
    cosine2 -= sine1 * north * (1.0 - north * north / 6.0)
    half_north, half_east = north * north / 4.0, east * east / 4.0
    chord = half_north * (1.0 - half_north / 3.0) + cosine1 * cosine2 * half_east * (1.0 - half_east / 3.0)
    return int(DIAMETER_M * math.sqrt(max(0.0, chord)) * (1.0 - 1e-6)) - 1


@inlined
def is_beyond(lat1: int, lon1: int, lat2: int, sine1: float, cosine1: float, lon2: int, limit: int) -> bool:
    """Whether `metres_between` is above a limit; the exact formula decides only where the estimate is too close."""
    least = near_metres(lat1, lon1, lat2, sine1, cosine1, lon2)
    if least > limit:
        return True
    if least >= 0 and least + least // 8_000 + 5 <= limit:  # at 270 km a chord is 1/13,000 short of its arc
        return False
    if abs(lat2 - lat1) * RADIANS * DIAMETER_M / 2.0 > limit + 1:
        return True
    return metres_between(lat2, lon2, lat1, lon1) > limit


@kernel
def reach_columns(lat: int, metres: int) -> int:
    """How many columns to either side lie within reach; all of them near a pole."""
    angle = metres / (DIAMETER_M / 2.0) + 1e-6
    latitude = abs(lat) * RADIANS
    if angle + latitude >= math.pi / 2.0 - 1e-6:
        return COLUMNS
    wide = math.asin(min(1.0, math.sin(angle) / math.cos(latitude))) + 1e-6
    return min(COLUMNS, math.floor(wide / (CELL_E6 * RADIANS)) + 2)


@kernel
def reach_rows(metres: int) -> int:
    return min(ROWS, math.floor((metres / (DIAMETER_M / 2.0) + 1e-6) / (CELL_E6 * RADIANS)) + 2)
