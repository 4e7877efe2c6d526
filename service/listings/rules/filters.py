"""One filter for everything that picks listings: search, columns of a zone, saved searches, counts. A storable value.

What is left empty filters nothing; what is said all has to hold; of several codes in one field one is enough.
`model_dump(mode="json", exclude_defaults=True)` (here: `stored`) is its stored form, `filter_from` reads it again;
`check_filter` says which codes exist. What it means is in `questions`, once for SQL and for Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service.errors import Refused
from service.geo import Point, PointRefused, to_wgs84
from service.reference.catalogue import enums, industries, regions, seasons, trades

VERSION = 1  # of the stored form; `filter_from` reads every version up to this one
MOST_CODES = 20
MOST_TEXT = 100
FARTHEST_M = 100_000
SUPPLY_KINDS = ("work", "service")
TIMES_OF_DAY = ("early", "day", "evening", "night")
"""When work is: 04-08, 08-18, 18-22 and 22-04 o'clock. A listing has each of them that it fills for an hour."""
FLAGS = ("claimable", "adult_only", "priority", "licence_exempt", "meals", "lodging")
SHORT_LIST = 40  # longer lists of valid codes are given by link
QUERY_NAMES = {
    "trades": "trade", "industries": "industry", "seasons": "season", "regions": "region", "kinds": "kind",
    "work_modes": "work_mode", "settlements": "settlement", "pay_units": "pay_unit", "times_of_day": "time_of_day",
    "employer_kinds": "employer_kind", "priority_groups": "priority_group", "traits": "trait", "fundings": "funding",
    "sources": "source", "flags": "flag", "without_flags": "without_flag", "weekdays": "weekday", "near": "lat",
    "hours": "hours_from", "pay_at_least": "pay_fen",
}  # fmt: skip
"""The parameter of a query for a field of a filter that is named otherwise there."""
_CODE = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_SOURCE = Annotated[str, Field(min_length=1, max_length=64)]
Codes = Annotated[tuple[_CODE, ...], Field(max_length=MOST_CODES)]
_CLOCK = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_FEN = Annotated[int, Field(ge=1, le=100_000_000, strict=True)]
_DAYS = Annotated[int, Field(ge=0, le=366, strict=True)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Near(_Value):
    """A circle in whole metres; without a radius the usual one of the day, a dated policy."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    radius_m: Annotated[int, Field(ge=1, le=FARTHEST_M, strict=True)] | None = None

    @property
    def point(self) -> Point:
        """In WGS-84. Raises PointRefused."""
        return to_wgs84(self.lon, self.lat, self.datum)


class PayFloor(_Value):
    """At least so many fen for one unit. For an hour or a day everything counts whose pay for it can be reckoned."""

    fen: _FEN
    unit: Literal["hour", "day", "shift", "piece", "order", "fixed", "month", "area"]


class Hours(_Value):
    """All work lies between two times of day; an end at or before the start is on the next day."""

    start: _CLOCK
    end: _CLOCK


class ListingFilter(_Value):
    """Which listings are meant, and in which order.

    `regions` are GB/T 2260 codes of any level, `venue_id` a market (a circle around it, else its district).
    `industries` take their trades along, `seasons` the trades wanted (of supply: free) in a season, in its regions.
    `days_from` and `days_to` ask for work that touches these days, `starts_by` and `starts_within_days` (counted from
    the day of asking) for a first day not later; `weekdays` (0 is Monday) and `times_of_day` for one of them. What a
    listing leaves to be agreed fits every day and hour. All of `flags` and none of `without_flags` hold. Listings
    whose seats are all taken are left out unless `filled`. `sort` None: by distance where there is a point, by
    relevance where there are words, else by time.
    """

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and not cls.model_fields.keys() >= given.keys():
            raise PydanticCustomError(
                "filter_field_unknown", "filter_field_unknown", {"valid": ", ".join(sorted(cls.model_fields))}
            )
        return given

    version: Literal[1] = 1
    q: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)] | None = None
    side: Literal["demand", "supply"] | None = None
    trades: Codes = ()
    industries: Codes = ()
    seasons: Codes = ()
    regions: Codes = ()
    venue_id: UUID | None = None
    near: Near | None = None
    kinds: Codes = ()
    work_modes: Codes = ()
    settlements: Codes = ()
    pay_units: Codes = ()
    pay_at_least: PayFloor | None = None
    days_from: date | None = None
    days_to: date | None = None
    starts_by: date | None = None
    starts_within_days: _DAYS | None = None
    published_within_days: _DAYS | None = None
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6, strict=True)], ...], Field(max_length=7)] = ()
    times_of_day: Codes = ()
    hours: Hours | None = None
    employer_kinds: Codes = ()
    priority_groups: Codes = ()
    traits: Codes = ()
    fundings: Codes = ()
    sources: Annotated[tuple[_SOURCE, ...], Field(max_length=MOST_CODES)] = ()
    flags: Codes = ()
    without_flags: Codes = ()
    filled: bool = False
    sort: Literal["relevance", "time", "distance"] | None = None

    @property
    def order(self) -> str:
        """The order that is meant."""
        usual = "distance" if self.near else "relevance" if self.q else "time"
        return self.sort or usual

    @property
    def is_empty(self) -> bool:
        """Whether it filters nothing; the order is no filter."""
        return self.model_copy(update={"sort": None, "filled": False}) == ListingFilter()


def stored(wanted: ListingFilter) -> dict[str, Any]:
    """As JSON: its version and what is said, nothing else."""
    return {"version": VERSION} | wanted.model_dump(mode="json", exclude_defaults=True)


def filter_from(made: Mapping[str, Any]) -> ListingFilter:
    """The filter of its stored form. Raises pydantic's ValidationError (a ValueError) for another version or field."""
    return ListingFilter.model_validate(dict(made))


def in_body(name: str) -> str:
    """Where a field stands in a body that holds a filter."""
    return f"/filter/{name}"


def in_query(name: str) -> str:
    """Where a field stands in a query: a list has the singular there, and its codes by comma."""
    return f"query:{QUERY_NAMES.get(name, name)}"


def check_filter(wanted: ListingFilter, at: Callable[[str], str] = in_body) -> ListingFilter:
    """The filter itself, when every code in it exists and its parts fit each other.

    Raises Refused, naming the field by `at`: code_unknown with the valid ones, code_unknown_listed (facts `more`: the
    link to a long list), region_unknown, trade_unknown, sort_needs_point, time_end_before_start and those of points.
    """
    for name, valid, link in _CATALOGUES:
        check_codes(getattr(wanted, name), valid(), at(name), link)
    if wanted.order == "distance" and wanted.near is None:
        raise Refused("sort_needs_point", field=at("sort"))
    if wanted.days_from and wanted.days_to and wanted.days_to < wanted.days_from:
        raise Refused("time_end_before_start", field=at("days_to"))
    if wanted.near is not None:
        try:
            wanted.near.point  # noqa: B018 - asked for its refusals
        except PointRefused as wrong:
            raise Refused(wrong.code, field=at("near")) from None
    if wanted.q is not None and not re.search(r"[^\W_]", wanted.q):
        raise Refused("text_empty", field=at("q"))
    return wanted


def check_codes(codes: Collection[str], valid: Collection[str], field: str, link: str | None = None) -> None:
    """Raises Refused code_unknown with the valid codes; code_unknown_listed with `more` where they are many."""
    if all(code in valid for code in codes):
        return
    if link is not None and len(valid) > SHORT_LIST:
        raise Refused("code_unknown_listed", field=field, more=f"/v1/reference/{link}")
    raise Refused("code_unknown", field=field, expected=", ".join(sorted(valid)))


def kinds() -> tuple[str, ...]:
    """Kinds of work (postings) and of supply."""
    return (*enums()["job_kind"], *SUPPLY_KINDS)


def _season_codes() -> set[str]:
    return {row.season for row in seasons()}


_CATALOGUES: tuple[tuple[str, Any, str | None], ...] = (
    ("trades", trades, "trade"),
    ("industries", industries, "industry"),
    ("regions", regions, "region"),
    ("seasons", _season_codes, "season"),
    ("kinds", kinds, None),
    ("work_modes", lambda: enums()["work_mode"], None),
    ("settlements", lambda: enums()["settlement"], None),
    ("pay_units", lambda: enums()["pay_unit"], None),
    ("employer_kinds", lambda: enums()["employer_kind"], None),
    ("priority_groups", lambda: enums()["priority_group"], None),
    ("traits", lambda: enums()["posting_trait"], None),
    ("fundings", lambda: enums()["posting_funding"], None),
    ("times_of_day", lambda: TIMES_OF_DAY, None),
    ("flags", lambda: FLAGS, None),
    ("without_flags", lambda: FLAGS, None),
)
