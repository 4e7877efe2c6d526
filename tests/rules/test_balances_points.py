"""A point of a balance lies about where its city and district are."""

from __future__ import annotations

import pytest

from service.balances.rules import check_point
from service.errors import Refused
from service.reference.catalogue import regions
from service.reference.rules import city_of

XUHUI = ("310100", "310104")


def test_every_regions_own_centre_is_in_it() -> None:
    """Of all cities and districts."""
    for region in list(regions().values())[::20]:
        if region.level != "province" and region.replaced_by is None:
            district = region.code if region.level == "county" else None
            check_point((region.longitude, region.latitude), city_of(region.code), district, regions())


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((116.4, 39.9), XUHUI), ((116.4, 39.9), ("310100", None)), ((121.34, 30.74), XUHUI),
        ((121.6, 29.9), ("310100", None)),
    ],
)  # fmt: skip
def test_a_point_far_away_is_refused(point: tuple[float, float], place: tuple[str, str | None]) -> None:
    """Another province, the next big city, the other end of the city."""
    with pytest.raises(Refused) as refused:
        check_point(point, *place, regions())
    assert refused.value.code == "point_elsewhere"


@pytest.mark.parametrize(
    ("point", "place"),
    [((121.5, 31.24), XUHUI), ((121.4, 30.9), XUHUI), ((94.9, 36.4), ("632800", "632801")), ((121.1, 31.3), XUHUI)],
)
def test_a_point_near_by_passes(point: tuple[float, float], place: tuple[str, str]) -> None:
    """The next district, and a district as wide as a province."""
    check_point(point, *place, regions())
