"""Seats under races, on separate connections: reduced by default, at full size with LINGGONG_TRIALS=1."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from service.actor import SYSTEM
from service.applications.usecases.answer import accept_application
from service.applications.usecases.apply import apply_to_posting
from service.applications.usecases.claim import claim_seat
from service.applications.usecases.decide import Decision, decide_applications
from service.applications.usecases.hires import accept_hire
from service.context import Context
from service.db.violations import TryAgain
from service.engagements.usecases.cancel import cancel_engagement
from service.errors import Conflict, DomainError, Unready
from service.postings.lifecycle import POSTING
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    member_caller,
    rows_of,
    run_due_at,
    set_time,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer
from tests.sizes import FULL

CLAIMANTS, SEATS, REPEATS = (200, 10, 5) if FULL else (40, 5, 1)
ROUNDS = 50 if FULL else 8
AT_ONCE = 8


async def one(work: Awaitable[Any], gate: asyncio.Semaphore) -> Any:
    """The outcome of one piece of work, or the code of its refusal."""
    async with gate:
        try:
            return await work
        except DomainError as error:
            return error.code
        except TryAgain:
            return "deadlock"


async def race(works: Sequence[Awaitable[Any]]) -> list[Any]:
    """All at once, as many as there are connections."""
    gate = asyncio.Semaphore(AT_ONCE)
    return list(await asyncio.gather(*(one(work, gate) for work in works)))


@pytest.mark.parametrize("repeat", range(REPEATS))
async def test_many_claim_few_seats_beside_hires_by_sight_of_the_same_people(ctx: Context, repeat: int) -> None:
    """Exactly the seats are confirmed, one order in line, nobody in two places; cancel three, offer three."""
    await set_time(ctx, NOON)
    start = NOON + timedelta(days=3)
    people = await some_workers(ctx, CLAIMANTS)
    _, _, shift = await a_shift_of(ctx, starts=start, headcount=SEATS)
    hires = await _proposals(ctx, people[: CLAIMANTS // 2])
    claims = [claim_seat(ctx, shift.id, by=worker_caller(who)) for who in people]
    accepts = [accept_hire(ctx, hire, by=worker_caller(who)) for who, hire in hires]
    mixed = [work for pair in zip(claims, accepts, strict=False) for work in pair] + claims[len(accepts) :]
    answers = await race(mixed)
    assert "deadlock" not in answers
    seats = await rows_of(
        ctx, "select id, worker_id from engagements where shift_id = :id and state = 'confirmed'", id=shift.id
    )
    assert len(seats) == SEATS
    line = await rows_of(
        ctx,
        "select id, worker_id, wait_number from applications where shift_id = :id and state = 'waitlisted'"
        " order by wait_number",
        id=shift.id,
    )
    numbers = [row[2] for row in line]
    assert numbers == sorted(set(numbers))
    assert await breaches(ctx) == []
    gone = seats[:3]
    await race([cancel_engagement(ctx, seat, by=worker_caller(who), reason="other") for seat, who in gone])
    offered = await rows_of(
        ctx, "select id from applications where shift_id = :id and state = 'offered' order by wait_number", id=shift.id
    )
    assert offered == [(row[0],) for row in line[:3]]
    assert await breaches(ctx) == []


async def _proposals(ctx: Context, people: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Deals by sight for tomorrow, beside the shift: another employer each time, no overlap with it."""
    from service.applications.usecases.hires import Deal, propose_hire

    employer = await an_employer(ctx)
    boss = member_caller(await a_member(ctx, employer))
    made = []
    for who in people:
        async with ctx.uow() as uow:
            word = await uow.worker_codes.new_word(who.id, digits=6, until=NOON + timedelta(minutes=10))
        deal = Deal(word, "dishwashing", 2500, "hour", "daily", NOON + timedelta(hours=3), place={"address": "某路"})
        made.append((who, (await propose_hire(ctx, deal, by=boss)).id))
    return made


SPANS = {
    "overlapping": ((0, 4), (2, 4), False),
    "touching": ((0, 4), (4, 4), True),
    "contained": ((0, 8), (2, 2), False),
    "overnight": ((10, 8), (16, 8), False),
    "the same": ((0, 4), (0, 4), False),
}


@pytest.mark.parametrize("kind", SPANS)
async def test_one_worker_two_employers_raced(ctx: Context, kind: str) -> None:
    """Overlaps are refused naming the conflict, touching is allowed (INV-01)."""
    await set_time(ctx, NOON)
    (start_a, hours_a), (start_b, hours_b), both = SPANS[kind]
    for day in range(ROUNDS):
        worker = await a_worker(ctx, certificates=())
        base = NOON + timedelta(days=2 + day % 20)
        _, _, first = await a_shift_of(ctx, starts=base + timedelta(hours=start_a), hours=hours_a)
        _, _, second = await a_shift_of(ctx, starts=base + timedelta(hours=start_b), hours=hours_b)
        answers = await asyncio.gather(
            *(
                one(claim_seat(ctx, shift.id, by=worker_caller(worker)), asyncio.Semaphore())
                for shift in (first, second)
            )
        )
        refused = [answer for answer in answers if isinstance(answer, str)]
        assert refused == ([] if both else ["overlap"])
    assert await breaches(ctx) == []


async def test_the_overlap_refusal_of_a_race_names_the_seat_that_won(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    start = NOON + timedelta(days=2)
    _, _, first = await a_shift_of(ctx, starts=start)
    _, _, second = await a_shift_of(ctx, starts=start + timedelta(hours=1))

    async def claim(shift_id: Any) -> Any:
        try:
            return await claim_seat(ctx, shift_id, by=worker_caller(worker))
        except Conflict as error:
            return error

    answers = await asyncio.gather(claim(first.id), claim(second.id))
    lost = next(answer for answer in answers if isinstance(answer, Conflict))
    won = next(answer for answer in answers if not isinstance(answer, Conflict))
    assert (lost.code, lost.facts["engagement_id"]) == ("overlap", won.engagement_id)


async def test_closing_a_posting_against_claims_lets_nobody_in_afterwards(ctx: Context) -> None:
    """INV-04: what the closing transaction counts behind its lock is all there ever will be."""
    await set_time(ctx, NOON)
    people = await some_workers(ctx, 4)
    outcomes: Counter[str] = Counter()
    for turn in range(ROUNDS):
        start = NOON + timedelta(days=2 + turn)
        _, posting, shift = await a_shift_of(ctx, starts=start, headcount=4)

        async def pause(posting_id: Any = posting.id) -> int:
            async with ctx.uow() as uow:
                row = await uow.postings.lock(posting_id)
                await uow.move(row, POSTING, "pause", by=SYSTEM, at=await uow.now())
                await uow.flush()
                return await count_seats(uow.session, posting_id)

        claims = [claim_seat(ctx, shift.id, by=worker_caller(who)) for who in people]
        answers = await race([*claims[:2], pause(), *claims[2:]])
        seen = answers.pop(2)
        outcomes.update(answer if isinstance(answer, str) else "seat" for answer in answers)
        assert await value_of(ctx, "select count(*) from engagements where shift_id = :id", id=shift.id) == seen
    assert set(outcomes) <= {"seat", "posting_paused"}
    assert await breaches(ctx) == []


async def count_seats(session: AsyncSession, posting_id: Any) -> int:
    """Seats of a posting that are committed by now."""
    found = await session.execute(text("select count(*) from engagements where posting_id = :id"), {"id": posting_id})
    return int(found.scalar_one())


async def test_double_confirmation_of_pending_applications_never_oversells(ctx: Context) -> None:
    """INV-05: the same decisions from two members at once, more applications than seats."""
    await set_time(ctx, NOON)
    employer = await an_employer(ctx)
    members = [member_caller(await a_member(ctx, employer)) for _ in range(2)]
    posting = await a_posting(ctx, employer, claimable=False)
    shift = await a_shift(ctx, posting, starts=NOON + timedelta(days=2), headcount=3)
    people = await some_workers(ctx, 8)
    sent = [
        (await apply_to_posting(ctx, posting.id, by=worker_caller(who), shift_ids=[shift.id])).applications[0].id
        for who in people
    ]
    yes = [Decision(application_id, "accept") for application_id in sent]
    answers = await race([decide_applications(ctx, posting.id, yes, by=member) for member in members])
    done = Counter(one.done for decided in answers for one in decided)
    assert done[True] == 3
    assert await value_of(ctx, "select taken from shifts where id = :id", id=shift.id) == 3
    assert await breaches(ctx) == []


async def test_a_free_place_in_the_quiet_window_goes_to_one_of_many_yeses(ctx: Context) -> None:
    await set_time(ctx, NOON)
    people = await some_workers(ctx, 7)
    _, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(hours=1), headcount=1)
    claims = [await claim_seat(ctx, shift.id, by=worker_caller(who)) for who in people]
    seat = claims[0].engagement_id
    assert seat is not None
    await cancel_engagement(ctx, seat, by=worker_caller(people[0]), reason="other")
    yeses = [
        accept_application(ctx, claim.application_id, by=worker_caller(who))
        for who, claim in zip(people[1:], claims[1:], strict=True)
    ]
    answers = await race(yeses)
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"shift_full": 5}
    assert await breaches(ctx) == []


async def test_a_timer_and_a_yes_race_and_exactly_one_wins(ctx: Context) -> None:
    """INV-20: at the instant the seat is either confirmed or passed on, never both."""
    start = NOON + timedelta(days=3)
    for _ in range(ROUNDS):
        await set_time(ctx, NOON)
        first, second, third = await some_workers(ctx, 3)
        _, _, shift = await a_shift_of(ctx, starts=start, headcount=1)
        claims = [await claim_seat(ctx, shift.id, by=worker_caller(who)) for who in (first, second, third)]
        seat = claims[0].engagement_id
        assert seat is not None
        await cancel_engagement(ctx, seat, by=worker_caller(first), reason="other")
        yes = accept_application(ctx, claims[1].application_id, by=worker_caller(second))
        await asyncio.gather(
            one(yes, asyncio.Semaphore()), run_due_at(ctx, NOON + timedelta(minutes=720)), return_exceptions=True
        )
        await run_due_at(ctx, NOON + timedelta(minutes=720))
        states = await rows_of(
            ctx, "select state from applications where shift_id = :id order by wait_number nulls first", id=shift.id
        )
        assert [row[0] for row in states[1:]] in (["accepted", "waitlisted"], ["lapsed", "offered"])
        assert await breaches(ctx) == []


async def test_cancelling_twice_at_once_frees_one_seat(ctx: Context) -> None:
    """INV-06: one of several equal cancellations wins, the others are told."""
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    _, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2))
    seat = (await claim_seat(ctx, shift.id, by=worker_caller(worker))).engagement_id
    assert seat is not None
    answers = await race([cancel_engagement(ctx, seat, by=worker_caller(worker), reason="other") for _ in range(5)])
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"wrong_state": 4}
    assert await value_of(ctx, "select taken from shifts where id = :id", id=shift.id) == 0
    assert await breaches(ctx) == []


async def test_part_time_hours_hold_under_races(ctx: Context) -> None:
    """INV-08: eight shifts of four hours at once, six fit a week."""
    from datetime import UTC, datetime

    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employer = await an_employer(ctx)
    monday = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    posting = await a_posting(ctx, employer, job_kind="part_time")
    shifts = [
        await a_shift(ctx, posting, starts=monday + timedelta(days=day, hours=hour))
        for day in range(4)
        for hour in (0, 5)
    ]
    answers = await race([claim_seat(ctx, shift.id, by=worker_caller(worker)) for shift in shifts])
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {"part_time_week": 2}
    assert await value_of(ctx, "select sum(minutes) from hours_ledger") == 1440


async def test_crossing_cancellations_and_claims_do_not_deadlock(ctx: Context) -> None:
    """People move between two shifts both ways at once; all come to an end, nothing breaks."""
    await set_time(ctx, NOON)
    start = NOON + timedelta(days=3)
    people = await some_workers(ctx, 8)
    _, _, one_shift = await a_shift_of(ctx, starts=start, headcount=2)
    _, _, other_shift = await a_shift_of(ctx, starts=start, headcount=2)

    async def wander(index: int, who: Any) -> None:
        by = worker_caller(who)
        for turn in range(6):
            shift = (one_shift, other_shift)[(index + turn) % 2]
            with suppress(Conflict, Unready):
                claim = await claim_seat(ctx, shift.id, by=by)
                if claim.engagement_id is not None:
                    await cancel_engagement(ctx, claim.engagement_id, by=by, reason="other")

    async with asyncio.timeout(120):
        await asyncio.gather(*(wander(index, who) for index, who in enumerate(people)))
    await run_due_at(ctx, NOON)
    assert await breaches(ctx) == []
