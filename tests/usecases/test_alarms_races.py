"""Alarms under races, on separate connections: one alarm, one end of the work, one person on a seat left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from service.alarms.usecases import handling, pressing
from service.applications.usecases.claim import claim_seat
from service.attendance import usecases as attendance
from service.context import Context
from service.db.violations import TryAgain
from service.errors import DomainError
from service.invariants import breaches
from tests.builders.alarms import at_work, duty_officer, press
from tests.builders.applications import rows_of, some_workers, value_of
from tests.builders.attendance import START, at, worker_caller
from tests.usecases.test_alarms import HOUR, MARKS

ROUNDS = 4


async def until_done(work: Callable[[], Awaitable[Any]]) -> Any:
    """As a client does: a deadlock is tried again, a refusal is an answer."""
    for _ in range(8):
        try:
            return await work()
        except TryAgain:
            await asyncio.sleep(0.02)
        except DomainError as error:
            return error.code
    raise AssertionError("never came through")


async def race(*works: Callable[[], Awaitable[Any]]) -> list[Any]:
    return list(await asyncio.gather(*(until_done(work) for work in works)))


async def test_many_fingers_make_one_alarm_of_each_side(ctx: Context) -> None:
    """Four presses of the worker beside four of the employer: two alarms, officers told once for each."""
    scene, _ = await at_work(ctx), await duty_officer(ctx)
    works = [partial(press, ctx, scene, by=by) for by in (scene.as_worker, scene.as_member) for _ in range(4)]
    made = await race(*works)
    assert not [each for each in made if isinstance(each, str)]
    assert Counter(Counter(each.id for each in made).values()) == {4: 2}
    assert await value_of(ctx, "select count(*) from alarms") == 2
    assert await value_of(ctx, "select count(*) from due_work where kind = 'message.staff'") == 2
    assert await breaches(ctx) == []


async def test_leaving_beside_checking_out_ends_the_work_once(ctx: Context) -> None:
    """One of them has ended it, the other is told so; hours once; whoever left on the alarm has no mark."""
    for _ in range(ROUNDS):
        scene = await at_work(ctx)
        await at(ctx, START + HOUR)
        told = await race(
            partial(press, ctx, scene, leaving=True),
            partial(
                attendance.check_out, ctx, scene.engagement.id, at=None, reason="left_by_own_wish", by=scene.as_worker
            ),
        )
        refused = [each for each in told if isinstance(each, str)]
        assert refused == ["wrong_state"]
        mine = {"id": scene.engagement.id}
        assert await value_of(ctx, "select count(*) from timesheets where engagement_id = :id", **mine) == 1
        left = not isinstance(told[0], str)
        state = await value_of(ctx, "select state from engagements where id = :id", **mine)
        assert state == ("broken_off" if left else "ended_early")
        against = "select count(*) from reliability_events where engagement_id = :id and kind = 'left_early'"
        assert await value_of(ctx, against, **mine) == (0 if left else 1)
    assert await breaches(ctx) == []


async def test_a_seat_left_goes_to_one_of_many_and_no_other_seat_with_it(ctx: Context) -> None:
    """Claims beside the leaving, then all again: exactly one has it, though a second seat was never taken."""
    for _ in range(ROUNDS):
        scene = await at_work(ctx)
        await at(ctx, START + HOUR)
        people = [worker_caller(row.id) for row in await some_workers(ctx, 6)]
        claims = [partial(claim_seat, ctx, scene.shift.id, by=who) for who in people]
        told = await race(*claims[:3], partial(press, ctx, scene, leaving=True), *claims[3:])
        told += await race(*claims)
        seated = [each for each in told if getattr(each, "outcome", None) == "confirmed"]
        assert len(seated) == 1
        shift = {"id": scene.shift.id}
        assert await rows_of(ctx, "select taken, headcount from shifts where id = :id", **shift) == [(1, 2)]
        begins = "select starts_at > :then from engagements where shift_id = :id and state = 'confirmed'"
        assert await rows_of(ctx, begins, then=START + HOUR, **shift) == [(True,)]
    assert await breaches(ctx) == []


async def test_leaving_beside_an_officer_who_closes(ctx: Context) -> None:
    """Left and closed, or closed first and left no more; never a seat that is neither kept nor open."""
    for _ in range(ROUNDS):
        scene, officer = await at_work(ctx), await duty_officer(ctx)
        made = await press(ctx, scene, kind="danger")
        await handling.take(ctx, made.id, by=officer)
        close = partial(handling.close, result="founded", place_is_safe=True, words=None, by=officer)
        told = await race(
            partial(pressing.leave_on, ctx, made.id, back_in_line=False, on_behalf=None, by=scene.as_worker),
            partial(close, ctx, made.id),
        )
        assert [each for each in told if isinstance(each, str)] in ([], ["wrong_state"])
        left = not isinstance(told[0], str)
        state = await value_of(ctx, "select state from engagements where id = :id", id=scene.engagement.id)
        assert state == ("broken_off" if left else "on_duty")
    assert await rows_of(ctx, MARKS) == []
    assert await breaches(ctx) == []


async def test_one_of_many_officers_takes_it(ctx: Context) -> None:
    """The others hear that somebody has it."""
    scene = await at_work(ctx)
    made = await press(ctx, scene)
    officers = [await duty_officer(ctx) for _ in range(4)]
    told = await race(*(partial(handling.take, ctx, made.id, by=officer) for officer in officers))
    assert Counter(each if isinstance(each, str) else "taken" for each in told) == {"taken": 1, "alarm_taken": 3}
