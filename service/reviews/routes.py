"""The review queue over HTTP: counted, listed, claimed, decided; and decisions as their authors read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.reviews.queue import QueueFilter
from service.reviews.schemas import (
    ClaimedNextOut,
    DecisionIn,
    DecisionsIn,
    DecisionsOut,
    Kind,
    Noun,
    OwnDecisionsOut,
    ReviewCountsOut,
    ReviewDetailOut,
    ReviewsOut,
)
from service.reviews.usecases import claiming, deciding, looking
from service.reviews.usecases.deciding import Decision

router = make_router("reviews")
REVIEW = "/reviews/{review_id}"
BARE = problems(400, 401, 403, 404, 409, 422)
officer_may = may(OFFICER, ADMIN, object="review", key="optional")


@router.get("/reviews", response_model=ReviewsOut, responses=problems(*LIST), summary="The review queue")
@may(OFFICER, ADMIN)
async def list_reviews(
    ctx: Ctx,
    by: By,
    state: Annotated[
        Literal["open", "free", "claimed", "decided"], Query(description="free: nobody has it alone")
    ] = "open",
    noun: Noun | None = None,
    kind: Kind | None = None,
    mine: Annotated[bool, Query(description="those that I have or have decided")] = False,
    overdue: bool = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Of the caller's regions: grave first, then work soon, then reports, then the rest, each by due time."""
    wanted = QueueFilter(by.regions, state, noun, kind, by.account_id if mine else None, overdue)
    filters = {"list": "reviews", "wanted": wanted, "role": by.role}
    after = after_cursor(ctx, cursor, filters, looking.due_key)
    return paged(ctx, await looking.list_reviews(ctx, wanted, by=by, after=after, limit=limit), filters)


@router.get(
    "/reviews/counts", response_model=ReviewCountsOut, responses=problems(401, 403), summary="The queue in figures"
)
@may(OFFICER, ADMIN)
async def count_reviews(ctx: Ctx, by: By) -> Any:
    """Open, overdue, due within the hour, free, mine, grave: in all and by kind."""
    return await looking.count_reviews(ctx, by=by)


@router.post(
    "/reviews/claim-next", response_model=ClaimedNextOut, responses=problems(400, 401, 403, 409, 422),
    summary="Take the most urgent review",
)  # fmt: skip
@may(OFFICER, ADMIN, key="optional")
async def claim_next_review(ctx: Ctx, by: By) -> Any:
    """One that nobody has and that the caller may decide; two officers who ask at once get two."""
    return await claiming.claim_next(ctx, by=by)


@router.post(
    "/reviews/decide", response_model=DecisionsOut, responses=problems(400, 401, 403, 409, 413, 415, 422),
    summary="Decide several reviews",
)  # fmt: skip
@may(OFFICER, ADMIN, key="optional")
async def decide_reviews(ctx: Ctx, body: DecisionsIn, by: By) -> Any:
    """Each has its own result; one that is refused leaves nothing behind and stops no other."""
    decisions = [Decision(**each.model_dump()) for each in body.decisions]
    return {"decisions": await deciding.decide_reviews(ctx, decisions, by=by)}


@router.get(REVIEW, response_model=ReviewDetailOut, responses=problems(*READ), summary="One review")
@may(OFFICER, ADMIN, object="review")
async def get_review(ctx: Ctx, review_id: Id, by: By) -> Any:
    """With the checklist, marked words, earlier reviews and everything that happened to the posting."""
    return await looking.get_review(ctx, review_id, by=by)


@router.post(REVIEW + "/claim", response_model=ReviewDetailOut, responses=BARE, summary="Take a review")
@officer_may
async def claim_review(ctx: Ctx, review_id: Id, by: By) -> Any:
    """The caller alone has it for some minutes (policy `reviews.claim_minutes`); asking again begins them anew."""
    return await claiming.claim_review(ctx, review_id, by=by)


@router.post(REVIEW + "/release", response_model=ReviewDetailOut, responses=BARE, summary="Give a review back")
@officer_may
async def release_review(ctx: Ctx, review_id: Id, by: By) -> Any:
    """One's own; an administrator also another's."""
    return await claiming.release_review(ctx, review_id, by=by)


@router.post(REVIEW + "/decide", response_model=ReviewDetailOut, responses=problems(*WRITE), summary="Decide a review")
@officer_may
async def decide_review(ctx: Ctx, review_id: Id, body: DecisionIn, by: By) -> Any:
    """It takes effect at once. 409 `review_subject_changed` when the author has changed it meanwhile,
    `review_own_entry` for who entered it, `guard_overrule_needed` for a rule that is not overruled."""
    return await deciding.decide_review(ctx, Decision(review_id=review_id, **body.model_dump()), by=by)


@router.get(
    "/postings/{posting_id}/decisions", response_model=OwnDecisionsOut, responses=problems(*READ),
    summary="What officers decided on a posting",
)  # fmt: skip
@may(MEMBER, OFFICER, ADMIN, INTEGRATOR, scopes=("postings:read",), object="posting")
async def list_posting_decisions(ctx: Ctx, posting_id: Id, by: By) -> Any:
    """Reasons and the officer's sentence, for its own people."""
    return {"items": await looking.list_decisions(ctx, "posting", posting_id, by=by)}


@router.get(
    "/supplies/{supply_id}/decisions", response_model=OwnDecisionsOut, responses=problems(*READ),
    summary="What officers decided on a supply posting",
)  # fmt: skip
@may(WORKER, OFFICER, ADMIN, object="supply")
async def list_supply_decisions(ctx: Ctx, supply_id: Id, by: By) -> Any:
    """Reasons and the officer's sentence, for the person."""
    return {"items": await looking.list_decisions(ctx, "supply", supply_id, by=by)}
