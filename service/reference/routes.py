"""Dated tables over HTTP: everybody reads, admins add dates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query, Response

from service.http.caller import ADMIN, ANYBODY
from service.http.paging import CursorText, after_cursor, next_cursor
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Day, Id
from service.reference import usecases
from service.reference.schemas import (
    Kind,
    ReferenceHistoryOut,
    ReferenceIn,
    ReferenceOut,
    ReferencePageOut,
    ReferencePatch,
    RowCode,
)

router = make_router("reference")
On = Annotated[Day | None, Query(description="the day on which the rows hold; today when left out")]
NOT_CHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing changed since the ETag sent"}}


@router.get(
    "/reference/{kind}",
    response_model=ReferencePageOut,
    responses=NOT_CHANGED | problems(400, 401, 404, 410, 422),
    summary="List the rows of a dated table that hold on a day",
)
@may(ANYBODY)
async def list_reference(
    ctx: Ctx,
    kind: Kind,
    response: Response,
    on: On = None,
    parent: Annotated[
        str | None, Query(max_length=100, description="region, occupation, industry of trades, list of codes")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="rows in one page")] = 500,
    cursor: CursorText = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Any:
    """Whole tables come in one page of up to 500 rows; send the ETag back to learn that nothing changed."""
    filters = {"kind": kind, "on": on, "parent": parent}
    page = await usecases.list_rows(
        ctx, kind, on=on, parent=parent, after=after_cursor(ctx, cursor, filters), limit=limit
    )
    etag = f'"{page.version}"'
    if if_none_match is not None and etag in (tag.strip() for tag in if_none_match.split(",")):
        return Response(status_code=304, headers={"etag": etag})
    response.headers["etag"] = etag
    return {"day": page.day, "items": page.items, "next_cursor": next_cursor(ctx, page, filters)}


@router.get(
    "/reference/{kind}/{code}",
    response_model=ReferenceOut,
    responses=problems(401, 404, 422),
    summary="One code of a dated table as it holds on a day",
)
@may(ANYBODY)
async def get_reference(ctx: Ctx, kind: Kind, code: RowCode, on: On = None) -> Any:
    """404 when the code does not exist or does not hold on that day."""
    return await usecases.read_row(ctx, kind, code, on=on)


@router.get(
    "/reference/{kind}/{code}/history",
    response_model=ReferenceHistoryOut,
    responses=problems(401, 404, 422),
    summary="Every dated row of a code, old to new",
)
@may(ANYBODY)
async def get_reference_history(ctx: Ctx, kind: Kind, code: RowCode) -> Any:
    """What held when, and from which source."""
    return {"items": await usecases.read_history(ctx, kind, code)}


@router.post(
    "/reference/{kind}",
    status_code=201,
    response_model=ReferenceOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Add a date to a dated table",
)
@may(ADMIN, sensitive=True, key="optional", location="/v1/reference/{value.kind}/{value.code}")
async def add_reference(ctx: Ctx, kind: Kind, body: ReferenceIn, by: By) -> Any:
    """History is kept: the row before it stops where the new one begins. Every process follows within 5 s."""
    return await usecases.add_row(ctx, kind, **body.model_dump(), by=by)


@router.patch(
    "/reference/rows/{row_id}",
    response_model=ReferenceOut,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    summary="Mark a row as compared with its source, or end it",
)
@may(ADMIN, object="reference", sensitive=True, key="optional")
async def update_reference(ctx: Ctx, row_id: Id, body: ReferencePatch, version: IfMatch, by: By) -> Any:
    """The data of a stored row never change; a correction is a new date."""
    changes = body.model_dump(exclude_unset=True)
    kept = {name: value for name, value in changes.items() if value is not None or name == "valid_to"}
    return await usecases.change_row(ctx, row_id, seen=version, changes=kept, by=by)
