"""Appeals against decisions of platforms: filed with the case, answered by who decided, reviewed by another person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.cases import timing
from service.cases.ending import DECISION_OVER
from service.cases.lifecycle import DECISION
from service.cases.rules.handling import check_another, check_decides_for
from service.cases.settling import settle
from service.cases.telling import tell_both, tell_holder
from service.cases.usecases.seeing import is_complainant
from service.cases.views import DecisionView, decision_view
from service.cases.ways import OWN_DESK
from service.errors import Conflict, Missing
from service.pages import After, Page, page_of
from service.reference.rules import check_reason
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow, DecisionAppealRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def file_decision(uow: Uow, case: CaseRow, where: Mapping[str, Any], *, by: Actor) -> DecisionAppealRow:
    """With its case: against an absence that stands marked, or what an outside platform decided.

    Raises Conflict `decision_not_there` where no absence is marked, `decision_too_late`.
    """
    now = await uow.now()
    policy = uow.ctx.policies.at(now, case.city_code).cases
    if case.noun == "engagement" and case.subject_id is not None:
        locked = await uow.attendance.lock_seat(case.subject_id)
        seat = locked.engagement if locked is not None else None
        if seat is None or seat.state != "no_show":
            raise Conflict("decision_not_there")
        if now > seat.ends_at + timedelta(days=policy.decision_appeal_days):
            raise Conflict("decision_too_late", days=policy.decision_appeal_days)
    days = (await uow.reference.catalogue()).working_days_after(local_day(now), policy.decision_answer_working_days)
    answer_by = end_of_day(days)
    title = where["title"] or await _title(uow, case)
    row = uow.decision_appeals.new(
        case_id=case.id,
        against="absence" if case.noun == "engagement" else "outside_platform",
        noun=case.noun,
        subject_id=case.subject_id,
        person_id=case.complainant_id,
        employer_id=where["employer_id"],
        city_code=case.city_code,
        title=title,
        barred=list(case.barred),
        answer_by=answer_by,
    )
    await uow.add(row, by=by, action="file")
    await uow.flush()
    await uow.schedule(DECISION_OVER, row.id, answer_by)
    await tell_both(uow, row, case, "filed")
    return row


async def _title(uow: Uow, case: CaseRow) -> str:
    if case.noun == "engagement" and case.subject_id is not None:
        seat = await uow.engagements.get(case.subject_id)
        return (await uow.applications.seen_posting(seat.posting_id)).title
    return case.number


async def _seen(uow: Uow, appeal_id: UUID, by: Caller, *, lock: bool = False) -> tuple[DecisionAppealRow, str]:
    """For the appellant, the employer whose decision it is, and the officers of the place. Raises Missing."""
    row = await (uow.decision_appeals.lock(appeal_id) if lock else uow.decision_appeals.get(appeal_id))
    if by.role in STAFF and by.serves(row.city_code):
        return row, "officer"
    if by.role == "member" and by.employer_id == row.employer_id:
        return row, "member"
    if is_complainant(await uow.case_files.get(row.case_id), by):
        return row, "worker"
    raise Missing


async def _view(uow: Uow, row: DecisionAppealRow, side: str, by: Caller) -> DecisionView:
    case = await uow.case_files.get(row.case_id)
    return decision_view(row, words=case.words, side=side, mine=by.account_id)


async def get_appeal(ctx: Context, appeal_id: UUID, *, by: Caller) -> DecisionView:
    """One. Raises Missing."""
    async with ctx.uow() as uow:
        row, side = await _seen(uow, appeal_id, by)
        return await _view(uow, row, side, by)


async def list_to_answer(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[DecisionView]:
    """Appeals against decisions of the caller's employer, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        if by.employer_id is None:
            return Page((), None, now)
        rows = await uow.decision_appeals.to_answer(by.employer_id, after(now), limit + 1)
        views = [await _view(uow, row, "member", by) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])


async def answer_appeal(ctx: Context, appeal_id: UUID, *, answer: str, words: str | None, by: Caller) -> DecisionView:
    """Whoever decided says why: a member of the employer, or an officer where an officer decided; who has the case
    is told.

    Raises Missing, Forbidden, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        case = await _lock_case(uow, appeal_id)
        row, side = await _seen(uow, appeal_id, by, lock=True)
        if side == "worker" or (side == "officer" and by.account_id not in row.barred):
            raise Missing
        if side == "member":
            check_decides_for(by.member_role)
        now = await uow.now()
        answered_by = by.person_id if side == "member" else by.account_id
        said: dict[str, Any] = {"answer": answer, "answer_words": words, "answered_by": answered_by}
        await uow.move(row, DECISION, "answer", by=by.actor, at=now, **said)
        await uow.unschedule(DECISION_OVER, subject_id=row.id)
        await tell_holder(uow, case, "staff.decision_answered", by=by.actor)
        return uow.answer(await _view(uow, row, side, by))


async def _lock_case(uow: Uow, appeal_id: UUID) -> CaseRow:
    known = await uow.decision_appeals.get(appeal_id)
    return await uow.case_files.lock(known.case_id)


async def review_appeal(ctx: Context, appeal_id: UUID, *, finding: str, by: Caller) -> DecisionView:
    """What was found, by an officer who had no part in the decision. Raises Missing, Conflict case_own_decision."""
    async with ctx.uow() as uow:
        case = await _lock_case(uow, appeal_id)
        row, side = await _seen(uow, appeal_id, by, lock=True)
        check_another([*row.barred, *([row.answered_by] if row.answered_by else [])], by.account_id)
        now = await uow.now()
        await uow.move(row, DECISION, "review", by=by.actor, at=now, finding=finding, reviewed_by=by.account_id)
        await timing.meet(uow, case, OWN_DESK, "acknowledge", "triage", on=local_day(now), by=by.actor)
        return uow.answer(await _view(uow, row, side, by))


async def decide_appeal(ctx: Context, appeal_id: UUID, *, outcome: str, reason: str, by: Caller) -> DecisionView:
    """Upheld, or overturned: an absence is taken back with all that counted for it. Both sides are told.

    Raises Missing, Refused reason_unknown, Conflict case_own_decision, wrong_state.
    """
    async with ctx.uow() as uow:
        known, _ = await _seen(uow, appeal_id, by)
        if known.noun == "engagement":  # worker, shift, seat come before the case in the order of locks
            await uow.attendance.lock_seat(known.subject_id, with_shift=True)
        case = await _lock_case(uow, appeal_id)
        row, side = await _seen(uow, appeal_id, by, lock=True)
        check_another([*row.barred, *([row.answered_by] if row.answered_by else [])], by.account_id)
        check_reason(await uow.reference.reasons("decision_outcome"), reason)
        now = await uow.now()
        done = {"outcome_reason": reason, "closed_at": now, "reviewed_by": by.account_id}
        await uow.move(row, DECISION, outcome, by=by.actor, at=now, reason=reason, **done)
        await uow.flush()
        if row.state == "overturned" and row.noun == "engagement":
            await uow.ctx.wiring.ports["attendance.excuse"](uow, row.subject_id, by=by.actor, reason=reason)
        await settle(uow, row, case, by=by.actor, at=now, handled_by=by.account_id)
        return uow.answer(await _view(uow, row, side, by))
