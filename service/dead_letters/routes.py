"""Dead letters over HTTP: admins look at work that was given up and send it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.dead_letters import usecases
from service.dead_letters.schemas import DeadLetterOut, DeadLetterPage
from service.http.caller import ADMIN
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("operations")


@router.get("/dead-letters", summary="List work that was given up", responses=problems(400, 401, 403, 410, 422))
@may(ADMIN)
async def list_dead_letters(
    ctx: Ctx,
    by: By,
    kind: Annotated[str | None, Query(max_length=60, description="only work of this kind")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> DeadLetterPage:
    """Timers and messages whose attempts are used up, the oldest first; `last_error` is a code."""
    filters = {"list": "dead_letters", "kind": kind}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await usecases.list_dead_letters(ctx, kind=kind, after=after, limit=limit)
    return DeadLetterPage.model_validate(paged(ctx, page, filters))


@router.post(
    "/dead-letters/{work_id}/resend",
    summary="Try work again that was given up",
    responses=problems(400, 401, 403, 404, 409, 422),
)
@may(ADMIN, object="dead_letter", key="optional")
async def resend_dead_letter(ctx: Ctx, by: By, work_id: Id) -> DeadLetterOut:
    """Due at once, with all its attempts before it; who sent it again is logged."""
    return DeadLetterOut.model_validate(await usecases.resend_dead_letter(ctx, work_id, by=by.actor))
