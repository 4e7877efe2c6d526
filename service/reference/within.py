"""Places of rows, the regions that somebody serves and those that somebody asks about, in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from service.reference.rules import region_prefix


def within(place: Any, regions: Iterable[str] | None) -> ColumnElement[bool]:
    """Whether a column's place (GB/T 2260) lies in one of these regions; None is everywhere, none of them nowhere."""
    if regions is None:
        return true()
    return or_(false(), *(place.startswith(region_prefix(region), autoescape=True) for region in regions))


def around(row: Any, region: str) -> ColumnElement[bool]:
    """Whether a table's row lies in a region by its city or by its district: a district holds its own rows only."""
    return or_(within(row.city_code, (region,)), within(row.district_code, (region,)))
