"""How far two points are apart, in whole metres by one formula, and what a distance is worth.

Formula `haversine-ceil`: angles are integer millionths of a degree times pi/180,000,000; a sphere with the
mean radius of the WGS-84 ellipsoid; the result less a micrometre is rounded up, so that «at most 2000 m»
means the same for whole metres as for real ones, and the noise of floats moves nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

from matching.errors import InvalidInput, check_integer
from matching.millionths import FULL, divide

EARTH_RADIUS_M = 6371008.7714150598
NOISE_M = 1e-6
_RADIANS = math.pi / 180_000_000
_FIXED = 10**30


@dataclass(frozen=True, slots=True)
class Point:
    """A WGS-84 position in integer millionths of a degree (about 0.11 m)."""

    lat_e6: int
    lon_e6: int

    def __post_init__(self) -> None:
        check_integer("point.lat_e6", self.lat_e6, -90_000_000, 90_000_000)
        check_integer("point.lon_e6", self.lon_e6, -180_000_000, 180_000_000)

    @classmethod
    def of(cls, lat: float, lon: float) -> Point:
        """From degrees, to the nearest millionth; raises InvalidInput(out_of_range), also for NaN."""
        if not (math.isfinite(lat) and math.isfinite(lon)):
            raise InvalidInput("point", "out_of_range")
        return cls(round(lat * 1_000_000), round(lon * 1_000_000))


def haversine_metres(a: Point, b: Point) -> int:
    """Great-circle metres, rounded up; symmetric, 0 only for the same place."""
    north = math.sin((b.lat_e6 - a.lat_e6) * _RADIANS / 2.0)
    east = math.sin((b.lon_e6 - a.lon_e6) * _RADIANS / 2.0)
    cosines = math.cos(a.lat_e6 * _RADIANS) * math.cos(b.lat_e6 * _RADIANS)
    chord = north * north + cosines * (east * east)
    metres = 2.0 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))
    return max(0, math.ceil(metres - NOISE_M))


@dataclass(frozen=True, slots=True)
class FallingLine:
    """Worth along straight lines between knots (metres, millionths), then down to 0 at the pair's limit.

    Before the first knot the worth is the first knot's; a limit at or before the last knot ends the curve
    there. Knots rise in metres and fall in worth.
    """

    knots: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.knots:
            raise InvalidInput("distance.knots", "empty")
        for (near, high), (far, low) in zip(self.knots, self.knots[1:], strict=False):
            if far <= near or low > high:
                raise InvalidInput("distance.knots", "not_rising")

    def worth(self, metres: int, limit_m: int) -> int:
        if metres > limit_m:
            return 0
        left_m, left = 0, self.knots[0][1]
        for right_m, right in (*self.knots, (limit_m, 0)):
            if metres <= right_m:
                return _between(metres, left_m, left, right_m, right)
            left_m, left = right_m, right
        return 0


@dataclass(frozen=True, slots=True)
class Decay:
    """Worth exp(-metres / scale_m) in millionths, rounded half up; 0 beyond the pair's limit."""

    scale_m: int

    def __post_init__(self) -> None:
        check_integer("distance.scale_m", self.scale_m, 1, 20_000)

    def worth(self, metres: int, limit_m: int) -> int:
        table = decay_table(self.scale_m)
        return table[metres] if metres <= limit_m and metres < len(table) else 0


Curve = FallingLine | Decay


@cache
def decay_table(scale_m: int) -> tuple[int, ...]:
    """exp(-m / scale_m) in millionths for m = 0, 1, ... up to the last that is not 0.

    Made in 30-digit integers instead of floats, so that no machine's `exp` can move a value.
    """
    with localcontext() as context:
        context.prec = 45
        factor = int((Decimal(-1) / scale_m).exp() * _FIXED)
    values, worth = [], _FIXED
    while (millionths := divide(worth * FULL, _FIXED)) > 0:
        values.append(millionths)
        worth = worth * factor // _FIXED
    return tuple(values)


def _between(metres: int, left_m: int, left: int, right_m: int, right: int) -> int:
    if right_m == left_m:
        return left
    return divide(left * (right_m - metres) + right * (metres - left_m), right_m - left_m)
