"""Reviews under races, on separate connections: one claim, one decision, never on words that have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

from service.context import Context
from service.db.violations import TryAgain
from service.errors import DomainError
from service.http.caller import Caller
from service.postings.usecases.deciding import move_posting, publish_posting
from service.postings.usecases.writing import create_posting
from service.reviews.usecases.claiming import claim_next, claim_review
from service.reviews.usecases.deciding import Decision, decide_review
from tests.builders import city
from tests.builders.applications import member_caller, officer_caller, rows_of
from tests.builders.postings import XUHUI, next_week
from tests.builders.reviews import ticks

OFFICERS = 6


async def outcome(work: Awaitable[Any]) -> Any:
    """What came of it, or the code of the refusal."""
    try:
        return await work
    except DomainError as error:
        return error.code
    except TryAgain:
        return "deadlock"


async def officers(ctx: Context, count: int = OFFICERS) -> list[Caller]:
    return [officer_caller((await city.an_officer(ctx)).id) for _ in range(count)]


async def some_waiting(ctx: Context, count: int = 1) -> tuple[Caller, list[tuple[UUID, UUID]]]:
    """The owner, and (posting, review) of postings that were really sent in."""
    employer = await city.an_employer(ctx, verified=False)
    owner = member_caller(await city.a_member(ctx, employer))
    start = next_week()
    asked = {
        "trade": "dishwashing",
        "headcount": 2,
        "time": {"starts_at": start, "ends_at": start + timedelta(hours=5)},
        "place": {"address": "某路3号", "district_code": XUHUI},
        "pay": {"amount_fen": 2600, "unit": "hour"},
    }
    made = [(await create_posting(ctx, by=owner, asked=asked, submit=True)).id for _ in range(count)]
    found = dict(await rows_of(ctx, "select subject_id, id from reviews where state = 'waiting'"))
    return owner, [(posting, found[posting]) for posting in made]


def yes(review_id: UUID, version: int) -> Decision:
    return Decision(review_id, version, "publish", [], None, [], ticks())


def no(review_id: UUID, version: int) -> Decision:
    return Decision(review_id, version, "reject", ["other"], None, [], [])


async def test_of_officers_who_claim_at_once_one_has_it(ctx: Context) -> None:
    """The others are told so; the row names the one."""
    _, [(_, review_id)] = await some_waiting(ctx)
    callers = await officers(ctx)
    told = await asyncio.gather(*(outcome(claim_review(ctx, review_id, by=each)) for each in callers))
    won = [caller for caller, answer in zip(callers, told, strict=True) if not isinstance(answer, str)]
    assert len(won) == 1
    assert sorted(each for each in told if isinstance(each, str)) == ["review_claimed"] * (OFFICERS - 1)
    assert await rows_of(ctx, "select claimed_by from reviews") == [(won[0].account_id,)]


async def test_officers_who_take_the_next_at_once_get_one_each(ctx: Context) -> None:
    """As many reviews as officers: nobody gets another's, nobody waits for one."""
    await some_waiting(ctx, OFFICERS)
    callers = await officers(ctx)
    told = await asyncio.gather(*(claim_next(ctx, by=each) for each in callers))
    taken = [each["claimed"].review.id for each in told if each["claimed"] is not None]
    assert len(taken) == len(set(taken)) == OFFICERS
    assert await rows_of(ctx, "select count(distinct claimed_by) from reviews") == [(OFFICERS,)]


async def test_of_a_yes_and_a_no_at_once_one_counts(ctx: Context) -> None:
    """By the queue and by the posting's own door: the state is what the one review says."""
    _, waiting = await some_waiting(ctx, 5)
    callers = await officers(ctx, 3)
    for posting_id, review_id in waiting:
        version = (await rows_of(ctx, "select subject_version from reviews where id = :id", id=review_id))[0][0]
        told = await asyncio.gather(
            outcome(decide_review(ctx, yes(review_id, version), by=callers[0])),
            outcome(decide_review(ctx, no(review_id, version), by=callers[1])),
            outcome(publish_posting(ctx, posting_id, by=callers[2])),
        )
        assert [isinstance(each, str) for each in told].count(False) == 1, told
    kept = await rows_of(
        ctx, "select p.state, r.outcome, r.state from postings p join reviews r on r.subject_id = p.id"
    )
    assert {("published", "publish", "decided"), ("rejected", "reject", "decided")} >= set(kept)
    assert len(kept) == 5


async def test_a_decision_and_a_recall_at_once_never_both_happen(ctx: Context) -> None:
    """Either it was decided, or it is a draft again and the review is closed without anybody's decision."""
    owner, waiting = await some_waiting(ctx, 6)
    [officer] = await officers(ctx, 1)
    for posting_id, review_id in waiting:
        version = (await rows_of(ctx, "select subject_version from reviews where id = :id", id=review_id))[0][0]
        decided, recalled = await asyncio.gather(
            outcome(decide_review(ctx, yes(review_id, version), by=officer)),
            outcome(move_posting(ctx, posting_id, "recall", by=owner)),
        )
        assert isinstance(decided, str) != isinstance(recalled, str), (decided, recalled)
        assert "wrong_state" in (decided, recalled)
    kept = await rows_of(
        ctx, "select p.state, r.state, r.decided_by is null from postings p join reviews r on r.subject_id = p.id"
    )
    assert set(kept) <= {("published", "decided", False), ("draft", "closed", True)}


async def test_the_database_itself_refuses_a_decision_on_an_own_entry(ctx: Context) -> None:
    """Whatever the code may do: the constraint stands."""
    _, [(_, review_id)] = await some_waiting(ctx)
    [officer] = await officers(ctx, 1)
    told = await outcome(_decided_in_the_row(ctx, review_id, officer.account_id))
    assert told == "value_out_of_range"
    assert await rows_of(ctx, "select state from reviews") == [("waiting",)]


async def _decided_in_the_row(ctx: Context, review_id: UUID, officer_id: UUID) -> None:
    async with ctx.uow() as uow:
        row = await uow.reviews.lock(review_id)
        row.state, row.outcome, row.closed_at = "decided", "publish", await uow.now()
        row.entered_by, row.decided_by = [officer_id], officer_id
