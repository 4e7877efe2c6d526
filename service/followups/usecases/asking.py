"""Open tasks are asked: one conversation a person by message, then an officer's call; then we give up."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.followups.data import questionnaire
from service.followups.lifecycle import TASK
from service.followups.rules import asking
from service.followups.rules.schedule import on
from service.followups.steps import finish, policy_of
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from service.context import Context
    from service.followups.repository.asking import Party
    from service.followups.tables import TaskRow
    from service.policies.model import FollowupsPolicy
    from service.uow import Uow

BATCH = 500
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
MIDNIGHT = time(0)


async def ask(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Everybody whose turn it is, each in a transaction of its own; how many conversations were begun."""
    async with ctx.uow() as uow:
        now = await uow.now()
        calls_from = ctx.policies.at(now).followups.calls_from_attempt
        parties = await uow.followups.parties_due(now, calls_from, BATCH)
        markets = await uow.followups.markets_due(now, calls_from)
    begun = 0
    for party in parties:
        if stopping():
            return begun
        async with ctx.uow() as uow:
            begun += await _converse(uow, party, calls_from)
    for city_code, venue_id in markets:
        async with ctx.uow() as uow:
            await _draw(uow, city_code, venue_id, calls_from)
    return begun


async def escalate(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """What is overdue stands on the officers' list from now on."""
    total = 0
    while not stopping():
        async with ctx.uow() as uow:
            marked = await uow.followups.escalate(await uow.now(), BATCH)
        total += marked
        if marked < BATCH:
            break
    return total


async def _converse(uow: Uow, party: Party, calls_from: int) -> int:
    """One message about everything that this party is to be asked now; nothing while another process does it."""
    side, who = party
    if not await uow.followups.alone_with(f"{side}:{who}"):
        return 0
    now = await uow.now()
    due = await uow.followups.lock_due_of(party, now, calls_from)
    if not due:
        return 0
    policy = policy_of(uow, now, due[0].city_code)
    later = await _not_now(uow, who, due, now, policy)
    for task in due:
        if later is not None:
            await uow.edit(task, by=SYSTEM, at=now, action="put_off", next_attempt_at=later)
        else:
            await note_attempt(uow, task, channel="message", result="sent")
    if later is not None:
        return 0
    await _tell(uow, party, due)
    return 1


async def _not_now(
    uow: Uow, who: UUID, due: Sequence[TaskRow], now: datetime, policy: FollowupsPolicy
) -> datetime | None:
    """When instead: outside asking hours, or next week for who was asked often enough."""
    allowed = asking.allowed_from(now, policy)
    if allowed > now:
        return allowed
    monday = asking.week_of(local_day(now))
    asked = await uow.followups.conversations_since(who, on(monday, MIDNIGHT))
    if asking.waits_for_next_week(asked, urgent=any(task.urgent for task in due), policy=policy):
        return on(monday + WEEK, policy.asking_from)
    return None


async def note_attempt(
    uow: Uow, task: TaskRow, *, channel: str, result: str, staff_id: UUID | None = None, by: Any = SYSTEM
) -> None:
    """One more attempt; the next is on another day, an officer's in the morning. Raises Conflict `asked_today`."""
    now = await uow.now()
    policy = policy_of(uow, now, task.city_code)
    day = local_day(now)
    attempt = uow.followups.new_attempt(task, local_day=day, channel=channel, result=result, staff_id=staff_id, at=now)
    await uow.add(attempt, by=by, action="note")
    made = task.attempts + 1
    calls = made + 1 >= policy.calls_from_attempt
    following = on(day + DAY, policy.asking_from) if calls else asking.next_attempt(now, policy)
    await uow.edit(task, by=by, at=now, action="ask", attempts=made, next_attempt_at=following)
    await uow.flush()


async def _tell(uow: Uow, party: Party, due: Sequence[TaskRow]) -> None:
    side, who = party
    first = due[0]
    words = await uow.followups.words_of(first.plan_id)
    many = len(due) > 1
    people = [who] if side == "worker" else await uow.applications.deciders(who)
    for person_id in people:
        await uow.tell(
            person_id,
            "followup.ask_several" if many else "followup.ask",
            params=words | {"count": len(due)},
            subject=("followup_task", first.id),
            dedupe=f"followup:{first.id}:{first.attempts}",
            asks="followup",
            urgent=any(task.urgent for task in due),
            employer_id=None if side == "worker" else who,
        )


async def _draw(uow: Uow, city_code: str, venue_id: UUID | None, calls_from: int) -> None:
    """A market's calls of the day by the published rule; who has been tried often enough is given up."""
    market = str(venue_id or city_code)
    if not await uow.followups.alone_with(f"market:{market}"):
        return
    now = await uow.now()
    policy, day = policy_of(uow, now, city_code), local_day(now)
    due = await uow.followups.lock_calls_of(city_code, venue_id, now, calls_from)
    waiting: dict[UUID, TaskRow] = {}
    for task in due:
        if asking.is_out_of_reach(task.attempts, policy) and not await uow.followups.was_reached(task.id):
            await _end(uow, task, "give_up", now)
        else:
            waiting[task.id] = task
    room = max(policy.calls_a_day - await uow.followups.calls_drawn(city_code, venue_id, day), 0)
    calls = [asking.Call(task.id, task.urgent) for task in waiting.values()]
    drawn, left = asking.drawn(calls, market=market, day=day, capacity=room)
    for call in drawn:
        await _to_call(uow, waiting[call.task_id], day, now, policy)
    for call in left:
        task = waiting[call.task_id]
        if not _may_be_left_out(task) or await uow.followups.is_last_word(task):
            await uow.edit(task, by=SYSTEM, at=now, action="put_off", next_attempt_at=on(day + DAY, policy.asking_from))
        else:
            await _end(uow, task, "leave_out", now)


def _may_be_left_out(task: TaskRow) -> bool:
    asked = questionnaire().asked(task.milestone, task.side, short=task.short)
    return questionnaire().may_be_left_out(asked)


async def _to_call(uow: Uow, task: TaskRow, day: date, now: datetime, policy: FollowupsPolicy) -> None:
    """On the officers' list today; where nobody gets to it, it is drawn for again tomorrow."""
    following = on(day + DAY, policy.asking_from)
    await uow.edit(task, by=SYSTEM, at=now, action="draw", call_on=day, next_attempt_at=following)


async def _end(uow: Uow, task: TaskRow, action: str, now: datetime) -> None:
    reason = "tried_enough" if action == "give_up" else "not_drawn"
    await uow.move(task, TASK, action, by=SYSTEM, at=now, reason=reason, next_attempt_at=None, claimed_by=None)
    await uow.flush()
    plan = await uow.followups.lock_plan_unless_taken(task.plan_id)
    if plan is not None:
        await finish(uow, plan)
