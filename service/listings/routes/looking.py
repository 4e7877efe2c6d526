"""The query of a search in listings: one model, checked at once, that becomes a ListingFilter."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from service.codes import PayUnit
from service.errors import Refused
from service.http.measures import MOST_FEN
from service.http.paging import MOST
from service.http.routing import Route
from service.http.types import Day, Decimals, Id, In, TimeOfDay, Whole, line
from service.listings.rules.filters import (
    FARTHEST_M,
    MOST_CODES,
    MOST_TEXT,
    QUERY_NAMES,
    ListingFilter,
    check_filter,
    in_query,
)

Codes = Annotated[str | None, Field(max_length=1400, description="codes by comma, at most 20")]
Degrees = Annotated[Decimals | None, Field(ge=-180, le=180, allow_inf_nan=False)]
_LISTS = {name: field for field, name in QUERY_NAMES.items() if field not in {"near", "hours", "pay_at_least"}}
_SAME = (
    "q", "side", "venue_id", "days_from", "days_to", "starts_by", "starts_within_days", "published_within_days",
    "filled", "sort",
)  # fmt: skip
_SHOWS = {"facets", "limit", "cursor"}


class FilterQuery(In):
    """The parameters that pick listings."""

    q: line(MOST_TEXT) | None = Field(None, description="words, pinyin or initials")  # type: ignore[valid-type]
    side: Literal["demand", "supply"] | None = Field(None, description="work on offer, or people who look for it")
    trade: Codes = None
    industry: Codes = None
    season: Codes = None
    region: Codes = Field(None, description="province, city or district codes by comma")
    venue_id: Id | None = Field(None, description="around a market")
    lon: Degrees = None
    lat: Degrees = None
    datum: Literal["wgs84", "gcj02", "bd09"] = Field("wgs84", description="datum of the point")
    radius_m: Whole | None = Field(None, ge=1, le=FARTHEST_M, description="around the point; usually 10 km")
    kind: Codes = None
    work_mode: Codes = None
    settlement: Codes = None
    pay_unit: Codes = None
    pay_fen: Whole | None = Field(
        None, ge=1, le=MOST_FEN, description="fen; pays at least this for `pay_per`, without it an hour"
    )
    pay_per: PayUnit | None = Field(
        None, description="for this unit, an hour where it is left out; hour and day are compared across units"
    )
    days_from: Day | None = None
    days_to: Day | None = None
    starts_by: Day | None = None
    starts_within_days: Whole | None = Field(None, ge=0, le=366)
    published_within_days: Whole | None = Field(None, ge=0, le=366)
    weekday: Codes = Field(None, description="0 (Monday) to 6 by comma")
    time_of_day: Codes = Field(None, description="early (04-08), day (08-18), evening (18-22), night (22-04)")
    hours_from: TimeOfDay | None = Field(None, description="all work lies between these times; alone: until midnight")
    hours_to: TimeOfDay | None = Field(None, description="alone: from midnight on")
    employer_kind: Codes = None
    priority_group: Codes = Field(None, description="whom public support is meant for")
    trait: Codes = None
    funding: Codes = None
    source: Codes = None
    flag: Codes = Field(None, description="all of these hold")
    without_flag: Codes = Field(None, description="none of these holds")
    filled: bool = Field(False, description="also what has no seat free")

    def filter(self) -> ListingFilter:
        """The checked filter. Raises Refused with the valid codes."""
        made: dict[str, Any] = {name: getattr(self, name) for name in _SAME if getattr(self, name, None) is not None}
        made |= {field: _codes(name, text) for name, field in _LISTS.items() if (text := getattr(self, name))}
        made |= self._near() | self._pay() | self._hours()
        try:
            wanted = ListingFilter.model_validate(made)
        except ValidationError as wrong:
            raise _translated(wrong) from None
        return check_filter(wanted, in_query)

    @property
    def filters(self) -> dict[str, Any]:
        """Everything that decides which listings are shown in which order, for the cursor."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set - _SHOWS)} | {"list": "listings"}

    def _near(self) -> dict[str, Any]:
        if self.lon is None and self.lat is None:
            if {"radius_m", "datum"} & self.model_fields_set:
                raise Refused("point_incomplete", field="query:lon")
            return {}
        if self.lon is None or self.lat is None:
            raise Refused("point_incomplete", field="query:lat" if self.lat is None else "query:lon")
        return {"near": {"lon": self.lon, "lat": self.lat, "datum": self.datum, "radius_m": self.radius_m}}

    def _pay(self) -> dict[str, Any]:
        if self.pay_per and not self.pay_fen:
            raise Refused("field_missing", field="query:pay_fen")
        return {"pay_at_least": {"fen": self.pay_fen, "unit": self.pay_per or "hour"}} if self.pay_fen else {}

    def _hours(self) -> dict[str, Any]:
        if self.hours_from is None and self.hours_to is None:
            return {}
        return {"hours": {"start": self.hours_from or "00:00", "end": self.hours_to or "00:00"}}


class ListingQuery(FilterQuery):
    """With the order and the page."""

    sort: Literal["relevance", "time", "distance"] | None = Field(
        None, description="by distance with a point, by relevance with words, else by time"
    )
    grouped: bool = Field(True, description="the same offer, posted several times, once")
    facets: bool = Field(False, description="also count what is found")
    limit: Whole = Field(20, ge=1, le=MOST, description="rows in one page")
    cursor: str | None = Field(None, max_length=2000, description="next_cursor of the page before")


def _codes(name: str, text: str) -> list[Any]:
    codes = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(codes) > MOST_CODES:
        raise Refused("list_too_long", field=f"query:{name}", most=MOST_CODES)
    return [int(code) if code.isascii() and code.isdigit() else code for code in codes] if name == "weekday" else codes


def _translated(wrong: ValidationError) -> RequestValidationError:
    """The model's refusals under the names of the query."""
    errors: list[dict[str, Any]] = []
    for error in wrong.errors(include_url=False):
        first = str(error["loc"][0]) if error["loc"] else ""
        errors.append({**error, "loc": ("query", QUERY_NAMES.get(first, first))})
    return RequestValidationError(errors)


def parameters(model: type[In]) -> list[dict[str, Any]]:
    """The query as the contract lists it."""
    made = []
    for name, shape in model.model_json_schema()["properties"].items():
        shape.pop("title", None)
        about = {"description": shape.pop("description")} if "description" in shape else {}
        made.append({"name": name, "in": "query", "required": False, "schema": shape} | about)
    return made


_WANTED: ContextVar[Any] = ContextVar("wanted_listings")


def router_of(model: type[FilterQuery]) -> APIRouter:
    """A router whose routes read their query as one model before their endpoint is called."""

    class QueryRoute(Route):
        def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any):
            super().__init__(path, endpoint, **kwargs)
            self._query_names = set(model.model_fields)

        def _check_query(self, request: Request) -> None:
            super()._check_query(request)
            _WANTED.set(_read(model, request))

    return APIRouter(prefix="/v1", tags=["listings"], route_class=QueryRoute, redirect_slashes=False)


def wanted() -> Any:
    """The checked query of the present request."""
    return _WANTED.get()


def _read(model: type[FilterQuery], request: Request) -> FilterQuery:
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as wrong:
        errors = [{**error, "loc": ("query", *error["loc"])} for error in wrong.errors(include_url=False)]
        raise RequestValidationError(errors) from None
