"""API shapes of venues."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic.json_schema import WithJsonSchema

from service.http.measures import Place, PointOut
from service.http.types import In, Out, ReasonCode, RegionCode, TimeOfDay, count, line, refusal

VenueKind = Literal["gig_market", "labour_market", "gig_station", "service_window", "online_market"]
OperatorKind = Literal["government", "commercial", "social"]
Facility = Literal["waiting_area", "water", "toilet", "tool_room", "screen", "kiosk", "window"]
_HOTLINE = re.compile(r"[0-9][0-9 -]{2,18}[0-9]")


def _hotline(value: str) -> str:
    if not _HOTLINE.fullmatch(value):
        raise refusal("hotline_format")
    return value


Hotline = Annotated[
    str,
    AfterValidator(_hotline),
    WithJsonSchema({"type": "string", "pattern": "^[0-9][0-9 -]{2,18}[0-9]$", "examples": ["12333"]}),
]


class OpeningIn(In):
    """Hours of one weekday (Monday 0); a closing time at or before the opening one is on the next day."""

    weekday: count(0, 6)  # type: ignore[valid-type]
    opens: TimeOfDay
    closes: TimeOfDay


class VenueIn(In):
    """A new venue."""

    kind: VenueKind
    operator_kind: OperatorKind
    name: line(80)  # type: ignore[valid-type]
    city_code: RegionCode
    district_code: RegionCode | None = None
    address: line(200)  # type: ignore[valid-type]
    point: Place | None = None
    hours: list[OpeningIn] = Field(default_factory=list, max_length=21)
    facilities: list[Facility] = Field(default_factory=list, max_length=7)
    hotline: Hotline | None = None


class VenuePatch(In):
    """Only fields that are sent change."""

    kind: VenueKind | None = None
    operator_kind: OperatorKind | None = None
    name: line(80) | None = None  # type: ignore[valid-type]
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None
    hours: list[OpeningIn] | None = Field(None, max_length=21)
    facilities: list[Facility] | None = Field(None, max_length=7)
    hotline: Hotline | None = None


class VenueCloseIn(In):
    """Why; a code of the reason list `venue_close`."""

    reason: ReasonCode


class OpeningOut(Out):
    """Hours of one weekday."""

    weekday: int
    opens: str
    closes: str


class VenueOut(Out):
    """A venue in the public directory."""

    id: UUID
    state: str
    kind: str
    operator_kind: str
    name: str
    city_code: str
    district_code: str | None
    address: str
    point: PointOut | None
    hours: list[OpeningOut]
    facilities: list[str]
    hotline: str | None
    open_now: bool
    opens_in_minutes: int | None
    distance_m: int | None
    version: int


class VenuePageOut(Out):
    """One page of the directory."""

    items: list[VenueOut]
    next_cursor: str | None
