"""Going wages over HTTP: precomputed cells only; nothing is summed, averaged or narrowed when asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from service.errors import Refused
from service.http.caller import ANYBODY
from service.http.paging import CursorText, Limit, after_cursor, next_cursor
from service.http.responses import problems
from service.http.routing import Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, RegionCode
from service.reference.catalogue import industries, regions, trades
from service.wages import usecases
from service.wages.rules import GROUP, TRADE, Wanted
from service.wages.schemas import WagesOut, wage_of

router = make_router("wages")
Source = Literal["paid", "advertised"]
Unit = Literal["hour", "day", "task"]
Hours = Literal["all", "night", "morning", "midday", "evening"]
CodeText = Annotated[str | None, Query(max_length=64)]


@router.get("/wages", response_model=WagesOut, responses=problems(400, 401, 410, 422), summary="What work really pays")
@may(ANYBODY)
async def list_wages(
    ctx: Ctx,
    source: Annotated[Source, Query(description="what was paid, or what postings offered")] = "paid",
    area: Annotated[RegionCode | None, Query(description="district or city; a province for all its cities")] = None,
    trade: CodeText = None,
    group: Annotated[CodeText, Query(description="an industry: all its trades together")] = None,
    unit: Unit | None = None,
    hours: Hours | None = None,
    week: Annotated[Day | None, Query(description="a Monday; without it the last week that tells any of this")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Quantiles by trade, area and hour of at least ten workers at three employers; each week is told once."""
    _check(area, trade, group, week)
    filters = {
        "list": "wages", "source": source, "area": area, "trade": trade, "group": group, "unit": unit, "hours": hours,
        "week": week,
    }  # fmt: skip
    level = TRADE if trade else (GROUP if group else None)
    wanted = Wanted(source, area, level, trade or group, unit, hours)
    after = after_cursor(ctx, cursor, filters, _week_and_id)
    page = await usecases.list_wages(ctx, wanted, week, after=after, limit=limit)
    return {
        "items": [wage_of(row, ctx.language) for row in page.items],
        "next_cursor": next_cursor(ctx, page, filters),
    }


def _check(area: str | None, trade: str | None, group: str | None, week: date | None) -> None:
    """Raises Refused for codes that nobody knows, and for a trade and a group at once."""
    if area is not None and area not in regions():
        raise Refused("region_unknown", field="query:area", more="/v1/reference/region")
    if trade is not None and trade not in trades():
        raise Refused("trade_unknown", field="query:trade", more="/v1/reference/trade")
    if group is not None and group not in industries():
        raise Refused("code_unknown", field="query:group", expected=", ".join(sorted(industries())))
    if trade is not None and group is not None:
        raise Refused("wages_trade_or_group", field="query:group")
    if week is not None and week.weekday() != 0:
        raise Refused("week_not_monday", field="query:week")


def _week_and_id(key: list[Any]) -> tuple[date, UUID]:
    return date.fromisoformat(key[0]), UUID(key[1])
