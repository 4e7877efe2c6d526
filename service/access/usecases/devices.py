"""Kiosks: enrolled by the officers of their region, revoked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.access.lifecycle import DEVICE
from service.access.views import DeviceView
from service.context import Context
from service.errors import Refused
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.http.caller import Caller


async def enrol_device(ctx: Context, *, venue_id: UUID, name: str, by: Caller) -> DeviceView:
    """A kiosk at an open venue of the caller's region; its credential is shown this once.

    Raises Refused `venue_unknown`, the same for a missing venue and one elsewhere.
    """
    async with ctx.uow() as uow:
        city_code = await uow.accounts.venue_city(venue_id)
        if city_code is None or not by.serves(city_code):
            raise Refused("venue_unknown", field="/venue_id")
        row, credential = uow.accounts.new_device(venue_id=venue_id, name=name, city_code=city_code)
        await uow.add(row, by=by.actor, action="enrol")
        return uow.answer(_view(row, credential))


async def list_devices(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[DeviceView]:
    """The kiosks of the caller's regions, revoked ones too."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.accounts.devices(by, after=after(now), limit=limit + 1)
        return page_of([_view(row) for row in rows], limit, now, lambda view: [str(view.id)])


async def get_device(ctx: Context, device_id: UUID, *, by: Caller) -> DeviceView:
    """One kiosk. Raises Missing."""
    async with ctx.uow() as uow:
        return _view(await uow.accounts.device(device_id, by))


async def revoke_device(ctx: Context, device_id: UUID, *, by: Caller) -> DeviceView:
    """Shut a kiosk out, with whoever is using it. Raises Missing, Conflict (revoked already)."""
    async with ctx.uow() as uow:
        row = await uow.accounts.device(device_id, by, lock=True)
        await uow.move(row, DEVICE, "revoke", by=by.actor, at=await uow.now())
        await uow.access.close_sessions("device_revoked", device_id=row.id)
        return uow.answer(_view(row))


def _view(row: Any, credential: str | None = None) -> DeviceView:
    return DeviceView(
        id=row.id,
        version=row.version,
        venue_id=row.venue_id,
        name=row.name,
        city_code=row.city_code,
        state=row.state,
        created_at=row.created_at,
        credential=credential,
    )
