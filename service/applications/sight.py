"""Where a deal made face to face takes place: the city follows from the place, it is not a free choice.

The city decides whose limits hold and whose officers look after the work, so that a stated one must fit the
point, and without a point it must be where the employer is at home or has a site.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from service.errors import Refused
from service.geo import Point
from service.reference.data.shapes import Region
from service.reference.nearness import city_ways, lies_in, names_of
from service.reference.rules import settle_place


def sight_place(
    given: Mapping[str, Any], at_home: Collection[str], home: str, known: Mapping[str, Region]
) -> dict[str, Any]:
    """The columns of the place; `given` is {"address", "city_code", "district_code", "lon", "lat", "datum"}.

    `at_home` are the cities of the employer and its sites, `home` the employer's own. Raises Refused as
    `settle_place` does, sight_city_elsewhere (the point lies in another city), sight_point_needed (a city
    that is not the employer's, without a point).
    """
    point = Point(given["lon"], given["lat"]) if given.get("lon") is not None else None
    district = given.get("district_code")
    city = given.get("city_code") or (f"{district[:4]}00" if district else None)
    if city is None:
        city = nearest_city(point, known) if point is not None else home
    city, district = settle_place(known, city, district, at="/place")
    if point is not None:
        _check_fits(point, city, known)
    elif city not in at_home:
        raise Refused("sight_point_needed", field="/place/point")
    return {
        "site_id": None,
        "city_code": city,
        "district_code": district,
        "address": given["address"],
        "lon": given.get("lon"),
        "lat": given.get("lat"),
        "sent_datum": given.get("datum"),
    }


def nearest_city(point: Point, known: Mapping[str, Region]) -> str:
    """The city whose centre, or one of whose districts' centres, is nearest."""
    ways = city_ways(point, known)
    return min(ways, key=lambda city: (ways[city], city))


def _check_fits(point: Point, city: str, known: Mapping[str, Region]) -> None:
    ways = city_ways(point, known)
    if not lies_in(city, ways):
        nearest = min(ways, key=lambda each: (ways[each], each))
        raise Refused("sight_city_elsewhere", field="/place/city_code", nearest=nearest, place=names_of(known[nearest]))
