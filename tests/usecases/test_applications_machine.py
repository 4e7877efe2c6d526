"""Random walks over everything that can happen to seats: the invariants hold after every step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.applications.usecases.answer import accept_application, decline_application, withdraw_application
from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.engagements.usecases.cancel import cancel_engagement
from service.engagements.usecases.preshift import ask_stand_in
from service.errors import DomainError
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    member_caller,
    rows_of,
    run_due_at,
    set_time,
    some_workers,
    worker_caller,
)
from tests.builders.city import a_member
from tests.sizes import size

EXAMPLES, LONGEST = size((60, 60), (5, 25))
ACTIONS = (
    "claim", "claim", "claim", "claim", "worker_cancels", "employer_cancels", "accept", "accept", "decline", "withdraw",
    "more_seats", "fewer_seats", "time_passes", "two_claims_at_once", "stand_in",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5), st.integers(0, 3)), min_size=5, max_size=LONGEST
)


class Walk:
    """Six people, four shifts (some overlapping), one employer's member, a clock that only goes on."""

    def __init__(self, ctx: Context):
        self.ctx, self.now = ctx, NOON

    async def prepare(self) -> None:
        await set_time(self.ctx, NOON)
        self.people = await some_workers(self.ctx, 6)
        starts = [NOON + timedelta(hours=hours) for hours in (30, 32, 34, 3)]
        made = [await a_shift_of(self.ctx, starts=start, headcount=1 + index % 2) for index, start in enumerate(starts)]
        self.shifts = [shift for _, _, shift in made]
        self.bosses = [member_caller(await a_member(self.ctx, employer)) for employer, _, _ in made]

    async def step(self, action: str, person: int, shift: int) -> None:
        """Do it; a refusal is an answer too."""
        await self._try(getattr(self, action)(person, shift))

    async def _try(self, work: Awaitable[Any]) -> None:
        try:
            await work
        except DomainError:
            return

    async def claim(self, person: int, shift: int) -> None:
        await claim_seat(self.ctx, self.shifts[shift].id, by=worker_caller(self.people[person]))

    async def two_claims_at_once(self, person: int, shift: int) -> None:
        other = (shift + 1) % len(self.shifts)
        await asyncio.gather(self._try(self.claim(person, shift)), self._try(self.claim(person, other)))

    async def _seat(self, person: int, shift: int) -> Any:
        rows = await rows_of(
            self.ctx,
            "select id from engagements where worker_id = :worker and shift_id = :shift and state = 'confirmed'",
            worker=self.people[person].id,
            shift=self.shifts[shift].id,
        )
        return rows[0][0] if rows else None

    async def _application(self, person: int, shift: int) -> Any:
        rows = await rows_of(
            self.ctx,
            "select id from applications where worker_id = :worker and shift_id = :shift"
            " and state in ('waitlisted', 'offered')",
            worker=self.people[person].id,
            shift=self.shifts[shift].id,
        )
        return rows[0][0] if rows else None

    async def worker_cancels(self, person: int, shift: int) -> None:
        seat = await self._seat(person, shift)
        if seat:
            await cancel_engagement(self.ctx, seat, by=worker_caller(self.people[person]), reason="other")

    async def employer_cancels(self, person: int, shift: int) -> None:
        seat = await self._seat(person, shift)
        if seat:
            await cancel_engagement(self.ctx, seat, by=self.bosses[shift], reason="less_business")

    async def stand_in(self, person: int, shift: int) -> None:
        seat = await self._seat(person, shift)
        if seat:
            from service.applications.usecases.stand_in import claim_stand_in

            await ask_stand_in(self.ctx, seat, by=worker_caller(self.people[person]))
            other = self.people[(person + 1) % len(self.people)]
            await claim_stand_in(self.ctx, self.shifts[shift].id, by=worker_caller(other))

    async def accept(self, person: int, shift: int) -> None:
        application = await self._application(person, shift)
        if application:
            await accept_application(self.ctx, application, by=worker_caller(self.people[person]))

    async def decline(self, person: int, shift: int) -> None:
        application = await self._application(person, shift)
        if application:
            by = worker_caller(self.people[person])
            await decline_application(self.ctx, application, by=by, reason="other")

    async def withdraw(self, person: int, shift: int) -> None:
        application = await self._application(person, shift)
        if application:
            by = worker_caller(self.people[person])
            await withdraw_application(self.ctx, application, by=by, reason="other")

    async def more_seats(self, person: int, shift: int) -> None:
        await self._headcount(shift, 1)

    async def fewer_seats(self, person: int, shift: int) -> None:
        await self._headcount(shift, -1)

    async def _headcount(self, shift: int, change: int) -> None:
        async with self.ctx.uow() as uow:
            row = await uow.shifts.lock(self.shifts[shift].id)
            wanted = max(1, row.headcount + change)
            if wanted >= row.taken:
                await uow.edit(row, by=self.bosses[shift].actor, at=await uow.now(), headcount=wanted)

    async def time_passes(self, person: int, shift: int) -> None:
        self.now += timedelta(minutes=20 * (1 + person) * (1 + shift))
        await run_due_at(self.ctx, self.now)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_no_walk_breaks_the_count_the_overlap_or_the_log(ctx: Context, steps: list[tuple[str, int, int]]) -> None:
    """taken == count(seated) <= headcount, no overlap, version == log lines, hours only for seats that stand."""
    walk = Walk(ctx)
    await walk.prepare()
    for action, person, shift in steps:
        await walk.step(action, person, shift)
        assert await breaches(ctx) == [], (action, person, shift)
