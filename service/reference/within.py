"""Places of rows, the regions that somebody serves and those that somebody asks about, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, false, or_, true
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY

from service.reference.rules import region_prefix


def within(place: Any, regions: Iterable[str] | None) -> ColumnElement[bool]:
    """Whether a column's place (GB/T 2260) lies in one of these regions; None is everywhere, none of them nowhere."""
    if regions is None:
        return true()
    return or_(false(), *(place.startswith(region_prefix(region), autoescape=True) for region in regions))


def around(row: Any, region: str) -> ColumnElement[bool]:
    """Whether a table's row lies in a region by its city or by its district: a district holds its own rows only."""
    return or_(within(row.city_code, (region,)), within(row.district_code, (region,)))


def among(districts: Any, regions: Iterable[str] | None) -> ColumnElement[bool]:
    """Whether a column's list of districts (JSON) names one of these regions; None is everywhere."""
    return true() if regions is None else districts.has_any(sql_cast(list(regions), ARRAY(String)))


def about(row: Any, regions: Iterable[str] | None, subjects: Mapping[str, Any]) -> ColumnElement[bool]:
    """Whether what a row is about (`noun`, `subject_id`) lies in one of these regions, by its city or by a district of
    its own; `subjects` are the tables by noun. One way for reviews, holds and appeals, as `Caller.serves_any`."""
    if regions is None:
        return true()
    named = tuple(regions)
    return or_(within(row.city_code, named), *(_there(row, named, noun, table) for noun, table in subjects.items()))


def _there(row: Any, regions: tuple[str, ...], noun: str, table: Any) -> ColumnElement[bool]:
    several = hasattr(table, "district_codes")
    place = among(table.district_codes, regions) if several else within(table.district_code, regions)
    return and_(row.noun == noun, exists().where(table.id == row.subject_id, place))
