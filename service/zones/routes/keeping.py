"""Zones kept over HTTP by those who serve the place."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, OFFICER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.zones.schemas import (
    ColumnIn,
    ColumnOrderIn,
    ColumnOut,
    ColumnPatch,
    ColumnsOut,
    PinIn,
    PinOut,
    PinsOut,
    ZoneOut,
    ZonePatch,
)
from service.zones.usecases import keeping

router = make_router("zones")
READ = problems(401, 403, 404, 422)
MOVED = problems(400, 401, 403, 404, 409, 422)


def _sent(body: Any) -> dict[str, Any]:
    """The fields that were sent, the filter as a value."""
    return {name: getattr(body, name) for name in body.model_fields_set}


@router.patch("/zones/{zone_id}", response_model=ZoneOut, responses=problems(*WRITE, 412, 428), summary="Name a zone")
@may(OFFICER, ADMIN, object="zone", key="optional")
async def change_zone(ctx: Ctx, zone_id: Id, body: ZonePatch, version: IfMatch, by: By) -> Any:
    """Its name and its notice, in both languages."""
    return await keeping.change_zone(ctx, zone_id, _sent(body), version=version, by=by)


@router.post("/zones/{zone_id}/close", response_model=ZoneOut, responses=MOVED, summary="Close a zone")
@may(ADMIN, object="zone", key="optional")
async def close_zone(ctx: Ctx, zone_id: Id, by: By) -> Any:
    """Nothing in it is lost; postings stay in the public search."""
    return await keeping.move_zone(ctx, zone_id, "close", by=by)


@router.post("/zones/{zone_id}/reopen", response_model=ZoneOut, responses=MOVED, summary="Open a zone again")
@may(ADMIN, object="zone", key="optional")
async def reopen_zone(ctx: Ctx, zone_id: Id, by: By) -> Any:
    """With everything that it had."""
    return await keeping.move_zone(ctx, zone_id, "reopen", by=by)


@router.get("/zones/{zone_id}/columns", response_model=ColumnsOut, responses=READ, summary="All columns of a zone")
@may(OFFICER, ADMIN, object="zone")
async def list_zone_columns(ctx: Ctx, zone_id: Id, by: By) -> Any:
    """Hidden and shut ones too, with when they open."""
    return await keeping.list_columns(ctx, zone_id, by=by)


@router.post(
    "/zones/{zone_id}/columns",
    status_code=201,
    response_model=ColumnOut,
    responses=problems(*WRITE),
    summary="Add a column",
)
@may(OFFICER, ADMIN, object="zone", key="optional")
async def add_zone_column(ctx: Ctx, zone_id: Id, body: ColumnIn, by: By) -> Any:
    """After the others; shown at once, or within its dates."""
    fields = {name: getattr(body, name) for name in ColumnIn.model_fields}
    return await keeping.add_column(ctx, zone_id, fields, by=by)


@router.post(
    "/zones/{zone_id}/order", response_model=ColumnsOut, responses=problems(*WRITE), summary="Order the columns"
)
@may(OFFICER, ADMIN, object="zone", key="optional")
async def order_zone_columns(ctx: Ctx, zone_id: Id, body: ColumnOrderIn, by: By) -> Any:
    """The named ones first, in this order."""
    return await keeping.order_columns(ctx, zone_id, body.codes, by=by)


@router.patch(
    "/zone-columns/{zone_column_id}",
    response_model=ColumnOut,
    responses=problems(*WRITE, 412, 428),
    summary="Change a column",
)
@may(OFFICER, ADMIN, object="zone_column", key="optional")
async def change_zone_column(ctx: Ctx, zone_column_id: Id, body: ColumnPatch, version: IfMatch, by: By) -> Any:
    """Its name, filter, season or dates."""
    return await keeping.change_column(ctx, zone_column_id, _sent(body), version=version, by=by)


@router.post("/zone-columns/{zone_column_id}/hide", response_model=ColumnOut, responses=MOVED, summary="Hide a column")
@may(OFFICER, ADMIN, object="zone_column", key="optional")
async def hide_zone_column(ctx: Ctx, zone_column_id: Id, by: By) -> Any:
    """Until it is shown again."""
    return await keeping.move_column(ctx, zone_column_id, "hide", by=by)


@router.post(
    "/zone-columns/{zone_column_id}/show", response_model=ColumnOut, responses=MOVED, summary="Show a column again"
)
@may(OFFICER, ADMIN, object="zone_column", key="optional")
async def unhide_zone_column(ctx: Ctx, zone_column_id: Id, by: By) -> Any:
    """Within its dates."""
    return await keeping.move_column(ctx, zone_column_id, "show", by=by)


@router.get("/zones/{zone_id}/pins", response_model=PinsOut, responses=READ, summary="What stands first")
@may(OFFICER, ADMIN, object="zone")
async def list_zone_pins(ctx: Ctx, zone_id: Id, by: By) -> Any:
    """With who long and why."""
    return {"items": await keeping.list_pins(ctx, zone_id, by=by)}


@router.post(
    "/zones/{zone_id}/pins", status_code=201, response_model=PinOut, responses=problems(*WRITE), summary="Pin a listing"
)
@may(OFFICER, ADMIN, object="zone", key="optional")
async def add_zone_pin(ctx: Ctx, zone_id: Id, body: PinIn, by: By) -> Any:
    """A public one of this zone stands first until a moment; at most five at a place. Nobody can pay for it."""
    return await keeping.add_pin(ctx, zone_id, body.model_dump(), by=by)


@router.post("/zone-pins/{zone_pin_id}/remove", response_model=PinOut, responses=MOVED, summary="Unpin a listing")
@may(OFFICER, ADMIN, object="zone_pin", key="optional")
async def remove_zone_pin(ctx: Ctx, zone_pin_id: Id, by: By) -> Any:
    """It stands in its turn again."""
    return await keeping.remove_pin(ctx, zone_pin_id, by=by)
