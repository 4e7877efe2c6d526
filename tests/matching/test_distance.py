"""Metres by one formula, rounded up, and what they are worth under both curves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Decay, FallingLine, InvalidInput, Point, haversine_metres
from matching.distance import EARTH_RADIUS_M, decay_table

from .builders import HALL, a_shift, a_worker, look, north_of, part

LINE = FallingLine(((1_000, 1_000_000), (3_000, 800_000)))
points = st.builds(Point, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))


def by_dot_product(a: Point, b: Point) -> float:
    """The same distance by another road: the angle between two unit vectors."""

    def vector(p: Point) -> tuple[float, float, float]:
        lat, lon = math.radians(p.lat_e6 / 1e6), math.radians(p.lon_e6 / 1e6)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    u, v = vector(a), vector(b)
    cross = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    return EARTH_RADIUS_M * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(u, v, strict=True)))


@given(points, points)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_distance_is_symmetric_and_equals_the_vector_angle_rounded_up(a: Point, b: Point) -> None:
    """Two formulas agree to a metre anywhere on earth, poles and antimeridian included."""
    metres = haversine_metres(a, b)
    assert metres == haversine_metres(b, a)
    assert by_dot_product(a, b) - 0.1 <= metres <= by_dot_product(a, b) + 1.1


def test_known_places() -> None:
    """A degree of latitude, the poles, and the antimeridian."""
    assert haversine_metres(HALL, HALL) == 0
    assert haversine_metres(Point.of(31, 121), Point.of(32, 121)) == 111_196
    assert haversine_metres(Point.of(90, 10), Point.of(90, -100)) == 0
    assert haversine_metres(Point.of(0, 180), Point.of(0, -180)) == 0
    assert haversine_metres(Point.of(90, 0), Point.of(-90, 0)) == 20_015_115


@pytest.mark.parametrize("degrees", [(91, 0), (0, 181), (math.nan, 0), (0, math.inf), (121.47, 31.23)])
def test_places_off_the_globe_are_refused(degrees: tuple[float, float]) -> None:
    """Out of range, NaN, infinite and swapped coordinates raise."""
    with pytest.raises(InvalidInput, match="out_of_range"):
        Point.of(*degrees)


@pytest.mark.parametrize(
    ("metres", "limit", "worth"),
    [
        (0, 10_000, 1_000_000),
        (1_000, 10_000, 1_000_000),
        (2_000, 10_000, 900_000),
        (3_000, 10_000, 800_000),
        (6_500, 10_000, 400_000),
        (9_999, 10_000, 114),
        (10_000, 10_000, 0),
        (10_001, 10_000, 0),
        (2_000, 2_000, 900_000),
        (2_001, 2_000, 0),
        (3_000, 3_000, 800_000),
        (0, 0, 1_000_000),
    ],
)
def test_product_curve(metres: int, limit: int, worth: int) -> None:
    """Full to 1 km, 80 % at 3 km, 0 at the limit, and an early limit only cuts."""
    assert LINE.worth(metres, limit) == worth


@given(st.integers(0, 30_000), st.integers(0, 30_000), st.integers(0, 5_000))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_farther_is_never_worth_more_and_a_wider_limit_never_less(metres: int, limit: int, more: int) -> None:
    """Both curves fall with distance and rise with the limit."""
    for curve in (LINE, Decay(5_000)):
        assert curve.worth(metres + more, limit) <= curve.worth(metres, limit)
        assert curve.worth(metres, limit + more) >= curve.worth(metres, limit)


def test_decay_table_is_the_exponential_to_the_last_millionth() -> None:
    """Every entry is exp(-m/5000) to the nearest millionth, and the table ends where that is 0."""
    table = decay_table(5_000)
    assert all(worth == round(math.exp(-m / 5_000) * 1e6) for m, worth in enumerate(table))
    assert round(math.exp(-len(table) / 5_000) * 1e6) == 0


def test_distance_part_is_thirty_points_near_and_none_when_unknown() -> None:
    """At the door 30 points, about 12 at 6.5 km of 10, 0 without a point."""
    assert part(look(), "distance") == 30_000_000
    assert part(look(a_worker(home=north_of(HALL, 6_499.5))), "distance") == pytest.approx(12_000_000, rel=1e-3)
    assert part(look(a_worker(home=None)), "distance") == 0
    assert part(look(shift=a_shift(point=None)), "distance") == 0
    assert part(look(a_worker(home=None), a_shift(remote=True)), "distance") == 30_000_000
