"""The ledger extract over HTTP: what the service has on record, as evidence."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.cases.schemas.going import ExtractOut
from service.cases.usecases import extracts
from service.http.caller import ADMIN, OFFICER, WORKER
from service.http.responses import READ, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, Id

router = make_router("cases")
Whole = Annotated[bool, Query(description="everything with that employer, not only what the case is about")]


@router.get(
    "/engagements/{engagement_id}/extract", response_model=ExtractOut, responses=problems(*READ),
    summary="What is on record of a seat",
)  # fmt: skip
@may(WORKER, object="engagement", sensitive=True)
async def get_engagement_extract(ctx: Ctx, engagement_id: Id, by: By) -> Any:
    """Terms, told times, hours, pay, messages by code and time. The other side never learns that it was asked."""
    return await extracts.of_engagement(ctx, engagement_id, by=by)


@router.get(
    "/extracts", response_model=ExtractOut, responses=problems(401, 403, 404, 422),
    summary="What is on record with an employer",
)  # fmt: skip
@may(WORKER, sensitive=True)
async def get_extract(
    ctx: Ctx,
    by: By,
    employer_id: Annotated[UUID, Query(description="with this employer")],
    since: Day | None = None,
    until: Day | None = None,
) -> Any:
    """Every own seat of a time, a year where none is named."""
    return await extracts.of_employer(ctx, employer_id=employer_id, since=since, until=until, by=by)


@router.get(
    "/cases/{case_id}/extract", response_model=ExtractOut, responses=problems(*READ, 409),
    summary="What is on record for a case",
)  # fmt: skip
@may(WORKER, OFFICER, ADMIN, object="case", sensitive=True)
async def get_case_extract(
    ctx: Ctx, case_id: Id, by: By, whole: Whole = False, since: Day | None = None, until: Day | None = None
) -> Any:
    """The same for who brought it and for the officer who handles it."""
    return await extracts.of_case(ctx, case_id, whole=whole, since=since, until=until, by=by)
