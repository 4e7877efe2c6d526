"""The query of the public search: which filters, which circle, which order; unknown codes are refused by name.

The list is asked for more than anything else, and a framework that solves every parameter by itself costs more
than the statement. So the whole query is one model, checked at once, whose parameters the contract shows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from service.errors import Refused
from service.geo import Point, PointRefused, to_wgs84
from service.http.paging import MOST
from service.http.routing import Route
from service.http.types import SEARCH_WINDOW, In, Instant, line
from service.postings.rules import check_codes
from service.postings.rules.checking import job_kinds
from service.postings.rules.searching import Search
from service.reference.catalogue import enums, regions, trades
from service.text import bigrams

Sort = Literal["nearest", "newest", "starts_soon", "pay"]
Codes = Annotated[str | None, Field(max_length=700, description="codes by comma, at most 20")]
Degrees = Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)]
FARTHEST_M = 100_000


class Looking(In):
    """The parameters as they are sent."""

    q: line(100) | None = Field(None, description="words in title, trade, address or employer")  # type: ignore[valid-type]
    lon: Degrees = None
    lat: Degrees = None
    datum: Literal["wgs84", "gcj02", "bd09"] = Field("wgs84", description="datum of the point")
    radius_m: int | None = Field(None, ge=1, le=FARTHEST_M, description="around the point; usually 10 km")
    city: Codes = None
    district: Codes = None
    trade: Codes = None
    pay_unit: Codes = None
    settlement: Codes = None
    job_kind: Codes = None
    starts_from: Instant | None = Field(None, description="has an open shift that begins then or later")
    ends_by: Instant | None = Field(None, description="and is over by then")
    sort: Sort | None = Field(None, description="nearest with a point, else newest")
    facets: bool = Field(False, description="also count what is found")
    limit: int = Field(20, ge=1, le=MOST, description="rows in one page")
    cursor: str | None = Field(None, max_length=2000, description="next_cursor of the page before")

    @property
    def is_nearest_only(self) -> bool:
        """A point and nothing else: the list that has a statement of its own."""
        return self.model_fields_set <= {"lon", "lat", "datum", "radius_m", "limit"} and self.lon is not None

    @property
    def order(self) -> Sort:
        """The stated order; with a point the nearest first, else the newest."""
        return self.sort or ("nearest" if self.lon is not None else "newest")

    @property
    def filters(self) -> dict[str, Any]:
        """Everything that decides which rows are listed in which order, for the cursor."""
        decides = self.model_fields_set - {"facets", "limit", "cursor", "sort", "datum"}
        return {name: getattr(self, name) for name in decides} | {"sort": self.order, "datum": self.datum}

    def point(self) -> Point | None:
        """The point in WGS-84. Raises Refused for half a point or an impossible one."""
        if self.lon is None and self.lat is None:
            if {"radius_m", "datum"} & self.model_fields_set:
                raise Refused("point_incomplete", field="query:lon")
            return None
        if self.lon is None or self.lat is None:
            raise Refused("point_incomplete", field="query:lat" if self.lat is None else "query:lon")
        try:
            return to_wgs84(self.lon, self.lat, self.datum)
        except PointRefused as wrong:
            raise Refused(wrong.code, field="query:lon") from None

    def search(self) -> Search:
        """The checked search. Raises Refused with the valid codes."""
        near = self.point()
        if self.order == "nearest" and near is None:
            raise Refused("sort_needs_point", field="query:sort")
        units = check_codes("pay_unit", self.pay_unit, enums()["pay_unit"])
        if self.order == "pay" and len(units) != 1:
            raise Refused("sort_pay_needs_unit", field="query:pay_unit")
        self._check_window()
        words = tuple(bigrams(self.q or ""))
        if self.q and not words:
            raise Refused("text_empty", field="query:q")
        return Search(
            words=words,
            near=near,
            radius_m=self.radius_m,
            cities=check_codes("city", self.city, _cities()),
            districts=check_codes("district", self.district, _districts()),
            trades=check_codes("trade", self.trade, trades()),
            pay_units=units,
            settlements=check_codes("settlement", self.settlement, enums()["settlement"]),
            job_kinds=check_codes("job_kind", self.job_kind, job_kinds()),
            starts_from=self.starts_from,
            ends_by=self.ends_by,
            sort=self.order,
            facets=self.facets,
        )

    def _check_window(self) -> None:
        begin, end = self.starts_from, self.ends_by
        if begin and end and end <= begin:
            raise Refused("time_end_before_start", field="query:ends_by")
        if begin and end and end - begin > SEARCH_WINDOW:
            raise Refused("window_too_long", field="query:ends_by", most=SEARCH_WINDOW // timedelta(days=1))

    def parse(self, key: list[Any]) -> list[Any]:
        """A cursor's key: the walk's first moment, the value of the order, the id."""
        begun, value, last = key
        if self.order in ("newest", "starts_soon"):
            value = datetime.fromisoformat(value)
        return [datetime.fromisoformat(begun), value, UUID(last)]


def _cities() -> list[str]:
    return [code for code, row in regions().items() if row.level != "county"]


def _districts() -> list[str]:
    return [code for code, row in regions().items() if row.level == "county"]


def parameters() -> list[dict[str, Any]]:
    """The query as the contract lists it."""
    shapes: dict[str, Any] = Looking.model_json_schema()["properties"]
    made = []
    for name, shape in shapes.items():
        shape.pop("title", None)
        about = {"description": shape.pop("description")} if "description" in shape else {}
        made.append({"name": name, "in": "query", "required": False, "schema": shape} | about)
    return made


_WANTED: ContextVar[Looking] = ContextVar("wanted")


class SearchRoute(Route):
    """A route whose query is one model, read before its endpoint is called."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any):
        super().__init__(path, endpoint, **kwargs)
        self._query_names = set(Looking.model_fields)

    def _check_query(self, request: Request) -> None:
        super()._check_query(request)
        _WANTED.set(_read(request))


def search_router() -> APIRouter:
    """A router of the search alone."""
    return APIRouter(prefix="/v1", tags=["postings"], route_class=SearchRoute, redirect_slashes=False)


def wanted() -> Looking:
    """The checked query of the present request."""
    return _WANTED.get()


def _read(request: Request) -> Looking:
    try:
        return Looking.model_validate(dict(request.query_params))
    except ValidationError as wrong:
        errors = [{**error, "loc": ("query", *error["loc"])} for error in wrong.errors(include_url=False)]
        raise RequestValidationError(errors) from None
