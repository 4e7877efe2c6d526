"""API shapes of sites."""

from __future__ import annotations

from uuid import UUID

from service.http.measures import Place, PointOut
from service.http.types import In, Moment, Out, RegionCode, line


class SiteIn(In):
    """A place of work. Without a point the centre of its district stands in, marked as approximate."""

    name: line(60)  # type: ignore[valid-type]
    city_code: RegionCode
    district_code: RegionCode | None = None
    address: line(200)  # type: ignore[valid-type]
    point: Place | None = None


class SitePatch(In):
    """Only fields that are sent change; a point sent as null is forgotten."""

    name: line(60) | None = None  # type: ignore[valid-type]
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None


class SiteOut(Out):
    """A place of work."""

    id: UUID
    employer_id: UUID
    name: str
    city_code: str
    district_code: str | None
    address: str
    point: PointOut | None
    approximate: bool
    closed_at: Moment | None
    version: int


class SitesOut(Out):
    """The sites of an employer."""

    items: list[SiteOut]
