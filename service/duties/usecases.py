"""The duty roster: officers of a region and administrators put people on it and take them out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.duties import rules
from service.duties.lifecycle import DUTY
from service.duties.views import DutyOfficerView, DutyView, duty_view
from service.errors import Forbidden, Missing, Refused
from service.pages import After, Page, page_of
from service.reference.catalogue import regions as known_regions

if TYPE_CHECKING:
    from service.context import Context
    from service.duties.tables import DutyRow
    from service.http.caller import Caller
    from service.uow import Uow


async def add_duty(
    ctx: Context, *, staff_id: UUID, region_code: str, starts_at: datetime, ends_at: datetime, by: Caller
) -> DutyView:
    """Put somebody who serves the region on duty there; several may be at once.

    Raises Forbidden `region_not_served`, Refused `region_unknown`, `duty_staff_unknown`, `duty_times`, `duty_past`,
    `duty_too_long`, Conflict `duty_overlap`.
    """
    async with ctx.uow() as uow:
        _check_region(region_code, by)
        now = await uow.now()
        longest = timedelta(days=uow.ctx.policies.at(now, region_code).duty.entry_days_max)
        rules.check_times(starts_at, ends_at, now, longest)
        officer = await uow.duties.officer(staff_id)
        if officer is None or not officer.serves(region_code):
            raise Refused("duty_staff_unknown", field="/staff_id")
        row = uow.duties.new(staff_id=staff_id, region_code=region_code, starts_at=starts_at, ends_at=ends_at)
        await uow.add(row, by=by.actor)
        await uow.flush()
        return uow.answer(await _view(uow, row))


async def remove_duty(ctx: Context, duty_id: UUID, *, by: Caller) -> DutyView:
    """Taken out before its end. Raises Missing, Conflict `duty_over`, `wrong_state`."""
    async with ctx.uow() as uow:
        row = await uow.duties.lock(duty_id)
        if not by.serves(row.region_code):
            raise Missing
        now = await uow.now()
        DUTY.fire(row.state, "remove")
        rules.check_removable(row.ends_at, now)
        await uow.move(row, DUTY, "remove", by=by.actor, at=now)
        return uow.answer(await _view(uow, row))


async def get_duty(ctx: Context, duty_id: UUID, *, by: Caller) -> DutyView:
    """One entry, also one that was taken out. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.duties.get(duty_id)
        if not by.serves(row.region_code):
            raise Missing
        return await _view(uow, row)


async def list_duties(
    ctx: Context, *, region: str | None, past: bool, by: Caller, after: After, limit: int
) -> Page[DutyView]:
    """Of the caller's regions, by their beginning; those that are over only where asked for."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.duties.page(
            by.served, region=region, ends_after=None if past else now, after=after(now), limit=limit + 1
        )
        views = [duty_view(row, name, now) for row, name in rows]
        return page_of(views, limit, now, lambda view: [view.starts_at.isoformat(), str(view.id)])


async def list_duty_officers(ctx: Context, *, region_code: str, by: Caller) -> dict[str, list[DutyOfficerView]]:
    """Who may be put on duty there. Raises Forbidden `region_not_served`, Refused `region_unknown`."""
    async with ctx.uow() as uow:
        _check_region(region_code, by, field="query:region_code")
        found = await uow.duties.officers()
        return {"items": [DutyOfficerView(one.id, name) for one, name in found if one.serves(region_code)]}


def _check_region(region_code: str, by: Caller, *, field: str = "/region_code") -> None:
    if region_code not in known_regions():
        raise Refused("region_unknown", field=field)
    if not by.serves(region_code):
        raise Forbidden("region_not_served")


async def _view(uow: Uow, row: DutyRow) -> DutyView:
    return duty_view(row, await uow.duties.name_of(row.staff_id), await uow.now())
