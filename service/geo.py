"""Points on the map: checking, converting between the three datums in use in China, and distance.

Everything is stored in WGS-84. GCJ-02 (the state's offset, used by most Chinese maps) and BD-09 (Baidu's
further offset) have closed forward formulas and no closed inverse; the inverse is found by iteration, to far
less than a metre. Outside China's box GCJ-02 is WGS-84.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Pair = tuple[float, float]

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
LONGEST_RADIUS_M = 20_000_000  # about half the way round

# GCJ-02 uses the Krasovsky 1940 ellipsoid and is defined inside this box of longitude and latitude.
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_GCJ_BOX = (72.004, 0.8293, 137.8347, 55.8271)
_BD_TURN = math.pi * 3000.0 / 180.0

# Mainland, islands and sea: anything beyond cannot be a workplace here.
CHINA_BOX = (73.0, 3.0, 135.6, 54.0)


class PointRefused(ValueError):
    """Coordinates that cannot be a place. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Point:
    """A place: degrees east, degrees north, WGS-84."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees; `west` > `east` when the box crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float


def check_point(lon: float, lat: float, *, china_only: bool = True) -> Point:
    """The point, rounded to 7 decimals (1 cm), without minus zero.

    Raises PointRefused: point_not_a_number (NaN, text), point_infinite, point_zero (0, 0: an empty field),
    point_swapped (exchanged it would lie in China), point_out_of_range, point_outside_china.
    """
    for value in (lon, lat):
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise PointRefused("point_not_a_number")
        if abs(value) == math.inf:
            raise PointRefused("point_infinite")
    if lon == 0 and lat == 0:
        raise PointRefused("point_zero")
    if not _inside(lon, lat, CHINA_BOX) and (china_only or abs(lat) > 90):
        _refuse_outside(lon, lat)
    if abs(lon) > 180:
        raise PointRefused("point_out_of_range")
    return Point(round(lon, 7) + 0.0, round(lat, 7) + 0.0)


def _refuse_outside(lon: float, lat: float) -> None:
    if _inside(lat, lon, CHINA_BOX):
        raise PointRefused("point_swapped")
    if abs(lat) > 90 or abs(lon) > 180:
        raise PointRefused("point_out_of_range")
    raise PointRefused("point_outside_china")


def _inside(lon: float, lat: float, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north


def to_wgs84(lon: float, lat: float, datum: str, *, china_only: bool = True) -> Point:
    """A point given in `datum`, checked and converted for storing.

    Raises PointRefused as `check_point`, and point_datum for a datum other than wgs84, gcj02, bd09.
    """
    given = check_point(lon, lat, china_only=china_only)
    if datum == "wgs84":
        return given
    if datum == "gcj02":
        pair = _gcj02_to_wgs84(given.lon, given.lat)
    elif datum == "bd09":
        pair = _gcj02_to_wgs84(*_inverse(_gcj02_to_bd09, given.lon, given.lat))
    else:
        raise PointRefused("point_datum")
    return Point(round(pair[0], 7), round(pair[1], 7))


def from_wgs84(point: Point, datum: str) -> Pair:
    """Longitude and latitude of a stored point in `datum`, to draw it. Raises PointRefused point_datum."""
    if datum == "wgs84":
        return (point.lon, point.lat)
    if datum == "gcj02":
        return _wgs84_to_gcj02(point.lon, point.lat)
    if datum == "bd09":
        return _gcj02_to_bd09(*_wgs84_to_gcj02(point.lon, point.lat))
    raise PointRefused("point_datum")


def _wgs84_to_gcj02(lon: float, lat: float) -> Pair:
    if not _inside(lon, lat, _GCJ_BOX):
        return (lon, lat)
    east_m, north_m = _gcj_offset_m(lon - 105.0, lat - 35.0)
    phi = math.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    meridian_radius = _AXIS_M * (1.0 - _ECCENTRICITY_2) / (w2 * math.sqrt(w2))
    parallel_radius = _AXIS_M / math.sqrt(w2) * math.cos(phi)
    return (lon + math.degrees(east_m / parallel_radius), lat + math.degrees(north_m / meridian_radius))


def _gcj_offset_m(x: float, y: float) -> Pair:
    """The offset in metres, east and north; x, y are degrees from 105 E, 35 N."""
    root = math.sqrt(abs(x))
    ripple = 20.0 * math.sin(6.0 * math.pi * x) + 20.0 * math.sin(2.0 * math.pi * x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += 2.0 / 3.0 * (ripple + _waves(x, 20.0, 40.0, 1.0, 3.0) + _waves(x, 150.0, 300.0, 12.0, 30.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += 2.0 / 3.0 * (ripple + _waves(y, 20.0, 40.0, 1.0, 3.0) + _waves(y, 160.0, 320.0, 12.0, 30.0))
    return (east, north)


def _waves(t: float, first: float, second: float, fast: float, slow: float) -> float:
    return first * math.sin(t * math.pi / fast) + second * math.sin(t * math.pi / slow)


def _gcj02_to_bd09(lon: float, lat: float) -> Pair:
    radius = math.hypot(lon, lat) + 2e-5 * math.sin(lat * _BD_TURN)
    angle = math.atan2(lat, lon) + 3e-6 * math.cos(lon * _BD_TURN)
    return (radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006)


def _gcj02_to_wgs84(lon: float, lat: float) -> Pair:
    return _inverse(_wgs84_to_gcj02, lon, lat)


def _inverse(forward: Callable[[float, float], Pair], lon: float, lat: float) -> Pair:
    """The point that `forward` takes to (lon, lat); each round shrinks the error about a hundredfold."""
    guess_lon, guess_lat = lon, lat
    for _ in range(8):
        there_lon, there_lat = forward(guess_lon, guess_lat)
        miss_lon, miss_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + miss_lon, guess_lat + miss_lat
        if abs(miss_lon) + abs(miss_lat) < 1e-10:
            break
    return (guess_lon, guess_lat)


def distance_m(a: Point, b: Point) -> int:
    """Great-circle distance (haversine) in whole metres, half up; symmetric, right across ±180."""
    phi_a, phi_b = math.radians(a.lat), math.radians(b.lat)
    across = math.sin((phi_b - phi_a) / 2.0) ** 2
    along = math.sin(math.radians(b.lon - a.lon) / 2.0) ** 2
    chord = across + math.cos(phi_a) * math.cos(phi_b) * along
    return math.floor(2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord))) + 0.5)


def bounding_box(point: Point, radius_m: int) -> Box:
    """A box that holds every point within `radius_m` metres, for a first cheap filter.

    Raises PointRefused point_radius unless 0 < radius_m <= 20,000,000.
    """
    if isinstance(radius_m, bool) or not 0 < radius_m <= LONGEST_RADIUS_M:
        raise PointRefused("point_radius")
    # A metre more than asked, because distances are rounded.
    angle = (radius_m + 1.0) / EARTH_RADIUS_M
    reach = math.degrees(angle)
    south, north = point.lat - reach, point.lat + reach
    if south <= -90.0 or north >= 90.0:  # a pole is inside: every meridian is near
        return Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(point.lat)))))
    return Box(_wrap(point.lon - width), south, _wrap(point.lon + width), north)


def _wrap(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0 if abs(lon) > 180.0 else lon


def coarse(point: Point) -> Point:
    """The point to 3 decimals (about 100 m): how a home is kept unless its owner asks for more."""
    return Point(round(point.lon, 3) + 0.0, round(point.lat, 3) + 0.0)
