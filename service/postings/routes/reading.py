"""Reading postings over HTTP. The two that everybody asks for leave as bytes made from plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import Query
from starlette.responses import Response

from service.context import Context
from service.http.caller import ADMIN, ANYBODY, INTEGRATOR, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, instant_and_id, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id, Whole
from service.postings.lifecycle import POSTING
from service.postings.routes.looking import parameters, search_router, wanted
from service.postings.rules import check_codes
from service.postings.schemas.going import PostingOut, PostingPageOut, SearchOut, TermsOut
from service.postings.usecases import reading
from service.postings.views import PostingPage
from service.worktime import rfc3339

router = make_router("postings")
search = search_router()


@search.get(
    "/postings",
    response_model=SearchOut,
    responses=problems(400, 401, 410, 422),
    summary="Search postings",
    openapi_extra={"parameters": parameters()},
)
@may(ANYBODY)
async def list_postings(ctx: Ctx) -> Any:
    """What is published, by text, place, trade, time and pay; with a point the nearest first."""
    looking = wanted()
    near = looking.point()
    if near is not None and looking.is_nearest_only:
        page = await reading.list_nearest(ctx, near, looking.radius_m, looking.limit)
    else:
        after = after_cursor(ctx, looking.cursor, looking.filters, looking.parse)
        page = await reading.search_postings(ctx, looking.search(), after, looking.limit)
    return Response(_dumped(_paged(ctx, page, looking.filters)), media_type="application/json")


@router.get(
    "/postings/mine",
    response_model=PostingPageOut,
    responses=problems(400, 401, 403, 404, 409, 410, 422),
    summary="List an employer's own postings",
)
@may(MEMBER, OFFICER, ADMIN, INTEGRATOR, scopes=("postings:read", "postings:write"))
async def list_my_postings(
    ctx: Ctx,
    by: By,
    employer_id: Annotated[Id | None, Query(description="for officers and keys that serve several")] = None,
    state: Annotated[str | None, Query(max_length=200, description="states by comma")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """In every state, newest first."""
    filters = {"employer_id": employer_id or by.employer_id, "state": state, "of": "mine"}
    states = check_codes("state", state, POSTING.states)
    before = after_cursor(ctx, cursor, filters, id_of)
    page = await reading.list_own(ctx, by=by, employer_id=employer_id, states=states, before=before, limit=limit)
    return _paged(ctx, page, filters)


@router.get(
    "/postings/review",
    response_model=PostingPageOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="List postings that wait for review",
)
@may(OFFICER, ADMIN)
async def list_posting_reviews(
    ctx: Ctx,
    by: By,
    mine: Annotated[bool, Query(description="only those assigned to me")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The most urgent first."""
    filters = {"mine": mine, "of": "review", "by": by.account_id}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await reading.list_reviews(ctx, by=by, mine=mine, after=after, limit=limit)
    return _paged(ctx, page, filters)


@router.get(
    "/postings/{posting_id}",
    response_model=PostingOut,
    responses=problems(401, 404),
    summary="Read a posting",
)
@may(ANYBODY, object="posting")
async def get_posting(ctx: Ctx, by: PerhapsBy, posting_id: Id) -> Any:
    """Public while it is offered; its own people, its officers and those engaged see it always."""
    shown = await reading.show_posting(ctx, posting_id, by=by)
    headers = {"etag": f'"{shown["version"]}"'}
    return Response(_dumped(shown), headers=headers, media_type="application/json")


@router.get(
    "/postings/{posting_id}/terms",
    response_model=TermsOut,
    responses=problems(401, 404, 422),
    summary="Read the terms of a posting",
)
@may(ANYBODY, object="posting")
async def get_posting_terms(
    ctx: Ctx,
    by: PerhapsBy,
    posting_id: Id,
    terms_version: Annotated[Whole | None, Query(ge=1, le=1_000_000, description="the present one if left out")] = None,
) -> Any:
    """Word for word what both sides accept before work."""
    return await reading.show_terms(ctx, posting_id, by=by, terms_version=terms_version)


def _dumped(value: Any) -> bytes:
    """Instants with the offset of Shanghai; the driver's identifiers are a class of its own."""
    return orjson.dumps(value, default=_written, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _written(value: Any) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


def _paged(ctx: Context, page: PostingPage, filters: Mapping[str, Any]) -> dict[str, Any]:
    return paged(ctx, page, filters) | {"facets": page.facets}
