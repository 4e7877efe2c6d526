"""Zones, columns and pins on the wire."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic.json_schema import WithJsonSchema

from service.balances.schemas import BalanceOut
from service.http.types import NEEDED, Code, Id, In, Instant, Moment, Out, line, paragraph, refusal
from service.listings.rules.filters import ListingFilter
from service.listings.schemas import ListingOut
from service.zones.rules import RESERVED

Name = line(20)
COLUMN_CODE = r"^[a-z][a-z0-9_]{0,31}$"


def _free_code(value: Any) -> Any:
    if not isinstance(value, str):
        raise refusal("text_expected")
    if not re.fullmatch(COLUMN_CODE, value):
        raise refusal("column_code_format")
    if value in RESERVED:
        raise refusal("column_code_reserved")
    return value


ColumnCode = Annotated[
    str, BeforeValidator(_free_code), WithJsonSchema({"type": "string", "pattern": COLUMN_CODE, "maxLength": 32})
]
"""Chosen by whoever adds the column; it becomes the end of the address of its page."""


class ZonePatch(In):
    """Only fields that are sent change; a notice sent as null goes away."""

    name_zh: Annotated[Name | None, NEEDED] = None  # type: ignore[valid-type]
    name_en: Annotated[line(60) | None, NEEDED] = None  # type: ignore[valid-type]
    notice_zh: paragraph(500) | None = None  # type: ignore[valid-type]
    notice_en: paragraph(1000) | None = None  # type: ignore[valid-type]


class ColumnIn(In):
    """A saved filter under a name. With a season it opens and closes by the season's dates; or by dates of its own."""

    code: ColumnCode
    name_zh: Name  # type: ignore[valid-type]
    name_en: line(60)  # type: ignore[valid-type]
    filter: ListingFilter
    season: Code | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None


class ColumnPatch(In):
    """Only fields that are sent change; a season or date sent as null goes away."""

    name_zh: Annotated[Name | None, NEEDED] = None  # type: ignore[valid-type]
    name_en: Annotated[line(60) | None, NEEDED] = None  # type: ignore[valid-type]
    filter: Annotated[ListingFilter | None, NEEDED] = None
    season: Code | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None


class ColumnOrderIn(In):
    """Codes in their new order; columns that are not named come after them as they stood."""

    codes: Annotated[list[ColumnCode], Field(min_length=1, max_length=60)]


class PinIn(In):
    """A public listing of the zone, how long it stands first, and why."""

    side: Literal["demand", "supply"]
    subject_id: Id
    column_id: Id | None = Field(None, description="none: first in the whole zone")
    reason: line(100)  # type: ignore[valid-type]
    until: Instant


class ZoneCountOut(Out):
    """Listings on both sides; with `more` at least so many. In the column of shared labour also what firms would lend
    (surplus) and lack (shortage); null elsewhere."""

    demand: int
    supply: int
    more: bool
    surplus: int | None
    shortage: int | None


class ColumnOut(Out):
    """A column. `name` is in the caller's language; `filter` as the public search takes it."""

    id: UUID
    version: int
    state: str
    code: str
    name: str
    name_zh: str
    name_en: str
    place: int
    filter: dict[str, Any]
    season: str | None
    opens_at: Moment | None
    closes_at: Moment | None
    open: bool
    changes_at: Moment | None = Field(description="when it opens or closes next by its dates")
    count: ZoneCountOut | None


class ColumnsOut(Out):
    """Every column of a zone in its order, hidden and shut ones too."""

    items: list[ColumnOut]


class ZoneOut(Out):
    """A zone with its columns in their order."""

    id: UUID
    version: int
    state: str
    code: str
    region_code: str | None
    name: str
    name_zh: str
    name_en: str
    notice: str | None
    notice_zh: str | None
    notice_en: str | None
    columns: list[ColumnOut]
    count: ZoneCountOut | None
    counted_at: Moment


class ZonesOut(Out):
    """The zones of the service."""

    items: list[ZoneOut]


class PinOut(Out):
    """A listing that stands first for a time."""

    id: UUID
    version: int
    state: str
    zone_id: UUID
    column_id: UUID | None
    side: str
    subject_id: UUID
    reason: str
    until: Moment


class PinsOut(Out):
    """What is pinned now, the newest first."""

    items: list[PinOut]


class ZoneListOut(Out):
    """A page of a zone or of one of its columns; `pinned` stands above the first page."""

    items: list[ListingOut]
    pinned: list[ListingOut]
    count: ZoneCountOut
    column: ColumnOut | None
    balances: list[BalanceOut] = Field(
        description="on the first page of the column of shared labour: the newest that firms would lend or lack"
    )
    next_cursor: str | None
