"""An officer's call: one conversation with a person or an employer about everything that is open with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Conflict, Missing
from service.followups.lifecycle import TAKEN_UP, TASK
from service.followups.rules import asking
from service.followups.rules.schedule import on
from service.followups.steps import asked_by, finish, policy_of, stop_asking
from service.followups.usecases.answering import speaking_for
from service.followups.usecases.asking import note_attempt
from service.followups.views import AttemptView, CalledView, CallView, NumberView, TakenView
from service.followups.wording import with_questions
from service.i18n import render
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service.context import Context
    from service.followups.tables import TaskRow
    from service.followups.views import TaskView
    from service.http.caller import Caller
    from service.uow import Uow

FAILED = ("no_answer", "wrong_number", "other")
PURPOSE = "contact_about_work"
DAY = timedelta(days=1)


async def get_call(ctx: Context, task_id: UUID, *, by: Caller) -> CallView:
    """Whom to call, what to say, everything open that is to be asked, what was tried and said. Raises Missing."""
    async with ctx.uow() as uow:
        task = await speaking_for(uow, task_id, by)
        shown = with_questions(await uow.followups.view(task.id), ctx.language)
        others = [row for row in await uow.followups.open_with(task, regions=by.served) if row.id != task.id]
        tasks = [shown, *(with_questions(row, ctx.language) for row in others)]
        plan_ids = {row.plan_id for row in tasks}
        attempts = [
            AttemptView(row.task_id, row.number, row.at, row.channel, row.result, row.staff_id)
            for row in await uow.followups.attempts_of([row.id for row in tasks])
        ]
        return CallView(
            task=shown,
            tasks=tasks,
            whom=[CalledView(each, await uow.followups.masked_name(each)) for each in await _people(uow, task)],
            opening=_opening(tasks, ctx.language),
            closing=render("followup.call.closing", ctx.language),
            attempts=attempts,
            said=[with_questions(row, ctx.language) for row in await uow.followups.said(plan_ids)],
        )


def _opening(tasks: Sequence[TaskView], language: str) -> str:
    """What is said first: once, however much there is to ask."""
    first = tasks[0]
    facts = {"title": first.title, "employer": first.employer_name}
    many = len({(row.posting_id, row.worker_id, row.lent_id) for row in tasks})
    if many > 1:
        return render(f"followup.call.opening_several.{first.side}", language, count=many, **facts)
    return render(f"followup.call.opening.{first.side}", language, **facts)


async def get_number(ctx: Context, task_id: UUID, *, person_id: UUID | None, by: Caller) -> NumberView:
    """Name and number of who is to be called: the person, or one who decides for the employer (its owner, unless
    another is named). Each look is on record with its purpose, and counts in the officer's hour (INV-34).

    Raises Missing, Conflict wrong_state, task_claimed, nobody_to_call; TooMany unmask_too_often.
    """
    async with ctx.uow() as uow:
        task = await speaking_for(uow, task_id, by)
        _check_open(task)
        _check_free([task], by)
        people = await _people(uow, task)
        if person_id is not None and person_id not in people:
            raise Missing
        if not people:
            raise Conflict("nobody_to_call")
        who, fields = person_id or people[0], ("name", "phone")
        values = await uow.ctx.wiring.ports["people.open_values"](uow, who, fields=fields, purpose=PURPOSE, by=by)
        return uow.answer(NumberView(who, values["name"], values["phone"]))


async def record_attempt(ctx: Context, task_id: UUID, *, channel: str, result: str, by: Caller) -> TaskView:
    """What came of a call or a visit: of everything drawn for today or taken by the officer that this party is asked,
    one conversation. Who refuses is asked nothing more about this work, who is dead or abroad nothing more at all; the
    last in vain ends it.

    One attempt a day counts for each task: whom an officer hears on the day of another attempt was reached by that one,
    and a second one in vain is refused. Raises Missing, Conflict wrong_state, asked_today, task_claimed.
    """
    async with ctx.uow() as uow:
        seen = await speaking_for(uow, task_id, by)
        whole = result in asking.GONE and seen.side == "worker"
        wanted = await uow.followups.plans_with(seen)
        if whole and seen.worker_id is not None:
            wanted |= await uow.followups.open_plans_of(seen.worker_id)
        plans = await uow.followups.lock_plans_of(wanted)
        found = [task for task in await uow.followups.lock_open_with(seen) if task.plan_id in plans]
        named = await _named(uow, task_id, found)
        _check_free([named], by)
        now = await uow.now()
        covered = [named, *(task for task in found if task is not named and _goes_along(task, by, now))]
        for task in covered:
            heard = result if whole or task is named or result not in asking.ENDS_ALL else "reached"
            await _note(uow, task, channel, heard, by, named=task is named)
        ended = plans if whole else {named.plan_id} if result in asking.ENDS_ALL else ()
        for plan_id in sorted(ended):
            plan = plans[plan_id]
            await stop_asking(uow, plan, asked_by(plan, named), by=by.actor, reason=result)
        for task in covered if result in FAILED else ():
            if asking.is_out_of_reach(task.attempts, policy_of(uow, now, task.city_code)):
                gone: dict[str, Any] = {"next_attempt_at": None, "claimed_by": None}
                await uow.move(task, TASK, "give_up", by=by.actor, at=now, reason=result, **gone)
                await finish(uow, plans[task.plan_id])
        return uow.answer(with_questions(await uow.followups.view(named.id), ctx.language))


def _goes_along(task: TaskRow, by: Caller, now: datetime) -> bool:
    """Whether a call about something else of the same party was about this too."""
    drawn = task.claimed_by is None and task.call_on == local_day(now)
    return by.serves(task.city_code) and (drawn or task.claimed_by == by.account_id)


async def _note(uow: Uow, task: TaskRow, channel: str, result: str, by: Caller, *, named: bool) -> None:
    now = await uow.now()
    said: dict[str, Any] = {"channel": channel, "result": result, "staff_id": by.account_id}
    today = await uow.followups.attempt_on(task.id, local_day(now))
    if today is not None and result in asking.HEARD:
        await uow.edit(today, by=by.actor, at=now, action="hear", **said)
    elif today is None or named:
        await note_attempt(uow, task, by=by.actor, **said)
    await uow.edit(task, by=by.actor, at=now, action="handle", handled_by=by.account_id)


async def claim_tasks(ctx: Context, task_id: UUID, *, claim: bool, by: Caller) -> TakenView:
    """An officer takes everything open that a party is asked, or lets go of it, so that one calls about all of it.

    The named one stands first; given up or left out before, it is open again. An administrator also takes what another
    has, who is told. Raises Missing, Conflict wrong_state, task_claimed where another has any of it.
    """
    async with ctx.uow() as uow:
        seen = await speaking_for(uow, task_id, by)
        if claim and seen.state in TAKEN_UP:
            await uow.followups.lock_plan_of(seen.plan_id)
            await _take_up(uow, await uow.followups.lock_task(task_id), by)
        found = [task for task in await uow.followups.lock_open_with(seen) if by.serves(task.city_code)]
        named = await _named(uow, task_id, found)
        _check_free(found, by)
        now, wanted, action = await uow.now(), by.account_id if claim else None, "claim" if claim else "release"
        former = {task.claimed_by for task in found if task.claimed_by not in (None, by.account_id)} if claim else set()
        for task in found:
            await uow.edit(task, by=by.actor, at=now, action=action, claimed_by=wanted)
        for officer in sorted(former, key=str):
            tell_officer = uow.ctx.wiring.ports["duties.tell_officer"]
            await tell_officer(uow, officer, "staff.followup_taken_over", about=named.id, step=str(named.version))
        shown = [await uow.followups.view(task.id) for task in [named, *(each for each in found if each is not named)]]
        return uow.answer(TakenView([with_questions(row, ctx.language) for row in shown]))


async def _named(uow: Uow, task_id: UUID, found: Iterable[TaskRow]) -> TaskRow:
    """The one that was asked for, of those that are open and locked. Raises Conflict wrong_state."""
    named = next((task for task in found if task.id == task_id), None)
    if named is None:
        _check_open(await uow.followups.lock_task(task_id))
        raise Conflict("changed_meanwhile")  # handed over to another record in this moment
    return named


def _check_open(task: TaskRow) -> None:
    """Raises Conflict wrong_state."""
    if task.state != "open":
        possible = TASK.possible(task.state)
        raise Conflict("wrong_state", noun=TASK.name, state=task.state, action="call", possible=possible)


async def _take_up(uow: Uow, task: TaskRow, by: Caller) -> None:
    """Open again, and its plan with it; somebody who was out of reach is given up again after one more day in vain."""
    if task.state not in TAKEN_UP:
        return
    now = await uow.now()
    tomorrow = on(local_day(now) + DAY, policy_of(uow, now, task.city_code).asking_from)
    await uow.move(task, TASK, "take_up", by=by.actor, at=now, next_attempt_at=tomorrow)
    await uow.flush()
    await finish(uow, await uow.followups.lock_plan_of(task.plan_id))


def _check_free(tasks: Iterable[TaskRow], by: Caller) -> None:
    if by.role != "admin" and any(task.claimed_by not in (None, by.account_id) for task in tasks):
        raise Conflict("task_claimed")


async def ask_for_call(ctx: Context, task_id: UUID, *, by: Caller) -> None:
    """Somebody would rather be called: an officer does, whatever else is drawn, also where it was given up.

    Raises Missing, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        seen = await uow.followups.task(task_id)
        if by.role in STAFF or by.person_id not in await _people(uow, seen):
            raise Missing
        await uow.followups.lock_plan_of(seen.plan_id)
        task = await uow.followups.lock_task(task_id)
        await _take_up(uow, task, by)
        _check_open(task)
        now = await uow.now()
        tomorrow = on(local_day(now) + DAY, policy_of(uow, now, task.city_code).asking_from)
        listed = (await uow.followups.on_list(task.city_code, local_day(now))).get(uow.followups.party_of(task))
        today: dict[str, Any] = {"call_on": local_day(now), "next_attempt_at": tomorrow, "urgent": True}
        market = listed or await _market(uow, task)
        await uow.edit(task, by=by.actor, at=now, action="want_call", call_market=market, **today)


async def _market(uow: Uow, task: TaskRow) -> str:
    closed = await uow.followups.closed_venues([task.venue_id]) if task.venue_id else ()
    return asking.market_of([(task.due_at, task.id, task.city_code, task.venue_id)], closed)


async def _people(uow: Uow, task: TaskRow) -> list[UUID]:
    """Who is called: the worker, or those who decide for the employer, its owner first."""
    if task.side == "worker":
        return [task.worker_id] if task.worker_id is not None else []
    found: list[UUID] = await uow.followups.deciders_of(task.employer_id)
    return found
