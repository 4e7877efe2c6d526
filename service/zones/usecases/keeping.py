"""Who serves a place keeps its zone: names, columns, their order and dates, what stands first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Forbidden, Missing, Refused
from service.listings.rules.filters import ListingFilter, check_filter, stored
from service.listings.rules.together import Part
from service.reference.rules import check_seen
from service.zones import rules
from service.zones.lifecycle import COLUMN, PIN, ZONE
from service.zones.usecases.reading import opening_of, scope_in
from service.zones.views import ColumnsView, ColumnView, PinView, ZoneView, column_view, pin_view, zone_view

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.zones.tables import ZoneColumnRow, ZoneRow

LAPSE = "zone_pin.lapse"


async def change_zone(ctx: Context, zone_id: UUID, changes: Mapping[str, Any], *, version: int, by: Caller) -> ZoneView:
    """Its names and notices. Raises Missing, Stale."""
    async with ctx.uow() as uow:
        zone = await _kept(uow, zone_id, by)
        check_seen(version, zone.version)
        await uow.edit(zone, by=by.actor, at=await uow.now(), **changes)
        await uow.flush()
        return uow.answer(await _whole(uow, zone))


async def move_zone(ctx: Context, zone_id: UUID, action: str, *, by: Caller) -> ZoneView:
    """close or reopen. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        zone = await _kept(uow, zone_id, by)
        await uow.move(zone, ZONE, action, by=by.actor, at=await uow.now())
        await uow.flush()
        return uow.answer(await _whole(uow, zone))


async def list_columns(ctx: Context, zone_id: UUID, *, by: Caller) -> ColumnsView:
    """Every column, hidden and shut ones too, in order. Raises Missing."""
    async with ctx.uow() as uow:
        zone = await uow.zones.get(zone_id)
        _check_keeper(zone, by)
        return ColumnsView(await _columns(uow, zone))


async def add_column(ctx: Context, zone_id: UUID, fields: Mapping[str, Any], *, by: Caller) -> ColumnView:
    """A column at the end of the others, shown within its dates.

    Raises Missing, Conflict column_exists, Refused columns_too_many, season_unknown, time_end_before_start and those of
    `check_filter`.
    """
    async with ctx.uow() as uow:
        zone = await _kept(uow, zone_id, by)
        present = await uow.zones.columns([zone.id])
        if fields["code"] in {row.code for row in present}:
            raise Conflict("column_exists")
        most = ctx.policies.at(await uow.now(), zone.region_code).zones.columns_most
        if len(present) >= most:
            raise Refused("columns_too_many", most=most)
        checked = await _checked(uow, fields)
        place = max((row.place for row in present), default=-1) + 1
        row = uow.zones.new_column(zone.id, place=min(place, 999), **checked)
        await uow.add(row, by=by.actor)
        await uow.flush()
        return uow.answer(await _column(uow, zone, row))


async def change_column(
    ctx: Context, column_id: UUID, changes: Mapping[str, Any], *, version: int, by: Caller
) -> ColumnView:
    """Only fields that are sent change. Raises Missing, Stale and what `add_column` refuses."""
    async with ctx.uow() as uow:
        zone, row = await _kept_column(uow, column_id, by)
        check_seen(version, row.version)
        asked = {name: getattr(row, name) for name in ("opens_at", "closes_at")} | dict(changes)
        checked = await _checked(uow, asked)
        await uow.edit(row, by=by.actor, at=await uow.now(), **checked)
        await uow.flush()
        return uow.answer(await _column(uow, zone, row))


async def move_column(ctx: Context, column_id: UUID, action: str, *, by: Caller) -> ColumnView:
    """hide or show. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        zone, row = await _kept_column(uow, column_id, by)
        await uow.move(row, COLUMN, action, by=by.actor, at=await uow.now())
        await uow.flush()
        return uow.answer(await _column(uow, zone, row))


async def order_columns(ctx: Context, zone_id: UUID, codes: Sequence[str], *, by: Caller) -> ColumnsView:
    """The named columns first and in this order, the others after them as they stood. Raises Missing, Refused."""
    async with ctx.uow() as uow:
        zone = await _kept(uow, zone_id, by)
        rows = {row.code: row for row in await uow.zones.columns([zone.id])}
        for index, code in enumerate(codes):
            if code not in rows:
                raise Refused("code_unknown", field=f"/codes/{index}", expected=", ".join(sorted(rows)))
        now = await uow.now()
        for place, code in enumerate(dict.fromkeys([*codes, *rows])):
            await uow.edit(rows[code], by=by.actor, at=now, place=place)
        await uow.flush()
        return uow.answer(ColumnsView(await _columns(uow, zone)))


async def add_pin(ctx: Context, zone_id: UUID, fields: Mapping[str, Any], *, by: Caller) -> PinView:
    """Put a public listing of the zone first, for a time.

    Raises Missing, Refused pin_not_in_zone (also for a listing that is not public), pins_too_many, pin_too_long,
    starts_in_the_past, Conflict pin_exists.
    """
    async with ctx.uow() as uow:
        zone = await _kept(uow, zone_id, by)
        column = await _column_of(uow, zone, fields.get("column_id"))
        now = await uow.now()
        if fields["until"] <= now:
            raise Refused("starts_in_the_past", field="/until")
        policy = ctx.policies.at(now, zone.region_code).zones
        if fields["until"] > now + timedelta(days=policy.pin_days_most):
            raise Refused("pin_too_long", field="/until", most=policy.pin_days_most)
        if await uow.zones.count_pins(zone.id, column.id if column else None) >= policy.pins_most:
            raise Refused("pins_too_many", most=policy.pins_most)
        meant: list[Part] = [scope_in(zone), ListingFilter(side=fields["side"])]
        if not await uow.listings.among(meant, [fields["subject_id"]]):
            raise Refused("pin_not_in_zone", field="/subject_id")
        row = uow.zones.new_pin(zone_id=zone.id, **fields)
        await uow.add(row, by=by.actor)
        await uow.flush()
        await uow.schedule(LAPSE, row.id, row.until)
        return uow.answer(pin_view(row))


async def remove_pin(ctx: Context, pin_id: UUID, *, by: Caller) -> PinView:
    """It stands in its turn again. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        seen = await uow.zones.pin(pin_id)
        _check_keeper(await uow.zones.lock(seen.zone_id), by)
        row = await uow.zones.pin(pin_id, lock=True)
        await uow.move(row, PIN, "unpin", by=by.actor, at=await uow.now())
        await uow.flush()
        return uow.answer(pin_view(row))


async def list_pins(ctx: Context, zone_id: UUID, *, by: Caller) -> list[PinView]:
    """What is pinned now. Raises Missing."""
    async with ctx.uow() as uow:
        zone = await uow.zones.get(zone_id)
        _check_keeper(zone, by)
        return [pin_view(row) for row in await uow.zones.pins(zone.id, await uow.now())]


# -- what they share ----------------------------------------------------------------------------------


def _check_keeper(zone: ZoneRow, by: Caller) -> None:
    """Officers of the whole area, and administrators; the country's zone is kept by administrators."""
    if not by.serves(zone.region_code):
        if zone.region_code is None or any(rules.touches(zone.region_code, region) for region in by.regions):
            raise Forbidden("region_not_served")
        raise Missing


async def _kept(uow: Uow, zone_id: UUID, by: Caller) -> ZoneRow:
    zone = await uow.zones.lock(zone_id)
    _check_keeper(zone, by)
    return zone


async def _kept_column(uow: Uow, column_id: UUID, by: Caller) -> tuple[ZoneRow, ZoneColumnRow]:
    """The zone is locked first: order and number of its columns are decided under that lock."""
    zone = await _kept(uow, (await uow.zones.column(column_id)).zone_id, by)
    return zone, await uow.zones.column(column_id)


async def _column_of(uow: Uow, zone: ZoneRow, column_id: UUID | None) -> ZoneColumnRow | None:
    if column_id is None:
        return None
    found = await uow.zones.column(column_id)
    if found.zone_id != zone.id:
        raise Missing
    return found


async def _checked(uow: Uow, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what was asked for. Raises Refused, naming the field."""
    made = dict(fields)
    wanted: ListingFilter | None = made.pop("filter", None)
    if wanted is not None:
        if wanted.near is not None or wanted.venue_id is not None or wanted.sort is not None:
            raise Refused("filter_not_for_column", field="/filter")
        made["filter"] = stored(check_filter(wanted))
    season = made.get("season")
    if season is not None:
        known = {row.season for row in (await uow.reference.catalogue()).newest("season").values()}
        if season not in known:
            raise Refused("code_unknown", field="/season", expected=", ".join(sorted(known)))
    opens, closes = made.get("opens_at"), made.get("closes_at")
    if opens is not None and closes is not None and closes <= opens:
        raise Refused("time_end_before_start", field="/closes_at")
    return made


async def _whole(uow: Uow, zone: ZoneRow) -> ZoneView:
    return zone_view(zone, await _columns(uow, zone), None, await uow.now(), uow.ctx.language)


async def _columns(uow: Uow, zone: ZoneRow) -> list[ColumnView]:
    rows = await uow.zones.columns([zone.id])
    return [await _column(uow, zone, row) for row in rows]


async def _column(uow: Uow, zone: ZoneRow, row: ZoneColumnRow) -> ColumnView:
    now: datetime = await uow.now()
    seasons = (await uow.reference.catalogue()).newest("season").values()
    return column_view(row, opening_of(row, zone, seasons, now), uow.ctx.language)
