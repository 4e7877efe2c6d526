"""File an appeal, look at those that wait, decide one that is against somebody else's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.appeals import rules
from service.appeals.views import AppealView, appeal_view
from service.errors import Conflict, Missing
from service.pages import After, Page, page_of
from service.postings.lifecycle import POSTING
from service.postings.rules import check_may_post
from service.reference.rules import check_reason
from service.supplies.lifecycle import SUPPLY

if TYPE_CHECKING:
    from service.appeals.tables import AppealRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def file_appeal(ctx: Context, noun: str, subject_id: UUID, *, words: str, by: Caller) -> AppealView:
    """Against a rejection or a removal, within the policy's days; once against each.

    Raises Refused appeal_words_short, Missing, Forbidden, Conflict wrong_state, appeal_too_late, appeal_decided.
    """
    async with ctx.uow() as uow:
        lifecycle = POSTING if noun == "posting" else SUPPLY
        subject = await _own(uow, noun, subject_id, by)
        rules.check_words(words)
        await uow.move(subject, lifecycle, "appeal", by=by.actor, at=await uow.now())
        await uow.flush()
        row = await uow.appeals.lock_filed(noun, subject_id)
        if row is None:
            raise Missing
        now = await uow.now()
        await uow.edit(row, by=by.actor, at=now, action="explain", words=words)
        await uow.flush()
        return uow.answer(appeal_view(row, now=now, officer=by.account_id if by.role in STAFF else None))


async def _own(uow: Uow, noun: str, subject_id: UUID, by: Caller) -> Any:
    """What the caller may appeal for, locked. Raises Missing, Forbidden."""
    if noun == "supply":
        supply = await uow.supplies.lock(subject_id)
        if by.person_id != supply.worker_id:
            raise Missing
        return supply
    await uow.shifts.lock_open(subject_id)
    posting = await uow.postings.lock(subject_id)
    if posting.private:
        raise Missing
    check_may_post(
        role=by.role, member_role=by.member_role, own_employer=by.employer_id == posting.employer_id,
        serves=by.serves(posting.city_code), state="", offering=False,
    )  # fmt: skip
    return posting


async def list_appeals(
    ctx: Context, *, state: str, overdue: bool, by: Caller, after: After, limit: int
) -> Page[AppealView]:
    """Of the caller's regions, by due time."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.appeals.page(
            by.served, state=state, overdue_at=now if overdue else None, after=after(now), limit=limit + 1
        )
        views = [appeal_view(row, now=now, officer=by.account_id) for row in rows]
        return page_of(views, limit, now, lambda view: [view.due_at.isoformat(), str(view.id)])


async def get_appeal(ctx: Context, appeal_id: UUID, *, by: Caller) -> AppealView:
    """One: for officers of the place and for who filed it. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.appeals.get(appeal_id)
        if by.role in STAFF and await uow.appeals.lies_in(appeal_id, by.served):
            return appeal_view(row, now=await uow.now(), officer=by.account_id)
        if not await _filed_for(uow, row, by):
            raise Missing
        return appeal_view(row, now=await uow.now(), officer=None)


async def _filed_for(uow: Uow, row: AppealRow, by: Caller) -> bool:
    if row.noun == "supply":
        return by.role == "worker" and by.person_id == (await uow.supplies.get(row.subject_id)).worker_id
    return by.role in ("member", "integrator") and by.employer_id == row.employer_id


async def decide_appeal(
    ctx: Context, appeal_id: UUID, *, outcome: str, reason: str | None, sentence: str | None, by: Caller
) -> AppealView:
    """Granted: shown again. Upheld, with a coded reason: a rejection stands, a removal is final.

    Raises Missing, Refused reason_unknown, birth_date_needed, under_age, Conflict appeal_own_decision, wrong_state,
    employer_may_not_post, posting_over.
    """
    async with ctx.uow() as uow:
        seen = await uow.appeals.get(appeal_id)
        if not await uow.appeals.lies_in(appeal_id, by.served):
            raise Missing
        if outcome == "uphold":
            known = (await uow.reference.catalogue()).reasons(rules.REASONS_OF[seen.against])
            check_reason(known, reason or "")
        subject = await _locked(uow, seen)
        row = await uow.appeals.lock(appeal_id)
        if row.state != "filed":
            raise Conflict("wrong_state", noun="appeal", state=row.state, action=outcome, possible=[])
        rules.check_another(row.barred, by.account_id)
        await uow.edit(row, by=by.actor, at=await uow.now(), action="answer", sentence=sentence)
        await _move(uow, row, subject, outcome, reason, by)
        return uow.answer(appeal_view(row, now=await uow.now(), officer=by.account_id))


async def _locked(uow: Uow, seen: AppealRow) -> Any:
    if seen.noun == "supply":
        return await uow.supplies.lock(seen.subject_id)
    await uow.shifts.lock_open(seen.subject_id)
    return await uow.postings.lock(seen.subject_id)


async def _move(uow: Uow, row: AppealRow, subject: Any, outcome: str, reason: str | None, by: Caller) -> None:
    """The move of what was decided against closes the appeal by its reaction."""
    action = rules.MOVE_OF[outcome, row.against]
    if action == "restore":
        port = "postings.restore" if row.noun == "posting" else "supplies.restore"
        await uow.ctx.wiring.ports[port](uow, row.subject_id, by=by.actor)
    else:
        lifecycle = POSTING if row.noun == "posting" else SUPPLY
        await uow.move(subject, lifecycle, action, by=by.actor, at=await uow.now(), reason=reason)
    await uow.flush()
