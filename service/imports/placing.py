"""What a row leaves to the importer: its district, read off the address, and the shop's name before the title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.imports.converting import tight
from service.reference.rules import city_of

MOST_TITLE = 200
# What a source says beside the posting: the shop goes into the title, the rest changes nothing of ours, so a row
# whose date alone is new stays unchanged.
BESIDE = ("employer_name", "occupation_text", "posted_at")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known around every row: the employer's name and city, the districts' folded names by code, and whether
    the employer is an agency, which hires for others."""

    employer_name: str
    city_code: str
    districts: Mapping[str, str]
    places_others: bool = False


def settled(fields: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """The row with its city and district filled in where they can be known, and the shop in its title.

    Rows of an agency belong to the agency, so a shop that only a column names would be lost without this. With any
    other employer a foreign name is said (`other_employer`), for an officer to look at.
    """
    made = {name: value for name, value in fields.items() if name not in BESIDE}
    made["city_code"] = fields.get("city_code") or _city_of(fields.get("district_code")) or setting.city_code
    if not fields.get("district_code"):
        made["district_code"] = _district_in(str(fields.get("address") or ""), made["city_code"], setting)
    made["title"] = _titled(fields, setting)
    if made["title"] != fields.get("title") and not setting.places_others:
        made["other_employer"] = True
    return made


def _city_of(district_code: str | None) -> str | None:
    return city_of(district_code) if district_code else None


def _district_in(address: str, city_code: str, setting: Setting) -> str | None:
    """The district whose name stands first in the address; None when none of that city's does."""
    text = tight(address)
    found = [
        (at, -len(name), code)
        for code, name in setting.districts.items()
        if city_of(code) == city_of(city_code) and (at := text.find(name)) >= 0
    ]
    return min(found)[2] if found else None


def _titled(fields: Mapping[str, Any], setting: Setting) -> str | None:
    title, shop = fields.get("title"), fields.get("employer_name")
    if not title or not shop or tight(shop) in tight(title + setting.employer_name):
        return title
    return f"{shop} {title}"[:MOST_TITLE]
