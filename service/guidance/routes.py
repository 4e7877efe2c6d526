"""Guidance on shared labour over HTTP: the list of a deal, the figures of a region, who should be back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.guidance.schemas import FindingIn, GuidanceOut, LateReturnsOut, LendingFiguresOut
from service.guidance.usecases import checking, counting
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, Id, RegionCode

router = make_router("deals")


@router.get(
    "/deals/{deal_id}/guidance", response_model=GuidanceOut, responses=problems(*READ), summary="The list of a deal"
)
@may(MEMBER, OFFICER, ADMIN, object="deal")
async def get_deal_guidance(ctx: Ctx, deal_id: Id, by: By) -> Any:
    """What is gone through with the firms, with its source, and how each item stands: the service finds most of it
    itself, officers the rest. Both firms read the same list."""
    return await checking.get_guidance(ctx, deal_id, by=by)


@router.post(
    "/deals/{deal_id}/guidance", response_model=GuidanceOut, responses=problems(*WRITE), summary="Record what was found"
)
@may(OFFICER, ADMIN, object="deal", key="optional")
async def record_finding(ctx: Ctx, deal_id: Id, body: FindingIn, by: By) -> Any:
    """Of an item that officers look at; what is lacking is told to both firms, and a later finding counts instead."""
    return await checking.record_finding(ctx, deal_id, item=body.item, outcome=body.outcome, by=by)


@router.get(
    "/lendings/late", response_model=LateReturnsOut, responses=problems(*LIST), summary="Who should be back at the post"
)
@may(OFFICER, ADMIN)
async def list_late_returns(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """People of deals in my regions whom the lender has not taken back in time; who should have been first."""
    filters = {"list": "late_returns", "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, _day_and_id)
    return paged(ctx, await counting.list_late_returns(ctx, after=after, limit=limit, by=by), filters)


@router.get(
    "/lendings/figures",
    response_model=LendingFiguresOut,
    responses=problems(401, 403, 422),
    summary="Shared labour in figures",
)
@may(OFFICER, ADMIN)
async def get_lending_figures(
    ctx: Ctx,
    by: By,
    region: Annotated[
        RegionCode | None,
        Query(description="province, city or district (GB/T 2260), of the place of work or of the lender"),
    ] = None,
    since: Annotated[Day | None, Query(description="first day; left out: 1 January")] = None,
    until: Annotated[Day | None, Query(description="last day, counted; left out: today")] = None,
) -> Any:
    """Firms, people, person-days, average length, returns in time, share across cities; at most three years at once."""
    return await counting.get_lending_figures(ctx, region=region, since=since, until=until, by=by)


def _day_and_id(key: list[Any]) -> tuple[date, UUID]:
    return date.fromisoformat(key[0]), UUID(key[1])
