"""What a posting that expired or was taken down means for its shifts: nobody new, and a word to who has a seat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.actor import Actor
from service.applications.usecases.apply import apply_to_posting
from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.engagements.usecases.cancel import cancel_engagement
from service.errors import Conflict
from service.postings.lifecycle import POSTING
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    rows_of,
    run_due_at,
    set_time,
    value_of,
    worker_caller,
)
from tests.builders.city import a_worker, an_officer

TOLD = "select template, params->>'reason' from messages where person_id = :id and template <> 'application.sent'"


async def _market(ctx: Context, **more: Any) -> tuple[Any, Any, list[Any], Any]:
    """A posting with a free seat, somebody hired, somebody who applied, a third; and the seat."""
    await set_time(ctx, NOON)
    _, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=3), **more)
    people = [await a_worker(ctx) for _ in range(3)]
    seat = await claim_seat(ctx, shift.id, by=worker_caller(people[0]))
    await apply_to_posting(ctx, posting.id, shift_ids=[shift.id], by=worker_caller(people[1]))
    return posting, shift, people, seat.engagement_id


async def _move(ctx: Context, posting: Any, action: str, reason: str | None = None) -> None:
    officer = Actor("officer", (await an_officer(ctx)).id)
    async with ctx.uow() as uow:
        await uow.shifts.lock_open(posting.id)
        row, now = await uow.postings.lock(posting.id), await uow.now()
        gone = {} if action in ("appeal", "uphold") else {"closed_at": now}
        await uow.move(row, POSTING, action, by=officer, at=now, reason=reason, **gone)


async def _state(ctx: Context, table: str, worker: Any) -> Any:
    return await value_of(ctx, f"select state from {table} where worker_id = :id", id=worker.id)


async def test_a_posting_that_expired_before_its_shift_gives_no_seat_and_keeps_those_that_are_taken(
    ctx: Context,
) -> None:
    """Nobody waits for a seat that cannot come: who had applied hears that it is closed; who is hired works."""
    posting, shift, people, _ = await _market(ctx, valid_until=NOON + timedelta(hours=1))
    async with ctx.uow() as uow:
        await uow.schedule("posting.expire", posting.id, NOON + timedelta(hours=1))
    await run_due_at(ctx, NOON + timedelta(hours=1))
    assert await value_of(ctx, "select state from postings where id = :id", id=posting.id) == "expired"
    with pytest.raises(Conflict, match="posting_closed"):
        await claim_seat(ctx, shift.id, by=worker_caller(people[2]))
    assert [await _state(ctx, "engagements", people[0]), await _state(ctx, "applications", people[1])] == [
        "confirmed", "lapsed",
    ]  # fmt: skip
    assert await rows_of(ctx, TOLD, id=people[1].id) == [("application.posting_closed", None)]
    assert await breaches(ctx) == []


async def test_who_is_hired_for_what_is_taken_down_hears_why_and_may_stay_away(ctx: Context) -> None:
    """At once with the reason; to cancel does not count; the seat of who waits goes when the removal is final."""
    posting, shift, people, seat = await _market(ctx, headcount=3)
    stays = await claim_seat(ctx, shift.id, by=worker_caller(people[2]))
    await _move(ctx, posting, "take_down", "false_information")
    with pytest.raises(Conflict, match="posting_closed"):
        await claim_seat(ctx, shift.id, by=worker_caller(await a_worker(ctx)))
    for hired in (people[0], people[2]):
        assert await rows_of(ctx, TOLD, id=hired.id) == [("engagement.taken_down", "false_information")]
    assert await _state(ctx, "applications", people[1]) == "sent"
    await set_time(ctx, NOON + timedelta(days=2, hours=23))
    await cancel_engagement(ctx, seat, by=worker_caller(people[0]), reason="transport_failed")
    marks = "select kind, state, excused_reason from reliability_events where worker_id = :id"
    assert await rows_of(ctx, marks, id=people[0].id) == [("late_cancel", "excused", "taken_down")]
    await _move(ctx, posting, "appeal")
    await _move(ctx, posting, "uphold", "false_information")
    assert await value_of(ctx, "select state from engagements where id = :id", id=stays.engagement_id) == "cancelled"
    assert ("engagement.cancelled", "false_information") in await rows_of(ctx, TOLD, id=people[2].id)
    assert await _state(ctx, "applications", people[1]) == "lapsed"
    assert await breaches(ctx) == []
