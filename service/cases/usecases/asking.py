"""Ask the other side, in a question that says nothing of anybody; read and answer such questions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases.ending import QUESTION_OVER
from service.cases.lifecycle import CASE, OPEN, QUESTION
from service.cases.rules.handling import check_decides_for
from service.cases.telling import ask_employer, tell_holder
from service.cases.usecases.looking import view_of
from service.cases.usecases.seeing import check_state, handled
from service.cases.views import QuestionView, question_view
from service.errors import Conflict, Missing
from service.pages import After, Page, page_of
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def ask_other_side(ctx: Context, case_id: UUID, *, question: str, by: Caller) -> CaseView:
    """One of the coded questions; what the employer reads holds no word of the case or of who complains.

    Raises Missing; Conflict case_no_other_side, case_question_open, wrong_state.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        check_state(row, CASE, "ask_other_side", OPEN)
        if row.against_id is None:
            raise Conflict("case_no_other_side")
        now = await uow.now()
        asked = uow.case_files.new_question(
            case_id=row.id,
            employer_id=row.against_id,
            question=question,
            asked_by=by.account_id,
            answer_by=await _answer_by(uow, now, row.city_code),
        )
        await uow.add(asked, by=by.actor, action="ask")
        await uow.flush()
        await uow.schedule(QUESTION_OVER, asked.id, asked.answer_by)
        await ask_employer(uow, asked)
        return uow.answer(await view_of(uow, row, by))


async def _answer_by(uow: Uow, now: datetime, city_code: str) -> datetime:
    days = uow.ctx.policies.at(now, city_code).cases.other_side_working_days
    return end_of_day((await uow.reference.catalogue()).working_days_after(local_day(now), days))


async def list_questions(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[QuestionView]:
    """What the caller's employer was asked, the newest first; for owners and managers. Raises Forbidden."""
    async with ctx.uow() as uow:
        now = await uow.now()
        if by.employer_id is None:
            return Page((), None, now)
        check_decides_for(by.member_role)
        rows = await uow.case_files.asked_of(by.employer_id, after(now), limit + 1)
        return page_of([question_view(row) for row in rows], limit, now, lambda view: [str(view.id)])


async def answer_question(
    ctx: Context, question_id: UUID, *, answer: str, words: str | None, by: Caller
) -> QuestionView:
    """For owners and managers, once; the officer who has the case is told.

    Raises Missing, Forbidden, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        row = await uow.case_files.lock_question(question_id)
        if by.employer_id is None or row.employer_id != by.employer_id:
            raise Missing
        check_decides_for(by.member_role)
        now = await uow.now()
        said: dict[str, Any] = {"answer": answer, "words": words, "answered_by": by.person_id, "answered_at": now}
        await uow.move(row, QUESTION, "answer", by=by.actor, at=now, **said)
        await uow.unschedule(QUESTION_OVER, subject_id=row.id)
        await tell_holder(uow, await uow.case_files.get(row.case_id), "staff.case_other_answered", by=by.actor)
        return uow.answer(question_view(row))
