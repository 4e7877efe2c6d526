"""Where a person belongs: regions as city and district, and the centre that stands in for an unknown home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.errors import Refused
from service.geo import Point, coarse, distance_m
from service.reference.catalogue import regions
from service.reference.rules import MUNICIPALITIES, city_of

NEAR_M = 80_000


@dataclass(frozen=True, slots=True)
class Belonging:
    """City and, where known, district (GB/T 2260), with the narrower one's centre where it is a district."""

    city_code: str
    district_code: str | None
    centre: Point | None

    @property
    def narrowest(self) -> str:
        """The district, or the city where no district is known."""
        return self.district_code or self.city_code


def belonging(code: str, *, pointer: str = "/region_code") -> Belonging:
    """What a region code says. A municipality means its city.

    Raises Refused region_unknown.
    """
    region = regions().get(code)
    if region is None:
        raise Refused("region_unknown", field=pointer)
    if region.level == "county":
        centre = coarse(Point(region.longitude, region.latitude))
        return Belonging(city_of(code), code, centre)
    return Belonging(city_of(code) if code in MUNICIPALITIES else code, None, None)


def city_near(point: Point) -> str | None:
    """The city whose centre, or one of whose districts' centres, is nearest; None beyond 80 km.

    Good enough to know which city's officers serve somebody; a district is only ever taken when it is named.
    """
    centres = [(each, Point(each.longitude, each.latitude)) for each in regions().values() if each.level != "province"]
    region, centre = min(centres, key=lambda each: (distance_m(point, each[1]), each[0].code))
    if distance_m(point, centre) > NEAR_M:
        return None
    return city_of(region.code)


def home_columns(home: tuple[float, float, str] | None, *, precise: bool, approximate: bool = False) -> dict[str, Any]:
    """The columns of a home point: kept to 3 decimals (about 100 m) unless its owner asks for more (checklist 5.4)."""
    if home is None:
        return {"home_lon": None, "home_lat": None, "home_datum": None, "home_approximate": False}
    lon, lat, datum = home
    point = Point(lon, lat) if precise else coarse(Point(lon, lat))
    return {"home_lon": point.lon, "home_lat": point.lat, "home_datum": datum, "home_approximate": approximate}
