"""A worker's yes and no, and taking back."""

from __future__ import annotations

from service.applications.schemas import AcceptIn, AnsweredOut, AnswerIn
from service.applications.usecases import answer
from service.applications.views import Answered
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as new_router
from service.http.types import Id

router = new_router("applications")


@router.post(
    "/applications/{application_id}/accept",
    response_model=AnsweredOut,
    responses=problems(*WRITE),
    summary="Say yes to an offer, an invitation or a free place",
)
@may(WORKER, OFFICER, ADMIN, object="application", key="required")
async def accept_application(ctx: Ctx, application_id: Id, body: AcceptIn, by: By, on_behalf: OnBehalf) -> Answered:
    """Under the same gates as a claim; from the confirm-by time on the offer has lapsed."""
    return await answer.accept_application(
        ctx,
        application_id,
        by=by,
        terms_version=body.terms_version,
        join_waitlist=body.join_waitlist,
        on_behalf=on_behalf,
    )


@router.post(
    "/applications/{application_id}/decline",
    response_model=AnsweredOut,
    responses=problems(*WRITE),
    summary="Say no to an offer or invitation",
)
@may(WORKER, OFFICER, ADMIN, object="application", key="optional")
async def decline_application(ctx: Ctx, application_id: Id, body: AnswerIn, by: By, on_behalf: OnBehalf) -> Answered:
    """A held seat goes to the next in line at once."""
    return await answer.decline_application(ctx, application_id, by=by, reason=body.reason, on_behalf=on_behalf)


@router.post(
    "/applications/{application_id}/withdraw",
    response_model=AnsweredOut,
    responses=problems(*WRITE),
    summary="Take an application (or an invitation) back",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="application", key="optional")
async def withdraw_application(ctx: Ctx, application_id: Id, body: AnswerIn, by: By, on_behalf: OnBehalf) -> Answered:
    """The worker takes a live application back, the employer an invitation."""
    return await answer.withdraw_application(ctx, application_id, by=by, reason=body.reason, on_behalf=on_behalf)
