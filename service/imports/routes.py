"""Imports over HTTP: send a file, watch it, read the answer to every row; the mappings that ship."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.errors import Missing, Refused, Unready
from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, next_cursor
from service.http.responses import LIST_IN, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.imports import usecases
from service.imports.schemas import (
    ImportIn,
    ImportOut,
    ImportPageOut,
    LinePageOut,
    MappingOut,
    MappingTextOut,
    Outcome,
    State,
)
from service.imports.shaping import import_out, line_out, mapping_out, report_cells, report_head
from service.imports.sheets import BYTE_ORDER_MARK, csv_lines, is_tabular, template_of

router = make_router("imports")
WHO = (MEMBER, OFFICER, ADMIN, INTEGRATOR)
SCOPES = ("imports:write",)
CSV: dict[str, Any] = {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "CSV, UTF-8 with mark"}


async def _parts_once(request: Request) -> None:
    """Raises Refused when a part of the form was sent twice: one of the two would silently be lost."""
    form = await request.form()
    twice = [name for name, times in Counter(name for name, _ in form.multi_items()).items() if times > 1]
    if twice:
        raise Refused("part_repeated", field=f"/{twice[0][:40]}")


@router.post(
    "/imports",
    status_code=202,
    response_model=ImportOut,
    responses=problems(*WRITE),
    summary="Import many postings from a file",
    dependencies=[Depends(_parts_once)],
)
@may(*WHO, scopes=SCOPES, key="required", location="/v1/imports/{value.id}")
async def start_import(ctx: Ctx, by: By, form: Annotated[ImportIn, Form(media_type="multipart/form-data")]) -> Any:
    """The file waits on disk and is read beside the service; the answer to each row is under `lines` and `report`."""
    if form.file.file.closed:  # a second try after a deadlock: the upload has been let go with the first
        raise Unready("database_busy", retry_after=1)
    return await usecases.start_import(
        ctx,
        by=by,
        upload=form.file.file,
        mapping=form.mapping,
        mapping_text=form.mapping_text,
        dry_run=form.dry_run,
        employer_id=form.employer_id,
    )


@router.get(
    "/imports", response_model=ImportPageOut, responses=problems(*LIST_IN), summary="List imports, newest first"
)
@may(*WHO, scopes=SCOPES, object="import")
async def list_imports(
    ctx: Ctx,
    by: By,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Members see their employer's, officers those of their regions, integrators their own."""
    filters = {"list": "imports", "of": by.account_id, "employer": by.employer_id, "state": state}
    page = await usecases.list_imports(ctx, by=by, state=state, after=after_cursor(ctx, cursor, filters), limit=limit)
    items = [import_out(row, ctx.language) for row in page.items]
    return {"items": items, "next_cursor": next_cursor(ctx, page, filters)}


@router.get("/imports/{import_id}", response_model=ImportOut, responses=problems(*READ), summary="Watch an import")
@may(*WHO, scopes=SCOPES, object="import")
async def get_import(ctx: Ctx, by: By, import_id: Id) -> Any:
    """State and counts; the ETag changes with every step."""
    return import_out(await usecases.get_import(ctx, import_id, by=by), ctx.language)


@router.get(
    "/imports/{import_id}/lines",
    response_model=LinePageOut,
    responses=problems(*LIST_IN),
    summary="List the answers to an import's rows",
)
@may(*WHO, scopes=SCOPES, object="import")
async def list_import_lines(
    ctx: Ctx,
    by: By,
    import_id: Id,
    outcome: Annotated[Outcome | None, Query(description="only rows with this outcome")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Any:
    """In the order of the file; what became of each row and every reason by field."""
    filters = {"list": "lines", "import": import_id, "outcome": outcome}
    page = await usecases.list_lines(
        ctx, import_id, by=by, outcome=outcome, after=after_cursor(ctx, cursor, filters), limit=limit
    )
    items = [line_out(line, ctx.language) for line in page.items]
    return {"items": items, "next_cursor": next_cursor(ctx, page, filters)}


@router.get(
    "/imports/{import_id}/report",
    response_class=StreamingResponse,
    responses=problems(*READ) | {200: CSV},
    summary="Download the answers to an import's rows",
)
@may(*WHO, scopes=SCOPES, object="import")
async def download_import_report(ctx: Ctx, by: By, import_id: Id) -> Any:
    """A table with the reasons in the caller's language; cells that a spreadsheet would calculate are disarmed."""
    row = await usecases.get_import(ctx, import_id, by=by)
    return StreamingResponse(_report(ctx, import_id), headers=_as_file(f"import-{row.id}"), media_type="text/csv")


async def _report(ctx: Ctx, import_id: Id) -> AsyncIterator[str]:
    yield BYTE_ORDER_MARK + csv_lines([report_head(ctx.language)])
    async for lines in usecases.walk_lines(ctx, import_id):
        yield csv_lines(report_cells(line, ctx.language) for line in lines)


@router.post(
    "/imports/{import_id}/cancel",
    response_model=ImportOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Break an import off",
)
@may(*WHO, scopes=SCOPES, object="import", key="optional")
async def cancel_import(ctx: Ctx, by: By, import_id: Id) -> Any:
    """Rows that were answered before stand; the others are not read any more."""
    return await usecases.cancel_import(ctx, import_id, by=by)


@router.get(
    "/import-mappings",
    response_model=list[MappingOut],
    responses=problems(401, 403, 422),
    summary="List the mappings that ship",
)
@may(*WHO, scopes=SCOPES)
async def list_import_mappings(by: By) -> Any:
    """Sources that are understood without a mapping of one's own, and the columns that each reads."""
    return [mapping_out(code, mapping) for code, mapping in usecases.shipped().items()]


@router.get(
    "/import-mappings/{code}",
    response_model=MappingTextOut,
    responses=problems(*READ),
    summary="Read a mapping that ships",
)
@may(*WHO, scopes=SCOPES)
async def get_import_mapping(by: By, code: str) -> Any:
    """With its text, the documented example for a mapping of one's own."""
    mapping, text = usecases.shipped_one(code)
    return mapping_out(code, mapping) | {"text": text}


@router.get(
    "/import-mappings/{code}/template",
    response_class=Response,
    responses=problems(*READ) | {200: CSV},
    summary="Download an empty table for a mapping",
)
@may(*WHO, scopes=SCOPES)
async def download_import_template(by: By, code: str) -> Any:
    """The header line alone; needed columns bear a star. Only for mappings that read tables."""
    mapping, _ = usecases.shipped_one(code)
    if not is_tabular(mapping):
        raise Missing
    return Response(template_of(mapping), headers=_as_file(code), media_type="text/csv")


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}.csv"'}
