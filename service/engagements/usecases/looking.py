"""Looking at seats: one, pages, terms, the other side's contact, the board before the start, the hours."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications.rules import worker_meant
from service.engagements import rules
from service.engagements.usecases.sides import seen_seat
from service.engagements.views import Contact, EngagementView, HoursView, RiskyShift, TermsSheet, WeekHours
from service.errors import Conflict, Missing
from service.pages import After, Page, page_of
from service.worktime import local_day, week_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

CONTACT_PURPOSE = "engagement_contact"


async def get_engagement(ctx: Context, engagement_id: UUID, *, by: Caller) -> EngagementView:
    """One seat; the worker's name stands open once both have said yes. Raises Missing."""
    async with ctx.uow() as uow:
        await seen_seat(uow, engagement_id, by)
        return await uow.engagement_pages.view(engagement_id, open_name=True)


async def list_own_engagements(
    ctx: Context, *, by: Caller, states: Collection[str], since: datetime | None, after: After, limit: int
) -> Page:
    """The worker's seats, the latest start first."""
    async with ctx.uow() as uow:
        worker_id = worker_meant(by, None)
        return await _page(uow, after, limit, worker_id=worker_id, states=states, since=since)


async def list_employer_engagements(
    ctx: Context, *, by: Caller, states: Collection[str], since: datetime | None, after: After, limit: int
) -> Page:
    """The employer's seats over all shifts, the latest start first; names are masked."""
    if by.employer_id is None:
        raise Missing
    async with ctx.uow() as uow:
        return await _page(uow, after, limit, employer_id=by.employer_id, states=states, since=since)


async def list_shift_engagements(
    ctx: Context, shift_id: UUID, *, by: Caller, states: Collection[str], after: After, limit: int
) -> Page:
    """The seats of a shift, for the employer and the officer of the place; names are masked. Raises Missing."""
    async with ctx.uow() as uow:
        shift = await uow.applications.seen_shift(shift_id)
        own = by.role == "member" and by.employer_id == shift.employer_id
        if not own and not (by.role in STAFF and by.serves(shift.city_code)):
            raise Missing
        return await _page(uow, after, limit, shift_id=shift_id, states=states)


async def _page(uow: Uow, after: After, limit: int, **which: Any) -> Page:
    now = await uow.now()
    key = after(now)
    position = (datetime.fromisoformat(str(key[0])), UUID(str(key[1]))) if key else None
    rows = await uow.engagement_pages.page(after=position, limit=limit + 1, **which)
    return page_of(rows, limit, now, lambda seat: [seat.starts_at, seat.id])


async def get_terms(ctx: Context, engagement_id: UUID, *, by: Caller) -> TermsSheet:
    """The terms sheet that both have accepted, or are asked to. Raises Missing."""
    async with ctx.uow() as uow:
        row = await seen_seat(uow, engagement_id, by)
        return await uow.engagement_pages.terms(row)


async def get_contact(ctx: Context, engagement_id: UUID, *, by: Caller) -> list[Contact]:
    """Name and phone of the other side (both for the officer in charge), once both have said yes.

    Each opening is recorded (INV-34). Raises Missing, Conflict `contact_closed` before both have agreed.
    """
    async with ctx.uow() as uow:
        row = await seen_seat(uow, engagement_id, by)
        if row.state not in rules.OPEN_BOTH_SIDES:
            raise Conflict("contact_closed", state=row.state)
        opened: list[Contact] = []
        if by.role != "worker":
            opened.append(await uow.engagement_pages.worker_contact(row))
            await uow.people.record_unmasking(row.worker_id, ["name", "phone"], CONTACT_PURPOSE, by.actor)
        if by.role != "member":
            contact, person_id = await uow.engagement_pages.employer_contact(row)
            opened.append(contact)
            if person_id is not None:
                await uow.people.record_unmasking(person_id, ["name", "phone"], CONTACT_PURPOSE, by.actor)
        return opened


async def list_at_risk(ctx: Context, *, by: Caller, hours: int) -> list[RiskyShift]:
    """The employer's shifts of the next hours, seat by seat: only firm seats count as staffed (EM-21)."""
    if by.employer_id is None:
        raise Missing
    async with ctx.uow() as uow:
        now = await uow.now()
        return await uow.engagement_pages.board(by.employer_id, now=now, until=now + timedelta(hours=hours))


async def get_hours(
    ctx: Context, *, by: Caller, first: date | None = None, weeks: int = 2, worker_id: UUID | None = None
) -> HoursView:
    """Planned and agreed minutes by week and employer, and what part-time work may still take (INV-08); the
    minutes that somebody is lent stand with the firm that borrows, and leave less part-time work with both firms.

    `first` is any day of the first week (default: this week). Raises Refused `worker_needed`.
    """
    meant = worker_meant(by, worker_id)
    async with ctx.uow() as uow:
        now = await uow.now()
        if by.role != "worker" and not await uow.people.is_seen(meant, by):
            raise Missing
        limit = uow.ctx.policies.at(now, None).hours.part_time_minutes_per_week
        monday = week_of(first or local_day(now))
        rows = await uow.ledger.weeks(meant, monday, monday + timedelta(weeks=weeks - 1))
        return _hours(rows, limit)


def _hours(rows: Collection[tuple[date, UUID, str, int, int, int]], limit: int) -> HoursView:
    found: list[WeekHours] = []
    totals: dict[str, int] = {}
    for week, employer_id, name, minutes, part, lent in rows:
        found.append(WeekHours(week, employer_id, name, minutes, part, rules.week_left(part + lent, limit)))
        totals[week.isoformat()] = totals.get(week.isoformat(), 0) + minutes
    return HoursView(found, totals, limit)
