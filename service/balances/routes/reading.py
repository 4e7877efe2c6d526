"""Balances to read: for everybody without contact, for a firm and its agency, for officers; the terms of a place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query

from service.balances import usecases
from service.balances.filters import BalanceFilter
from service.balances.schemas import BalanceOut, BalancesOut, BalanceTermsOut, ConditionsOut, Side, State
from service.balances.shaping import conditions_out, terms_out
from service.errors import Refused
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, instant_and_id, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Code, Day, Id, RegionCode
from service.reference.catalogue import trades

router = make_router("balances")
Region = Annotated[RegionCode | None, Query(description="province, city or district (GB/T 2260)")]
Trade = Annotated[Code | None, Query(description="a code of `GET /v1/reference/trade`")]
Season = Annotated[
    Code | None, Query(description="as a balance says it: `season` of `GET /v1/reference/season`, without a year")
]
From = Annotated[Day | None, Query(description="with a day from this one on")]
To = Annotated[Day | None, Query(description="with a day up to this one")]


def _wanted(
    region: str | None, trade: str | None, side: str | None, season: str | None, day_from: date | None,
    day_to: date | None,
) -> BalanceFilter:  # fmt: skip
    """Raises Refused trade_unknown, days_reversed."""
    if trade is not None and trade not in trades():
        raise Refused("trade_unknown", field="query:trade", more="/v1/reference/trade")
    if day_from is not None and day_to is not None and day_to < day_from:
        raise Refused("days_reversed", field="query:day_to", first_day=day_from, last_day=day_to)
    return BalanceFilter(region, trade, side, season, day_from, day_to)


@router.get(
    "/balances",
    response_model=BalancesOut,
    responses=problems(400, 401, 410, 422),
    summary="Find firms that lend or lack people",
)
@may(ANYBODY)
async def list_balances(
    ctx: Ctx,
    region: Region = None,
    trade: Trade = None,
    side: Side | None = None,
    season: Season = None,
    day_from: From = None,
    day_to: To = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Both sides, newest first; free, and without contact: firms meet through a deal here."""
    asked: dict[str, Any] = {
        "region": region, "trade": trade, "side": side, "season": season, "day_from": day_from, "day_to": day_to,
    }  # fmt: skip
    filters = {"list": "balances"} | asked
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await usecases.list_balances(ctx, _wanted(**asked), after=after, limit=limit), filters)


@router.get(
    "/balances/own",
    response_model=BalancesOut,
    responses=problems(400, 401, 403, 404, 410, 422),
    summary="My firm's, or those of my agency",
)
@may(MEMBER)
async def list_own_balances(
    ctx: Ctx, by: By, state: State | None = None, limit: Limit = 20, cursor: CursorText = None
) -> Any:
    """In every state, newest first."""
    filters = {"list": "own_balances", "of": by.capacity, "state": state}
    after = after_cursor(ctx, cursor, filters, id_of)
    found = await usecases.list_own_balances(ctx, state=state, after=after, limit=limit, by=by)
    return paged(ctx, found, filters)


@router.get(
    "/balances/region",
    response_model=BalancesOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="Those of my regions",
)
@may(OFFICER, ADMIN)
async def list_region_balances(
    ctx: Ctx,
    by: By,
    region: Region = None,
    trade: Trade = None,
    side: Side | None = None,
    season: Season = None,
    state: State | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """In every state, newest first."""
    asked: dict[str, Any] = {"region": region, "trade": trade, "side": side, "season": season}
    filters = {"list": "region_balances", "state": state, "regions": by.regions} | asked
    after = after_cursor(ctx, cursor, filters, id_of)
    wanted = _wanted(**asked, day_from=None, day_to=None)
    found = await usecases.list_region_balances(ctx, wanted, state=state, after=after, limit=limit, by=by)
    return paged(ctx, found, filters)


@router.get(
    "/balances/terms",
    response_model=BalanceTermsOut,
    responses=problems(401, 422),
    summary="Under which clause firms share labour in a city",
)
@may(ANYBODY)
async def get_balance_terms(
    ctx: Ctx, city: Annotated[RegionCode, Query(description="a city, or a district of it (GB/T 2260)")]
) -> Any:
    """The document of the place where it has a clause, else the national one; whether agencies may broker, and whether
    follow-up is asked for."""
    return terms_out(await usecases.get_terms(ctx, city), ctx.language)


@router.get(
    "/balances/conditions", response_model=ConditionsOut, responses=problems(401), summary="What can be asked and given"
)
@may(ANYBODY)
async def list_balance_conditions(ctx: Ctx) -> Any:
    """Codes for needs, wishes and offers (given), accepts and asks (asked)."""
    return conditions_out(usecases.list_conditions(), ctx.language)


@router.get("/balances/{balance_id}", response_model=BalanceOut, responses=problems(401, 404), summary="One of them")
@may(ANYBODY)
async def get_balance(ctx: Ctx, balance_id: Id, by: PerhapsBy) -> Any:
    """Everybody while it is public; its firm, its agency and officers of the place always, with what only they read."""
    return await usecases.get_balance(ctx, balance_id, by=by)
