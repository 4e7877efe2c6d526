"""Fairs on demand (按需), over HTTP: what figures speak for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.fairs.schemas.fairs import FairOut
from service.fairs.schemas.people import (
    FairProposalDismissIn,
    FairProposalOut,
    FairProposalsOut,
    ProposalState,
    ProposedFairIn,
)
from service.fairs.usecases import proposing
from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("fairs")
ONE = "/fair-proposals/{fair_proposal_id}"


@router.get(
    "/fair-proposals", response_model=FairProposalsOut, responses=problems(*LIST), summary="Fairs that figures propose"
)
@may(OFFICER, ADMIN)
async def list_fair_proposals(
    ctx: Ctx,
    by: By,
    state: Annotated[list[ProposalState] | None, Query(description="only in these states; open ones")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Where many look for a trade in vain, or many seats stay open: with the figures and thresholds of the day."""
    filters = {"list": "fair_proposals", "state": state}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await proposing.list_fair_proposals(ctx, states=state or ("open",), by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.post(
    ONE + "/draft",
    status_code=201,
    response_model=FairOut,
    responses=problems(*WRITE),
    summary="Prepare what is proposed",
)
@may(OFFICER, ADMIN, object="fair_proposal", key="optional", location="/v1/fairs/{value.id}")
async def make_proposed_fair(ctx: Ctx, fair_proposal_id: Id, body: ProposedFairIn, by: By) -> Any:
    """A draft on a working day to come, for the trade or group, with the figures as its description."""
    return await proposing.make_proposed_fair(
        ctx, fair_proposal_id, organiser=body.organiser, address=body.address, by=by
    )


@router.post(ONE + "/dismiss", response_model=FairProposalOut, responses=problems(*WRITE), summary="No fair for this")
@may(OFFICER, ADMIN, object="fair_proposal", key="optional")
async def dismiss_fair_proposal(ctx: Ctx, fair_proposal_id: Id, body: FairProposalDismissIn, by: By) -> Any:
    """With a reason; the same is not proposed again this month."""
    return await proposing.dismiss_fair_proposal(ctx, fair_proposal_id, reason=body.reason, by=by)
