"""An officer's day: what is due, overdue, escalated, to be called; calls and what came of them; issues and needs."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Conflict, Missing, Refused
from service.followups.lifecycle import ISSUE, NEED, TASK
from service.followups.rules import asking
from service.followups.rules.figures import shares
from service.followups.rules.schedule import on
from service.followups.steps import finish, policy_of, stop_asking
from service.followups.usecases.answering import speaking_for
from service.followups.usecases.asking import note_attempt
from service.followups.views import AttemptView, CallView, FiguresView
from service.followups.wording import with_questions
from service.i18n import render
from service.pages import After, Page, page_of
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.followups.tables import IssueRow, NeedRow, TaskRow
    from service.followups.views import TaskView
    from service.http.caller import Caller
    from service.uow import Uow

MOST_DAYS = 366
FAILED = ("no_answer", "wrong_number", "other")


async def list_tasks(
    ctx: Context, *, view: str, mine: bool, venue_id: UUID | None, after: After, limit: int, by: Caller
) -> Page[TaskView]:
    """`due`, `overdue`, `escalated`, today's `calls`, or who was `unreachable` or `left_out`; longest due first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        narrow: dict[str, dict[str, Any]] = {
            "due": {"states": ("open",)},
            "overdue": {"states": ("open",), "overdue_at": now},
            "escalated": {"states": ("open",), "escalated": True},
            "calls": {"states": ("open",), "called_on": local_day(now)},
            "unreachable": {"states": ("unreachable",)},
            "left_out": {"states": ("left_out",)},
        }
        rows = await uow.followups.page(
            regions=by.served, claimed_by=by.account_id if mine else None, venue_id=venue_id, after=after(now),
            limit=limit + 1, **narrow[view],
        )  # fmt: skip
        shown = [with_questions(row, ctx.language) for row in rows]
        return page_of(shown, limit, now, lambda row: [row.due_at.isoformat(), str(row.id)])


async def get_call(ctx: Context, task_id: UUID, *, by: Caller) -> CallView:
    """What to say, what to ask, what was tried and said. Raises Missing."""
    async with ctx.uow() as uow:
        task = await speaking_for(uow, task_id, by)
        shown = with_questions(await uow.followups.view(task.id), ctx.language)
        facts = {"title": shown.title, "employer": shown.employer_name}
        attempts = [
            AttemptView(row.number, row.at, row.channel, row.result, row.staff_id)
            for row in await uow.followups.attempts_of(task.id)
        ]
        return CallView(
            task=shown,
            opening=render(f"followup.call.opening.{task.side}", ctx.language, **facts),
            closing=render("followup.call.closing", ctx.language),
            attempts=attempts,
            said=[with_questions(row, ctx.language) for row in await uow.followups.said(task.plan_id)],
        )


async def record_attempt(ctx: Context, task_id: UUID, *, channel: str, result: str, by: Caller) -> TaskView:
    """What came of a call or a visit. Who refuses is asked nothing more; the last in vain ends it.

    One attempt a day counts: whom an officer hears on the day of another attempt was reached by that one, and a second
    one in vain is refused. Raises Missing, Conflict wrong_state, asked_today, task_claimed.
    """
    async with ctx.uow() as uow:
        seen = await speaking_for(uow, task_id, by)
        plan = await uow.followups.lock_plan_of(seen.plan_id)
        task = await uow.followups.lock_task(task_id)
        TASK.fire(task.state, "give_up")
        _check_free(task, by)
        now = await uow.now()
        said: dict[str, Any] = {"channel": channel, "result": result, "staff_id": by.account_id}
        today = await uow.followups.attempt_on(task.id, local_day(now))
        if today is not None and result in asking.HEARD:
            await uow.edit(today, by=by.actor, at=now, action="hear", **said)
        else:
            await note_attempt(uow, task, by=by.actor, **said)
        if result in asking.ENDS_ALL:
            await stop_asking(uow, plan, task.side, by=by.actor, reason=result)
        elif result in FAILED and asking.is_out_of_reach(task.attempts, policy_of(uow, now, task.city_code)):
            gone: dict[str, Any] = {"next_attempt_at": None, "claimed_by": None}
            await uow.move(task, TASK, "give_up", by=by.actor, at=now, reason=result, **gone)
            await finish(uow, plan)
        return uow.answer(with_questions(await uow.followups.view(task.id), ctx.language))


async def claim_task(ctx: Context, task_id: UUID, *, claim: bool, by: Caller) -> TaskView:
    """An officer takes a task, or lets go of it. Raises Missing, Conflict wrong_state, task_claimed."""
    async with ctx.uow() as uow:
        seen = await speaking_for(uow, task_id, by)
        await uow.followups.lock_plan_of(seen.plan_id)
        task = await uow.followups.lock_task(task_id)
        TASK.fire(task.state, "give_up")
        _check_free(task, by)
        wanted, action = (by.account_id, "claim") if claim else (None, "release")
        await uow.edit(task, by=by.actor, at=await uow.now(), action=action, claimed_by=wanted)
        return uow.answer(with_questions(await uow.followups.view(task.id), ctx.language))


def _check_free(task: TaskRow, by: Caller) -> None:
    if task.claimed_by not in (None, by.account_id) and by.role != "admin":
        raise Conflict("task_claimed")


async def ask_for_call(ctx: Context, task_id: UUID, *, by: Caller) -> None:
    """Somebody would rather be called: an officer does, whatever else is drawn. Raises Missing, wrong_state."""
    async with ctx.uow() as uow:
        seen = await uow.followups.task(task_id)
        if by.role in STAFF or by.person_id not in await _people(uow, seen):
            raise Missing
        await uow.followups.lock_plan_of(seen.plan_id)
        task = await uow.followups.lock_task(task_id)
        TASK.fire(task.state, "give_up")
        now = await uow.now()
        tomorrow = on(local_day(now) + timedelta(days=1), policy_of(uow, now, task.city_code).asking_from)
        today: dict[str, Any] = {"call_on": local_day(now), "next_attempt_at": tomorrow, "urgent": True}
        await uow.edit(task, by=by.actor, at=now, action="want_call", **today)


async def _people(uow: Uow, task: TaskRow) -> list[UUID]:
    if task.side == "worker":
        return [task.worker_id] if task.worker_id is not None else []
    return await uow.applications.deciders(task.employer_id)


async def list_issues(
    ctx: Context, *, state: str | None, urgent: bool | None, after: After, limit: int, by: Caller
) -> Page[IssueRow]:
    """What answers opened, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.followups.issues(
            regions=by.served, state=state, urgent=urgent, after=after(now), limit=limit + 1
        )
        return page_of(rows, limit, now, lambda row: [str(row.id)])


async def close_issue(ctx: Context, issue_id: UUID, *, by: Caller) -> IssueRow:
    """Seen to. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.followups.lock_issue(issue_id)
        if not by.serves(row.city_code):
            raise Missing
        now = await uow.now()
        await uow.move(row, ISSUE, "close", by=by.actor, at=now, closed_at=now, closed_by=by.account_id)
        return uow.answer(row)


async def list_needs(
    ctx: Context, *, state: str | None, kind: str | None, after: After, limit: int, by: Caller
) -> Page[NeedRow]:
    """Who needs work, training, advice, people; the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.followups.needs(regions=by.served, state=state, kind=kind, after=after(now), limit=limit + 1)
        return page_of(rows, limit, now, lambda row: [str(row.id)])


async def end_need(ctx: Context, need_id: UUID, *, outcome: str, by: Caller) -> NeedRow:
    """Met, or no longer there. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.followups.lock_need(need_id)
        if not by.serves(row.city_code):
            raise Missing
        now = await uow.now()
        await uow.move(row, NEED, outcome, by=by.actor, at=now, ended_at=now)
        return uow.answer(row)


async def figures(ctx: Context, *, since: date, until: date, by: Caller) -> FiguresView:
    """Over what was due from one day to another, both counted, in one's regions. Raises Refused followup_days."""
    if not since <= until <= since + timedelta(days=MOST_DAYS):
        raise Refused("followup_days", field="query:until", most=MOST_DAYS)
    async with ctx.uow() as uow:
        midnight = time(0)
        counts = await uow.followups.figures(
            regions=by.served, since=on(since, midnight), until=on(until + timedelta(days=1), midnight),
            now=await uow.now(),
        )  # fmt: skip
        shown = shares(counts)
        copied = {name: counts[name] for name in FiguresView.__slots__ if name in counts}
        return FiguresView(**copied, **shown)  # type: ignore[arg-type]
