"""How far a point lies from cities and districts: of a region its centre is all that is known."""

from __future__ import annotations

from collections.abc import Mapping

from service.geo import Point, distance_m
from service.reference.data.shapes import Region

FAR_M = 150_000  # the widest prefectures reach about so far from the nearest of their centres
MARGIN_M = 30_000  # centres are approximate: near a border the neighbour's may be nearer


def city_ways(point: Point, known: Mapping[str, Region]) -> dict[str, int]:
    """Metres from the point to each city: to its own centre or to the nearest of its districts'."""
    ways: dict[str, int] = {}
    for region in known.values():
        city = region.code if region.level == "city" else region.parent
        if region.level == "province" or city is None or region.replaced_by is not None:
            continue
        away = distance_m(point, Point(region.longitude, region.latitude))
        ways[city] = min(away, ways.get(city, away))
    return ways


def district_ways(point: Point, known: Mapping[str, Region]) -> dict[str, int]:
    """Metres from the point to each district."""
    return {
        region.code: distance_m(point, Point(region.longitude, region.latitude))
        for region in known.values()
        if region.level == "county" and region.replaced_by is None
    }


def lies_in(place: str, ways: Mapping[str, int]) -> bool:
    """Whether a point may lie in a place: not far from it, and not so much nearer to another one."""
    away = ways.get(place, FAR_M + 1)
    return away <= FAR_M and away <= min(ways.values()) + MARGIN_M


def names_of(region: Region) -> dict[str, str]:
    """Its name in both languages, for a sentence."""
    return {"zh": region.zh, "en": region.en}
