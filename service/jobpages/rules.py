"""A public posting as schema.org's JobPosting, within what search engines document; pure.

Nothing is said that the posting does not say. Pay by the piece, order, shift, area or job has no unit there (only
HOUR, DAY, WEEK, MONTH, YEAR are taken), so such a posting carries its pay in the description and no `baseSalary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.errors import Refused
from service.reference.rules import MUNICIPALITIES, region_prefix
from service.worktime import rfc3339

UNITS = {"hour": "HOUR", "day": "DAY", "month": "MONTH"}
EMPLOYMENT = {
    "part_time": "PART_TIME",
    "day_labour": "PER_DIEM",
    "seasonal": "TEMPORARY",
    "task": "CONTRACTOR",
    "platform_task": "CONTRACTOR",
    "convenience_service": "CONTRACTOR",
    "public_welfare": "OTHER",
    "full_time": "FULL_TIME",
}
COUNTRY = "CN"
FAR = frozenset({"remote", "home_based"})  # done where the worker lives: no place of work


@dataclass(frozen=True, slots=True)
class Named:
    """What a posting's codes are called: its page's address, a description in HTML, and its places."""

    url: str
    description: str
    country: str
    region: str
    locality: str
    area: str  # city and province in one name


def is_open(view: Mapping[str, Any], now: datetime) -> bool:
    """Whether somebody can still apply: filled and lapsed ones are shown and not offered to search engines."""
    return bool(view["state"] == "published" and view["valid_until"] > now)


def job_posting(view: Mapping[str, Any], named: Named) -> dict[str, Any]:
    """JSON-LD of an open posting in its public view."""
    made: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": view["title"],
        "description": named.description,
        "datePosted": _instant(view["published_at"]),
        "validThrough": _instant(view["valid_until"]),
        "employmentType": EMPLOYMENT[view["job_kind"]],
        "hiringOrganization": {"@type": "Organization", "name": view["employer"]["name"]},
        "identifier": {"@type": "PropertyValue", "name": view["employer"]["name"], "value": str(view["id"])},
        "totalJobOpenings": view["headcount"],
        "directApply": False,  # the page tells where to apply; it takes no application
        "url": named.url,
    }
    made |= _where(view, named)
    salary = _salary(view["pay"])
    return made if salary is None else made | {"baseSalary": salary}


def _where(view: Mapping[str, Any], named: Named) -> dict[str, Any]:
    if view["work_mode"] == "remote":
        return _from_afar({"@type": "Country", "name": named.country})
    if view["work_mode"] == "home_based":
        return _from_afar({"@type": "City", "name": named.area})
    place = view["place"]
    address = {
        "@type": "PostalAddress",
        "addressCountry": COUNTRY,
        "addressRegion": named.region,
        "addressLocality": named.locality,
    }
    if place["address"]:
        address["streetAddress"] = place["address"]
    made: dict[str, Any] = {"@type": "Place", "address": address}
    if place["point"] is not None and not place["approximate"]:
        lon, lat = place["point"]["coordinates"]
        made["geo"] = {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}
    return {"jobLocation": made}


def _from_afar(where: dict[str, str]) -> dict[str, Any]:
    return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": where}


def _salary(pay: Mapping[str, Any]) -> dict[str, Any] | None:
    unit = UNITS.get(pay["unit"])
    if unit is None or pay["unit_label"]:
        return None
    least, most = pay["amount_fen"], pay["most_fen"]
    amounts = {"value": _yuan(least)} if most in (None, least) else {"minValue": _yuan(least), "maxValue": _yuan(most)}
    value = {"@type": "QuantitativeValue", **amounts, "unitText": unit}
    return {"@type": "MonetaryAmount", "currency": pay["currency"], "value": value}


def _instant(moment: datetime) -> str:
    """To the second: not every reader of these data takes fractions."""
    return rfc3339(moment.replace(microsecond=0))


def _yuan(fen: int) -> int | float:
    return fen // 100 if fen % 100 == 0 else fen / 100


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the country: what its cities' codes begin with, and the district where one is meant."""

    code: str | None
    cities: str
    district: str | None


def area_of(code: str | None, known: Mapping[str, object]) -> Area:
    """Where a list looks. Raises Refused region_unknown."""
    if code is None:
        return Area(None, "", None)
    if code not in known:
        raise Refused("region_unknown", field="query:region")
    if code.endswith("00"):
        return Area(code, region_prefix(code), None)
    whole = f"{code[:2]}0000" in MUNICIPALITIES  # their districts lie in one city, whatever the middle digits say
    return Area(code, code[:2] if whole else code[:4], code)
