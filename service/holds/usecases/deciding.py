"""A second person decides a hold: taken down or shut out for good, or everything back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.lifecycle import EMPLOYER
from service.errors import Missing
from service.holds.lifecycle import HOLD
from service.holds.pausing import bring_posting_back, bring_supply_back, lock_posting
from service.holds.rules import OUTCOME_REASONS, check_second
from service.holds.telling import tell_engaged, tell_owners
from service.holds.timers import OVERDUE
from service.holds.views import HoldView, hold_view
from service.postings.lifecycle import NOT_PAUSED, POSTING
from service.reference.rules import check_reason
from service.supplies.lifecycle import SUPPLY

if TYPE_CHECKING:
    from service.context import Context
    from service.holds.tables import HoldRow
    from service.http.caller import Caller
    from service.uow import Uow


async def confirm_hold(ctx: Context, hold_id: UUID, *, reason: str, by: Caller) -> HoldView:
    """The posting is taken down (its author may appeal), the employer suspended, with a coded reason.

    Raises Missing, Refused reason_unknown, Conflict hold_own, wrong_state.
    """
    async with ctx.uow() as uow:
        row = await _locked(uow, hold_id, by)
        check_reason((await uow.reference.catalogue()).reasons(OUTCOME_REASONS[row.noun]), reason)
        await _close(uow, row, "confirm", by, outcome_reason=reason)
        await _end_subject(uow, row, reason, by)
        return uow.answer(hold_view(row, by=by.account_id, now=await uow.now()))


async def lift_hold(ctx: Context, hold_id: UUID, *, by: Caller) -> HoldView:
    """Back as before, unless it has ended meanwhile or another hold lies on it. Raises as `confirm_hold`."""
    async with ctx.uow() as uow:
        row = await _locked(uow, hold_id, by)
        await _close(uow, row, "lift", by)
        if row.noun == "posting":
            await bring_posting_back(uow, row.subject_id, by=by.actor)
        elif row.noun == "supply":
            await bring_supply_back(uow, row.subject_id, by=by.actor)
        else:
            await _readmit(uow, row.subject_id, by)
        await tell_owners(uow, row, "lifted")
        await tell_engaged(uow, row, "lifted")
        return uow.answer(hold_view(row, by=by.account_id, now=await uow.now()))


async def _locked(uow: Uow, hold_id: UUID, by: Caller) -> HoldRow:
    """The open hold behind what it lies on. Raises Missing, Conflict."""
    seen = await uow.holds.get(hold_id)
    if not await uow.holds.lies_in(hold_id, by.served):
        raise Missing
    if seen.noun == "posting":
        await lock_posting(uow, seen.subject_id)
    elif seen.noun == "supply":
        await uow.supplies.lock(seen.subject_id)
    else:
        await uow.employers.lock(seen.subject_id)
    return await uow.holds.lock(hold_id)


async def _close(uow: Uow, row: HoldRow, action: str, by: Caller, **changes: str) -> None:
    HOLD.fire(row.state, action)
    check_second(row.placed_by, by.account_id)
    now = await uow.now()
    closed = {"decided_by": by.account_id, "closed_at": now}
    reason = changes.get("outcome_reason")
    await uow.move(row, HOLD, action, by=by.actor, at=now, reason=reason, **closed, **changes)
    await uow.unschedule(OVERDUE, subject_id=row.id)


async def _end_subject(uow: Uow, row: HoldRow, reason: str, by: Caller) -> None:
    now = await uow.now()
    if row.noun == "posting":
        posting = await uow.postings.lock(row.subject_id)
        gone = NOT_PAUSED | {"closed_at": now}
        await uow.move(posting, POSTING, "take_down", by=by.actor, at=now, reason=reason, **gone)
    elif row.noun == "supply":
        supply = await uow.supplies.lock(row.subject_id)
        gone = NOT_PAUSED | {"closed_at": now}
        await uow.move(supply, SUPPLY, "take_down", by=by.actor, at=now, reason=reason, **gone)
    else:
        employer = await uow.employers.lock(row.subject_id)
        changes = {"held_from": None, "answer_by": None, "recheck_at": None}
        await uow.move(employer, EMPLOYER, "suspend", by=by.actor, at=now, reason=reason, **changes)
        await uow.unschedule("employer.recheck", subject_id=employer.id)
        await tell_owners(uow, row, "confirmed")
    await uow.flush()


async def _readmit(uow: Uow, employer_id: UUID, by: Caller) -> None:
    employer = await uow.employers.lock(employer_id)
    if employer.held_from is None:
        return
    action, now = f"lift_{employer.held_from}", await uow.now()
    await uow.move(employer, EMPLOYER, action, by=by.actor, at=now, reason="hold_lifted", held_from=None)
    if employer.recheck_at is not None and employer.recheck_at <= now:
        await uow.schedule("employer.recheck", employer.id, now, occurrence="lapse")
    await uow.flush()
    for posting_id in await uow.holds.held_postings(employer_id):
        await bring_posting_back(uow, posting_id, by=by.actor)
