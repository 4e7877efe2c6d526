"""Points, datums and distances (invariants, section 7.5; INV-45)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.geo import (
    Point,
    PointRefused,
    bounding_box,
    check_point,
    coarse,
    distance_m,
    from_wgs84,
    to_wgs84,
)

fast = settings(max_examples=150, derandomize=True, deadline=None)
in_china = st.builds(Point, st.floats(73.5, 134.5), st.floats(4.0, 53.0))
anywhere = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))

SHIFTS = [
    ("Shanghai", 121.4737, 31.2304, 481),
    ("Lianyungang", 119.2216, 34.5967, 519),
    ("Ningbo", 121.5503, 29.8746, 494),
    ("Xining", 101.7782, 36.6171, 173),
    ("Beijing", 116.4074, 39.9042, 555),
    ("Guangzhou", 113.2644, 23.1291, 621),
    ("Urumqi", 87.6168, 43.8256, 265),
]


@pytest.mark.parametrize(("city", "lon", "lat", "shift_m"), SHIFTS)
def test_the_state_offset_is_as_large_as_known_for_each_city(city: str, lon: float, lat: float, shift_m: int) -> None:
    point = Point(lon, lat)
    assert abs(distance_m(point, Point(*from_wgs84(point, "gcj02"))) - shift_m) <= 2, city


@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.86), (-122.4, 37.8), (151.2, -33.9), (139.7, 35.7)])
def test_there_is_no_offset_outside_china(lon: float, lat: float) -> None:
    assert from_wgs84(Point(lon, lat), "gcj02") == (lon, lat)
    assert to_wgs84(lon, lat, "gcj02", china_only=False) == Point(lon, lat)


def test_the_datums_of_one_place_in_beijing_agree_with_each_other() -> None:
    wgs84 = Point(116.404, 39.915)
    gcj02, bd09 = from_wgs84(wgs84, "gcj02"), from_wgs84(wgs84, "bd09")
    assert gcj02 == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert bd09 == pytest.approx((116.41662724378733, 39.922699552216216), abs=1e-9)


@fast
@given(in_china, st.sampled_from(["wgs84", "gcj02", "bd09"]))
def test_there_and_back_is_within_a_metre(point: Point, datum: str) -> None:
    back = to_wgs84(*from_wgs84(point, datum), datum, china_only=False)
    assert distance_m(point, back) < 1


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (math.nan, 31.2, "point_not_a_number"),
        (121.4, math.nan, "point_not_a_number"),
        (math.inf, 31.2, "point_infinite"),
        (121.4, -math.inf, "point_infinite"),
        (0.0, 0.0, "point_zero"),
        (-0.0, 0.0, "point_zero"),
        (31.2, 121.4, "point_swapped"),
        (39.9, 116.4, "point_swapped"),
        (121.4, 91.0, "point_out_of_range"),
        (181.0, 31.2, "point_out_of_range"),
        (10**400, 31.2, "point_out_of_range"),
        (2.35, 48.86, "point_outside_china"),
        (180.0, 90.0, "point_outside_china"),
        ("121.4", 31.2, "point_not_a_number"),
        (True, 31.2, "point_not_a_number"),
        (None, 31.2, "point_not_a_number"),
    ],
)
def test_coordinates_that_cannot_be_a_workplace_are_refused(lon: float, lat: float, code: str) -> None:
    with pytest.raises(PointRefused) as refused:
        check_point(lon, lat)
    assert refused.value.code == code


def test_without_the_box_of_china_the_whole_globe_is_allowed() -> None:
    for lon, lat in [(180, 90), (-180, -90), (179.9, 0), (-179.9, 0), (0, -0.5)]:
        assert check_point(lon, lat, china_only=False) == Point(lon, lat)
    with pytest.raises(PointRefused, match="point_out_of_range"):
        check_point(180.1, 0.5, china_only=False)
    with pytest.raises(PointRefused, match="point_swapped"):
        check_point(31.2, 121.4, china_only=False)
    with pytest.raises(PointRefused, match="point_out_of_range"):
        check_point(200.0, 100.0, china_only=False)


def test_stored_points_have_seven_decimals_and_no_minus_zero() -> None:
    assert check_point(121.123456789012345, 31.987654321098765) == Point(121.1234568, 31.9876543)
    point = check_point(-0.0, 10.0, china_only=False)
    assert math.copysign(1.0, point.lon) == 1.0
    assert isinstance(check_point(121, 31).lon, float)


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(PointRefused, match="point_datum"):
        to_wgs84(121.4, 31.2, "WGS-84")
    with pytest.raises(PointRefused, match="point_datum"):
        from_wgs84(Point(121.4, 31.2), "cgcs2000")


def test_distance_is_right_on_known_arcs_and_across_the_date_line() -> None:
    degree = 6_371_008.8 * math.pi / 180
    assert distance_m(Point(0, 0), Point(1, 0)) == round(degree)
    assert distance_m(Point(179.9, 0), Point(-179.9, 0)) == round(degree * 0.2)
    assert distance_m(Point(-180, 10), Point(180, 10)) == 0
    assert distance_m(Point(0, 90), Point(120, 90)) == 0
    assert distance_m(Point(0, -90), Point(0, 90)) == round(degree * 180)


@fast
@given(anywhere, anywhere, anywhere)
def test_distance_is_symmetric_and_no_detour_is_shorter(a: Point, b: Point, c: Point) -> None:
    assert distance_m(a, b) == distance_m(b, a)
    assert distance_m(a, a) == 0
    assert distance_m(a, c) <= distance_m(a, b) + distance_m(b, c) + 2


@fast
@given(anywhere, st.integers(1, 20_000_000), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_everything_within_the_radius_is_in_the_box(centre: Point, radius: int, bearing: float, share: float) -> None:
    other = _destination(centre, radius * share, bearing)
    if distance_m(centre, other) > radius:
        return
    box = bounding_box(centre, radius)
    assert box.south - 1e-9 <= other.lat <= box.north + 1e-9
    slack = 1e-6
    if box.west <= box.east:
        inside = any(box.west - slack <= other.lon + turn <= box.east + slack for turn in (-360, 0, 360))
    else:
        inside = other.lon >= box.west - slack or other.lon <= box.east + slack
    assert inside


def _destination(start: Point, metres: float, bearing: float) -> Point:
    angle, phi = metres / 6_371_008.8, math.radians(start.lat)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    lat = math.asin(max(-1.0, min(1.0, sine)))
    along = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(lat)
    )
    return Point((start.lon + math.degrees(along) + 540) % 360 - 180, math.degrees(lat))


@pytest.mark.parametrize("radius", [0, -1, 10**9, True])
def test_a_radius_of_nothing_or_of_more_than_the_earth_is_refused(radius: int) -> None:
    with pytest.raises(PointRefused, match="point_radius"):
        bounding_box(Point(121.4, 31.2), radius)


def test_a_home_is_kept_to_three_decimals() -> None:
    assert coarse(Point(121.47371, 31.23049)) == Point(121.474, 31.23)
