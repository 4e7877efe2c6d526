"""Holds under races, on separate connections: no seat after the hold, nothing shown beside it, one second person."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.db.violations import TryAgain
from service.errors import DomainError
from service.holds.usecases.deciding import confirm_hold, lift_hold
from service.holds.usecases.placing import place_hold
from service.http.caller import Caller
from service.postings.usecases.writing import create_posting
from tests.builders import city
from tests.builders.applications import (
    a_shift_of,
    breaches,
    member_caller,
    officer_caller,
    rows_of,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.postings import XUHUI, next_week
from tests.usecases.test_reviews_races import outcome

ROUNDS = 4
WHY: dict[str, Any] = {"reason": "unsafe", "sentence": None}
CLAIMANTS = 6


async def an_officer(ctx: Context) -> Caller:
    return officer_caller((await city.an_officer(ctx)).id)


async def until_done(work: Any) -> Any:
    """As a client does: a deadlock is tried again, a refusal is an answer."""
    for _ in range(5):
        try:
            return await work()
        except TryAgain:
            await asyncio.sleep(0.02)
        except DomainError as error:
            return error.code
    raise AssertionError("never came through")


async def test_no_seat_is_given_once_a_hold_stands(ctx: Context) -> None:
    """Claims beside a hold: those that were first have their seats, the others none; the counts agree; afterwards
    nobody gets one."""
    officer = await an_officer(ctx)
    for _ in range(ROUNDS):
        _, posting, shift = await a_shift_of(ctx, headcount=CLAIMANTS)
        people = await some_workers(ctx, CLAIMANTS + 1)
        works = [partial(claim_seat, ctx, shift.id, by=worker_caller(who)) for who in people[:CLAIMANTS]]
        works.insert(CLAIMANTS // 2, partial(place_hold, ctx, "posting", posting.id, **WHY, by=officer))
        told = await asyncio.gather(*(until_done(work) for work in works))
        held_at = await value_of(ctx, "select created_at from holds where subject_id = :id", id=posting.id)
        assert held_at is not None, told
        seats = len([each for each in told if not isinstance(each, str)]) - 1
        assert await value_of(ctx, "select taken from shifts where id = :id", id=shift.id) == seats
        late = await until_done(partial(claim_seat, ctx, shift.id, by=worker_caller(people[-1])))
        assert late in ("not_found", "posting_paused"), late
        assert await breaches(ctx) == []


async def test_nothing_is_shown_beside_the_hold_of_its_employer(ctx: Context) -> None:
    """Offers at once with the hold: each was refused, or is paused with the others."""
    officer = await an_officer(ctx)
    for _ in range(ROUNDS):
        employer = await city.an_employer(ctx)
        owner = member_caller(await city.a_member(ctx, employer))
        start = next_week()
        asked = {
            "trade": "dishwashing", "headcount": 1, "pay": {"amount_fen": 2600, "unit": "hour"},
            "time": {"starts_at": start, "ends_at": start + timedelta(hours=4)},
            "place": {"address": "某路3号", "district_code": XUHUI},
        }  # fmt: skip
        works = [partial(create_posting, ctx, by=owner, asked=asked, submit=True) for _ in range(4)]
        works.insert(2, partial(place_hold, ctx, "employer", employer.id, **WHY, by=officer))
        await asyncio.gather(*(until_done(work) for work in works))
        states = await rows_of(ctx, "select state, paused_by from postings where employer_id = :id", id=employer.id)
        assert set(states) <= {("paused", "hold")}, states
        assert await value_of(ctx, "select state from employers where id = :id", id=employer.id) == "held"


async def test_of_officers_who_hold_the_same_at_once_one_does(ctx: Context) -> None:
    """One open hold; the others are told so."""
    callers = [await an_officer(ctx) for _ in range(5)]
    _, posting, _ = await a_shift_of(ctx)
    told = await asyncio.gather(
        *(outcome(place_hold(ctx, "posting", posting.id, reason="unsafe", sentence=None, by=each)) for each in callers)
    )
    assert sorted(each for each in told if isinstance(each, str)) == ["hold_open"] * 4
    assert await value_of(ctx, "select count(*) from holds") == 1


async def test_a_hold_is_confirmed_or_lifted_and_never_both(ctx: Context) -> None:
    """Two second officers at once: the posting is what the one decision says."""
    first, second, third = [await an_officer(ctx) for _ in range(3)]
    for _ in range(ROUNDS):
        _, posting, _ = await a_shift_of(ctx)
        held = await place_hold(ctx, "posting", posting.id, reason="unsafe", sentence=None, by=first)
        told = await asyncio.gather(
            outcome(confirm_hold(ctx, held.id, reason="other", by=second)), outcome(lift_hold(ctx, held.id, by=third))
        )
        assert sorted(isinstance(each, str) for each in told) == [False, True], told
    kept = await rows_of(ctx, "select h.state, p.state from holds h join postings p on p.id = h.subject_id")
    assert set(kept) <= {("confirmed", "taken_down"), ("lifted", "published"), ("lifted", "filled")}


async def test_the_row_itself_refuses_the_same_person_twice(ctx: Context) -> None:
    """Whatever the code may do: who placed a hold cannot stand as who decided it."""
    officer = await an_officer(ctx)
    _, posting, _ = await a_shift_of(ctx)
    held = await place_hold(ctx, "posting", posting.id, reason="unsafe", sentence=None, by=officer)

    async def write() -> None:
        async with ctx.uow() as uow:
            row = await uow.holds.lock(held.id)
            row.state, row.decided_by, row.closed_at = "lifted", officer.account_id, await uow.now()

    assert await outcome(write()) == "value_out_of_range"
    assert await value_of(ctx, "select state from holds") == "open"
