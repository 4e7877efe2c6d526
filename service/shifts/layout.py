"""Lay out the dated shifts of a posting: what its plan says and is not there yet, once and for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from service.actor import Actor
from service.policies.loader import local_day
from service.postings.rules import Occurrence, occurrences_of
from service.shifts.laying import Dated, LaidOut
from service.shifts.lifecycle import SHIFT
from service.uow import Uow

if TYPE_CHECKING:
    from service.postings.tables import PostingRow
    from service.shifts.tables import ShiftRow

ADDED = "+"  # begins the occurrence of a shift that was agreed one by one; no plan takes it away
RENEW_AFTER = timedelta(days=1)


async def lay_out(uow: Uow, posting: PostingRow, *, by: Actor, at: datetime) -> int:
    """Make the missing shifts of a locked posting; the number made.

    Only one transaction lays out a posting at a time (its row is locked), and an occurrence that ever existed
    is never made again, called off or not; the unique index stands behind that.
    """
    there = await uow.shifts.occurrences(posting.id)
    return await _add(uow, posting, there, by=by, at=at)


async def lay_out_first(uow: Uow, posting: PostingRow, *, by: Actor, at: datetime) -> int:
    """As `lay_out`, for a posting that has never been shown and so has no shift yet."""
    return await _add(uow, posting, (), by=by, at=at)


async def _add(uow: Uow, posting: PostingRow, there: Collection[str], *, by: Actor, at: datetime) -> int:
    days = uow.ctx.policies.at(at, posting.city_code).postings.occurrence_window_days
    wanted = [(each.key, each) for each in occurrences_of(posting.series, posting.pattern, at, days)]
    missing = [_dated(posting, key, each) for key, each in wanted if key not in there]
    if missing:
        await uow.shifts.lay_out(LaidOut(posting.id, posting.employer_id, posting.city_code, by, missing))
    await _plan_renewal(uow, posting, at)
    return len(missing)


def _dated(posting: PostingRow, key: str, occurrence: Occurrence) -> Dated:
    own_break = occurrence.break_minutes
    return Dated(
        key,
        occurrence.starts_at,
        occurrence.ends_at,
        posting.break_minutes if own_break is None else own_break,
        occurrence.headcount or posting.headcount,
    )


async def make_shift(uow: Uow, posting: PostingRow, occurrence: Occurrence, *, key: str, by: Actor) -> ShiftRow:
    """One shift with its end scheduled."""
    shift = uow.shifts.new(
        posting_id=posting.id,
        employer_id=posting.employer_id,
        state="open",
        city_code=posting.city_code,
        occurrence=key,
        local_day=local_day(occurrence.starts_at),
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        break_minutes=posting.break_minutes if occurrence.break_minutes is None else occurrence.break_minutes,
        headcount=occurrence.headcount or posting.headcount,
        taken=0,
        wait_numbers=0,
    )
    await uow.add(shift, by=by)
    await uow.schedule("shift.end", shift.id, shift.ends_at)
    return shift


async def drop_unplanned(uow: Uow, posting: PostingRow, shifts: Sequence[ShiftRow], *, by: Actor, at: datetime) -> None:
    """Call off the open, empty shifts to come that a changed plan no longer has; `shifts` are locked."""
    days = uow.ctx.policies.at(at, posting.city_code).postings.occurrence_window_days
    keys = {each.key for each in occurrences_of(posting.series, posting.pattern, at, days)}
    for shift in shifts:
        planned = shift.occurrence in keys or shift.occurrence.startswith(ADDED)
        if not planned and shift.taken == 0 and shift.starts_at > at and shift.state == "open":
            await uow.move(shift, SHIFT, "cancel", by=by, at=at, reason="replanned", cancelled_at=at)


async def _plan_renewal(uow: Uow, posting: PostingRow, at: datetime) -> None:
    """A series or pattern reaches another day ahead every day; one live timer for each day."""
    goes_on = posting.pattern is not None or (posting.series is not None and "shifts" not in posting.series)
    if goes_on:
        again = at + RENEW_AFTER
        await uow.schedule("posting.renew", posting.id, again, occurrence=local_day(again).isoformat())
