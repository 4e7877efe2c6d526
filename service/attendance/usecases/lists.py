"""Looking attendance up: what was told about a seat, timesheets, and what an officer should look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.attendance.usecases.seats import sees, sheet_view, sheet_views
from service.errors import Missing
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


@dataclass(frozen=True, slots=True)
class Contested:
    """Something told that an officer should look at."""

    engagement_id: UUID
    shift_id: UUID
    worker_id: UUID
    employer_id: UUID
    kind: str
    reason: str | None
    distance_m: int | None
    told_at: datetime


def regions_of(by: Caller) -> tuple[str, ...] | None:
    """The regions that an officer's lists show; None for an admin: all."""
    return None if by.role == "admin" else by.regions


async def list_attendance(ctx: Context, engagement_id: UUID, *, by: Caller) -> tuple[Any, ...]:
    """Everything told about a seat, in order; a repaired fact stays and is named by its repair. Raises Missing."""
    async with ctx.uow() as uow:
        seat = await uow.attendance.seat(engagement_id)
        if seat is None:
            raise Missing()
        engagement = seat.engagement
        if not sees(by, engagement.worker_id, engagement.employer_id, engagement.city_code):
            raise Missing()
        return tuple(await uow.attendance.facts(engagement_id))


async def list_timesheets(
    ctx: Context, *, state: str | None, of: Mapping[str, UUID], after: After, limit: int, by: Caller
) -> Page:
    """The caller's timesheets, the newest first; `of` narrows them to a seat, a shift or a posting."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.attendance.sheets(
            worker_id=by.worker_id if by.role == "worker" else None,
            employer_id=by.employer_id if by.role == "member" else None,
            regions=regions_of(by),
            state=state,
            of=of,
            after=after(now),
            limit=limit + 1,
        )
        page = page_of(rows, limit, now, lambda sheet: [sheet.created_at.isoformat(), str(sheet.id)])
        return Page(await sheet_views(uow, page.items), page.last, now)


async def get_timesheet(ctx: Context, timesheet_id: UUID, *, by: Caller) -> Any:
    """One timesheet. Raises Missing."""
    async with ctx.uow() as uow:
        sheet = await uow.attendance.sheet(timesheet_id)
        if sheet is None or not sees(by, sheet.worker_id, sheet.employer_id, sheet.city_code):
            raise Missing()
        return await sheet_view(uow, sheet)


async def list_contested_absences(ctx: Context, *, after: After, limit: int, by: Caller) -> Page:
    """Absences that the worker contests, and employers reported absent, undecided; the oldest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.attendance.contested(regions_of(by), after=after(now), limit=limit + 1)
        shown = tuple(
            Contested(
                seat.id,
                seat.shift_id,
                seat.worker_id,
                seat.employer_id,
                fact.kind,
                fact.reason,
                fact.distance_m,
                fact.told_at,
            )
            for fact, seat in rows[:limit]
        )
        last = rows[limit - 1][0] if len(rows) > limit else None
        return Page(shown, [last.told_at.isoformat(), str(last.id)] if last is not None else None, now)
