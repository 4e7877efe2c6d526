"""Plans of a hall over HTTP: drawn, changed, published, checked by anybody."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST_IN, READ, WRITE, problems
from service.http.routing import By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id, Whole
from service.plans.schemas import (
    BundleOut,
    DropIn,
    OrderOut,
    PlanLineOut,
    PlanLinesOut,
    PlanOut,
    PlansOut,
    ReplaceIn,
)
from service.plans.usecases import drawing, looking, publishing, replacing

router = make_router("halls")
OF_SESSION = "/hall-sessions/{hall_session_id}/plans"
PLAN = "/plans/{plan_id}"


def _rank_and_id(key: list[Any]) -> tuple[int, UUID]:
    return int(key[0]), UUID(key[1])


@router.post(OF_SESSION, status_code=201, response_model=PlanOut, responses=problems(*WRITE), summary="Draw a plan")
@may(OFFICER, ADMIN, object="hall_session", key="optional", location="/v1/plans/{value.id}")
async def draw_plan(ctx: Ctx, hall_session_id: Id, by: By) -> Any:
    """Give the people in line the open seats of this working day; published later, by itself or by the counter."""
    return await drawing.draw_plan(ctx, hall_session_id, by=by)


@router.get(OF_SESSION, response_model=PlansOut, responses=problems(*READ), summary="Rounds of a session")
@may(ANYBODY)
async def list_plans(ctx: Ctx, hall_session_id: Id, by: PerhapsBy) -> Any:
    """Those published; for officers of the region also those just drawn."""
    return {"items": await looking.list_plans(ctx, hall_session_id, by=by)}


@router.get(PLAN, response_model=PlanOut, responses=problems(*READ), summary="One round")
@may(ANYBODY)
async def get_plan(ctx: Ctx, plan_id: Id, by: PerhapsBy) -> Any:
    """How many seats, how good at most, the seed once it is told."""
    return await looking.get_plan(ctx, plan_id, by=by)


@router.get(PLAN + "/lines", response_model=PlanLinesOut, responses=problems(*LIST_IN), summary="Who got what, and why")
@may(ANYBODY)
async def list_plan_lines(ctx: Ctx, plan_id: Id, by: PerhapsBy, limit: Limit = 50, cursor: CursorText = None) -> Any:
    """By number, in the order of service. Employers see who comes to their shifts, masked."""
    filters = {"list": "plan_lines", "plan": plan_id, "by": by.account_id if by is not None else None}
    after = after_cursor(ctx, cursor, filters, _rank_and_id)
    return paged(ctx, await looking.list_plan_lines(ctx, plan_id, after=after, limit=limit, by=by), filters)


@router.get(PLAN + "/bundle", response_model=BundleOut, responses=problems(*READ), summary="A plan to run again")
@may(ANYBODY)
async def get_plan_bundle(ctx: Ctx, plan_id: Id) -> Any:
    """After publication: everything that decides it, without persons; `linggong replay-plan` makes it again."""
    return await looking.get_plan_bundle(ctx, plan_id)


@router.get(PLAN + "/order", response_model=OrderOut, responses=problems(*READ), summary="Why 37 before 12")
@may(ANYBODY)
async def explain_plan_order(
    ctx: Ctx,
    plan_id: Id,
    first: Annotated[Whole, Query(ge=1, le=1_000_000, description="a number")],
    second: Annotated[Whole, Query(ge=1, le=1_000_000, description="another number")],
) -> Any:
    """One plain sentence."""
    return await looking.explain_plan_order(ctx, plan_id, first=first, second=second)


@router.post(PLAN + "/publish", response_model=PlanOut, responses=problems(*WRITE), summary="Publish a plan")
@may(OFFICER, ADMIN, object="plan", key="optional")
async def publish_plan(ctx: Ctx, plan_id: Id, by: By) -> Any:
    """Every seat is held and offered, and nothing is confirmed without a yes."""
    return await publishing.publish_plan(ctx, plan_id, by=by)


@router.post(PLAN + "/drop", response_model=PlanOut, responses=problems(*WRITE), summary="Do not publish a plan")
@may(OFFICER, ADMIN, object="plan", key="optional")
async def drop_plan(ctx: Ctx, plan_id: Id, body: DropIn, by: By) -> Any:
    """Another one can be drawn."""
    return await publishing.drop_plan(ctx, plan_id, reason=body.reason, by=by)


@router.post(
    "/plan-lines/{plan_line_id}/replace",
    response_model=PlanLineOut,
    responses=problems(*WRITE),
    summary="Somebody else who is here",
)
@may(MEMBER, OFFICER, ADMIN, object="plan_line", key="optional")
async def replace_plan_line(ctx: Ctx, plan_line_id: Id, body: ReplaceIn, by: By) -> Any:
    """Before the first person has said yes; among those in line who may do the work; for a reason of the list."""
    return await replacing.replace_plan_line(ctx, plan_line_id, number=body.number, reason=body.reason, by=by)
