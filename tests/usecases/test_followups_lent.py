"""Follow-ups of people who are lent, on a real database: what begins, moves and ends them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.followups.steps import reconcile
from service.followups.usecases.opening import open_due
from service.followups.usecases.repairing import repair
from service.invariants import breaches as invariants
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import NOON, rows_of, run_due_at, set_time, value_of
from tests.builders.deals import Firms, a_lendable, two_firms
from tests.builders.followups import lent_tasks
from tests.usecases.test_deals import refused_by
from tests.usecases.test_workers_merging import merge

Client = httpx2.AsyncClient
FIRST, LAST = 7, 20  # days from today on which the lending begins and ends: 27 November to 10 December 2026
BOTH = ("worker", "employer")


def both(milestone: str, due: str) -> dict[str, str]:
    """The question of both sides."""
    return {f"{milestone} {side}": due for side in BOTH}


async def on(firms: Firms, days: int, hour: int = 0) -> None:
    """So many days later, a minute past the hour: timers have run, and what was due is asked."""
    await run_due_at(firms.ctx, at_local(firms.today + timedelta(days=days), 60 * hour + 1))
    await open_due(firms.ctx)
    await firms.sign_in()


async def lent_out(
    ctx: Context, client: Client, *, people: int = 1, lender: dict[str, Any] | None = None, **terms: Any
) -> tuple[Firms, Any, list[str]]:
    """Friday: two firms have signed; on the Friday after the people begin. With the deal and who is lent."""
    await set_time(ctx, NOON)
    firms = await two_firms(ctx, client, **(lender or {}))
    deal = await firms.signed(people=people, **terms)
    assert await value_of(ctx, "select count(*) from followup_plans") == 0, "nobody has begun"
    await on(firms, FIRST)
    rows = await rows_of(ctx, "select id from lent where state = 'working' order by created_at, id")
    assert len(rows) == people
    return firms, deal, [str(row[0]) for row in rows]


async def test_who_begins_is_asked_about_in_the_first_week_and_when_back(ctx: Context, client: Client) -> None:
    """One plan, made in the transaction in which the person starts; the borrower is asked first, the lender in the end.
    Until the lender has said so the return is asked about when it should have; then the day after, and of the person
    only."""
    firms, _, (lent,) = await lent_out(ctx, client)
    assert await lent_tasks(ctx, lent, state="planned") == both("S1", "12-04 19:00") | both("S3", "12-11 19:00")
    made = "noun = 'followup_plan' or (noun = 'lent' and action = 'start')"
    assert await value_of(ctx, f"select count(distinct at) from transitions where {made}") == 1
    whom = await rows_of(
        ctx, "select milestone, side, employer_id from followup_tasks where side = 'employer' order by milestone"
    )
    assert [tuple(row) for row in whom] == [
        ("S1", "employer", firms.borrower.id), ("S3", "employer", firms.lender.id),
    ]  # fmt: skip
    await on(firms, FIRST + 7, 20)
    assert (await lent_tasks(ctx, lent))["S1 employer"] == "open"
    await on(firms, LAST + 1)
    assert await lent_tasks(ctx, lent, state="planned") == both("S3", "12-15 19:00")
    await on(firms, LAST + 2, 9)
    await firms.send("POST", f"/lent/{lent}/take-back", "lender")
    assert await lent_tasks(ctx, lent) == both("S1", "open") | {"S3 worker": "planned", "S3 employer": "evidence"}
    assert (await lent_tasks(ctx, lent, state="planned"))["S3 worker"] == "12-13 19:00"
    assert await repair(ctx) == 0
    assert await invariants(ctx) == []


async def test_a_longer_lending_gets_a_middle_and_nobody_is_asked_twice(ctx: Context, client: Client) -> None:
    """Three weeks more: the middle is asked about, the return later; what was asked in the first week is not again."""
    firms, deal, (lent,) = await lent_out(ctx, client)
    await on(firms, FIRST + 7, 20)
    until = str(firms.today + timedelta(days=40))
    await firms.send("POST", f"/deals/{deal['id']}/longer", "borrower", {"last_day": until})
    await firms.longer(deal, "lender")
    await firms.sign("deal", deal["id"])
    assert (await lent_tasks(ctx, lent))["S3 worker"] == "planned"
    assert await lent_tasks(ctx, lent, state="planned") == both("S3", "12-11 19:00"), "the person has not signed yet"
    await firms.sign("lent", lent)
    assert await lent_tasks(ctx, lent, state="planned") == both("S2", "12-13 19:00") | both("S3", "12-31 19:00")
    await on(firms, LAST + 4, 20)
    assert await lent_tasks(ctx, lent) == both("S1", "open") | both("S2", "open") | both("S3", "planned")
    async with ctx.uow() as uow:
        assert await reconcile(uow, None, None, (await uow.lent.get(lent)).id) == 0
    assert await value_of(ctx, "select count(*) from followup_tasks") == 6
    assert await invariants(ctx) == []


async def test_who_leaves_early_is_asked_about_then(ctx: Context, client: Client) -> None:
    """A person leaves with the notice agreed, another is sent back at once: no first week, no middle that is over, the
    return when it is time."""
    firms, _, lents = await lent_out(ctx, client, people=2, last_day="2027-01-25")
    planned = both("S1", "12-04 19:00") | both("S2", "12-26 19:00") | both("S3", "01-26 19:00")
    assert [await lent_tasks(ctx, each, state="planned") for each in lents] == [planned, planned]
    await on(firms, FIRST + 3, 12)
    await firms.send("POST", f"/lent/{lents[0]}/refuse", "person0", {})
    assert await lent_tasks(ctx, lents[0], state="planned") == both("S3", "12-04 19:00")
    await firms.send("POST", f"/lent/{lents[1]}/end", "borrower", {"reason": "other"})
    assert await lent_tasks(ctx, lents[1], state="planned") == both("S3", "12-04 19:00")
    assert (await lent_tasks(ctx, lents[1]))["S2 worker"] == "cancelled"
    await on(firms, FIRST + 7, 1)
    assert await lent_tasks(ctx, lents[0], state="planned") == both("S3", "12-08 19:00"), (
        "gone on the last day of notice"
    )
    assert await invariants(ctx) == []


async def test_who_is_released_is_asked_what_is_needed(ctx: Context, client: Client) -> None:
    """The lender is insolvent: nothing is asked of it, also what was open; the borrower's question of the first week
    stays, and the person is asked what is needed on the next working day."""
    firms, deal, lents = await lent_out(ctx, client, people=2)
    await on(firms, FIRST + 7, 20)
    await firms.send("POST", f"/lent/{lents[1]}/end", "lender", {"reason": "other"})
    await on(firms, FIRST + 11, 20)
    assert (await lent_tasks(ctx, lents[1]))["S3 employer"] == "open"
    await firms.send("POST", f"/deals/{deal['id']}/breach", "officer", {"reason": "lender_insolvent"})
    for each in lents:
        assert await lent_tasks(ctx, each) == both("S1", "open") | both("S3", "cancelled") | {"S4 worker": "planned"}
        assert await lent_tasks(ctx, each, state="planned") == {"S4 worker": "12-09 10:00"}
    asked = "select count(*) from followup_tasks where employer_id = :id and side = 'employer' and state <> 'cancelled'"
    assert await value_of(ctx, asked, id=firms.lender.id) == 0
    await on(firms, FIRST + 12, 11)
    assert (await lent_tasks(ctx, lents[0]))["S4 worker"] == "open"
    assert await repair(ctx) == 0
    assert await invariants(ctx) == []


async def test_where_nothing_was_worked_nothing_is_asked(ctx: Context, client: Client) -> None:
    """Begun at midnight, broken off before the first hours: all of it is called off, and the plan is closed. Ended in
    the afternoon it is asked about."""
    firms, deal, lents = await lent_out(ctx, client, people=2)
    await on(firms, FIRST, 7)
    await firms.send("POST", f"/lent/{lents[0]}/end", "lender", {"reason": "other"})
    assert set((await lent_tasks(ctx, lents[0])).values()) == {"cancelled"}
    assert await value_of(ctx, "select state from followup_plans where lent_id = :id", id=lents[0]) == "closed"
    await on(firms, FIRST, 15)
    await firms.send("POST", f"/deals/{deal['id']}/breach", "lender", {"reason": "borrower_insolvent"})
    assert await lent_tasks(ctx, lents[1], state="planned") == both("S3", "12-01 19:00")
    assert await repair(ctx) == 0
    assert await invariants(ctx) == []


async def test_what_was_lost_of_lendings_is_found(ctx: Context, client: Client) -> None:
    """A question and a whole plan that vanish are made again; eight at once make one plan, and each question once."""
    _, _, lents = await lent_out(ctx, client, people=2)
    before = [await lent_tasks(ctx, each, state="planned") for each in lents]
    async with ctx.database.sessions() as session, session.begin():
        plan = "(select id from followup_plans where lent_id = :id)"
        await session.execute(text(f"delete from followup_tasks where plan_id = {plan}"), {"id": lents[0]})
        await session.execute(text("delete from followup_plans where lent_id = :id"), {"id": lents[0]})
        await session.execute(
            text(f"delete from followup_tasks where plan_id = {plan} and milestone = 'S3' and side = 'worker'"),
            {"id": lents[1]},
        )
    assert await repair(ctx) == 5
    assert [await lent_tasks(ctx, each, state="planned") for each in lents] == before
    assert await repair(ctx) == 0
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("delete from followup_tasks"))
        await session.execute(text("delete from followup_plans"))

    async def again() -> int:
        async with ctx.uow() as uow:
            return await reconcile(uow, None, None, (await uow.lent.get(lents[0])).id)

    assert sorted(await asyncio.gather(*(again() for _ in range(8)))) == [0] * 7 + [4]


async def test_the_kept_record_is_asked_about_its_lendings(ctx: Context, client: Client) -> None:
    """Two records of one person: plan and questions go over, none is lost or doubled, with whichever other plans."""
    firms, _, (lent,) = await lent_out(ctx, client)
    kept = await a_lendable(ctx, "+8613700009917")
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    starts = at_local(firms.today + timedelta(days=FIRST + 40), 600)
    for worker in (kept, firms.people[0]):
        shift = await city.a_shift(ctx, posting, starts=starts)
        await city.an_engagement(ctx, worker, shift, posting)
        starts += timedelta(days=1)
    before = await lent_tasks(ctx, lent, state="planned")
    await merge(ctx, firms.people[0], kept)
    assert await lent_tasks(ctx, lent, state="planned") == before
    plans = "select id from followup_plans where lent_id = :id and worker_id = :kept"
    whose = f"select distinct worker_id from followup_tasks where plan_id in ({plans})"
    assert await rows_of(ctx, whose, id=lent, kept=kept.id) == [(kept.id,)]


async def test_an_erased_person_is_asked_nothing_and_the_answers_go(ctx: Context, client: Client) -> None:
    """That it was answered and what it opened stays; the firms are asked on."""
    firms, _, (lent,) = await lent_out(ctx, client)
    await on(firms, FIRST + 7, 20)
    (task,) = (await firms.send("GET", "/followups", "person0"))["items"]
    await firms.send("POST", f"/followups/{task['id']}/answer", "person0", {"answers": {"rights_equal": "no"}})
    async with ctx.uow() as uow:
        await ctx.wiring.ports["followups.forget"](uow, firms.people[0].id)
    assert await lent_tasks(ctx, lent) == {
        "S1 worker": "answered", "S1 employer": "open", "S3 worker": "refused", "S3 employer": "planned",
    }  # fmt: skip
    assert await value_of(ctx, "select answers from followup_tasks where state = 'answered'") == {}
    assert await rows_of(ctx, "select code, answer from followup_issues") == [("labour_rights", "")]
    assert await invariants(ctx) == []


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("posting_id = (select id from postings limit 1)", "ck_followup_plans_about_one"),
        ("lent_id = null", "ck_followup_plans_about_one"),
        ("worker_id = null", "ck_followup_plans_lent_whom"),
    ],
)
async def test_a_plan_is_about_one_thing(ctx: Context, client: Client, change: str, constraint: str) -> None:
    """A posting or a lending, never both nor neither; and of a lending there is one."""
    firms, _, (lent,) = await lent_out(ctx, client)
    await city.a_posting(ctx, firms.lender)
    assert await refused_by(ctx, f"update followup_plans set {change}") == constraint
    twice = (
        "insert into followup_plans (id, version, created_at, updated_at, state, lent_id, worker_id, employer_id,"
        f" city_code) select gen_random_uuid(), 1, created_at, updated_at, state, '{lent}',"
        f" (select id from workers where id <> worker_id limit 1), employer_id, city_code from followup_plans"
    )
    assert await refused_by(ctx, twice) == "uq_followup_plans_lent"
