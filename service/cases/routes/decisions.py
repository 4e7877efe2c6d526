"""Appeals against decisions of platforms over HTTP; they are filed as cases of their kind."""

from __future__ import annotations

from typing import Any

from service.cases.schemas.coming import DecisionAnswerIn, DecisionIn, FindingIn
from service.cases.schemas.going import DecisionAppealOut, DecisionAppealsOut
from service.cases.usecases import appealing
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("cases")
MOVED: dict[str, Any] = {"response_model": DecisionAppealOut, "responses": problems(*WRITE)}
ONE = "/decision-appeals/{decision_appeal_id}"


@router.get(
    "/decision-appeals", response_model=DecisionAppealsOut, responses=problems(*LIST),
    summary="Appeals against my employer's decisions",
)  # fmt: skip
@may(MEMBER)
async def list_decision_appeals(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """The newest first."""
    filters = {"list": "decision_appeals", "by": by.employer_id}
    page = await appealing.list_to_answer(ctx, by=by, after=after_cursor(ctx, cursor, filters, id_of), limit=limit)
    return paged(ctx, page, filters)


@router.get(ONE, response_model=DecisionAppealOut, responses=problems(*READ), summary="One appeal of this kind")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="decision_appeal")
async def get_decision_appeal(ctx: Ctx, decision_appeal_id: Id, by: By) -> Any:
    """For both sides and the officers of the place."""
    return await appealing.get_appeal(ctx, decision_appeal_id, by=by)


@router.post(f"{ONE}/answer", summary="Say why it was decided", **MOVED)
@may(MEMBER, OFFICER, ADMIN, object="decision_appeal", key="optional")
async def answer_decision_appeal(ctx: Ctx, decision_appeal_id: Id, body: DecisionAnswerIn, by: By) -> Any:
    """By who decided; after its time it goes on without."""
    return await appealing.answer_appeal(ctx, decision_appeal_id, by=by, **body.model_dump())


@router.post(f"{ONE}/review", summary="Look at a decision again", **MOVED)
@may(OFFICER, ADMIN, object="decision_appeal", key="optional")
async def review_decision_appeal(ctx: Ctx, decision_appeal_id: Id, body: FindingIn, by: By) -> Any:
    """409 `case_own_decision` for who decided it or answered for it."""
    return await appealing.review_appeal(ctx, decision_appeal_id, finding=body.finding, by=by)


@router.post(f"{ONE}/decide", summary="Uphold or overturn a decision", **MOVED)
@may(OFFICER, ADMIN, object="decision_appeal", key="optional")
async def decide_decision_appeal(ctx: Ctx, decision_appeal_id: Id, body: DecisionIn, by: By) -> Any:
    """An overturned absence no longer counts, and both sides are told."""
    return await appealing.decide_appeal(ctx, decision_appeal_id, by=by, **body.model_dump())
