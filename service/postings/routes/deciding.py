"""The life of a posting over HTTP: offered, stopped, reviewed, taken down."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER
from service.http.responses import problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.postings.schemas.coming import PublishIn, ReasonIn, RejectIn, SubmitIn
from service.postings.schemas.going import PostingMovedOut
from service.postings.usecases import deciding

router = make_router("postings")
SCOPES = ("postings:write",)
employer_may = may(MEMBER, OFFICER, ADMIN, INTEGRATOR, scopes=SCOPES, key="optional", object="posting")
officer_may = may(OFFICER, ADMIN, key="optional", object="posting")
BARE = problems(400, 401, 403, 404, 409, 422)
WITH_BODY = problems(400, 401, 403, 404, 409, 413, 415, 422)


@router.post(
    "/postings/{posting_id}/submit", response_model=PostingMovedOut, responses=WITH_BODY, summary="Offer a draft"
)
@employer_may
async def submit_posting(ctx: Ctx, by: By, posting_id: Id, body: SubmitIn) -> Any:
    """Live at once where the rules allow it, else in review with a stated time; 422 `posting_blocked` names the rules
    that stop it and the words they mark."""
    return await deciding.submit_posting(ctx, posting_id, by=by, contested=body.contested)


@router.post(
    "/postings/{posting_id}/recall",
    response_model=PostingMovedOut,
    responses=BARE,
    summary="Take a posting back from review",
)
@employer_may
async def recall_posting(ctx: Ctx, by: By, posting_id: Id) -> Any:
    """It is a draft again."""
    return await deciding.move_posting(ctx, posting_id, "recall", by=by)


@router.post(
    "/postings/{posting_id}/reopen",
    response_model=PostingMovedOut,
    responses=BARE,
    summary="Make a rejected posting a draft",
)
@employer_may
async def reopen_posting(ctx: Ctx, by: By, posting_id: Id) -> Any:
    """To correct it and offer it again."""
    return await deciding.move_posting(ctx, posting_id, "reopen", by=by)


@router.post("/postings/{posting_id}/pause", response_model=PostingMovedOut, responses=BARE, summary="Pause a posting")
@employer_may
async def pause_posting(ctx: Ctx, by: By, posting_id: Id) -> Any:
    """It is not shown and gives no new seat; seats already taken stay."""
    return await deciding.move_posting(ctx, posting_id, "pause", by=by)


@router.post(
    "/postings/{posting_id}/resume", response_model=PostingMovedOut, responses=BARE, summary="Resume a posting"
)
@employer_may
async def resume_posting(ctx: Ctx, by: By, posting_id: Id) -> Any:
    """Shown again."""
    return await deciding.move_posting(ctx, posting_id, "resume", by=by)


@router.post(
    "/postings/{posting_id}/refresh", response_model=PostingMovedOut, responses=BARE, summary="Say that it still holds"
)
@employer_may
async def refresh_posting(ctx: Ctx, by: By, posting_id: Id) -> Any:
    """A posting that nobody refreshes for the policy's days ends, with a notice before."""
    return await deciding.refresh_posting(ctx, posting_id, by=by)


@router.post(
    "/postings/{posting_id}/withdraw", response_model=PostingMovedOut, responses=WITH_BODY, summary="Withdraw a posting"
)
@employer_may
async def withdraw_posting(ctx: Ctx, by: By, posting_id: Id, body: ReasonIn) -> Any:
    """For good; where people are engaged their shifts are called off instead, with notice."""
    return await deciding.withdraw_posting(ctx, posting_id, by=by, reason=body.reason)


@router.post(
    "/postings/{posting_id}/publish", response_model=PostingMovedOut, responses=WITH_BODY, summary="Approve a posting"
)
@officer_may
async def publish_posting(ctx: Ctx, by: By, posting_id: Id, body: PublishIn) -> Any:
    """The review's yes; a rule that stops the posting is overruled with a reason."""
    return await deciding.publish_posting(ctx, posting_id, by=by, overrules=body.overrules)


@router.post(
    "/postings/{posting_id}/reject", response_model=PostingMovedOut, responses=WITH_BODY, summary="Reject a posting"
)
@officer_may
async def reject_posting(ctx: Ctx, by: By, posting_id: Id, body: RejectIn) -> Any:
    """The review's no, with coded reasons."""
    return await deciding.reject_posting(ctx, posting_id, by=by, reasons=body.reasons)


@router.post(
    "/postings/{posting_id}/take-down",
    response_model=PostingMovedOut,
    responses=WITH_BODY,
    summary="Take a posting down",
)
@officer_may
async def take_down_posting(ctx: Ctx, by: By, posting_id: Id, body: ReasonIn) -> Any:
    """Removed from the public; its employer may appeal."""
    return await deciding.take_down_posting(ctx, posting_id, by=by, reason=body.reason)
