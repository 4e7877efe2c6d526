"""Appeals over HTTP: filed by the author, decided by another officer than the first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.appeals import usecases
from service.appeals.schemas import AppealDecisionIn, AppealIn, AppealOut, AppealsOut, State
from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("reviews")
FILED: dict[str, Any] = {"status_code": 201, "response_model": AppealOut, "responses": problems(*WRITE)}
WHERE = "/v1/appeals/{value.id}"


@router.post("/postings/{posting_id}/appeals", summary="Appeal a rejection or removal, in words", **FILED)
@may(
    MEMBER, OFFICER, ADMIN, INTEGRATOR,
    scopes=("postings:write",), object="posting", key="optional", location=WHERE,
)  # fmt: skip
async def file_posting_appeal(ctx: Ctx, posting_id: Id, body: AppealIn, by: By) -> Any:
    """Within the policy's days, once against each decision; another officer decides it by `due_at`."""
    return await usecases.file_appeal(ctx, "posting", posting_id, words=body.words, by=by)


@router.post("/supplies/{supply_id}/appeals", summary="Appeal a rejection or removal of a supply posting", **FILED)
@may(WORKER, object="supply", key="optional", location=WHERE)
async def file_supply_appeal(ctx: Ctx, supply_id: Id, body: AppealIn, by: By) -> Any:
    """The same for what a person looks for or offers."""
    return await usecases.file_appeal(ctx, "supply", supply_id, words=body.words, by=by)


@router.get("/appeals", response_model=AppealsOut, responses=problems(*LIST), summary="Appeals of my regions")
@may(OFFICER, ADMIN)
async def list_appeals(
    ctx: Ctx,
    by: By,
    state: State = "filed",
    overdue: Annotated[bool, Query(description="only those past their time")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """By due time; `may_decide` is false for who had a part in the decision."""
    filters = {"list": "appeals", "state": state, "overdue": overdue, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await usecases.list_appeals(ctx, state=state, overdue=overdue, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.get("/appeals/{appeal_id}", response_model=AppealOut, responses=problems(*READ), summary="One appeal")
@may(WORKER, MEMBER, OFFICER, ADMIN, INTEGRATOR, scopes=("postings:read",), object="appeal")
async def get_appeal(ctx: Ctx, appeal_id: Id, by: By) -> Any:
    """For who filed it, and the officers of the place."""
    return await usecases.get_appeal(ctx, appeal_id, by=by)


@router.post(
    "/appeals/{appeal_id}/decide", response_model=AppealOut, responses=problems(*WRITE), summary="Decide an appeal"
)
@may(OFFICER, ADMIN, object="appeal", key="optional")
async def decide_appeal(ctx: Ctx, appeal_id: Id, body: AppealDecisionIn, by: By) -> Any:
    """409 `appeal_own_decision` for who decided, held or entered it."""
    return await usecases.decide_appeal(ctx, appeal_id, by=by, **body.model_dump())
