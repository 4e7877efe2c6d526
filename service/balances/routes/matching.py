"""Who helps whom, explained; the plan of a region."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.balances import usecases
from service.balances.schemas import BalanceMatchesOut, BalancePlanIn, BalancePlanOut
from service.balances.shaping import matches_out, plan_out
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.paging import Limit
from service.http.responses import problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id, Whole

router = make_router("balances")


@router.get(
    "/balances/{balance_id}/matches",
    response_model=BalanceMatchesOut,
    responses=problems(401, 403, 404, 422),
    summary="Who helps, and who is helped",
)
@may(MEMBER, OFFICER, ADMIN, object="balance")
async def rank_balances(
    ctx: Ctx,
    balance_id: Id,
    by: By,
    limit: Limit = 20,
    misses: Annotated[Whole, Query(ge=0, le=20, description="how many that nearly fit are shown too")] = 0,
) -> Any:
    """The published balances of the other side in order, with every part of the score and every hindrance."""
    return matches_out(await usecases.rank_balances(ctx, balance_id, limit=limit, misses=misses, by=by), ctx.language)


@router.post(
    "/balances/plan",
    response_model=BalancePlanOut,
    responses=problems(400, 401, 403, 415, 422),
    summary="The best plan of a region",
)
@may(OFFICER, ADMIN)
async def plan_balances(ctx: Ctx, body: BalancePlanIn, by: By) -> Any:
    """Every surplus and shortage that is open, at once: most people placed, then the best scores, proven; nothing is
    stored and nobody is told."""
    return plan_out(await usecases.plan_region(ctx, **body.model_dump(), by=by), ctx.language)
