"""What both sides say to a referral."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.referrals.schemas import (
    OfferIn,
    ReferralAcceptIn,
    ReferralDecisionIn,
    ReferralDeclineIn,
    ReferralOut,
    ReferralWithdrawIn,
)
from service.referrals.usecases import answer, offers

router = make_router("referrals")
ANSWERED: dict[str, Any] = {"response_model": ReferralOut, "responses": problems(*WRITE)}


@router.post("/referrals/{referral_id}/accept", summary="I want to go there", **ANSWERED)
@may(WORKER, OFFICER, ADMIN, object="referral", key="optional")
async def accept_referral(ctx: Ctx, referral_id: Id, body: ReferralAcceptIn, by: By, on_behalf: OnBehalf) -> Any:
    """With `ready` the employer may take the person on at once under the terms seen."""
    return await answer.accept_referral(ctx, referral_id, by=by, on_behalf=on_behalf, **body.model_dump())


@router.post("/referrals/{referral_id}/decline", summary="I do not want to go there", **ANSWERED)
@may(WORKER, OFFICER, ADMIN, object="referral", key="optional")
async def decline_referral(ctx: Ctx, referral_id: Id, body: ReferralDeclineIn, by: By, on_behalf: OnBehalf) -> Any:
    """With a coded reason; it costs nothing."""
    return await answer.decline_referral(ctx, referral_id, by=by, on_behalf=on_behalf, reason=body.reason)


@router.post("/referrals/{referral_id}/decide", summary="The employer wants to see the person, or not", **ANSWERED)
@may(MEMBER, object="referral", key="optional")
async def decide_referral(ctx: Ctx, referral_id: Id, body: ReferralDecisionIn, by: By) -> Any:
    """A no has a coded reason, which the person is told."""
    return await answer.decide_referral(ctx, referral_id, by=by, **body.model_dump())


@router.post("/referrals/{referral_id}/offer", summary="Take the person on", **ANSWERED)
@may(MEMBER, object="referral", key="required")
async def offer_referred_seat(ctx: Ctx, referral_id: Id, body: OfferIn, by: By) -> Any:
    """At once where the person is ready under the present terms; else the seat is held and the person asked."""
    return await offers.offer_seat(ctx, referral_id, shift_id=body.shift_id, by=by)


@router.post("/referrals/{referral_id}/withdraw", summary="Take a referral back", **ANSWERED)
@may(MEMBER, OFFICER, ADMIN, object="referral", key="optional")
async def withdraw_referral(ctx: Ctx, referral_id: Id, body: ReferralWithdrawIn, by: By) -> Any:
    """By officers, and by the broker that made it. Both sides are told."""
    return await answer.withdraw_referral(ctx, referral_id, reason=body.reason, by=by)
