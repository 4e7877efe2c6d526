"""The line: every cause of a free seat promotes, in order, with a yes, and never in the quiet window by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from service.actor import SYSTEM
from service.applications.usecases.answer import accept_application, decline_application, withdraw_application
from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.usecases.cancel import cancel_engagement
from service.errors import Conflict
from service.shifts.lifecycle import SHIFT
from service.shifts.tables import ShiftRow
from service.workers.tables import BlockRow, WorkerRow
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    member_caller,
    officer_caller,
    rows_of,
    run_due_at,
    set_time,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.city import a_member, an_officer


async def a_full_shift(
    ctx: Context, *, starts: datetime, waiting: int, headcount: int = 1
) -> tuple[ShiftRow, list[WorkerRow], list[UUID], list[UUID]]:
    """A shift with every seat taken and people in line: shift, people, seats, applications in line."""
    people = await some_workers(ctx, headcount + waiting)
    _, _, shift = await a_shift_of(ctx, starts=starts, headcount=headcount)
    claims = [await claim_seat(ctx, shift.id, by=worker_caller(person)) for person in people]
    seats = [claim.engagement_id for claim in claims if claim.engagement_id]
    return shift, people, seats, [claim.application_id for claim in claims if claim.outcome == "waitlisted"]


async def states_of(ctx: Context, line: list[UUID]) -> list[str]:
    states = dict(await rows_of(ctx, "select id, state from applications"))
    return [states[application_id] for application_id in line]


# -- the causes of a free seat -------------------------------------------------------------------------

Cause = Callable[[Context, ShiftRow, list[WorkerRow], list[UUID]], Awaitable[None]]


async def worker_cancels(ctx: Context, shift: ShiftRow, people: list[WorkerRow], seats: list[UUID]) -> None:
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="ill_or_injured")


async def employer_cancels(ctx: Context, shift: ShiftRow, people: list[WorkerRow], seats: list[UUID]) -> None:
    async with ctx.uow() as uow:
        employer = await uow.hires.employer(shift.employer_id)
    member = await a_member(ctx, employer)
    await cancel_engagement(ctx, seats[0], by=member_caller(member), reason="less_business")


async def officer_cancels(ctx: Context, shift: ShiftRow, people: list[WorkerRow], seats: list[UUID]) -> None:
    staff = await an_officer(ctx)
    by = officer_caller(staff.id)
    await cancel_engagement(ctx, seats[0], by=by, reason="order_of_authority", for_side="service")


async def headcount_rises(ctx: Context, shift: ShiftRow, people: list[WorkerRow], seats: list[UUID]) -> None:
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(shift.id)
        await uow.edit(row, by=SYSTEM, at=await uow.now(), headcount=row.headcount + 1)


async def absence_is_marked(ctx: Context, shift: ShiftRow, people: list[WorkerRow], seats: list[UUID]) -> None:
    async with ctx.uow() as uow:
        await uow.locks.workers([people[0].id])
        await uow.locks.places([shift.id])
        seat = await uow.engagements.lock(seats[0])
        await uow.move(seat, ENGAGEMENT, "mark_absent", by=SYSTEM, at=await uow.now())


CAUSES = (worker_cancels, employer_cancels, officer_cancels, headcount_rises, absence_is_marked)
TIMES = ((72, "offered", 720), (30, "offered", 240), (10, "offered", 60), (5, "offered", 30), (2.5, "offered", 15))


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize(("hours", "state", "minutes"), TIMES)
async def test_every_cause_holds_the_seat_for_the_first_in_line(
    ctx: Context, cause: Cause, hours: float, state: str, minutes: int
) -> None:
    """Confirm-by follows the ladder; the second keeps waiting; the count of seats is right."""
    await set_time(ctx, NOON)
    shift, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(hours=hours), waiting=2)
    await cause(ctx, shift, people, seats)
    assert await states_of(ctx, line) == [state, "waitlisted"]
    until = await value_of(ctx, "select confirm_by from applications where id = :id", id=line[0])
    assert until == NOON + timedelta(minutes=minutes)
    assert await value_of(ctx, "select count(*) from engagements where state = 'held'") == 1
    assert await breaches(ctx) == []


@pytest.mark.parametrize("cause", CAUSES)
async def test_inside_the_quiet_window_all_are_told_and_the_first_yes_wins(ctx: Context, cause: Cause) -> None:
    await set_time(ctx, NOON)
    shift, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(hours=1, minutes=59), waiting=3)
    await cause(ctx, shift, people, seats)
    assert await states_of(ctx, line) == ["waitlisted"] * 3
    told = await rows_of(ctx, "select person_id from messages where template = 'shift.place_free'")
    assert {row[0] for row in told} == {person.id for person in people[1:]}
    answered = await accept_application(ctx, line[2], by=worker_caller(people[3]))
    assert answered.state == "accepted"
    with pytest.raises(Conflict) as late:
        await accept_application(ctx, line[0], by=worker_caller(people[1]))
    assert late.value.code == "shift_full"
    assert await breaches(ctx) == []


@pytest.mark.parametrize("cause", [absence_is_marked, headcount_rises])
async def test_after_the_start_nobody_is_promoted(ctx: Context, cause: Cause) -> None:
    await set_time(ctx, NOON)
    start = NOON + timedelta(hours=3)
    shift, people, seats, line = await a_full_shift(ctx, starts=start, waiting=1)
    await set_time(ctx, start + timedelta(minutes=30))
    await cause(ctx, shift, people, seats)
    assert await states_of(ctx, line) == ["waitlisted"]
    assert await value_of(ctx, "select count(*) from messages where template = 'shift.place_free'") == 0


async def test_three_cancel_and_the_first_three_are_offered_a_held_seat(ctx: Context) -> None:
    await set_time(ctx, NOON)
    _, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(days=3), waiting=5, headcount=4)
    for person, seat in zip(people[:3], seats[:3], strict=True):
        await cancel_engagement(ctx, seat, by=worker_caller(person), reason="other")
    assert await states_of(ctx, line) == ["offered", "offered", "offered", "waitlisted", "waitlisted"]
    assert await breaches(ctx) == []


# -- yes, no, silence ----------------------------------------------------------------------------------


async def test_a_yes_before_the_time_confirms_and_one_after_it_does_not(ctx: Context) -> None:
    await set_time(ctx, NOON)
    _, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(days=3), waiting=2)
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="other")
    until = NOON + timedelta(minutes=720)
    await set_time(ctx, until - timedelta(seconds=1))
    answered = await accept_application(ctx, line[0], by=worker_caller(people[1]), terms_version=1)
    assert answered.engagement_id is not None
    assert await value_of(ctx, "select sum(minutes) from hours_ledger") == 240
    await run_due_at(ctx, until)
    assert await states_of(ctx, line) == ["accepted", "waitlisted"]
    assert await breaches(ctx) == []


async def test_silence_passes_the_seat_to_the_next_and_the_late_yes_is_refused(ctx: Context) -> None:
    await set_time(ctx, NOON)
    _, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(days=3), waiting=2)
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="other")
    until = NOON + timedelta(minutes=720)
    await set_time(ctx, until)
    with pytest.raises(Conflict) as refused:
        await accept_application(ctx, line[0], by=worker_caller(people[1]))
    assert refused.value.code == "offer_lapsed"
    await run_due_at(ctx, until)
    assert await states_of(ctx, line) == ["lapsed", "offered"]
    assert await value_of(ctx, "select count(*) from engagements where state = 'held'") == 1
    assert await breaches(ctx) == []


async def test_a_no_and_a_withdrawal_pass_the_held_seat_on_at_once(ctx: Context) -> None:
    await set_time(ctx, NOON)
    _, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(days=3), waiting=3)
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="other")
    await decline_application(ctx, line[0], by=worker_caller(people[1]), reason="too_far")
    assert await states_of(ctx, line) == ["declined", "offered", "waitlisted"]
    await withdraw_application(ctx, line[1], by=worker_caller(people[2]), reason="waited_too_long")
    assert await states_of(ctx, line) == ["declined", "withdrawn", "offered"]
    assert await breaches(ctx) == []


async def test_who_may_not_take_the_seat_now_keeps_the_place_in_line(ctx: Context) -> None:
    await set_time(ctx, NOON)
    shift, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(days=3), waiting=2)
    async with ctx.uow() as uow:
        block = BlockRow(employer_id=shift.employer_id, worker_id=people[1].id, set_by="worker")
        await uow.add(block, by=SYSTEM)
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="other")
    assert await states_of(ctx, line) == ["waitlisted", "offered"]
    [told] = await rows_of(ctx, "select params->>'problem' from messages where template = 'application.passed_over'")
    assert told == ("blocked_pair",)


async def test_hired_elsewhere_frees_the_seat_that_was_held(ctx: Context) -> None:
    """The held seat of a sibling goes on through a timer that is due at once (no second shift is locked)."""
    await set_time(ctx, NOON)
    start = NOON + timedelta(days=3)
    _, people, seats, line = await a_full_shift(ctx, starts=start, waiting=2)
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="other")
    _, _, other = await a_shift_of(ctx, starts=start)
    await claim_seat(ctx, other.id, by=worker_caller(people[1]))
    await run_due_at(ctx, NOON)
    assert await states_of(ctx, line) == ["lapsed", "offered"]
    assert await breaches(ctx) == []


async def test_a_shift_called_off_releases_everybody_and_promotes_nobody(ctx: Context) -> None:
    await set_time(ctx, NOON)
    shift, people, seats, line = await a_full_shift(ctx, starts=NOON + timedelta(hours=3), waiting=2, headcount=2)
    await cancel_engagement(ctx, seats[0], by=worker_caller(people[0]), reason="other")
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(shift.id)
        at = await uow.now()
        member = member_caller(await a_member(ctx, await uow.hires.employer(shift.employer_id)))
        await uow.move(row, SHIFT, "cancel", by=member.actor, at=at, reason="less_business", cancelled_at=at)
    assert await states_of(ctx, line) == ["lapsed", "lapsed"]
    ended = await rows_of(ctx, "select state, cancelled_by, cancel_tier from engagements order by created_at")
    assert ("cancelled", "employer", "late") in ended
    assert await value_of(ctx, "select count(*) from engagements where state in ('held', 'confirmed')") == 0
    assert await value_of(ctx, "select taken from shifts where id = :id", id=shift.id) == 0
    assert await breaches(ctx) == []


async def test_the_line_dissolves_when_the_shift_begins(ctx: Context) -> None:
    await set_time(ctx, NOON)
    start = NOON + timedelta(hours=3)
    _, _people, seats, line = await a_full_shift(ctx, starts=start, waiting=2)
    async with ctx.uow() as uow:
        seat = await uow.engagements.get(seats[0])
        await uow.edit(seat, by=SYSTEM, at=NOON, reassured_at=NOON)
    await run_due_at(ctx, start)
    assert await states_of(ctx, line) == ["lapsed", "lapsed"]


async def test_a_place_in_line_is_counted_from_those_still_in_it(ctx: Context) -> None:
    from service.applications.usecases.looking import get_application

    await set_time(ctx, NOON)
    _, people, _, line = await a_full_shift(ctx, starts=NOON + timedelta(days=3), waiting=3)
    await withdraw_application(ctx, line[0], by=worker_caller(people[1]), reason="other")
    view = await get_application(ctx, line[2], by=worker_caller(people[3]))
    assert (view.position, view.state) == (2, "waitlisted")
