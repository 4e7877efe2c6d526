"""Questions to the other side over HTTP: put by officers, answered by employers who learn nothing by them."""

from __future__ import annotations

from typing import Any

from service.cases.schemas.coming import CaseAnswerIn, CaseQuestionIn
from service.cases.schemas.going import CaseOut, CaseQuestionOut, CaseQuestionsOut
from service.cases.usecases import asking
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("cases")


@router.post(
    "/cases/{case_id}/ask-other-side", response_model=CaseOut, responses=problems(*WRITE), summary="Ask the other side"
)
@may(OFFICER, ADMIN, object="case", key="optional")
async def ask_other_side(ctx: Ctx, case_id: Id, body: CaseQuestionIn, by: By) -> Any:
    """A coded question that names nobody; an officer chooses whether to ask at all."""
    return await asking.ask_other_side(ctx, case_id, question=body.question, by=by)


@router.get(
    "/case-questions", response_model=CaseQuestionsOut, responses=problems(*LIST), summary="What my employer is asked"
)
@may(MEMBER)
async def list_case_questions(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """By the public service, the newest first; for owners and managers."""
    filters = {"list": "case_questions", "by": by.employer_id}
    page = await asking.list_questions(ctx, by=by, after=after_cursor(ctx, cursor, filters, id_of), limit=limit)
    return paged(ctx, page, filters)


@router.post(
    "/case-questions/{question_id}/answer", response_model=CaseQuestionOut, responses=problems(*WRITE),
    summary="Answer a question of the public service",
)  # fmt: skip
@may(MEMBER, object="case_question", key="optional")
async def answer_case_question(ctx: Ctx, question_id: Id, body: CaseAnswerIn, by: By) -> Any:
    """By an owner or manager, once."""
    return await asking.answer_question(ctx, question_id, by=by, **body.model_dump())
