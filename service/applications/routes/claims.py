"""Claims, applications, invitations, decisions, stand-ins."""

from __future__ import annotations

from service.applications.schemas import (
    AppliedOut,
    ApplyIn,
    ClaimIn,
    ClaimOut,
    DecisionsIn,
    DecisionsOut,
    InviteIn,
    StandInIn,
)
from service.applications.usecases import apply, claim, decide, stand_in
from service.applications.views import Applied, Claimed
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as new_router
from service.http.types import Id

router = new_router("applications")


@router.post(
    "/shifts/{shift_id}/claims",
    status_code=201,
    response_model=ClaimOut,
    responses=problems(*WRITE),
    summary="Take a seat with one tap, or a place in line",
)
@may(WORKER, OFFICER, ADMIN, object="shift", key="required")
async def claim_seat(ctx: Ctx, shift_id: Id, body: ClaimIn, by: By, on_behalf: OnBehalf) -> Claimed:
    """The first yes wins. 409 names what stands against it: `overlap`, `shift_full`, `posting_closed` and others."""
    return await claim.claim_seat(
        ctx,
        shift_id,
        by=by,
        terms_version=body.terms_version,
        join_waitlist=body.join_waitlist,
        worker_id=body.worker_id,
        on_behalf=on_behalf,
        crew_id=body.crew_id,
    )


@router.post(
    "/shifts/{shift_id}/stand-ins",
    status_code=201,
    response_model=ClaimOut,
    responses=problems(*WRITE),
    summary="Stand in for somebody who cannot come",
)
@may(WORKER, OFFICER, ADMIN, object="shift", key="required")
async def claim_stand_in(ctx: Ctx, shift_id: Id, body: StandInIn, by: By, on_behalf: OnBehalf) -> Claimed:
    """The first eligible yes replaces who has been looking longest; he loses no standing."""
    return await stand_in.claim_stand_in(
        ctx,
        shift_id,
        by=by,
        terms_version=body.terms_version,
        worker_id=body.worker_id,
        on_behalf=on_behalf,
    )


@router.post(
    "/postings/{posting_id}/applications",
    status_code=201,
    response_model=AppliedOut,
    responses=problems(*WRITE),
    summary="Apply for one, several or all dates",
)
@may(WORKER, OFFICER, ADMIN, object="posting", key="optional")
async def apply_to_posting(ctx: Ctx, posting_id: Id, body: ApplyIn, by: By, on_behalf: OnBehalf) -> Applied:
    """All or nothing unless asked otherwise; a pending application holds no seat."""
    return await apply.apply_to_posting(
        ctx,
        posting_id,
        by=by,
        shift_ids=body.shift_ids,
        all_shifts=body.all_shifts,
        all_or_nothing=body.all_or_nothing,
        crew_id=body.crew_id,
        note=body.note,
        terms_version=body.terms_version,
        worker_id=body.worker_id,
        on_behalf=on_behalf,
    )


@router.post(
    "/postings/{posting_id}/decisions",
    response_model=DecisionsOut,
    responses=problems(*WRITE),
    summary="Accept and decline applications, many at once",
)
@may(MEMBER, object="posting", key="optional")
async def decide_applications(ctx: Ctx, posting_id: Id, body: DecisionsIn, by: By) -> dict[str, object]:
    """Each decision is answered on its own; what was asked for together goes together."""
    decisions = [decide.Decision(one.application_id, one.answer, one.reason) for one in body.decisions]
    return {"decisions": await decide.decide_applications(ctx, posting_id, decisions, by=by)}


@router.post(
    "/shifts/{shift_id}/invitations",
    status_code=201,
    response_model=AppliedOut,
    responses=problems(*WRITE),
    summary="Ask named people or the own pool",
)
@may(MEMBER, object="shift", key="optional")
async def invite_workers(ctx: Ctx, shift_id: Id, body: InviteIn, by: By) -> Applied:
    """An invitation holds no seat; each person is answered on its own."""
    return await decide.invite_workers(ctx, shift_id, by=by, worker_ids=body.worker_ids, pool=body.pool, note=body.note)
