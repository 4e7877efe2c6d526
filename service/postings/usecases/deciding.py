"""Move a posting through its life: its employer offers and stops it, officers review it and take it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.context import Context
from service.employers.rules import may_post
from service.errors import Conflict, Missing
from service.guard import blocking, errors_of, is_blocked
from service.intakes.rules import check_not_own_entry
from service.moves import check_may_move
from service.postings.lifecycle import LIVE, NOT_PAUSED, POSTING
from service.postings.rules import asked_of, check_reason
from service.postings.usecases.ground import (
    check_author,
    check_complete,
    check_not_held,
    check_not_private,
    keep_terms,
    offer,
    publish,
    view_of,
    watch_freshness,
)
from service.postings.views import PostingView
from service.shifts.rules import staffed
from service.uow import Uow

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.postings.tables import PostingRow


async def submit_posting(ctx: Context, posting_id: UUID, *, by: Caller, contested: bool = False) -> PostingView:
    """Offer a draft: checked once more, then live at once or in review with a stated time.

    Raises Refused `posting_blocked`, unless it is `contested`: then an officer looks at it.
    """
    async with ctx.uow() as uow:
        posting, employer = await _own(uow, posting_id, by, offering=True)
        await check_may_move(uow, posting, POSTING, "submit")
        checked = await check_complete(uow, asked_of(uow.postings.columns_of(posting)), employer)
        now = await uow.now()
        await uow.edit(posting, by=by.actor, at=now, warnings=checked.warnings)
        await offer(uow, posting, employer, by=by.actor, at=now, contested=contested)
        return uow.answer(await view_of(uow, posting, employer))


async def move_posting(
    ctx: Context, posting_id: UUID, action: str, *, by: Caller, reason: str | None = None
) -> PostingView:
    """An employer's simple move: recall, reopen, pause or resume."""
    async with ctx.uow() as uow:
        posting, employer = await _own(uow, posting_id, by, offering=action == "resume")
        now = await uow.now()
        changes: dict[str, Any] = {}
        if action == "recall":
            changes = {"review_due_at": None, "reviewer_id": None}
        await check_may_move(uow, posting, POSTING, action)
        if action == "resume":
            check_not_held(posting)
            _check_not_over(posting.valid_until <= now)
            changes = dict(NOT_PAUSED)
        if action == "pause":
            changes = {"paused_by": "employer"}
        await uow.move(posting, POSTING, action, by=by.actor, at=now, reason=reason, **changes)
        return uow.answer(await view_of(uow, posting, employer))


async def refresh_posting(ctx: Context, posting_id: UUID, *, by: Caller) -> PostingView:
    """It still holds: the days until it is stale begin anew. Raises Conflict `wrong_state` for what is not live."""
    async with ctx.uow() as uow:
        posting, employer = await _own(uow, posting_id, by)
        if posting.state not in LIVE:
            raise Conflict("wrong_state", noun="posting", state=posting.state, action="refresh", possible=[])
        check_not_held(posting)
        now = await uow.now()
        _check_not_over(posting.valid_until <= now)
        await uow.edit(posting, by=by.actor, at=now, action="refresh", refreshed_at=now)
        await watch_freshness(uow, posting, now)
        return uow.answer(await view_of(uow, posting, employer))


async def merge(uow: Uow, posting: PostingRow, into: UUID, *, by: Actor) -> None:
    """Close a locked posting that says the same as another one; seats that people have stay theirs.

    Raises Conflict `merge_target_over` where the other one is not live, `posting_has_applications` where somebody
    waits for an answer: nobody's application is moved to other terms.
    """
    kept = await uow.postings.get(into)
    if kept.state not in LIVE or kept.employer_id != posting.employer_id or kept.id == posting.id:
        raise Conflict("merge_target_over")
    check_not_held(posting)
    waiting = await uow.duplicates.waiting(posting.id)
    if waiting:
        raise Conflict("posting_has_applications", count=waiting)
    now = await uow.now()
    gone = NOT_PAUSED | {"closed_at": now, "merged_into": into, "review_due_at": None, "reviewer_id": None}
    await uow.move(posting, POSTING, "merge", by=by, at=now, reason=str(into), **gone)


async def merge_posting(uow: Uow, posting_id: UUID, into: UUID, *, by: Actor) -> None:
    """For other features: shifts, then the posting, then as `merge`."""
    await uow.shifts.lock_open(posting_id)
    await merge(uow, await uow.postings.lock(posting_id), into, by=by)


async def withdraw_posting(ctx: Context, posting_id: UUID, *, by: Caller, reason: str) -> PostingView:
    """Stop offering for good. Raises Conflict `shifts_have_people`: those are called off with notice instead."""
    async with ctx.uow() as uow:
        check_reason(await uow.reference.reasons("posting_withdraw"), reason)
        shifts = await uow.shifts.lock_open(posting_id)
        posting, employer = await _own(uow, posting_id, by)
        now = await uow.now()
        held = staffed((shift.id, shift.occurrence, shift.taken) for shift in shifts if shift.ends_at > now)
        if held:
            raise Conflict("shifts_have_people", shifts=[str(shift_id) for shift_id in held[:20]])
        await uow.move(posting, POSTING, "withdraw", by=by.actor, at=now, reason=reason, closed_at=now, **NOT_PAUSED)
        return uow.answer(await view_of(uow, posting, employer))


async def publish_posting(ctx: Context, posting_id: UUID, *, by: Caller, overrules: str | None = None) -> PostingView:
    """An officer's yes. Raises Conflict `posting_over` when its time has passed meanwhile, and
    `guard_overrule_needed` where a rule stops it and the officer has not said why that rule is wrong here."""
    async with ctx.uow() as uow:
        posting, employer = await _reviewed(uow, posting_id, by)
        await approve(uow, posting, employer, by=by.actor, overrules=overrules)
        return uow.answer(await view_of(uow, posting, employer))


async def approve(
    uow: Uow, posting: PostingRow, employer: EmployerRow, *, by: Actor, overrules: str | None = None
) -> None:
    """Show a locked posting that is in review. Raises as `publish_posting`."""
    POSTING.fire(posting.state, "publish")
    if posting.state != "submitted":
        raise Conflict("wrong_state", noun="posting", state=posting.state, action="publish", possible=[])
    check_not_own_entry(await uow.intakes.hand_of_posting(posting.id), by.id)
    if not may_post(employer.state):
        raise Conflict("employer_may_not_post", state=employer.state)
    now = await uow.now()
    _check_not_over(posting.valid_until <= now)
    if overrules is None and is_blocked(posting.warnings):
        raise Conflict("guard_overrule_needed", errors=errors_of(blocking(posting.warnings), uow.ctx.language))
    await keep_terms(uow, posting, by=by, at=now)
    await publish(uow, posting, by=by, at=now, reason=overrules)


async def reject_posting(ctx: Context, posting_id: UUID, *, by: Caller, reasons: Sequence[str]) -> PostingView:
    """An officer's no, with every coded reason. Raises Conflict wrong_state."""
    async with ctx.uow() as uow:
        known = await uow.reference.reasons("posting_reject")
        for code in reasons:
            check_reason(known, code)
        posting, employer = await _reviewed(uow, posting_id, by)
        await refuse(uow, posting, reasons, by=by.actor)
        return uow.answer(await view_of(uow, posting, employer))


async def refuse(uow: Uow, posting: PostingRow, reasons: Sequence[str], *, by: Actor) -> None:
    """Say no to a locked posting that is in review. Raises Conflict wrong_state."""
    if posting.state != "submitted":  # an appeal is decided as such
        raise Conflict("wrong_state", noun="posting", state=posting.state, action="reject", possible=[])
    reason = ",".join(dict.fromkeys(reasons))
    done = {"review_due_at": None, "reviewer_id": None}
    await uow.move(posting, POSTING, "reject", by=by, at=await uow.now(), reason=reason, **done)


async def decide_review(
    uow: Uow,
    posting_id: UUID,
    outcome: str,
    *,
    by: Actor,
    reasons: Sequence[str] = (),
    overrules: str | None = None,
    into: UUID | None = None,
) -> None:
    """What the review queue decided on a posting that it has locked. Raises as the officer's own yes and no."""
    posting = await uow.postings.lock(posting_id)
    if outcome == "merge" and into is not None:
        await merge(uow, posting, into, by=by)
        return
    if outcome == "reject":
        await refuse(uow, posting, reasons, by=by)
        return
    if outcome == "take_down":
        check_not_held(posting)
        now, reason = await uow.now(), ",".join(dict.fromkeys(reasons))
        await uow.move(posting, POSTING, "take_down", by=by, at=now, reason=reason, closed_at=now, **NOT_PAUSED)
        return
    await approve(uow, posting, await uow.postings.employer(posting.employer_id), by=by, overrules=overrules)


async def take_down_posting(ctx: Context, posting_id: UUID, *, by: Caller, reason: str) -> PostingView:
    """Remove it from the public; seats already taken stay, no new one is given.

    Raises Conflict `posting_held` where a hold is open: a second officer decides that.
    """
    async with ctx.uow() as uow:
        check_reason(await uow.reference.reasons("posting_take_down"), reason)
        posting, employer = await _reviewed(uow, posting_id, by)
        check_not_held(posting)
        now = await uow.now()
        await uow.move(posting, POSTING, "take_down", by=by.actor, at=now, reason=reason, closed_at=now, **NOT_PAUSED)
        return uow.answer(await view_of(uow, posting, employer))


async def restore(uow: Uow, posting_id: UUID, *, by: Actor) -> None:
    """An appeal was right: back to the public, as fresh as what is shown for the first time.

    Raises Conflict wrong_state, `employer_may_not_post`, `posting_over`.
    """
    posting = await uow.postings.lock(posting_id)
    POSTING.fire(posting.state, "restore")
    state = await uow.postings.share_employer(posting.employer_id)
    if not may_post(state):
        raise Conflict("employer_may_not_post", state=state)
    now = await uow.now()
    _check_not_over(posting.valid_until <= now)
    await keep_terms(uow, posting, by=by, at=now)
    shown: dict[str, Any] = {"refreshed_at": now, "closed_at": None, "published_at": posting.published_at or now}
    await uow.move(posting, POSTING, "restore", by=by, at=now, **shown)
    await uow.schedule("posting.expire", posting.id, posting.valid_until)
    await watch_freshness(uow, posting, now)


def _check_not_over(over: bool) -> None:
    if over:
        raise Conflict("posting_over")


async def _own(uow: Uow, posting_id: UUID, by: Caller, *, offering: bool = False) -> tuple[PostingRow, EmployerRow]:
    """A posting of the caller's own. Shifts are locked first: who books holds a shift and asks for the posting."""
    await uow.shifts.lock_open(posting_id)
    posting = await uow.postings.lock(posting_id)
    employer = await uow.postings.employer(posting.employer_id)
    check_author(by, employer, posting.city_code, offering=offering)
    check_not_private(posting)
    return posting, employer


async def _reviewed(uow: Uow, posting_id: UUID, by: Caller) -> tuple[PostingRow, EmployerRow]:
    """A posting in an officer's region, its shifts locked before it. Raises Missing."""
    await uow.shifts.lock_open(posting_id)
    posting = await uow.postings.lock(posting_id)
    if not by.serves_any(posting.city_code, posting.district_code):
        raise Missing
    check_not_private(posting)
    return posting, await uow.postings.employer(posting.employer_id)
