"""Kiosks and integrators' keys."""

from __future__ import annotations

from service.access.schemas.machines import (
    DeviceEnrolledOut,
    DeviceIn,
    DeviceOut,
    DevicePage,
    KeyIn,
    KeyMadeOut,
    KeyOut,
    KeyPage,
)
from service.access.usecases import devices, keys
from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("access")


@router.post("/devices", status_code=201, summary="Enrol a kiosk", responses=problems(400, 401, 403, 409, 415, 422))
@may(OFFICER, ADMIN, sensitive=True, key="optional", location="/v1/devices/{value.id}")
async def enrol_device(ctx: Ctx, body: DeviceIn, by: By) -> DeviceEnrolledOut:
    """The credential is shown this once; the kiosk sends it as its bearer token."""
    made = await devices.enrol_device(ctx, venue_id=body.venue_id, name=body.name, by=by)
    return DeviceEnrolledOut.model_validate(made)


@router.get("/devices", summary="Kiosks of my region", responses=problems(400, 401, 403, 410, 422))
@may(OFFICER, ADMIN)
async def list_devices(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> DevicePage:
    """In the order of their enrolment, revoked ones too."""
    filters = {"list": f"devices:{by.account_id}"}
    page = await devices.list_devices(ctx, after=after_cursor(ctx, cursor, filters, id_of), limit=limit, by=by)
    return DevicePage.model_validate(paged(ctx, page, filters))


@router.get("/devices/{device_id}", summary="One kiosk", responses=problems(401, 403, 404))
@may(OFFICER, ADMIN, object="device")
async def get_device(ctx: Ctx, device_id: Id, by: By) -> DeviceOut:
    """One kiosk of the caller's region."""
    return DeviceOut.model_validate(await devices.get_device(ctx, device_id, by=by))


@router.post("/devices/{device_id}/revoke", summary="Shut a kiosk out", responses=problems(401, 403, 404, 409, 422))
@may(OFFICER, ADMIN, object="device", key="optional")
async def revoke_device(ctx: Ctx, device_id: Id, by: By) -> DeviceOut:
    """At once, with whoever is using it."""
    return DeviceOut.model_validate(await devices.revoke_device(ctx, device_id, by=by))


@router.post(
    "/api-keys", status_code=201, summary="A key for an integrator", responses=problems(400, 401, 403, 409, 415, 422)
)
@may(ADMIN, sensitive=True, key="optional", location="/v1/api-keys/{value.id}")
async def create_api_key(ctx: Ctx, body: KeyIn, by: By) -> KeyMadeOut:
    """The key is shown this once; the integrator sends it as the bearer token."""
    return KeyMadeOut.model_validate(await keys.create_api_key(ctx, **body.model_dump(), by=by))


@router.get("/api-keys", summary="Integrators' keys", responses=problems(400, 401, 403, 410, 422))
@may(ADMIN)
async def list_api_keys(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> KeyPage:
    """In the order of their making, revoked ones too."""
    filters = {"list": "api-keys"}
    page = await keys.list_api_keys(ctx, after=after_cursor(ctx, cursor, filters, id_of), limit=limit, by=by)
    return KeyPage.model_validate(paged(ctx, page, filters))


@router.get("/api-keys/{key_id}", summary="One key", responses=problems(401, 403, 404))
@may(ADMIN, object="api_key")
async def get_api_key(ctx: Ctx, key_id: Id, by: By) -> KeyOut:
    """One key, without the key."""
    return KeyOut.model_validate(await keys.get_api_key(ctx, key_id, by=by))


@router.post("/api-keys/{key_id}/revoke", summary="End a key", responses=problems(401, 403, 404, 409, 422))
@may(ADMIN, object="api_key", key="optional")
async def revoke_api_key(ctx: Ctx, key_id: Id, by: By) -> KeyOut:
    """From the next request on."""
    return KeyOut.model_validate(await keys.revoke_api_key(ctx, key_id, by=by))
