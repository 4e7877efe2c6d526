"""What can be done with shifts: shown, added, given more or fewer seats, called off."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.context import Context
from service.errors import Conflict, Missing, Refused, Stale
from service.pages import After, Page
from service.postings.lifecycle import LIVE, POSTING, PUBLIC
from service.postings.rules import Occurrence, check_may_post, check_reason, goes_live_at_once, sees_all
from service.postings.rules.occurrences import fits_pattern
from service.postings.rules.times import FARTHEST
from service.shifts.layout import ADDED, make_shift
from service.shifts.lifecycle import SHIFT
from service.shifts.rules import check_headcount, check_not_begun, check_raise
from service.shifts.views import CalledOff, ShiftView, shift_view
from service.uow import Uow
from service.worktime import DAY_MINUTES, Interval, TimeRefused

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.postings.tables import PostingRow
    from service.shifts.tables import ShiftRow

ENDED = ("withdrawn", "expired", "taken_down", "appealed", "final", "merged")


async def show_shift(ctx: Context, shift_id: UUID, *, by: Caller | None) -> ShiftView:
    """One shift, for whoever sees its posting. Raises Missing."""
    async with ctx.uow() as uow:
        shift = await uow.shifts.get(shift_id)
        await _check_visible(uow, shift.posting_id, by)
        return shift_view(shift)


async def list_shifts(
    ctx: Context, posting_id: UUID, *, by: Caller | None, all_times: bool, after: After, limit: int
) -> Page[ShiftView]:
    """The shifts of a posting by start; those that are over only with `all_times`. Raises Missing."""
    async with ctx.uow() as uow:
        await _check_visible(uow, posting_id, by)
        now = await uow.now()
        since = None if all_times else now
        rows = await uow.shifts.of_posting(posting_id, since=since, after=after(now), limit=limit + 1)
        last = [rows[limit - 1].starts_at, rows[limit - 1].id] if len(rows) > limit else None
        return Page([shift_view(row) for row in rows[:limit]], last, now)


async def _check_visible(uow: Uow, posting_id: UUID, by: Caller | None) -> None:
    posting = await uow.postings.get(posting_id)
    if posting.state in PUBLIC and not posting.private:
        return
    if by is None:
        raise Missing
    own = by.employer_id == posting.employer_id
    if by.role == "integrator" and by.employer_id is None:
        own = by.serves(posting.city_code)
    if sees_all(role=by.role, own_employer=own, serves=by.serves(posting.city_code)):
        return
    if not (by.worker_id and await uow.shifts.is_party(posting_id, by.worker_id)):
        raise Missing


async def add_shift(
    ctx: Context, posting_id: UUID, *, by: Caller, starts_at: datetime, ends_at: datetime, headcount: int | None
) -> ShiftView:
    """Agree one dated shift of a pattern-bound posting, where days or hours were left to be agreed.

    Raises Conflict `posting_not_live` or `shift_twice`, Refused for a time outside the pattern.
    """
    async with ctx.uow() as uow:
        posting, employer = await _own(uow, posting_id, by, offering=True)
        now = await uow.now()
        if posting.state not in LIVE:
            raise Conflict("posting_not_live", state=posting.state)
        if posting.pattern is None:
            raise Refused("shift_needs_pattern", field="/starts_at")
        occurrence = _agreed(posting, starts_at, ends_at, headcount, now)
        _check_seats(uow, posting, employer, headcount or posting.headcount, posting.headcount, now)
        there = await uow.shifts.occurrences(posting_id)
        if {occurrence.key, ADDED + occurrence.key} & there:
            raise Conflict("shift_twice")
        shift = await make_shift(uow, posting, occurrence, key=ADDED + occurrence.key, by=by.actor)
        await uow.schedule("posting.count_seats", posting_id, now)
        return uow.answer(shift_view(shift))


def _agreed(
    posting: PostingRow, starts_at: datetime, ends_at: datetime, headcount: int | None, now: datetime
) -> Occurrence:
    if starts_at <= now:
        raise Refused("starts_in_the_past", field="/starts_at")
    if starts_at > now + FARTHEST:
        raise Refused("starts_too_far_ahead", field="/starts_at", most=FARTHEST.days)
    try:
        span = Interval(starts_at, ends_at)
    except TimeRefused as wrong:
        raise Refused(wrong.code, field="/ends_at") from None
    if span.minutes > DAY_MINUTES:
        raise Refused("shift_too_long", field="/ends_at", most=DAY_MINUTES)
    if posting.break_minutes >= span.minutes:
        raise Refused("break_too_long", field="/ends_at", most=span.minutes - 1)
    if not fits_pattern(posting.pattern or {}, span):
        raise Refused("outside_pattern", field="/starts_at")
    return Occurrence(span.start, span.end, headcount)


async def change_shift(ctx: Context, shift_id: UUID, *, by: Caller, version: int, headcount: int) -> ShiftView:
    """More or fewer seats in one shift. Raises Conflict `headcount_below_taken`, Stale, Refused over a limit."""
    async with ctx.uow() as uow:
        shift, posting, employer = await _shift(uow, shift_id, by)
        now = await uow.now()
        if version != shift.version:
            raise Stale("version_stale", field="header:If-Match", present=shift.version)
        _check_open(shift, now)
        check_headcount(taken=shift.taken, wanted=headcount)
        _check_seats(uow, posting, employer, headcount, shift.headcount, now)
        await uow.edit(shift, by=by.actor, at=now, headcount=headcount)
        await uow.schedule("posting.count_seats", posting.id, now)
        return uow.answer(shift_view(shift))


def _check_seats(
    uow: Uow, posting: PostingRow, employer: EmployerRow, wanted: int, present: int, now: datetime
) -> None:
    policy = uow.ctx.policies.at(now, posting.city_code).postings
    at_once = goes_live_at_once(employer_state=employer.state, warnings=posting.warnings, policy=policy)
    check_raise(
        wanted=wanted,
        present=present,
        reviewed=posting.headcount,
        limit=policy.headcount_max,
        needs_review=not at_once,
    )


async def cancel_shift(ctx: Context, shift_id: UUID, *, by: Caller, reason: str) -> ShiftView:
    """Call one shift off before it begins; those engaged are released and told by reactions."""
    async with ctx.uow() as uow:
        check_reason(await uow.reference.reasons("employer_cancel"), reason)
        shift, posting, _ = await _shift(uow, shift_id, by)
        now = await uow.now()
        _check_open(shift, now)
        await uow.move(shift, SHIFT, "cancel", by=by.actor, at=now, reason=reason, cancelled_at=now)
        await uow.schedule("posting.count_seats", posting.id, now)
        return uow.answer(shift_view(shift))


async def cancel_shifts(ctx: Context, posting_id: UUID, *, by: Caller, reason: str, day: date | None) -> CalledOff:
    """Call off every shift to come of one day, or of the whole posting, which is then withdrawn.

    Raises Conflict `no_shift_left` when there is nothing to call off.
    """
    async with ctx.uow() as uow:
        check_reason(await uow.reference.reasons("employer_cancel"), reason)
        shifts = await uow.shifts.lock_open(posting_id, day)
        posting, _ = await _own(uow, posting_id, by)
        now = await uow.now()
        coming = [shift for shift in shifts if shift.starts_at > now and shift.state == "open"]
        if day is not None and not coming:
            raise Conflict("no_shift_left")
        if day is None and posting.state in ENDED:
            raise Conflict("no_shift_left")
        for shift in coming:
            await uow.move(shift, SHIFT, "cancel", by=by.actor, at=now, reason=reason, cancelled_at=now)
        if day is None:
            await uow.move(posting, POSTING, "withdraw", by=by.actor, at=now, reason=reason, closed_at=now)
        else:
            await uow.schedule("posting.count_seats", posting_id, now)
        return uow.answer(CalledOff(posting_id, posting.state, [shift_view(shift) for shift in coming]))


def _check_open(shift: ShiftRow, now: datetime) -> None:
    if shift.state != "open":
        raise Conflict("wrong_state", noun="shift", state=shift.state, action="cancel", possible=[])
    check_not_begun(shift.starts_at, now)


async def _shift(uow: Uow, shift_id: UUID, by: Caller) -> tuple[ShiftRow, PostingRow, EmployerRow]:
    shift = await uow.shifts.lock(shift_id)
    posting, employer = await _own(uow, shift.posting_id, by)
    return shift, posting, employer


async def _own(uow: Uow, posting_id: UUID, by: Caller, *, offering: bool = False) -> tuple[PostingRow, EmployerRow]:
    posting = await uow.postings.lock(posting_id)
    employer = await uow.postings.employer(posting.employer_id)
    own = by.employer_id == employer.id
    if by.role == "integrator" and by.employer_id is None:
        own = by.serves(employer.city_code)
    check_may_post(
        role=by.role,
        member_role=by.member_role,
        own_employer=own,
        serves=by.serves(posting.city_code),
        state=employer.state,
        offering=offering,
    )
    return posting, employer
