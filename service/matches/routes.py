"""Rankings over HTTP: who can do this shift, what is there for me, and why (not)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from starlette.responses import Response

from service.http.caller import MEMBER, OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id, Whole
from service.matches import helping, usecases
from service.matches.helping_words import outlook_out, unlocks_out
from service.matches.schemas import CandidatesOut, FitOut, OutlookOut, RecommendationsOut, UnlocksOut
from service.matches.shaping import candidates_out, fit_out, recommendations_out
from service.matches.text import candidates_text

router = make_router("matches")
MOST = 100
Limit = Annotated[Whole, Query(ge=1, le=MOST, description="most results")]
Personalised = Annotated[
    bool, Query(description="false: listed by distance and time alone, without any trait of the person")
]


@router.get(
    "/shifts/{shift_id}/candidates",
    response_model=CandidatesOut,
    responses=problems(401, 403, 404, 409, 422),
    summary="Rank people for a shift",
)
@may(MEMBER, OFFICER, object="shift")
async def rank_candidates(
    ctx: Ctx,
    by: By,
    shift_id: Id,
    limit: Limit = 20,
    personalised: Personalised = True,
    among: Annotated[Literal["everybody", "applicants"], Query(description="whom to rank")] = "everybody",
    excluded: Annotated[
        bool, Query(description="also count and list who is kept out, nearest misses first; takes longer")
    ] = False,
) -> CandidatesOut | Response:
    """Ranked people with the parts of their scores, masked. For owners and managers of the employer, and officers."""
    found = await usecases.rank_candidates(
        ctx, shift_id, limit=limit, personalised=personalised, among=among, excluded=excluded, by=by
    )
    if found.of_eligible_alone:
        return Response(candidates_text(found, ctx.language), media_type="application/json")
    return candidates_out(found, ctx.language)


@router.get(
    "/shifts/{shift_id}/candidates/{worker_id}",
    responses=problems(401, 403, 404, 409, 422),
    summary="Why (not) this person",
)
@may(MEMBER, OFFICER, object="shift")
async def explain_candidate(ctx: Ctx, by: By, shift_id: Id, worker_id: Id) -> FitOut:
    """One person beside one shift: the score in parts and every reason that the viewer may know."""
    found = await usecases.explain_candidate(ctx, shift_id, worker_id, by=by)
    return fit_out(found, ctx.language, own_side=True)


@router.get("/shifts/{shift_id}/fit", responses=problems(401, 403, 404, 422), summary="Why (not) me")
@may(WORKER, object="shift")
async def explain_fit(ctx: Ctx, by: By, shift_id: Id) -> FitOut:
    """Me beside one shift: the score in parts, every reason against it, and what would change that."""
    return fit_out(await usecases.explain_fit(ctx, shift_id, by=by), ctx.language, own_side=False)


@router.get("/workers/me/recommendations", responses=problems(401, 403, 404, 422), summary="Shifts for me")
@may(WORKER)
async def recommend_shifts(
    ctx: Ctx,
    by: By,
    limit: Limit = 20,
    personalised: Personalised = True,
    excluded: Annotated[bool, Query(description="also count by reason what does not fit; takes longer")] = False,
) -> RecommendationsOut:
    """The best shifts on offer for me, each with the parts of its score."""
    found = await usecases.recommend_shifts(ctx, limit=limit, personalised=personalised, excluded=excluded, by=by)
    return recommendations_out(found, ctx.language)


@router.get(
    "/shifts/{shift_id}/outlook",
    responses=problems(401, 403, 404, 409, 422),
    summary="How many could come, and what helps",
)
@may(MEMBER, OFFICER, object="shift")
async def get_shift_outlook(ctx: Ctx, by: By, shift_id: Id) -> OutlookOut:
    """How many fit, how many are free, and which single change brings how many more: pay, start, place, papers."""
    return outlook_out(await helping.get_shift_outlook(ctx, shift_id, by=by), ctx.language)


@router.get(
    "/postings/{posting_id}/outlook", responses=problems(401, 403, 404, 422), summary="The same before publishing"
)
@may(MEMBER, OFFICER, object="posting")
async def get_posting_outlook(ctx: Ctx, by: By, posting_id: Id) -> OutlookOut:
    """Of the next occurrence of an own posting, be it a draft or published."""
    return outlook_out(await helping.get_posting_outlook(ctx, posting_id, by=by), ctx.language)


@router.get("/workers/me/unlocks", responses=problems(401, 403, 404, 422), summary="What would open more shifts to me")
@may(WORKER)
async def get_own_unlocks(ctx: Ctx, by: By) -> UnlocksOut:
    """Each change alone, over everything on offer: a certificate, a longer way, other hours."""
    return unlocks_out(await helping.get_own_unlocks(ctx, by=by), ctx.language)
