"""People of a balance spoken for and given back by deals, one after the other and all at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from service.actor import SYSTEM
from service.context import Context
from service.errors import Conflict, DomainError, Missing
from service.ids import new_id
from service.worktime import end_of_day
from tests.builders import city
from tests.builders.applications import breaches, rows_of, run_due_at, set_time
from tests.builders.balances import a_balance, today

DEAL = new_id()


async def call(ctx: Context, port: str, balance_id: UUID, people: int) -> Any:
    """A port, in a transaction of its own, as a deal would call it."""
    async with ctx.uow() as uow:
        done = ctx.wiring.ports[f"balances.{port}"]
        row = await done(uow, balance_id, people, deal_id=DEAL, by=SYSTEM, at=await uow.now())
        return row.state, row.taken


async def state_of(ctx: Context, balance_id: UUID) -> tuple[str, int]:
    (row,) = await rows_of(ctx, f"select state, taken from balances where id = '{balance_id}'")
    return row[0], row[1]


async def test_taken_until_nobody_is_left_and_given_back(ctx: Context) -> None:
    """With the last one it is matched; given back it is published again; the log names the deal."""
    row = await a_balance(ctx, await city.an_employer(ctx), headcount=5)
    assert await call(ctx, "take", row.id, 3) == ("published", 3)
    with pytest.raises(Conflict, match="balance_short") as no:
        await call(ctx, "take", row.id, 3)
    assert no.value.facts == {"left": 2, "asked": 3}
    assert await call(ctx, "take", row.id, 2) == ("matched", 5)
    with pytest.raises(Conflict, match="balance_short"):
        await call(ctx, "take", row.id, 1)
    assert await call(ctx, "give_back", row.id, 1) == ("published", 4)
    with pytest.raises(Conflict, match="balance_gives_more"):
        await call(ctx, "give_back", row.id, 5)
    assert await call(ctx, "give_back", row.id, 4) == ("published", 0)
    log = f"select action, reason from transitions where entity_id = '{row.id}' order by version"
    assert [tuple(line) for line in (await rows_of(ctx, log))[1:]] == [
        ("take", f"deal {DEAL}"), ("fill", f"deal {DEAL}"), ("refill", f"deal {DEAL}"), ("give_back", f"deal {DEAL}"),
    ]  # fmt: skip
    assert await breaches(ctx) == []


@pytest.mark.parametrize("people", [0, -1])
async def test_nobody_is_neither_taken_nor_given(ctx: Context, people: int) -> None:
    """A deal without people is a fault of the caller."""
    row = await a_balance(ctx, await city.an_employer(ctx), taken=2)
    for port in ("take", "give_back"):
        with pytest.raises(ValueError, match="at least one"):
            await call(ctx, port, row.id, people)


async def test_only_what_is_in_the_open_is_taken(ctx: Context) -> None:
    """A draft, a closed one, one of a firm that is held, one that does not exist: not there."""
    firm, held = await city.an_employer(ctx), await city.an_employer(ctx, verified=False)
    draft = await a_balance(ctx, firm, state="draft")
    hidden = await a_balance(ctx, held)
    now = await city.now_of(ctx)
    closed = await a_balance(ctx, firm, state="closed", closed_at=now, close_reason="withdrawn")
    for balance_id in (draft.id, hidden.id, closed.id, new_id()):
        with pytest.raises(Missing):
            await call(ctx, "take", balance_id, 1)


async def test_after_the_end_nothing_is_published_again(ctx: Context) -> None:
    """Given back after the last day: the matched one ends, a closed one stays closed, both with the right count."""
    firm = await city.an_employer(ctx)
    late = await a_balance(ctx, firm, state="matched", taken=10)
    over = await a_balance(ctx, firm, state="matched", taken=10)
    last = await today(ctx) + timedelta(days=30)
    await set_time(ctx, end_of_day(last))
    assert await call(ctx, "give_back", late.id, 4) == ("closed", 6)
    await run_due_at(ctx, end_of_day(last))
    assert await state_of(ctx, over.id) == ("closed", 10)
    assert await call(ctx, "give_back", over.id, 10) == ("closed", 0)


async def settled(*works: Any) -> list[Any]:
    """What came of each, at once: an answer or a refusal of the business, never another failure."""
    done = await asyncio.gather(*works, return_exceptions=True)
    wrong = [each for each in done if isinstance(each, BaseException) and not isinstance(each, DomainError)]
    assert wrong == []
    return done


async def test_twelve_deals_race_for_ten_people(ctx: Context) -> None:
    """Exactly ten get one each, the others learn that nobody is left; it is matched once."""
    row = await a_balance(ctx, await city.an_employer(ctx), headcount=10)
    done = await settled(*(call(ctx, "take", row.id, 1) for _ in range(12)))
    refused = [each for each in done if isinstance(each, Conflict)]
    assert [each.code for each in refused] == ["balance_short"] * 2
    assert await state_of(ctx, row.id) == ("matched", 10)
    fills = await rows_of(ctx, f"select count(*) from transitions where entity_id = '{row.id}' and action = 'fill'")
    assert fills[0][0] == 1


async def test_two_deals_want_more_than_there_are(ctx: Context) -> None:
    """Six and six of ten: one of them, whole."""
    row = await a_balance(ctx, await city.an_employer(ctx), headcount=10)
    done = await settled(call(ctx, "take", row.id, 6), call(ctx, "take", row.id, 6))
    assert sorted(str(type(each).__name__) for each in done) == ["Conflict", "tuple"]
    assert await state_of(ctx, row.id) == ("published", 6)


async def test_a_withdrawal_races_a_deal(ctx: Context) -> None:
    """Either the deal came first and its people stay taken, or it finds nothing; the sum is right in both."""
    firm = await city.an_employer(ctx)
    for _ in range(6):
        row = await a_balance(ctx, firm, headcount=2)
        taken, _ = await settled(call(ctx, "take", row.id, 1), call_off(ctx, row.id))
        state, number = await state_of(ctx, row.id)
        assert state == "closed"
        assert number == (0 if isinstance(taken, Missing) else 1)


async def call_off(ctx: Context, balance_id: UUID) -> None:
    from service.balances.steps import close

    async with ctx.uow() as uow:
        row = await uow.balances.lock(balance_id)
        await close(uow, row, "withdraw", by=SYSTEM, at=await uow.now())


async def test_give_and_take_at_once_keep_the_count(ctx: Context) -> None:
    """Five give one back and five take one: as many as before."""
    row = await a_balance(ctx, await city.an_employer(ctx), headcount=10, taken=5)
    works = [call(ctx, port, row.id, 1) for port in ("take", "give_back") for _ in range(5)]
    done = await settled(*works)
    assert not [each for each in done if isinstance(each, DomainError)]
    assert await state_of(ctx, row.id) == ("published", 5)
