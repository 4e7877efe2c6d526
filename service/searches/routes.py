"""Saved searches over HTTP: a person's own, as many as the policy messages.saved_searches_max allows."""

from __future__ import annotations

from typing import Any

from service.http.caller import MEMBER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.searches import usecases
from service.searches.schemas import SearchAlertsIn, SearchesOut, SearchIn, SearchOut, SearchPatch

router = make_router("listings")


@router.get("/searches", response_model=SearchesOut, responses=problems(401, 403), summary="Own saved searches")
@may(WORKER, MEMBER)
async def list_searches(ctx: Ctx, by: By) -> Any:
    """In the order of saving."""
    return await usecases.list_searches(ctx, by=by)


@router.post(
    "/searches", status_code=201, response_model=SearchOut, responses=problems(*WRITE), summary="Save a search"
)
@may(WORKER, MEMBER, object="search", key="optional", location="/v1/searches/{value.id}")
async def create_search(ctx: Ctx, body: SearchIn, by: By) -> Any:
    """With alerts, one hears of what is published from now on: gathered, each offer once, not at night."""
    return await usecases.create_search(
        ctx, name=body.name, wanted=body.filter, alerts=body.alerts, personalised=body.personalised, by=by
    )


@router.patch(
    "/searches/alerts", response_model=SearchesOut, responses=problems(*WRITE), summary="All alerts on or off"
)
@may(WORKER, MEMBER, object="search", key="optional")
async def change_search_alerts(ctx: Ctx, body: SearchAlertsIn, by: By) -> Any:
    """Off: nothing is told, and what was found meanwhile is not told later either."""
    return await usecases.change_search_alerts(ctx, enabled=body.enabled, by=by)


@router.get("/searches/{search_id}", response_model=SearchOut, responses=problems(401, 403, 404), summary="One of them")
@may(WORKER, MEMBER, object="search")
async def get_search(ctx: Ctx, search_id: Id, by: By) -> Any:
    """Its listings: GET /v1/searches/{search_id}/listings."""
    return await usecases.get_search(ctx, search_id, by=by)


@router.patch(
    "/searches/{search_id}",
    response_model=SearchOut,
    responses=problems(*WRITE, 412, 428),
    summary="Change a saved search",
)
@may(WORKER, MEMBER, object="search", key="optional")
async def change_search(ctx: Ctx, search_id: Id, body: SearchPatch, version: IfMatch, by: By) -> Any:
    """Only fields that are sent change."""
    return await usecases.change_search(ctx, search_id, body.fields(), wanted=body.filter, version=version, by=by)


@router.delete("/searches/{search_id}", status_code=204, responses=problems(*WRITE), summary="Remove a saved search")
@may(WORKER, MEMBER, object="search", key="optional")
async def remove_search(ctx: Ctx, search_id: Id, by: By) -> None:
    """For good."""
    await usecases.remove_search(ctx, search_id, by=by)
