"""Builders of follow-ups: what there is, what is due, and the days passing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.actor import SYSTEM
from service.context import Context
from service.followups.lifecycle import TASK
from service.followups.steps import reconcile
from service.followups.tables import IssueRow, NeedRow, TaskRow
from service.followups.usecases.opening import open_due
from service.worktime import SHANGHAI
from tests.builders.applications import rows_of, set_time


async def tasks_of(ctx: Context, posting_id: UUID, *, state: str | None = None) -> dict[str, str]:
    """The tasks of a posting's plans: milestone (the second of a kind 1) and side -> state, or due."""
    found = await rows_of(
        ctx,
        "select t.milestone, row_number() over (partition by t.plan_id, t.milestone, t.side"
        " order by t.state = 'cancelled', t.about_at) - 1, t.side, t.state, t.due_at from followup_tasks t"
        " join followup_plans p on p.id = t.plan_id where p.posting_id = :posting_id order by t.due_at, t.milestone",
        posting_id=posting_id,
    )
    return {
        f"{milestone}{number or ''} {side}": its if state is None else local(due)
        for milestone, number, side, its, due in found
        if state in (None, its)
    }


async def lent_tasks(ctx: Context, lent_id: UUID | str, *, state: str | None = None) -> dict[str, str]:
    """The tasks of a lending's plan: milestone and side -> state, or when those of a state are due."""
    found = await rows_of(
        ctx,
        "select t.milestone, t.side, t.state, t.due_at from followup_tasks t join followup_plans p on p.id = t.plan_id"
        " where p.lent_id = :lent_id order by t.due_at, t.milestone",
        lent_id=UUID(str(lent_id)),
    )
    return {
        f"{milestone} {side}": its if state is None else local(due)
        for milestone, side, its, due in found
        if state in (None, its)
    }


async def lent_task(ctx: Context, lent_id: UUID | str, milestone: str, side: str) -> Any:
    """One task's id, of a lending."""
    found = await rows_of(
        ctx,
        "select t.id from followup_tasks t join followup_plans p on p.id = t.plan_id"
        " where p.lent_id = :lent_id and t.milestone = :milestone and t.side = :side",
        lent_id=UUID(str(lent_id)), milestone=milestone, side=side,
    )  # fmt: skip
    return found[0][0]


def local(at: datetime) -> str:
    """A time as a clock in Shanghai shows it."""
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


async def open_at(ctx: Context, at: datetime) -> int:
    """The clock goes on, and what is due is opened."""
    await set_time(ctx, at)
    return await open_due(ctx)


async def task_id(ctx: Context, posting_id: UUID, milestone: str, side: str) -> Any:
    """One task's id, of the posting's first story."""
    found = await rows_of(
        ctx,
        "select t.id from followup_tasks t join followup_plans p on p.id = t.plan_id"
        " where p.posting_id = :posting_id and t.milestone = :milestone and t.side = :side order by p.id, t.about_at",
        posting_id=posting_id, milestone=milestone, side=side,
    )  # fmt: skip
    return found[0][0]


async def an_open_task(ctx: Context, worker_id: UUID, posting_id: UUID, *, side: str = "worker") -> TaskRow:
    """A question of this story to one side, open before its time; nobody is written to about it this month."""
    async with ctx.uow() as uow:
        await reconcile(uow, posting_id, worker_id)
        plan = await uow.followups.lock_plan(posting_id, worker_id)
        assert plan is not None
        task = next(row for row in await uow.followups.lock_tasks(plan.id) if row.side == side)
        now = await uow.now()
        await uow.move(task, TASK, "open", by=SYSTEM, at=now, opened_at=now, next_attempt_at=now + timedelta(days=30))
        return task


async def an_issue(ctx: Context, task: TaskRow) -> tuple[IssueRow, NeedRow]:
    """What an answer opened: somebody needs work."""
    async with ctx.uow() as uow:
        need = uow.followups.new_need(
            worker_id=task.worker_id, employer_id=None, kind="need_work", city_code=task.city_code, task_id=task.id
        )
        await uow.add(need, by=SYSTEM, action="open")
        issue = uow.followups.new_issue(
            task_id=task.id, code="need_work", question="wants_work", answer="yes", urgent=False,
            city_code=task.city_code, noun="need", subject_id=need.id,
        )  # fmt: skip
        await uow.add(issue, by=SYSTEM, action="open")
        return issue, need
