"""Slips and receipts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.referrals.schemas import RedeemIn, Size, SlipIn, SlipOut, SlipReadIn
from service.referrals.usecases import slips

router = make_router("referrals")
SCANNED: dict[str, Any] = {"response_model": SlipOut, "responses": problems(*WRITE, 410)}


@router.post(
    "/referrals/{referral_id}/slip",
    status_code=201,
    response_model=SlipOut,
    responses=problems(*WRITE),
    summary="Hand out a slip",
)
@may(WORKER, OFFICER, ADMIN, object="referral", key="optional")
async def issue_slip(ctx: Ctx, referral_id: Id, body: SlipIn, by: By) -> Any:
    """Once the person has said yes. The slip before it is void."""
    return await slips.issue_slip(ctx, referral_id, size=body.size, by=by)


@router.get("/referrals/{referral_id}/slip", response_model=SlipOut, responses=problems(*READ), summary="My slip")
@may(WORKER, OFFICER, ADMIN, object="referral")
async def get_slip(ctx: Ctx, referral_id: Id, by: By, size: Annotated[Size, Query()] = "a4") -> Any:
    """The one in force, as text for a QR and as a page to print."""
    return await slips.get_slip(ctx, referral_id, size=size, by=by)


@router.post("/slips/read", summary="What a scanned slip is", **SCANNED)
@may(MEMBER)
async def read_slip(ctx: Ctx, body: SlipReadIn, by: By) -> Any:
    """422 `slip_forged`, 409 `slip_foreign`, 410 `slip_expired` or `slip_revoked`; a redeemed one has its receipt."""
    return await slips.read_slip(ctx, text=body.text, by=by)


@router.post("/slips/redeem", summary="Give the receipt for a slip", **SCANNED)
@may(MEMBER, key="optional")
async def redeem_slip(ctx: Ctx, body: RedeemIn, by: By) -> Any:
    """Once; scanned again it is the same receipt."""
    return await slips.redeem_slip(ctx, by=by, **body.model_dump())
