"""Talks."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.referrals.schemas import ReferralOut, TalkIn, TalkResultIn
from service.referrals.usecases import talks

router = make_router("referrals")
TALKED: dict[str, Any] = {"response_model": ReferralOut, "responses": problems(*WRITE)}


@router.post("/referrals/{referral_id}/talks", status_code=201, summary="Arrange talks, or move them", **TALKED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="referral", key="optional")
async def schedule_talk(ctx: Ctx, referral_id: Id, body: TalkIn, by: By) -> Any:
    """Once the employer wants to see the person; a second time takes the place of the first."""
    return await talks.schedule_talk(ctx, referral_id, by=by, **body.model_dump())


@router.post("/talks/{talk_id}/result", summary="Who came to talks", **TALKED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="talk", key="optional")
async def record_talk(ctx: Ctx, talk_id: Id, body: TalkResultIn, by: By) -> Any:
    """After their time."""
    return await talks.record_talk(ctx, talk_id, came=body.came, by=by)


@router.post("/talks/{talk_id}/cancel", summary="Call talks off", **TALKED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="talk", key="optional")
async def cancel_talk(ctx: Ctx, talk_id: Id, by: By) -> Any:
    """The referral stays."""
    return await talks.cancel_talk(ctx, talk_id, by=by)
