"""电话代录: a boss's telephoned job, entered by an officer in one request."""

from __future__ import annotations

from typing import Any, Literal

from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.intakes import usecases
from service.intakes.schemas import DemandConfirmIn, DemandIntakeIn, DemandIntakeOut, DemandIntakesOut

router = make_router("intakes")
DemandState = Literal["asked", "confirmed", "declined", "lapsed", "withdrawn"]


@router.post(
    "/demand-intakes",
    status_code=201,
    response_model=DemandIntakeOut,
    responses=problems(*WRITE),
    summary="Enter a telephoned job",
)
@may(OFFICER, ADMIN, object="demand_intake", sensitive=True, key="optional",
     location="/v1/demand-intakes/{value.id}")  # fmt: skip
async def enter_demand_intake(ctx: Ctx, body: DemandIntakeIn, by: By) -> Any:
    """A draft and a question by SMS. What is left out is filled in, first from the last job; `taken` names it."""
    return await usecases.enter_demand(ctx, usecases.Call(**body.fields()), by=by)


@router.get(
    "/demand-intakes",
    response_model=DemandIntakesOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="Telephoned jobs of my regions",
)
@may(OFFICER, ADMIN, object="demand_intake")
async def list_demand_intakes(
    ctx: Ctx, by: By, state: DemandState | None = None, limit: Limit = 20, cursor: CursorText = None
) -> Any:
    """The newest first."""
    filters = {"list": "demand_intakes", "of": by.capacity, "state": state}
    after = after_cursor(ctx, cursor, filters, id_of)
    return paged(ctx, await usecases.list_demands(ctx, state=state, after=after, limit=limit, by=by), filters)


@router.get(
    "/demand-intakes/{demand_intake_id}",
    response_model=DemandIntakeOut,
    responses=problems(401, 403, 404, 422),
    summary="One of them",
)
@may(OFFICER, ADMIN, object="demand_intake")
async def get_demand_intake(ctx: Ctx, demand_intake_id: Id, by: By) -> Any:
    """With its history: who entered it, through which channel, how the boss said yes."""
    return await usecases.get_demand(ctx, demand_intake_id, by=by)


@router.post(
    "/demand-intakes/{demand_intake_id}/confirm", response_model=DemandIntakeOut, responses=problems(*WRITE),
    summary="Note the boss's yes",
)  # fmt: skip
@may(OFFICER, ADMIN, object="demand_intake", sensitive=True, key="optional")
async def confirm_demand_intake(
    ctx: Ctx, demand_intake_id: Id, body: DemandConfirmIn, by: By, on_behalf: OnBehalf
) -> Any:
    """With the code he reads out, or without one after reading the job back. The boss himself answers the SMS."""
    return await usecases.confirm_demand(ctx, demand_intake_id, by=by, code=body.code, on_behalf=on_behalf)


@router.post(
    "/demand-intakes/{demand_intake_id}/withdraw", response_model=DemandIntakeOut,
    responses=problems(400, 401, 403, 404, 409, 422), summary="Take an entry back",
)  # fmt: skip
@may(OFFICER, ADMIN, object="demand_intake", key="optional")
async def withdraw_demand_intake(ctx: Ctx, demand_intake_id: Id, by: By) -> Any:
    """While it is not confirmed; of a new caller nothing personal is left."""
    return await usecases.decline_demand(ctx, demand_intake_id, by=by)
