"""API shapes of fairs themselves: what officers send, what everybody sees."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic.json_schema import WithJsonSchema

from service.http.measures import Place, PointOut
from service.http.types import (
    Code,
    Day,
    Flag,
    Id,
    In,
    Instant,
    Moment,
    Out,
    ReasonCode,
    RegionCode,
    count,
    line,
    paragraph,
    refusal,
)

FairKind = Literal["special", "talks", "outreach", "four_deliveries", "online"]
FairState = Literal["draft", "announced", "suspended", "running", "over", "called_off", "discarded"]
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?(/[\x21-\x7e]*)?", re.IGNORECASE)
_HOTLINE = re.compile(r"[0-9][0-9 -]{2,18}[0-9]")


def _web(value: str) -> str:
    if len(value) > 300 or not _ADDRESS.fullmatch(value):
        raise refusal("fair_address_format")
    return value


def _hotline(value: str) -> str:
    if not _HOTLINE.fullmatch(value):
        raise refusal("hotline_format")
    return value


WebAddress = Annotated[
    str,
    AfterValidator(_web),
    WithJsonSchema(
        {"type": "string", "maxLength": 300, "pattern": "^https://", "examples": ["https://example.com/live"]}
    ),
]
Hotline = Annotated[
    str,
    AfterValidator(_hotline),
    WithJsonSchema({"type": "string", "pattern": "^[0-9][0-9 -]{2,18}[0-9]$", "examples": ["12333"]}),
]


class FairSessionIn(In):
    """One session, at most 24 hours long."""

    starts_at: Instant
    ends_at: Instant


Sessions = Annotated[list[FairSessionIn], Field(min_length=1, max_length=30)]
Audience = Annotated[list[Code], Field(max_length=10, description="target groups (`priority_group`); none: everybody")]


class FairIn(In):
    """A fair to be prepared. Without a venue it has an address; one held online has a web address."""

    kind: FairKind
    title: line(80)  # type: ignore[valid-type]
    description: paragraph(2000) | None = None  # type: ignore[valid-type]
    city_code: RegionCode
    district_code: RegionCode | None = None
    venue_id: Id | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None
    online_url: WebAddress | None = None
    audience: Audience = Field(default_factory=list)
    sessions: Sessions
    organiser: line(100)  # type: ignore[valid-type]
    hotline: Hotline | None = None
    capacity: count(1, 100_000) | None = Field(None, description="people who can come; none: as many as like")  # type: ignore[valid-type]
    booths: count(0, 1000) = Field(0, description="numbered from 1")  # type: ignore[valid-type]
    expected_attendance: count(1, 1_000_000) | None = None  # type: ignore[valid-type]
    permit_number: line(60) | None = None  # type: ignore[valid-type]


class FairPatch(In):
    """Only fields that are sent change; sessions are sent whole."""

    kind: FairKind | None = None
    title: line(80) | None = None  # type: ignore[valid-type]
    description: paragraph(2000) | None = None  # type: ignore[valid-type]
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None
    venue_id: Id | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None
    online_url: WebAddress | None = None
    audience: Audience | None = None
    sessions: Sessions | None = None
    organiser: line(100) | None = None  # type: ignore[valid-type]
    hotline: Hotline | None = None
    capacity: count(1, 100_000) | None = None  # type: ignore[valid-type]
    booths: count(0, 1000) | None = None  # type: ignore[valid-type]
    expected_attendance: count(1, 1_000_000) | None = None  # type: ignore[valid-type]
    permit_number: line(60) | None = None  # type: ignore[valid-type]


class FairAnnounceIn(In):
    """The three plans that an organiser has to have (人力资源市场暂行条例 art. 28), acknowledged by name; where it is
    large, the permit."""

    plan: Flag = Field(description="the plan of the fair is there")
    emergency_plan: Flag = Field(description="the plan for emergencies is there")
    security_plan: Flag = Field(description="the plan for security is there")
    expected_attendance: count(1, 1_000_000) | None = None  # type: ignore[valid-type]
    permit_number: line(60) | None = None  # type: ignore[valid-type]


class FairSuspendIn(In):
    """Why (a code of the reason list `fair_suspend`), until when, and other sessions if the old ones are past then."""

    reason: ReasonCode
    returns_on: Day = Field(description="it comes back by itself as this day begins")
    sessions: Sessions | None = None


class FairCallOffIn(In):
    """Why; a code of the reason list `fair_call_off`."""

    reason: ReasonCode


class FairResultsIn(In):
    """What came of it; `came` is counted at the door where it is not sent."""

    came: count(0, 1_000_000) | None = None  # type: ignore[valid-type]
    spoke: count(0, 1_000_000)  # type: ignore[valid-type]
    hired: count(0, 1_000_000)  # type: ignore[valid-type]


class FairSessionOut(Out):
    """One session; the number is never another's, `cut` is what was announced and is not held any more."""

    number: int
    starts_at: Moment
    ends_at: Moment
    cut: bool


class FairResultsOut(Out):
    """Who came, who spoke with an employer, who was hired."""

    came: int
    spoke: int
    hired: int


class FairDeskOut(Out):
    """What only officers of the place see."""

    expected_attendance: int | None
    permit_needed: bool
    permit_number: str | None
    plans_acknowledged_at: Moment | None
    waiting: int
    checked_in: int
    missed: int
    booths_asked: int
    booths_confirmed: int


class FairOut(Out):
    """A fair. Free for everybody, always."""

    id: UUID
    version: int
    state: str
    kind: str
    title: str
    description: str | None
    audience: list[str]
    city_code: str
    district_code: str | None
    venue_id: UUID | None
    address: str | None
    point: PointOut | None
    online_url: str | None
    sessions: list[FairSessionOut]
    starts_at: Moment
    ends_at: Moment
    organiser: str
    hotline: str | None
    capacity: int | None
    taken: int
    booths: int
    suspend_reason: str | None
    returns_on: date | None
    call_off_reason: str | None
    results: FairResultsOut | None
    desk: FairDeskOut | None


class FairsOut(Out):
    """Fairs in the order of their beginning."""

    items: list[FairOut]
    next_cursor: str | None
