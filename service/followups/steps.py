"""What several doors do to a plan: work its tasks out anew from the facts, end it, stop asking a side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.followups.lifecycle import PLAN, TASK, WAITING
from service.followups.rules.schedule import (
    Task,
    Wanted,
    back_keys,
    changes,
    ends_asked,
    in_time,
    moot_keys,
    pay_keys,
    wanted,
)
from service.followups.views import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from service.actor import Actor
    from service.followups.rules.schedule import Change, TaskKey
    from service.followups.tables import PlanRow, TaskRow
    from service.followups.views import StoryFacts
    from service.policies.model import FollowupsPolicy
    from service.uow import Uow

STORY_MOVED = "story_moved"


def policy_of(uow: Uow, now: datetime, city_code: str) -> FollowupsPolicy:
    """What applies there now."""
    return uow.ctx.policies.at(now, city_code).followups


async def reconcile(uow: Uow, posting_id: UUID | None, worker_id: UUID | None, lent_id: UUID | None = None) -> int:
    """The tasks of a story become those of the facts; how many had to be added, moved, cancelled or settled.

    Of a person with a posting, a posting alone, or a lending alone. Once or ten times, it comes to the same. A side
    that refused gets nothing more.
    """
    await uow.flush()
    key = Key(posting_id, worker_id, lent_id)
    plan = await uow.followups.lock_plan(*key)
    facts = await _facts(uow, key)
    if facts is None:
        return 0
    now = await uow.now()
    if plan is None:
        if not await differing(uow, None, facts, {}):
            return 0
        plan = await uow.followups.new_plan(facts, now)
        if plan is not None:
            await uow.adopt(plan, by=SYSTEM, action="create")
        else:  # made by somebody else in this moment, perhaps from fewer facts
            plan = await uow.followups.lock_plan(*key)
            facts = await _facts(uow, key)
            if plan is None or facts is None:
                return 0
    changed = await _apply(uow, plan, facts)
    await finish(uow, plan)
    return changed


async def _facts(uow: Uow, key: Key) -> StoryFacts | None:
    found = await uow.followups.stories([key])
    return found[0] if found else None


async def differing(uow: Uow, plan: PlanRow | None, facts: StoryFacts, present: Mapping[TaskKey, Task]) -> Change:
    """What has to be done so that a plan's tasks are those of the facts; a side that refused gets nothing more."""
    now = await uow.now()
    policy = policy_of(uow, now, facts.city_code)
    days = (await uow.reference.catalogue()).working_days_after
    story = replace(facts.story, ends_asked=ends_asked(present, policy))
    should = wanted(story, policy, days)
    if plan is not None:
        should = [each for each in should if not refused(plan, _whom(each, policy))]
    settled = pay_keys(facts.settled, policy) | back_keys(story, policy)
    return changes(present, in_time(should, present, now, policy), settled, moot_keys(story, policy))


REFUSED_AT = {
    "worker": "refused_by_worker_at", "employer": "refused_by_employer_at", "lender": "refused_by_lender_at",
}  # fmt: skip


def refused(plan: PlanRow, whom: str) -> bool:
    """Whether the worker, the employer or a lender wants to be asked nothing more about this."""
    return getattr(plan, REFUSED_AT[whom]) is not None


def _whom(each: Wanted, policy: FollowupsPolicy) -> str:
    of_lender = each.side == "employer" and policy.milestones[each.milestone].at_lender
    return "lender" if of_lender else each.side


def asked_by(plan: PlanRow, task: TaskRow) -> str:
    """Whom a task of this plan asks: `worker`, `employer`, or `lender` where the plan names another employer."""
    return "lender" if task.side == "employer" and task.employer_id != plan.employer_id else task.side


async def _apply(uow: Uow, plan: PlanRow, facts: StoryFacts) -> int:
    now = await uow.now()
    named: dict[str, Any] = {"referral_id": facts.referral_id, "venue_id": facts.venue_id}
    await uow.edit(plan, by=SYSTEM, at=now, **{name: value for name, value in named.items() if value is not None})
    tasks = {(row.milestone, row.about_at, row.side): row for row in await uow.followups.lock_tasks(plan.id)}
    present = {key: Task(row.state, row.due_at, row.answered_at) for key, row in tasks.items()}
    change = await differing(uow, plan, facts, present)
    for each in change.add:
        row = tasks[each.key] = _new(uow, plan, facts, each, policy_of(uow, now, facts.city_code))
        await uow.add(row, by=SYSTEM, action="plan")
    for each in change.move:
        row = tasks[each.key]
        if row.state == "cancelled":
            await uow.move(row, TASK, "plan", by=SYSTEM, at=now, due_at=each.due_at, short=each.short)
        else:
            await uow.edit(row, by=SYSTEM, at=now, action="postpone", due_at=each.due_at, short=each.short)
    for key in change.cancel:
        asked_no_more = {"next_attempt_at": None, "claimed_by": None}
        await uow.move(tasks[key], TASK, "cancel", by=SYSTEM, at=now, reason=STORY_MOVED, **asked_no_more)
    for key in change.settle:
        reason = "receipt" if facts.lent_id is None else "taken_back"
        await uow.move(tasks[key], TASK, "settle", by=SYSTEM, at=now, reason=reason, next_attempt_at=None)
    return sum(map(len, (change.add, change.move, change.cancel, change.settle)))


def _new(uow: Uow, plan: PlanRow, facts: StoryFacts, each: Wanted, policy: FollowupsPolicy) -> TaskRow:
    about: dict[str, Any] = {"milestone": each.milestone, "about_at": each.about_at, "side": each.side}
    if facts.lender is not None and policy.milestones[each.milestone].at_lender:
        about["city_code"] = facts.lender.city_code
        if each.side == "employer":
            about["employer_id"] = facts.lender.employer_id
    return uow.followups.new_task(plan, due_at=each.due_at, short=each.short, **about)


async def finish(uow: Uow, plan: PlanRow) -> None:
    """A plan of which nothing is left to ask is closed; one that has something again is open again."""
    waits, now = await uow.followups.waiting(plan.id), await uow.now()
    if plan.state == "open" and not waits:
        await uow.move(plan, PLAN, "close", by=SYSTEM, at=now, closed_at=now)
    elif plan.state == "closed" and waits:
        await uow.move(plan, PLAN, "reopen", by=SYSTEM, at=now, closed_at=None)


async def stop_asking(uow: Uow, plan: PlanRow, whom: str, *, by: Actor, reason: str) -> Sequence[TaskRow]:
    """The worker, employer or lender is asked nothing more about this story (INV-25); the tasks that ended with it."""
    now = await uow.now()
    if not refused(plan, whom):
        await uow.edit(plan, by=by, at=now, action="refuse", reason=reason, **{REFUSED_AT[whom]: now})
    tasks = [row for row in await uow.followups.lock_tasks(plan.id) if asked_by(plan, row) == whom]
    ended = [row for row in tasks if row.state in WAITING]
    for row in ended:
        await uow.move(row, TASK, "refuse", by=by, at=now, reason=reason, next_attempt_at=None, claimed_by=None)
    await finish(uow, plan)
    return ended
