"""Reliability over HTTP: each side sees its own record, contests a mark; another officer decides."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, next_cursor, paged
from service.http.responses import LIST, LIST_IN, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.reliability import usecases
from service.reliability.schemas import (
    ContestDecisionIn,
    ContestedMarksOut,
    ContestIn,
    MarkOut,
    ReliabilityOut,
    record_shown,
)

router = make_router("reliability")


@router.get(
    "/workers/me/reliability",
    response_model=ReliabilityOut,
    responses=problems(*LIST_IN),
    summary="What speaks for me and against me, and what is done with it",
)
@may(WORKER)
async def list_my_reliability(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """Every mark in words: whether it counts, how much of it is left, until when, and how to contest it."""
    return await _record(ctx, usecases.list_worker_marks, by.person_id or by.account_id, by, limit, cursor)


@router.get(
    "/workers/{worker_id}/reliability",
    response_model=ReliabilityOut,
    responses=problems(*LIST_IN),
    summary="The record of a worker",
)
@may(OFFICER, ADMIN, object="worker")
async def list_worker_reliability(ctx: Ctx, worker_id: Id, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """For officers whose region knows the person."""
    return await _record(ctx, usecases.list_worker_marks, worker_id, by, limit, cursor)


@router.get(
    "/employers/{employer_id}/reliability",
    response_model=ReliabilityOut,
    responses=problems(*LIST_IN),
    summary="The record of an employer",
)
@may(MEMBER, OFFICER, ADMIN, object="employer")
async def list_employer_reliability(
    ctx: Ctx, employer_id: Id, by: By, limit: Limit = 20, cursor: CursorText = None
) -> Any:
    """For its members and the officers of its region: the same rule, the same numbers as for workers."""
    return await _record(ctx, usecases.list_employer_marks, employer_id, by, limit, cursor)


async def _record(ctx: Ctx, listed: Any, subject_id: Id, by: By, limit: int, cursor: str | None) -> dict[str, Any]:
    filters = {"list": "reliability", "of": str(subject_id)}
    page = await listed(ctx, subject_id, by=by, after=after_cursor(ctx, cursor, filters, instant_and_id), limit=limit)
    return record_shown(page, ctx.language) | {"next_cursor": next_cursor(ctx, page, filters)}


@router.get(
    "/reliability-events",
    response_model=ContestedMarksOut,
    responses=problems(*LIST),
    summary="Contested marks of my regions",
)
@may(OFFICER, ADMIN)
async def list_contested_marks(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """By due time; `may_decide` is false for who has caused the mark."""
    filters = {"list": "contested_marks", "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await usecases.list_contested_marks(ctx, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.post(
    "/reliability-events/{event_id}/contest",
    response_model=MarkOut,
    responses=problems(*WRITE),
    summary="Contest a mark of one's own record",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="reliability_event", key="optional")
async def contest_mark(ctx: Ctx, event_id: Id, body: ContestIn, by: By, on_behalf: OnBehalf = None) -> Any:
    """Once, with a coded reason and words; until another officer has decided, it does not count."""
    return await usecases.contest_mark(ctx, event_id, reason=body.reason, words=body.words, on_behalf=on_behalf, by=by)


@router.post(
    "/reliability-events/{event_id}/decide",
    response_model=MarkOut,
    responses=problems(*WRITE),
    summary="Decide on a contested mark",
)
@may(OFFICER, ADMIN, object="reliability_event", key="optional")
async def decide_mark(ctx: Ctx, event_id: Id, body: ContestDecisionIn, by: By) -> Any:
    """409 `contest_own_mark` for who has caused it or entered the contest."""
    return await usecases.decide_mark(ctx, event_id, by=by, **body.model_dump())
