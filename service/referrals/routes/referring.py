"""Recommending, and looking at what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.referrals.schemas import ReferIn, ReferralOut, ReferralsOut, ReferralState, ReferredOut
from service.referrals.usecases import looking, refer

router = make_router("referrals")


@router.post(
    "/postings/{posting_id}/referrals",
    status_code=201,
    response_model=ReferredOut,
    responses=problems(*WRITE),
    summary="Recommend people for a posting",
)
@may(MEMBER, OFFICER, ADMIN, object="posting", key="optional")
async def refer_workers(ctx: Ctx, posting_id: Id, body: ReferIn, by: By, on_behalf: OnBehalf) -> Any:
    """One person or a ranked list; each is answered on its own. Both sides are told at once.

    Members of a licensed agency recommend those whom it acts for, for what others have made public; the people are
    asked by the service.
    """
    return await refer.refer_workers(ctx, posting_id, by=by, on_behalf=on_behalf, **body.model_dump())


@router.get("/referrals", response_model=ReferralsOut, responses=problems(*LIST), summary="Referrals")
@may(WORKER, MEMBER, OFFICER, ADMIN)
async def list_referrals(
    ctx: Ctx,
    by: By,
    state: Annotated[ReferralState | None, Query(description="only this state")] = None,
    posting_id: Id | None = None,
    worker_id: Annotated[Id | None, Query(description="for officers and employers")] = None,
    batch_id: Id | None = None,
    overdue: Annotated[bool, Query(description="only those whose answer is late")] = False,
    made_by_us: Annotated[bool, Query(description="for brokers: those that the agency made")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """One's own; officers those to their regions. Newest first."""
    asked: dict[str, Any] = {"posting_id": posting_id, "worker_id": worker_id, "batch_id": batch_id, "overdue": overdue}
    asked["made_by_us"] = made_by_us
    filters = asked | {"list": "referrals", "state": state, "regions": by.regions, "who": by.capacity}
    page = await looking.list_referrals(
        ctx, by=by, states=(state,) if state else (), after=after_cursor(ctx, cursor, filters, id_of), limit=limit,
        **asked,
    )  # fmt: skip
    return paged(ctx, page, filters)


@router.get("/referrals/{referral_id}", response_model=ReferralOut, responses=problems(*READ), summary="One referral")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="referral")
async def get_referral(ctx: Ctx, referral_id: Id, by: By) -> Any:
    """For the person, the employer, the officers of the place, and the broker that made it as long as it acts for the
    person. That the employer has looked is noted."""
    return await looking.get_referral(ctx, referral_id, by=by)
