"""Change a posting; what a change means for those it was shown to is decided field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.context import Context
from service.errors import Conflict
from service.guard import refuse_blocked
from service.moves import check_may_move
from service.postings.lifecycle import LIVE, NOT_PAUSED, OPEN_TO_EDIT, POSTING
from service.postings.rules import (
    asked_of,
    dropped,
    goes_live_at_once,
    merged,
    occurrences_of,
    terms_of,
    verdict_of,
)
from service.postings.usecases.ground import (
    check_author,
    check_complete,
    check_not_held,
    check_not_private,
    check_seen,
    policies_of,
    publish,
    review_clock,
    start_review_timer,
    stored_columns,
    view_of,
)
from service.postings.views import PostingView
from service.shifts.rules import check_headcount, staffed
from service.uow import Uow

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.postings.rules import Checked
    from service.postings.tables import PostingRow
    from service.shifts.tables import ShiftRow


async def change_posting(
    ctx: Context, posting_id: UUID, *, by: Caller, version: int, patch: Mapping[str, Any]
) -> PostingView:
    """Change some fields of a draft, or of what is shown; the whole is checked anew.

    Raises Stale, Conflict `wrong_state`, Refused `posting_refused`, Conflict `shifts_have_people` or
    `headcount_below_taken` where people are engaged on what would go.
    """
    async with ctx.uow() as uow:
        shifts = await uow.shifts.lock_open(posting_id)
        posting = await uow.postings.lock(posting_id)
        employer = await uow.postings.employer(posting.employer_id)
        check_author(by, employer, posting.city_code)
        check_not_private(posting)
        check_seen(version, posting)
        if posting.state not in OPEN_TO_EDIT:
            await check_may_move(uow, posting, POSTING, "edit")
        asked = merged(asked_of(uow.postings.columns_of(posting)), patch)
        checked = await check_complete(uow, asked, employer, await _known_keys(uow, posting, shifts))
        await apply_change(uow, posting, shifts, checked, employer, by=by.actor, at=await uow.now())
        return uow.answer(await view_of(uow, posting, employer))


async def _known_keys(uow: Uow, posting: PostingRow, shifts: Sequence[ShiftRow]) -> frozenset[str]:
    """What the posting had already may lie in the past: its shifts and, in a draft, nothing."""
    if posting.state not in LIVE:
        return frozenset()
    return frozenset(await uow.shifts.occurrences(posting.id)) | {shift.occurrence for shift in shifts}


async def apply_change(
    uow: Uow,
    posting: PostingRow,
    shifts: Sequence[ShiftRow],
    checked: Checked,
    employer: EmployerRow,
    *,
    by: Actor,
    at: datetime,
    **more: Any,
) -> None:
    """Bring a locked posting to the checked columns; `shifts` are its open ones, locked. Raises Conflict first,
    before anything is written."""
    before, after = uow.postings.columns_of(posting), stored_columns(checked, employer)
    changes = after | more
    if posting.state not in LIVE:
        await uow.edit(posting, by=by, at=at, **changes)
        return
    check_not_held(posting)
    refuse_blocked(after["warnings"], uow.ctx.language)
    _refuse_dropping_people(uow, posting, after, shifts, at)
    coming = [shift for shift in shifts if shift.starts_at > at]
    if after["headcount"] != before["headcount"]:
        await _set_seats(uow, coming, before["headcount"], after["headcount"], by=by, at=at)
    verdict = verdict_of(before, after)
    if verdict.material:
        changes |= {"terms_version": posting.terms_version + 1}
    if verdict.weight == "review":
        await _revise(uow, posting, employer, changes, by=by, at=at)
    else:
        await uow.edit(posting, by=by, at=at, **changes)
    if verdict.material:
        await uow.postings.add_version(posting, terms_of(uow.postings.columns_of(posting)), at)
    await uow.schedule("posting.expire", posting.id, posting.valid_until)


def _refuse_dropping_people(
    uow: Uow, posting: PostingRow, after: Mapping[str, Any], shifts: Sequence[ShiftRow], at: datetime
) -> None:
    days = policies_of(uow, posting, at).postings.occurrence_window_days
    old = occurrences_of(posting.series, posting.pattern, at, days)
    new = occurrences_of(after["series"], after["pattern"], at, days)
    gone = dropped(old, new)
    held = staffed((shift.id, shift.occurrence, shift.taken) for shift in shifts if shift.occurrence in gone)
    if held:
        raise Conflict("shifts_have_people", shifts=[str(shift_id) for shift_id in held[:20]])


async def _set_seats(uow: Uow, shifts: Sequence[ShiftRow], before: int, after: int, *, by: Actor, at: datetime) -> None:
    """The shifts that had the posting's own number of seats follow it."""
    following = [shift for shift in shifts if shift.headcount == before]
    for shift in following:
        check_headcount(taken=shift.taken, wanted=after)
    for shift in following:
        await uow.edit(shift, by=by, at=at, headcount=after)
    if following:
        await uow.schedule("posting.count_seats", following[0].posting_id, at)


async def _revise(
    uow: Uow, posting: PostingRow, employer: EmployerRow, changes: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Back to review; a verified employer whose posting breaks no rule stays, or is live again at once."""
    policy = uow.ctx.policies.at(at, changes["city_code"]).postings
    at_once = goes_live_at_once(employer_state=employer.state, warnings=changes["warnings"], policy=policy)
    if at_once and posting.state == "paused":
        await uow.edit(posting, by=by, at=at, **changes)
    elif at_once:
        await uow.move(posting, POSTING, "revise", by=by, at=at, **changes, **NOT_PAUSED)
        await publish(uow, posting, by=by, at=at)
    else:
        coming = occurrences_of(changes["series"], changes["pattern"], at, policy.occurrence_window_days)
        clock = await review_clock(uow, changes["city_code"], coming, at)
        await uow.move(posting, POSTING, "revise", by=by, at=at, **changes, **clock, **NOT_PAUSED)
        await start_review_timer(uow, posting)
