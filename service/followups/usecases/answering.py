"""Answers of both sides, by themselves or told to an officer, and the word that somebody wants no more questions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications import rules as acting
from service.errors import Conflict, Missing, Refused
from service.followups.data import questionnaire
from service.followups.issues import open_issues
from service.followups.lifecycle import TASK
from service.followups.steps import asked_by, finish, stop_asking
from service.followups.wording import for_its_side, with_questions
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.followups.rules.questions import Answers
    from service.followups.tables import TaskRow
    from service.followups.views import TaskView
    from service.http.caller import Caller
    from service.uow import Uow

SAID_BY = {"by_phone": "phone", "at_counter": "counter"}  # to staff; else on a visit


async def list_asked(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[TaskView]:
    """What the caller's side is asked and may still answer."""
    async with ctx.uow() as uow:
        now = await uow.now()
        worker_id = by.person_id if by.role == "worker" else None
        rows = await uow.followups.asked_of(
            worker_id=worker_id, employer_id=by.employer_id, after=after(now), limit=limit + 1
        )
        shown = [for_its_side(with_questions(row, ctx.language)) for row in rows]
        return page_of(shown, limit, now, lambda view: [str(view.id)])


async def get_task(ctx: Context, task_id: UUID, *, by: Caller) -> TaskView:
    """One, for its own side and the officers of the place. Raises Missing."""
    async with ctx.uow() as uow:
        task = await uow.followups.task(task_id)
        mine = by.serves(task.city_code) if by.role in STAFF else _is_own(task, by)
        if not mine:
            raise Missing
        return await _shown(uow, task_id, by)


async def answer_task(
    ctx: Context, task_id: UUID, *, answers: Answers, on_behalf: str | None = None, by: Caller
) -> TaskView:
    """Answered once, also before its time or after we gave up; bad answers open issues.

    Raises Missing for somebody else's, Forbidden for clerks; Refused question_unknown, answer_unknown, answer_number,
    answers_needed, on_behalf_needed; Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        seen = await uow.followups.task(task_id)
        actor = _speaks(seen, by, on_behalf)
        TASK.fire(seen.state, "answer")
        _check(seen, answers)
        checked = (seen.worker_id, seen.short)  # `seen` is the row that is locked below, as it is then
        posting = (await uow.followups.plan(seen.plan_id)).posting_id
        checks = any(each.code == "posting_check" for each in questionnaire().opened(answers))
        if checks and posting is not None:
            await uow.postings.lock(posting)  # what a review is about is locked first
        plan = await uow.followups.lock_plan_of(seen.plan_id)
        task = await uow.followups.lock_task(task_id)
        if (task.worker_id, task.short) != checked:
            raise Conflict("changed_meanwhile")
        now = await uow.now()
        told = {"channel": _channel(by, on_behalf)} | _handled(by)
        await uow.move(
            task, TASK, "answer", by=actor, at=now, answers=dict(answers), answered_at=now, answered_by=by.role,
            next_attempt_at=None, claimed_by=None, **told,
        )  # fmt: skip
        await open_issues(uow, plan, task, by=actor)
        await finish(uow, plan)
        return uow.answer(await _shown(uow, task.id, by))


async def refuse_questions(ctx: Context, task_id: UUID, *, on_behalf: str | None = None, by: Caller) -> TaskView:
    """No more questions to this side about this work (INV-25); said twice it is the same.

    Raises Missing, Forbidden, Refused on_behalf_needed.
    """
    async with ctx.uow() as uow:
        seen = await uow.followups.task(task_id)
        actor = _speaks(seen, by, on_behalf)
        plan = await uow.followups.lock_plan_of(seen.plan_id)
        for ended in await stop_asking(uow, plan, asked_by(plan, seen), by=actor, reason="refused"):
            await uow.edit(ended, by=actor, at=await uow.now(), action="handle", **_handled(by))
        return uow.answer(await _shown(uow, seen.id, by))


def _channel(by: Caller, on_behalf: str | None) -> str:
    """Where it was said: to staff in their ways, at a kiosk, or else by oneself anywhere."""
    if by.role in STAFF:
        return SAID_BY.get(on_behalf or "", "visit")
    return "kiosk" if by.channel == "kiosk" else "app"


def _handled(by: Caller) -> dict[str, Any]:
    """The officer who wrote it down, where one did."""
    return {"handled_by": by.account_id} if by.role in STAFF else {}


async def _shown(uow: Uow, task_id: UUID, by: Caller) -> TaskView:
    view = with_questions(await uow.followups.view(task_id), uow.ctx.language)
    return view if by.role in STAFF else for_its_side(view)


def _check(task: TaskRow, answers: Answers) -> None:
    asked = questionnaire().asked(task.milestone, task.side, short=task.short)
    questionnaire().check(asked, answers)


def _is_own(task: TaskRow, by: Caller) -> bool:
    if by.role == "worker":
        return task.side == "worker" and task.worker_id == by.person_id
    return by.role == "member" and task.side == "employer" and task.employer_id == by.employer_id


def _speaks(task: TaskRow, by: Caller, on_behalf: str | None) -> Actor:
    """Who answers: the side itself, or staff of the place whom it told. Raises Missing, Forbidden, Refused."""
    if by.role not in STAFF:
        if not _is_own(task, by):
            raise Missing
        if by.role == "member":
            acting.check_decides(by, task.employer_id)
        return by.actor
    if not by.serves(task.city_code):
        raise Missing
    if on_behalf is None:
        raise Refused("on_behalf_needed", field="query:on_behalf")
    if task.side == "worker" and task.worker_id is not None:
        return by.actor.with_yes_of(task.worker_id, on_behalf)
    return replace(by.actor, channel=on_behalf)


async def speaking_for(uow: Uow, task_id: UUID, by: Caller) -> TaskRow:
    """A task of a place that an officer serves, without a lock. Raises Missing."""
    task = await uow.followups.task(task_id)
    if not by.serves(task.city_code):
        raise Missing
    return task
