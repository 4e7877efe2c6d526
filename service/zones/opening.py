"""The zones that come with the service: one for each jurisdiction in force, with the shipped columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import Actor
from service.worktime import local_day
from service.zones.shipped import columns_for

if TYPE_CHECKING:
    from service.context import Context
    from service.reference.data.shapes import Jurisdiction
    from service.uow import Uow
    from service.zones.tables import ZoneRow

IMPORT = Actor("system", None, "import")


async def ensure_zones(ctx: Context) -> int:
    """Open what is missing, zones and shipped columns; returns how many rows were added.

    What people closed, hid or changed stays as it is: a row that once was there is never brought again.
    """
    async with ctx.uow() as uow:
        catalogue = await uow.reference.catalogue()
        jurisdictions = catalogue.jurisdictions(local_day(await uow.now()))
        zones = {zone.code: zone for zone in await uow.zones.all(closed=True)}
        present = {(row.zone_id, row.code) for row in await uow.zones.columns([zone.id for zone in zones.values()])}
        wanted = {(zone.id, each.code) for zone in zones.values() for each in columns_for(zone.code)}
        if jurisdictions.keys() <= zones.keys() and wanted <= present:
            return 0
    return await _bring_in(ctx)


async def _bring_in(ctx: Context) -> int:
    async with ctx.uow() as uow:
        return await bring_in(uow)


async def bring_in(uow: Uow) -> int:
    """Open the zones of the jurisdictions in force that have none, add the shipped columns that a zone lacks."""
    await uow.zones.lock_setting_up()
    added = 0
    catalogue = await uow.reference.catalogue()
    for code, row in sorted(catalogue.jurisdictions(local_day(await uow.now())).items()):
        zone = await uow.zones.by_code(code)
        if zone is None:
            zone = await open_zone(uow, row, by=IMPORT)
            added += 1
        added += await add_columns(uow, zone, by=IMPORT)
    return added


async def open_zone(uow: Uow, jurisdiction: Jurisdiction, *, by: Actor) -> ZoneRow:
    """A zone under its local name, without columns yet."""
    zone = uow.zones.new_zone(
        code=jurisdiction.code,
        region_code=jurisdiction.region,
        name_zh=jurisdiction.zone_zh,
        name_en=jurisdiction.zone_en,
    )
    await uow.add(zone, by=by)
    await uow.flush()
    return zone


async def add_columns(uow: Uow, zone: ZoneRow, *, by: Actor) -> int:
    """The shipped columns that the zone does not have yet; returns how many."""
    present = {row.code for row in await uow.zones.columns([zone.id])}
    missing = [(place, each) for place, each in enumerate(columns_for(zone.code)) if each.code not in present]
    for place, each in missing:
        await uow.add(uow.zones.new_column(zone.id, **each.fields(place)), by=by)
    await uow.flush()
    return len(missing)
