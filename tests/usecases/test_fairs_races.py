"""Fairs under races, on separate connections: no place and no booth twice, numbers dense, nobody's turn lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from service.actor import SYSTEM
from service.context import Context
from service.errors import DomainError
from service.fairs.tables import FairRow
from service.fairs.usecases.booths import ask_for_booth, confirm_booth
from service.fairs.usecases.entries import sign_up_for_fair, withdraw_fair_entry
from service.fairs.usecases.proposing import make_proposed_fair, propose_fairs
from service.fairs.usecases.running import call_off_fair
from tests.builders import city
from tests.builders.applications import (
    a_shift_of,
    breaches,
    member_caller,
    officer_caller,
    rows_of,
    set_time,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.fairs import a_fair, a_proposal, on
from tests.usecases.test_holds_races import until_done

ROUNDS = 3
CROWD = 12


async def fair_of(ctx: Context, **more: Any) -> tuple[FairRow, Any]:
    """(a fair that goes on, its officer)."""
    staff = await city.an_officer(ctx)
    return await a_fair(ctx, staff.id, **more), officer_caller(staff.id)


def signing(ctx: Context, fair_id: UUID, worker: Any) -> Any:
    return partial(sign_up_for_fair, ctx, fair_id, None, in_audience=True, by=worker_caller(worker), on_behalf=None)


async def states(ctx: Context, fair_id: UUID) -> list[tuple[int, str]]:
    """(number, state) of everybody, by number."""
    return await rows_of(ctx, "select number, state from fair_entries where fair_id = :id order by number", id=fair_id)


@pytest.mark.parametrize("capacity", [1, 5])
async def test_of_a_crowd_as_many_get_a_place_as_there_are(ctx: Context, capacity: int) -> None:
    """The first numbers have places, the others wait in order; twice at once is once."""
    for _ in range(ROUNDS):
        fair, _ = await fair_of(ctx, capacity=capacity)
        people = await some_workers(ctx, CROWD)
        works = [signing(ctx, fair.id, who) for who in people] + [signing(ctx, fair.id, people[0])]
        told = await asyncio.gather(*(until_done(work) for work in works))
        assert not [each for each in told if isinstance(each, str)]
        expected = [(n, "signed_up" if n <= capacity else "waiting") for n in range(1, CROWD + 1)]
        assert await states(ctx, fair.id) == expected
        assert await value_of(ctx, "select taken from fairs where id = :id", id=fair.id) == capacity
        assert await breaches(ctx) == []


async def test_places_given_up_at_once_go_to_who_waits_longest(ctx: Context) -> None:
    """Withdrawals beside new sign-ups: every place is taken, by the lowest numbers left; nobody passes."""
    for _ in range(ROUNDS):
        fair, _ = await fair_of(ctx, capacity=4)
        people = await some_workers(ctx, 10)
        entries = [await signing(ctx, fair.id, who)() for who in people]
        late = await some_workers(ctx, 3)
        gone = [0, 1, 2, 5]
        works: list[Any] = [
            partial(withdraw_fair_entry, ctx, entries[n].id, by=worker_caller(people[n]), on_behalf=None) for n in gone
        ]
        works[2:2] = [signing(ctx, fair.id, who) for who in late]
        told = await asyncio.gather(*(until_done(work) for work in works))
        assert not [each for each in told if isinstance(each, str)], told
        left = [(number, state) for number, state in await states(ctx, fair.id) if state != "withdrawn"]
        assert [state for _, state in left] == ["signed_up"] * 4 + ["waiting"] * 5
        assert await value_of(ctx, "select taken from fairs where id = :id", id=fair.id) == 4
        told_of = "select count(*) from messages where template = 'fair.promoted' and subject_id = :id"
        assert await value_of(ctx, told_of, id=fair.id) in (3, 4)  # who moved up may have given up after that


async def test_nobody_signs_up_behind_the_calling_off(ctx: Context) -> None:
    """Each was before it, and is told, or was refused."""
    for _ in range(ROUNDS):
        fair, officer = await fair_of(ctx)
        people = await some_workers(ctx, 6)
        works: list[Any] = [signing(ctx, fair.id, who) for who in people]
        works.insert(3, partial(call_off_fair, ctx, fair.id, reason="other", by=officer))
        told = await asyncio.gather(*(until_done(work) for work in works))
        refused = [each for each in told if isinstance(each, str)]
        assert set(refused) <= {"fair_not_open"}
        assert len(await states(ctx, fair.id)) == 6 - len(refused)


async def test_no_booth_is_given_twice(ctx: Context) -> None:
    """Of many who want the same one gets it; of many who want any each gets another, and no more than there are."""
    employers = []
    for _ in range(6):
        employer, posting, _ = await a_shift_of(ctx)
        employers.append((member_caller(await city.a_member(ctx, employer)), posting.id))
    for number in (3, None):
        fair, _ = await fair_of(ctx, booths=4)
        works = [
            partial(ask_for_booth, ctx, fair.id, number=number, posting_ids=[posting], by=who)
            for who, posting in employers
        ]
        told = await asyncio.gather(*(until_done(work) for work in works))
        given = sorted(each.number for each in told if not isinstance(each, str))
        refused = Counter(each for each in told if isinstance(each, str))
        if number is None:
            assert (given, refused) == ([1, 2, 3, 4], {"fair_booths_full": 2})
        else:
            assert (given, refused) == ([3], {"fair_booth_taken": 5})


async def test_one_employer_that_asks_twice_at_once_has_one_booth(ctx: Context) -> None:
    """And two officers who want two employers at one booth give it to one."""
    fair, officer = await fair_of(ctx)
    booths = []
    for _ in range(2):
        employer, posting, _ = await a_shift_of(ctx)
        owner = member_caller(await city.a_member(ctx, employer))
        ask = partial(ask_for_booth, ctx, fair.id, number=None, posting_ids=[posting.id], by=owner)
        told = await asyncio.gather(*(until_done(ask) for _ in range(3)))
        assert sorted(each for each in told if isinstance(each, str)) == ["fair_booth_asked"] * 2
        booths += [each for each in told if not isinstance(each, str)]
    told = await asyncio.gather(
        *(until_done(partial(confirm_booth, ctx, each.id, number=7, by=officer)) for each in booths)
    )
    assert sorted(each if isinstance(each, str) else "" for each in told) == ["", "fair_booth_taken"]


async def test_the_database_itself_keeps_places_and_booths_apart(ctx: Context) -> None:
    """Past every use case: a place too many, and a booth twice, are refused by constraints."""
    fair, _ = await fair_of(ctx, capacity=1)
    with pytest.raises(IntegrityError, match="ck_fairs_taken"):
        await value_of(ctx, "update fairs set taken = 2 where id = :id returning 1", id=fair.id)
    employers = [await city.an_employer(ctx) for _ in range(2)]
    async with ctx.uow() as uow:
        await uow.add(uow.fairs.new_booth(fair, employers[0].id, 1), by=SYSTEM, action="ask")
    with pytest.raises(DomainError, match="fair_booth_taken"):
        async with ctx.uow() as uow:
            await uow.add(uow.fairs.new_booth(fair, employers[1].id, 1), by=SYSTEM, action="ask")
    for column, said in (
        ("permit_needed = true", "ck_fairs_permit"),
        ("plans_acknowledged_at = null", "ck_fairs_plans"),
    ):
        with pytest.raises(IntegrityError, match=said):
            await value_of(ctx, f"update fairs set {column} where id = :id returning 1", id=fair.id)


async def test_many_processes_propose_the_same_once(ctx: Context) -> None:
    """And of officers who press at once one makes the draft."""
    await set_time(ctx, on(23, 8))
    await a_shift_of(ctx, headcount=60, starts=on(25, 8))
    made = await asyncio.gather(*(propose_fairs(ctx) for _ in range(4)))
    assert sorted(made) == [0, 0, 0, 1]
    async with ctx.uow() as uow:
        row = await a_proposal(uow, city_code="310100", place_code="310104", code="moving")
    callers = [officer_caller((await city.an_officer(ctx)).id) for _ in range(4)]
    told = await asyncio.gather(
        *(
            until_done(partial(make_proposed_fair, ctx, row.id, organiser="就业中心", address="某路1号", by=each))
            for each in callers
        )
    )
    assert Counter(each if isinstance(each, str) else "made" for each in told) == {"wrong_state": 3, "made": 1}
    assert await value_of(ctx, "select count(*) from fairs") == 1
