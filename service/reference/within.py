"""Places of rows and the regions that somebody serves, in SQL."""

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
