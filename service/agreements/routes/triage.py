"""Triage over HTTP: the questions, an answer without a trace, and one that an employer keeps for a posting."""

from __future__ import annotations

from typing import Any

from service.agreements.schemas import QuestionsOut, TriageIn, TriageOut, TriageTryIn
from service.agreements.usecases import triaging
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER
from service.http.responses import READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("agreements")


@router.get(
    "/triage/questions", response_model=QuestionsOut, responses=problems(401), summary="Questions of the triage"
)
@may(ANYBODY)
async def list_triage_questions() -> Any:
    """How work is really done says which relation it is; each question with its clause."""
    return triaging.questions()


@router.post(
    "/triage/try", response_model=TriageOut, responses=problems(400, 401, 413, 415, 422), summary="Try the triage"
)
@may(ANYBODY)
async def try_triage(body: TriageTryIn) -> Any:
    """The result of these answers with its reasons; nothing is kept and nobody is named."""
    return triaging.try_triage(body.answers, body.employer_kind, body.job_kind)


@router.post(
    "/postings/{posting_id}/triage",
    status_code=201,
    response_model=TriageOut,
    responses=problems(*WRITE),
    summary="Decide the relation of a posting's work",
)
@may(MEMBER, object="posting", key="optional", location="/v1/postings/{value.posting_id}/triage")
async def decide_triage(ctx: Ctx, posting_id: Id, body: TriageIn, by: By) -> Any:
    """Kept for an own posting, in place of the one before. From then on work that needs a written agreement begins
    with one only."""
    return await triaging.store_triage(ctx, posting_id, answers=body.answers, by=by)


@router.get(
    "/postings/{posting_id}/triage", response_model=TriageOut, responses=problems(*READ), summary="A posting's relation"
)
@may(MEMBER, OFFICER, ADMIN, object="posting")
async def get_triage(ctx: Ctx, posting_id: Id, by: By) -> Any:
    """The one that counts; 404 where nothing was decided."""
    return await triaging.get_triage(ctx, posting_id, by=by)
