"""Deals on the database: what no code path may write, and hours that two things want at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.db.violations import constraint_of
from service.errors import DomainError
from service.invariants import breaches
from service.worktime import at_local, local_day
from tests.builders import city
from tests.builders.applications import rows_of
from tests.builders.deals import Firms, a_deal, a_lendable, a_lent, two_firms

Client = httpx2.AsyncClient
BROKEN: list[tuple[str, str, str]] = [
    ("deals", "borrower_id = lender_id", "ck_deals_two_firms"),
    ("deals", "lender_declares = '[]'", "ck_deals_declared"),
    ("deals", "borrower_declares = borrower_declares - 'protection'", "ck_deals_declared"),
    ("deals", "injury_clause = '  见合同  '", "ck_deals_injury_clause"),
    ("deals", "last_day = first_day - 1", "ck_deals_span"),
    ("deals", "settle_day = 20", "ck_deals_settled_before_paid"),
    ("deals", "signed_at = null", "ck_deals_begun"),
    ("lent", "relation = 'dispatched'", "ck_lent_relation"),
    ("lent", "contract_open_ended = false", "ck_lent_contract_end"),
    ("lent", "contract_open_ended = false, contract_end = last_day - 1", "ck_lent_within_contract"),
    ("lent", "consented_at = null", "ck_lent_consented"),
    ("lent", "introducible_from = first_day + 1", "ck_lent_of_age"),
    ("lent", "state = 'returned', end_reason = 'other'", "ck_lent_left_on"),
]


@pytest.mark.parametrize(("table", "change", "constraint"), BROKEN)
async def test_the_database_refuses_what_no_deal_may_be(ctx: Context, table: str, change: str, constraint: str) -> None:
    """Whatever writes it: each of these is refused by its constraint."""
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="running")
    await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009901"), state="working")
    assert await refused_by(ctx, f"update {table} set {change}") == constraint


async def test_the_database_begins_nothing_under_review(ctx: Context) -> None:
    """A signed deal that an officer looks at does not run, whatever writes it."""
    firms = await city.an_employer(ctx), await city.an_employer(ctx)
    signs = {"review": "open", "review_signs": ["long_term"]}
    await a_deal(ctx, *firms, state="signed", **signs)
    begin = "update deals set state = 'running', signed_at = now(), started_at = now()"
    assert await refused_by(ctx, begin) == "ck_deals_begun_reviewed"


async def test_the_database_lets_nobody_new_begin_under_review(ctx: Context) -> None:
    """Somebody who was to come to a deal that is looked at does not work there, whatever writes it."""
    firms = await city.an_employer(ctx), await city.an_employer(ctx)
    deal = await a_deal(ctx, *firms, state="running", review="open", review_signs=["paid_above"])
    await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009903"), state="consented")
    begin = "update lent set state = 'working', started_at = now()"
    assert await refused_by(ctx, begin) == "ck_lent_begun_reviewed"


async def refused_by(ctx: Context, statement: str) -> str:
    """The constraint that a statement breaks."""
    with pytest.raises(DBAPIError) as refused:
        async with ctx.database.sessions() as session, session.begin():
            await session.execute(text(statement))
    return constraint_of(refused.value)


async def test_nobody_works_under_a_deal_that_is_not_under_way(ctx: Context) -> None:
    """The trigger refuses it, whatever writes it."""
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="signed")
    await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009902"), state="consented")
    assert await refused_by(ctx, "update lent set state = 'working', started_at = now()") == "ck_lent_under_way"


async def test_nobody_is_lent_beyond_the_deal(ctx: Context) -> None:
    """The trigger refuses a day before its first and after its last, whatever writes it."""
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="firms_agreed")
    await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009904"), state="consented")
    for wrong in ("last_day = last_day + 1", "first_day = first_day - 1"):
        assert await refused_by(ctx, f"update lent set {wrong}") == "ck_lent_within_deal"


async def test_who_stays_beyond_what_is_signed_is_found(ctx: Context) -> None:
    """The invariant counts whoever works on after the last day that both firms have signed, and nobody before."""
    now = await city.now_of(ctx)
    deal = await a_deal(
        ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="running", signed_until=local_day(now)
    )
    await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009905"), state="working")
    assert [each for each in await breaches(ctx) if each["code"] == "lent_beyond_what_is_signed"] == []
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("update deals set signed_until = first_day - 2"))
    assert len([each for each in await breaches(ctx) if each["code"] == "lent_beyond_what_is_signed"]) == 1


async def test_a_seat_and_a_lending_do_not_take_the_same_hours(ctx: Context, client: Client) -> None:
    """Lent on weekdays from eight to five: a seat at nine is refused, one in the evening or at the weekend is not.
    Who has a seat at nine is not lent."""
    firms = await two_firms(ctx, client)
    await firms.signed()
    worker = firms.people[0]
    for day, hour, free in ((monday(firms), 9, False), (monday(firms), 18, True), (monday(firms) + 5, 9, True)):
        refused = await taken(firms, worker, day, hour)
        assert (refused is None) == free, (day, hour, refused)
    assert refused is None
    other = firms.people[1]
    assert await taken(firms, other, monday(firms), 9) is None
    deal = await firms.agreed()
    lent = await firms.ask(deal, 1)
    told = await firms.send("POST", f"/lent/{lent['id']}/open", "person1", status=409)
    assert told["code"] == "lent_while_engaged"


def monday(firms: Firms) -> int:
    """How many days from today the first Monday of the lending is."""
    return 7 + (7 - (firms.today + timedelta(days=7)).weekday()) % 7


async def taken(firms: Firms, worker: Any, day: int, hour: int) -> str | None:
    """The constraint that refuses a seat of three hours so many days ahead; None where it is taken."""
    ctx = firms.ctx
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    starts = at_local(firms.today + timedelta(days=day), hour * 60)
    shift = await city.a_shift(ctx, posting, starts=starts, hours=3)
    try:
        await city.an_engagement(ctx, worker, shift, posting)
    except (DBAPIError, DomainError) as refused:
        return constraint_of(refused) or str(refused)
    return None


async def test_two_lenders_at_once_have_one_yes(ctx: Context, client: Client) -> None:
    """Both papers of one person are completed at the same moment: one lending stands, the other is told why not."""
    firms = await two_firms(ctx, client)
    lents = []
    for deal in (await firms.agreed(), await firms.agreed()):
        lent = await firms.ask(deal)
        await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
        lents.append(lent["id"])
    answers = await asyncio.gather(*(firms.try_sign("lent", each) for each in lents))
    assert sorted(answers) == ["lent_not_free", "signed"]
    states = await rows_of(ctx, "select state from lent order by state")
    assert [row[0] for row in states] == ["asked", "consented"]


async def test_two_firms_answer_at_once(ctx: Context, client: Client) -> None:
    """The asked firm agrees while the other one takes it back: one of them is heard."""
    firms = await two_firms(ctx, client)
    made = await firms.propose()
    calls: list[Callable[[], Any]] = [
        lambda: client.post(
            f"/v1/deals/{made['id']}/agree", json={"declares": ["conditions", "protection", "rules_told",
                                                                "reports_injury", "keeps_nobody"]},
            headers=firms.headers["borrower"] | {"if-match": '"1"'},
        ),
        lambda: client.post(
            f"/v1/deals/{made['id']}/cancel", json={"reason": "other"}, headers=firms.headers["lender"]
        ),
    ]  # fmt: skip
    answers = await asyncio.gather(*(call() for call in calls))
    state = (await firms.read(made))["state"]
    assert state in ("cancelled", "firms_agreed")
    assert [each.status_code for each in answers].count(200) in (1, 2)
    if state == "firms_agreed":
        assert answers[1].status_code == 409
