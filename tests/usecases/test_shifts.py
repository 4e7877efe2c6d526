"""Seats under rivalry, and the posting closing beside them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from service.actor import SYSTEM
from service.context import Context
from service.errors import Conflict, Missing
from service.postings.lifecycle import POSTING
from service.shifts.lifecycle import SHIFT
from tests.builders import city


async def take_one(ctx: Context, shift_id: UUID) -> bool:
    async with ctx.uow() as uow:
        shift = await uow.shifts.lock(shift_id)
        return await uow.shifts.take(shift, now=await uow.now())


async def test_rivals_never_get_more_seats_than_there_are(ctx: Context) -> None:
    """Forty takers, ten seats: exactly ten yeses, and the counter says ten."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    shift = await city.a_shift(ctx, posting, headcount=10)
    answers = await asyncio.gather(*(take_one(ctx, shift.id) for _ in range(40)))
    assert sum(answers) == 10
    async with ctx.uow() as uow:
        assert (await uow.shifts.get(shift.id)).taken == 10


async def test_a_seat_and_a_closing_are_one_after_the_other(ctx: Context) -> None:
    """INV-04: a posting paused beside ten takers; after the pause is told, nobody gets a seat any more."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    shift = await city.a_shift(ctx, posting, headcount=10)

    async def close() -> int:
        async with ctx.uow() as uow:
            await uow.shifts.lock_open(posting.id)
            row = await uow.postings.lock(posting.id)
            await uow.move(row, POSTING, "pause", by=SYSTEM, at=await uow.now())
            await uow.flush()
            return (await uow.shifts.lock(shift.id)).taken

    before, *answers = await asyncio.gather(close(), *(take_one(ctx, shift.id) for _ in range(10)))
    async with ctx.uow() as uow:
        assert (await uow.shifts.get(shift.id)).taken == before == sum(answers)
    assert not await take_one(ctx, shift.id)


@pytest.mark.parametrize("state", sorted(POSTING.states - {"published", "filled"}))
async def test_no_seat_on_what_is_not_offered(ctx: Context, state: str) -> None:
    """Every other state of the posting refuses a seat."""
    employer = await city.an_employer(ctx)
    target = {"merged_into": (await city.a_posting(ctx, employer)).id} if state == "merged" else {}
    posting = await city.a_posting(ctx, employer, state=state, **target)
    shift = await city.a_shift(ctx, posting)
    assert not await take_one(ctx, shift.id)


async def test_no_seat_in_what_has_begun_ended_or_is_off(ctx: Context) -> None:
    """Begun refuses unless it is asked for (a hire by sight); cancelled and ended refuse always."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    now = await city.now_of(ctx)
    begun = await city.a_shift(ctx, posting, starts=(now - timedelta(minutes=1)).replace(microsecond=0))
    later = await city.a_shift(ctx, posting)
    assert not await take_one(ctx, begun.id)
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(begun.id)
        assert await uow.shifts.take(row, now=await uow.now(), begun=True)
        other = await uow.shifts.lock(later.id)
        await uow.move(other, SHIFT, "cancel", by=SYSTEM, at=now, cancelled_at=now)
        await uow.flush()
        assert not await uow.shifts.take(other, now=now, begun=True)


async def test_a_free_seat_is_freed_once(ctx: Context) -> None:
    """Below none taken there is nothing to free."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    shift = await city.a_shift(ctx, posting)
    assert await take_one(ctx, shift.id)
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(shift.id)
        now = await uow.now()
        assert [await uow.shifts.free(row, now=now), await uow.shifts.free(row, now=now)] == [True, False]


async def test_shifts_are_locked_in_the_order_of_their_ids(ctx: Context) -> None:
    """Two who lock the same shifts from both ends do not stand in each other's way."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    now = await city.now_of(ctx)
    shifts = [await city.a_shift(ctx, posting, starts=now + timedelta(hours=n + 1)) for n in range(6)]

    async def lock(ids: list[UUID]) -> list[UUID]:
        async with ctx.uow() as uow:
            rows = await uow.shifts.lock_many(ids)
            await asyncio.sleep(0.01)
            return [row.id for row in rows]

    ids = [shift.id for shift in shifts]
    answers = await asyncio.gather(*(lock(ids if n % 2 else ids[::-1]) for n in range(8)))
    assert all(answer == sorted(ids) for answer in answers)
    with pytest.raises(Missing):
        async with ctx.uow() as uow:
            await uow.shifts.lock(posting.id)


async def test_every_sequence_keeps_the_counter_within_the_model(ctx: Context) -> None:
    """The database agrees with the plain model over a long mixed sequence."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    shift = await city.a_shift(ctx, posting, headcount=3)
    taken = 0
    async with ctx.uow() as uow:
        row, now = await uow.shifts.lock(shift.id), await uow.now()
        for action in "ttttffftftttfffffttf":
            if action == "t":
                assert await uow.shifts.take(row, now=now) is (taken < 3)
                taken = min(3, taken + 1)
            else:
                assert await uow.shifts.free(row, now=now) is (taken > 0)
                taken = max(0, taken - 1)
            assert row.taken == taken


async def test_the_same_occurrence_twice_is_refused_by_the_database(ctx: Context) -> None:
    """Whatever the code does, one posting has one shift of one occurrence."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    shift = await city.a_shift(ctx, posting)
    with pytest.raises(Conflict):
        await city.a_shift(ctx, posting, starts=shift.starts_at)


async def test_moves_of_shifts_are_logged(ctx: Context) -> None:
    """Versions equal log lines after counters moved: seats are not versions."""
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    shift = await city.a_shift(ctx, posting)
    await take_one(ctx, shift.id)
    async with ctx.uow() as uow:
        row, now = await uow.shifts.lock(shift.id), await uow.now()
        await uow.move(row, SHIFT, "cancel", by=SYSTEM, at=now, reason="bad_weather", cancelled_at=now)
    async with ctx.database.sessions() as session, session.begin():
        lines = await session.execute(
            text("select version, action from transitions where entity_id = :id order by version"), {"id": shift.id}
        )
        assert [tuple(line) for line in lines] == [(1, "create"), (2, "cancel")]
