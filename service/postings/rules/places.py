"""Where the work is: a site, an address with a point, or a district whose centre then stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.geo import Point, distance_m
from service.postings.rules.findings import Findings
from service.reference.catalogue import regions
from service.reference.data.shapes import Region

FAR_FROM_CITY_M = 150_000  # the widest prefectures reach about so far from their centre


@dataclass(frozen=True, slots=True)
class Site:
    """An employer's place of work, as far as a posting copies it."""

    id: UUID
    city_code: str
    district_code: str | None
    address: str
    lon: float | None
    lat: float | None
    sent_datum: str | None
    approximate: bool
    closed: bool = False


def city_of(place: Mapping[str, Any], site: Site | None, employer_city: str) -> str:
    """The city that a posting belongs to: the site's, the one stated, the district's, the employer's."""
    if site is not None:
        return site.city_code
    if place.get("city_code"):
        return str(place["city_code"])
    district = place.get("district_code")
    return f"{district[:4]}00" if district else employer_city


def jurisdiction_codes(place: Mapping[str, Any], site: Site | None, employer_city: str) -> tuple[str, str]:
    """(city, narrowest region) whose policies and wages hold; the employer's where what is stated is unknown."""
    city = city_of(place, site, employer_city)
    if city not in regions():
        return employer_city, employer_city
    district = site.district_code if site else place.get("district_code")
    return city, district if district and district[:4] == city[:4] else city


def check_place(place: Mapping[str, Any], site: Site | None, employer_city: str, findings: Findings) -> dict[str, Any]:
    """The columns of the place. Without a point the centre of district or city is taken and `approximate` set."""
    if place.get("site_id") and any(place.get(name) for name in ("address", "point", "district_code")):
        findings.refuse("/place", "place_either_site_or_address")
    if site is not None:
        return _of_site(site, findings)
    city, district = city_of(place, None, employer_city), place.get("district_code")
    _check_regions(city, district, "/place/city_code" if place.get("city_code") else "/place/district_code", findings)
    point, region = place.get("point"), regions().get(district or city)
    if not point and not district:
        findings.refuse("/place", "place_needs_point_or_district")
    columns = {
        "site_id": place.get("kept_site_id"),
        "city_code": city,
        "district_code": district,
        "address": findings.given(place, "address", region.zh if region else district or city, "/place"),
    }
    columns |= _point_columns(point, region)
    _warn_if_far(columns, findings)
    return columns


def _of_site(site: Site, findings: Findings) -> dict[str, Any]:
    if site.closed:
        findings.refuse("/place/site_id", "site_closed")
    region = regions().get(site.district_code or site.city_code)
    point = {"lon": site.lon, "lat": site.lat, "sent_datum": site.sent_datum} if site.lon is not None else None
    columns = {
        "site_id": site.id,
        "city_code": site.city_code,
        "district_code": site.district_code,
        "address": site.address,
    } | _point_columns(point, region)
    columns["approximate"] = columns["approximate"] or site.approximate
    return columns


def _point_columns(point: Mapping[str, Any] | None, region: Region | None) -> dict[str, Any]:
    if point:
        names = ("lon", "lat", "sent_datum")
        return {name: point[name] for name in names} | {"approximate": bool(point.get("approximate"))}
    if region is None:
        return {"lon": None, "lat": None, "sent_datum": None, "approximate": True}
    return {"lon": region.longitude, "lat": region.latitude, "sent_datum": "wgs84", "approximate": True}


def _check_regions(city: str, district: str | None, city_from: str, findings: Findings) -> None:
    found = regions()
    if found.get(city) is None or found[city].level == "county":
        findings.refuse(city_from, "region_unknown")
        return
    if district is None:
        return
    siblings = [code for code, row in found.items() if row.level == "county" and row.parent == f"{district[:4]}00"]
    if district[:4] != city[:4] or district.endswith("00"):
        findings.refuse("/place/district_code", "district_of_other_city", city_code=city)
    elif siblings and district not in siblings:
        findings.refuse("/place/district_code", "code_unknown", expected=", ".join(sorted(siblings)))


def _warn_if_far(columns: Mapping[str, Any], findings: Findings) -> None:
    city = regions().get(columns["city_code"])
    if city is None or columns["lon"] is None:
        return
    away = distance_m(Point(city.longitude, city.latitude), Point(columns["lon"], columns["lat"]))
    if away > FAR_FROM_CITY_M:
        findings.warn("/place/point", "point_far_from_city", metres=away)
