"""Applications to look at."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.applications.schemas import ApplicationOut, ApplicationsPage, ApplicationState
from service.applications.usecases import looking
from service.applications.views import ApplicationView
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST_IN, READ, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as new_router
from service.http.types import Id

router = new_router("applications")
State = Annotated[ApplicationState | None, Query(description="only this state")]


@router.get(
    "/workers/me/applications",
    response_model=ApplicationsPage,
    responses=problems(*LIST_IN),
    summary="My applications",
)
@may(WORKER)
async def list_my_applications(
    ctx: Ctx, by: By, state: State = None, limit: Limit = 20, cursor: CursorText = None
) -> dict[str, Any]:
    """Newest first."""
    filters = {"list": "own_applications", "person": by.person_id, "state": state}
    page = await looking.list_own_applications(
        ctx, by=by, states=[state] if state else [], after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get(
    "/postings/{posting_id}/applications",
    response_model=ApplicationsPage,
    responses=problems(*LIST_IN),
    summary="Who wants this work",
)
@may(MEMBER, OFFICER, ADMIN, object="posting")
async def list_posting_applications(
    ctx: Ctx, posting_id: Id, by: By, state: State = None, limit: Limit = 20, cursor: CursorText = None
) -> dict[str, Any]:
    """Newest first; names are masked."""
    filters = {"list": "posting_applications", "posting": posting_id, "state": state}
    page = await looking.list_posting_applications(
        ctx, posting_id, by=by, states=[state] if state else [], after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get(
    "/shifts/{shift_id}/applications",
    response_model=ApplicationsPage,
    responses=problems(*LIST_IN),
    summary="Who wants this shift, and who waits for it",
)
@may(MEMBER, OFFICER, ADMIN, object="shift")
async def list_shift_applications(
    ctx: Ctx, shift_id: Id, by: By, state: State = None, limit: Limit = 20, cursor: CursorText = None
) -> dict[str, Any]:
    """Newest first; who waits has a place in line."""
    filters = {"list": "shift_applications", "shift": shift_id, "state": state}
    page = await looking.list_shift_applications(
        ctx, shift_id, by=by, states=[state] if state else [], after=after_cursor(ctx, cursor, filters), limit=limit
    )
    return paged(ctx, page, filters)


@router.get(
    "/applications/{application_id}",
    response_model=ApplicationOut,
    responses=problems(*READ),
    summary="One application",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="application")
async def get_application(ctx: Ctx, application_id: Id, by: By) -> ApplicationView:
    """For its two sides and the officer of the place."""
    return await looking.get_application(ctx, application_id, by=by)
