"""What people are asked, and what they answer."""

from __future__ import annotations

from typing import Any

from service.followups.schemas import AnswersIn, FollowupOut, FollowupsOut
from service.followups.usecases import answering
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("followups")
ANSWERED: dict[str, Any] = {"response_model": FollowupOut, "responses": problems(*WRITE)}


@router.get("/followups", response_model=FollowupsOut, responses=problems(*LIST), summary="What I am asked")
@may(WORKER, MEMBER)
async def list_followups(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """Open questions about my work, or that of my people, with the answers there are."""
    filters = {"list": "followups", "who": by.capacity}
    page = await answering.list_asked(ctx, after=after_cursor(ctx, cursor, filters, id_of), limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get("/followups/{task_id}", response_model=FollowupOut, responses=problems(*READ), summary="One follow-up")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="followup_task")
async def get_followup(ctx: Ctx, task_id: Id, by: By) -> Any:
    """For the side that is asked, and the officers of the place."""
    return await answering.get_task(ctx, task_id, by=by)


@router.post("/followups/{task_id}/answer", summary="Answer", **ANSWERED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="followup_task", key="optional")
async def answer_followup(ctx: Ctx, task_id: Id, body: AnswersIn, by: By, on_behalf: OnBehalf) -> Any:
    """Once; officers write down what they were told (`?on_behalf=by_phone`)."""
    return await answering.answer_task(ctx, task_id, answers=body.answers, on_behalf=on_behalf, by=by)


@router.post("/followups/{task_id}/refuse", summary="No more questions about this work", **ANSWERED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="followup_task", key="optional")
async def refuse_followups(ctx: Ctx, task_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """All later ones of this side are dropped."""
    return await answering.refuse_questions(ctx, task_id, on_behalf=on_behalf, by=by)
