"""The columns that come with the service, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.listings.rules.filters import ListingFilter, check_filter, filter_from, stored
from service.policies import DataRefused
from service.policies.typed import read
from service.reference.catalogue import jurisdictions, seasons

FILE = "columns.yaml"


@dataclass(frozen=True, slots=True)
class ShippedColumn:
    """One column of the file; `only` is empty where every zone has it."""

    code: str
    zh: str
    en: str
    filter: ListingFilter
    season: str | None
    only: tuple[str, ...]

    def fields(self, place: int) -> dict[str, Any]:
        """The columns of a row, at its place."""
        return {
            "code": self.code, "place": place, "name_zh": self.zh, "name_en": self.en, "filter": stored(self.filter),
            "season": self.season, "opens_at": None, "closes_at": None, "shipped": True,
        }  # fmt: skip


@cache
def shipped_columns() -> tuple[ShippedColumn, ...]:
    """In their order. Raises DataRefused for an unknown code, a filter that the search would refuse, a doubled one."""
    found = tuple(_column(raw) for raw in read("service.zones", FILE)["columns"])
    if len({each.code for each in found}) < len(found):
        raise DataRefused(FILE, "columns", "a code stands there twice")
    return found


def columns_for(jurisdiction: str) -> list[ShippedColumn]:
    """Those of one zone, in their order."""
    return [each for each in shipped_columns() if not each.only or jurisdiction in each.only]


def _column(raw: Mapping[str, Any]) -> ShippedColumn:
    at = f"columns[{raw.get('code')}]"
    unknown = raw.keys() - {"code", "zh", "en", "filter", "season", "only"}
    if unknown:
        raise DataRefused(FILE, at, f"unknown: {', '.join(sorted(unknown))}")
    season, only = raw.get("season"), tuple(raw.get("only") or ())
    if season is not None and season not in {row.season for row in seasons()}:
        raise DataRefused(FILE, f"{at}.season", "no such season")
    if not set(only) <= jurisdictions().keys():
        raise DataRefused(FILE, f"{at}.only", "no such jurisdiction")
    try:
        wanted = check_filter(filter_from(raw["filter"]))
    except Exception as wrong:
        raise DataRefused(FILE, f"{at}.filter", str(wrong)) from wrong
    return ShippedColumn(raw["code"], raw["zh"], raw["en"], wanted, season, only)
