"""Days that somebody is lent take the time as seats do: in rankings, in memory, before a seat, in the sums of hours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.actor import SYSTEM
from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.deals.lifecycle import LENT
from service.deals.rules.facts import Hours
from service.deals.rules.hours import lent_minutes, over_part_time
from service.engagements.usecases.cancel import cancel_engagement
from service.engagements.usecases.looking import get_hours
from service.errors import Conflict, DomainError
from service.ids import new_id
from service.invariants import breaches as broken
from service.jobs.due import run_all_due
from service.matches.pools.keeper import PoolKeeper
from service.matches.sentences import refusal_sentence
from service.matches.usecases import rank_candidates
from service.worktime import at_local, local_day, split_by_week, week_of
from tests.builders import city
from tests.builders.applications import a_shift_of, officer_caller, rows_of, run_due_at, set_time, worker_caller
from tests.builders.deals import a_deal, a_lendable, a_lent, two_firms
from tests.builders.halls import shanghai
from tests.sizes import size
from tests.usecases.test_deals import refused_by
from tests.usecases.test_pools import both, filled, now_of

Client = httpx2.AsyncClient
NOW = shanghai(2026, 11, 23, 9)  # a Monday
STEPS = size(120, 25)


async def refusals_of(ctx: Context, shift: Any, worker: Any) -> list[tuple[str, str]]:
    """What a ranking of everybody says against somebody: codes and sentences."""
    found = await rank_candidates(
        ctx, shift.id, limit=100, personalised=True, among="everybody", excluded=True,
        by=officer_caller(new_id(), "310000"),
    )  # fmt: skip
    for each in found.not_matched or ():
        if each.worker_id == worker.id:
            return [(shown.code, refusal_sentence(shown, "zh-CN")) for shown in each.seen.refusals]
    assert worker.id in [match.worker_id for match in found.matches]
    return []


async def a_pair(ctx: Context, **more: Any) -> tuple[Any, Any, Any]:
    """A worker, a running deal, and the worker lent under it from today on, Monday to Friday from eight to five."""
    worker = await a_lendable(ctx, "+8613700009911")
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="running")
    return worker, deal, await a_lent(ctx, deal, worker, **({"state": "working"} | more))


async def test_a_ranking_shows_the_days_lent_and_a_seat_is_refused_like_beside_a_seat(ctx: Context) -> None:
    """On Tuesday at ten the person has other work, in the evening and on Saturday not; the claim is refused by
    `overlap` with the lending and its hours; back at the own firm the time is free."""
    await set_time(ctx, NOW)
    worker, _, lent = await a_pair(ctx)
    busy = await shift_at(ctx, 1, 10)
    codes = await refusals_of(ctx, busy, worker)
    assert ("booked", "11-24 08:00 到 11-24 17:00 已有别的活。") in codes
    assert {code for code, _ in codes} == {"booked", "not_free"}
    for day, hour in ((1, 17), (5, 10), (1, 4)):
        assert await refusals_of(ctx, await shift_at(ctx, day, hour), worker) == [], (day, hour)
    with pytest.raises(Conflict) as refused:
        await claim_seat(ctx, busy.id, by=worker_caller(worker))
    assert refused.value.code == "overlap"
    assert refused.value.facts["lent_id"] == lent.id
    assert refused.value.facts["title"] == "食堂洗碗、备菜"
    assert refused.value.facts["starts_at"] == at_local(local_day(NOW) + timedelta(days=1), 8 * 60)
    await end(ctx, lent.id)
    assert await refusals_of(ctx, busy, worker) == []
    assert (await claim_seat(ctx, busy.id, by=worker_caller(worker))).outcome == "confirmed"


async def shift_at(ctx: Context, day: int, hour: int, *, hours: float = 3, **posting: Any) -> Any:
    """An open shift of three hours so many days after today."""
    starts = at_local(local_day(NOW) + timedelta(days=day), hour * 60)
    return (await a_shift_of(ctx, starts=starts, hours=hours, **posting))[2]


async def end(ctx: Context, lent_id: Any) -> None:
    """The person goes back today."""
    async with ctx.uow() as uow:
        row = await uow.lent.get(lent_id, lock=True)
        now = await uow.now()
        away = {"left_on": local_day(now), "back_by": local_day(now), "end_reason": "other"}
        await uow.move(row, LENT, "end", by=SYSTEM, at=now, **away)


async def test_whoever_is_lent_is_not_asked_from_the_line(ctx: Context) -> None:
    """Two wait for a full shift on Tuesday; who is lent meanwhile is not told of the place, and is not given it."""
    await set_time(ctx, NOW)
    lent_one, other = await a_lendable(ctx, "+8613700009912"), await city.a_worker(ctx)
    _, _, shift = await a_shift_of(ctx, starts=at_local(local_day(NOW) + timedelta(days=1), 10 * 60), headcount=1)
    first = await city.a_worker(ctx)
    seat = await claim_seat(ctx, shift.id, by=worker_caller(first))
    for each in (lent_one, other):
        assert (await claim_seat(ctx, shift.id, by=worker_caller(each))).outcome == "waitlisted"
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="running")
    await a_lent(ctx, deal, lent_one, state="working")
    async with ctx.uow() as uow:
        assert await uow.applications.people_to_ask(shift.id) == [other.id]
    assert seat.engagement_id is not None
    await cancel_engagement(ctx, seat.engagement_id, reason="ill_or_injured", by=worker_caller(first))
    assert (await run_all_due(ctx)).failed == 0
    holders = await rows_of(
        ctx, "select worker_id from engagements where shift_id = :id and state in ('held', 'confirmed')", id=shift.id
    )
    assert holders == [(other.id,)]


async def test_no_lending_moves_onto_a_seat(ctx: Context) -> None:
    """A seat on Saturday beside a lending from Monday to Friday: other weekdays or hours are refused, whatever writes
    them; so is the seat that is given to somebody who is lent."""
    await set_time(ctx, NOW)
    worker, *_ = await a_pair(ctx)
    assert (await claim_seat(ctx, (await shift_at(ctx, 5, 10)).id, by=worker_caller(worker))).outcome == "confirmed"
    other = await city.a_worker(ctx)
    shift = await shift_at(ctx, 1, 10)
    assert (await claim_seat(ctx, shift.id, by=worker_caller(other))).outcome == "confirmed"
    for change, constraint in (
        ("lent set weekdays = '[6]'", "ex_lent_seats"),
        (f"engagements set worker_id = '{worker.id}' where worker_id = '{other.id}'", "ex_engagements_overlap"),
    ):
        assert await refused_by(ctx, f"update {change}") == constraint
    assert [each["code"] for each in await broken(ctx) if "lent" in each["code"]] == []


async def test_part_time_hours_count_what_is_lent_by_or_to_the_same_firm(ctx: Context) -> None:
    """An evening of part-time work with the firm that borrows the person is above 24 hours with the hours lent, in the
    ranking and before the seat; with another firm it is not. Twice as many hours are in nobody's sum."""
    await set_time(ctx, NOW)
    worker, deal, _ = await a_pair(ctx)
    for employer_id, refused in ((deal.borrower_id, True), (deal.lender_id, True), (None, False)):
        async with ctx.uow() as uow:
            employer = await uow.employers.get(employer_id) if employer_id else None
        starts = at_local(local_day(NOW) + timedelta(days=2), 18 * 60)
        shift = (await a_shift_of(ctx, employer, starts=starts, hours=2, job_kind="part_time"))[2]
        codes = [code for code, _ in await refusals_of(ctx, shift, worker)]
        assert ("part_time_week" in codes) == refused, codes
        if refused:
            with pytest.raises(DomainError) as said:
                await claim_seat(ctx, shift.id, by=worker_caller(worker))
            assert said.value.code == "part_time_week"
            assert said.value.facts["minutes_used"] == 5 * 8 * 60
        else:
            assert (await claim_seat(ctx, shift.id, by=worker_caller(worker))).outcome == "confirmed"
    hours = await get_hours(ctx, first=local_day(NOW), by=worker_caller(worker))
    this = week_of(local_day(NOW))
    told = {(each.week, each.employer_id): (each.minutes, each.part_time_left) for each in hours.weeks}
    assert told[this, deal.borrower_id] == (2400, 0)
    assert hours.totals[local_day(NOW).isoformat()] == 2400 + 120
    assert told[this, deal.lender_id] == (0, 0)  # nothing is worked there, and nothing is left
    assert {each.part_time_left for each in hours.weeks if each.minutes == 120} == {hours.part_time_limit - 120}


async def test_somebody_with_part_time_work_there_is_not_lent_to_it(ctx: Context, client: Client) -> None:
    """Evenings of part-time work with the borrower and a lending to it are too much together: the person is told before
    anybody signs. Part-time work elsewhere does not stand against it."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    first = date.fromisoformat(deal["first_day"])
    for firm in (firms.borrower, await city.an_employer(ctx)):
        starts = at_local(first + timedelta(days=(7 - first.weekday()) % 7), 18 * 60)
        *_, shift = await a_shift_of(ctx, firm, starts=starts, hours=2, job_kind="part_time")
        at = firms.people[0] if firm is firms.borrower else firms.people[1]
        assert (await claim_seat(ctx, shift.id, by=worker_caller(at))).outcome == "confirmed"
    lent = await firms.ask(deal, 0)
    told = await firms.send("POST", f"/lent/{lent['id']}/open", "person0", status=409)
    assert told["code"] == "lent_part_time_over"
    await firms.come(deal, 1)


async def test_a_yes_to_a_lending_and_a_claim_at_once_have_one_winner(ctx: Context, client: Client) -> None:
    """The last signature and a tap on a seat in the same hours, five times: one stands, the other is told why not."""
    firms = await two_firms(ctx, client, people=5)
    deal = await firms.agreed(headcount=5)
    first = date.fromisoformat(deal["first_day"])
    day = next(each for at in range(7) if (each := first + timedelta(days=at)).isoweekday() == 2)
    *_, shift = await a_shift_of(ctx, starts=at_local(day, 10 * 60), headcount=5)
    for at, worker in enumerate(firms.people):
        lent = await firms.ask(deal, at)
        await firms.send("POST", f"/lent/{lent['id']}/open", f"person{at}")
        answers = await asyncio.gather(firms.try_sign("lent", lent["id"]), claimed(ctx, shift, worker))
        assert sorted(answers) in (["overlap", "signed"], ["confirmed", "lent_not_free"]), answers
    assert [each["code"] for each in await broken(ctx) if "lent" in each["code"]] == []


async def claimed(ctx: Context, shift: Any, worker: Any) -> str:
    """What the claim comes to, or the code of its refusal."""
    try:
        return (await claim_seat(ctx, shift.id, by=worker_caller(worker))).outcome
    except DomainError as refused:
        return refused.code


# -- in memory ----------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def pooled(ctx: Context, clean: None) -> AsyncIterator[Context]:
    """A context whose rankings come from memory."""
    await set_time(ctx, NOW)
    keeper = PoolKeeper(ctx)
    yield replace(ctx, pools=keeper)
    await keeper.stop()


async def test_memory_hears_of_every_step_of_a_lending(pooled: Context, client: Client) -> None:
    """Asked, the person is offered work; from the yes on not in these hours; withdrawn, begun and ended. Each time the
    answer comes from memory."""
    ctx = pooled
    firms = await two_firms(ctx, client)
    await filled(ctx)
    deal = await firms.agreed()
    first = date.fromisoformat(deal["first_day"])
    starts = at_local(first, 9 * 60)
    shift = (await a_shift_of(ctx, starts=starts, hours=3))[2]
    lent = await firms.ask(deal)
    await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
    assert firms.people[0].id in await listed(ctx, shift)
    await firms.sign("lent", lent["id"])
    assert firms.people[0].id not in await listed(ctx, shift)
    await firms.send("POST", f"/lent/{lent['id']}/refuse", "person0", {})
    assert firms.people[0].id in await listed(ctx, shift)
    await firms.come(deal, 1)
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    assert firms.people[1].id not in await listed(ctx, shift)
    await run_due_at(ctx, at_local(first, 1))
    await firms.sign_in()
    assert firms.people[1].id not in await listed(ctx, shift)
    [working] = [each for each in (await firms.send("GET", f"/deals/{deal['id']}/people", "lender"))["items"]
                 if each["state"] == "working"]  # fmt: skip
    await firms.send("POST", f"/lent/{working['id']}/end", "borrower", {"reason": "other"})
    assert firms.people[1].id in await listed(ctx, shift)


async def listed(ctx: Context, shift: Any) -> list[Any]:
    """Who is proposed for a shift, from memory as from the database."""
    memory, database = await both(ctx, shift.id, officer_caller(new_id(), "310000"))
    assert memory == database
    return [match.worker_id for match in memory.matches]


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_any_lending_memory_and_database_say_the_same(pooled: Context, seed: int) -> None:
    """Lendings of any hours, nights too, are made and moved while the pool stands and before it is filled."""
    ctx, chance = pooled, Random(seed)
    workers = [await a_lendable(ctx, f"+86137{seed}000990{at:02d}"[:14]) for at in range(4)]
    firms = [await city.an_employer(ctx) for _ in range(3)]
    deals = [await a_deal(ctx, *chance.sample(firms, 2), state="running", break_minutes=at * 30) for at in range(3)]
    for _ in range(3):
        await a_lending(ctx, chance, deals, workers)
    await filled(ctx)
    shifts = []
    for _ in range(6):
        starts = NOW + timedelta(hours=chance.randint(1, 150))
        kind = chance.choice(["part_time", "day_labour"])
        made = await a_shift_of(ctx, chance.choice(firms), starts=starts, hours=chance.randint(1, 9), job_kind=kind)
        shifts.append(made[2].id)
    for _ in range(STEPS):
        if chance.random() < 0.2:
            await set_time(ctx, await now_of(ctx) + timedelta(hours=chance.randint(1, 5)))
        await a_lending(ctx, chance, deals, workers)
        memory, database = await both(ctx, chance.choice(shifts), officer_caller(new_id(), "310000"))
        assert memory == database


async def a_lending(ctx: Context, chance: Random, deals: list[Any], workers: list[Any]) -> None:
    """One is made, or one of them ends or has another last day."""
    made = await ids(ctx)
    if made and chance.random() < 0.5:
        with suppress(DBAPIError, DomainError):
            async with ctx.uow() as uow:
                row = await uow.lent.get(chance.choice(made), lock=True)
                now = await uow.now()
                if row.state == "working" and chance.random() < 0.5:
                    away = {"left_on": local_day(now), "back_by": local_day(now), "end_reason": "other"}
                    await uow.move(row, LENT, "end", by=SYSTEM, at=now, **away)
                else:
                    last = row.first_day + timedelta(days=chance.randint(0, 9))
                    await uow.edit(row, by=SYSTEM, at=now, action="leave", last_day=last)
        return
    first = local_day(NOW) + timedelta(days=chance.randint(-2, 3))
    days = sorted(chance.sample(range(1, 8), chance.randint(1, 6)))
    with suppress(DBAPIError, DomainError):
        await a_lent(
            ctx, chance.choice(deals), chance.choice(workers), state=chance.choice(["consented", "working"]),
            first_day=first, last_day=first + timedelta(days=chance.randint(0, 9)), weekdays=days,
            day_from=time(chance.randint(0, 23)), day_until=time(chance.randint(0, 23), 30),
        )  # fmt: skip


async def ids(ctx: Context) -> list[Any]:
    async with ctx.database.sessions() as session, session.begin():
        return list((await session.scalars(text("select id from lent order by id"))).all())


async def test_a_persons_days_are_found_by_the_persons_own_rows(ctx: Context) -> None:
    """The planner takes the functions into the statement that asks, so that a person's own rows are found by their
    index; which one it takes for an empty table is left to it."""
    for source in ("lent_spans", "lent_minutes"):
        for asked in (
            f"select * from {source}(now(), 'infinity') where worker_id = any(array['{new_id()}'::uuid])",
            f"select (select count(*) from {source}(s.starts_at - interval '1 day', s.ends_at) l"
            " where l.worker_id = w.id) from shifts s, workers w",
        ):
            async with ctx.database.sessions() as session, session.begin():
                await session.execute(text("set local enable_seqscan = off"))
                plan = "\n".join(await session.scalars(text(f"explain {asked}")))
            assert f"Function Scan on {source}" not in plan
            assert "on lent l" in plan
    async with ctx.database.sessions() as session, session.begin():
        index = await session.scalar(text("select indexdef from pg_indexes where indexname = 'ix_lent_worker'"))
    assert "(worker_id, first_day" in index


# -- the rule and its twin in the database ------------------------------------------------------------


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
DAYS = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(sorted)


@settings(max_examples=size(150, 20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TIMES, TIMES, DAYS, st.integers(0, 480), st.integers(0, 20))
async def test_the_database_counts_hours_lent_as_the_rule_does(
    ctx: Context, day_from: time, day_until: time, weekdays: list[int], break_minutes: int, length: int
) -> None:
    """Any hours, breaks and weekdays, nights across midnight and Sunday: the same minutes on the same days."""
    first = date(2026, 12, 3)
    last = first + timedelta(days=length)
    async with ctx.uow() as uow:
        await uow.session.execute(text("delete from lent"))
    worker = await city.a_worker(ctx)
    firms = await city.an_employer(ctx), await city.an_employer(ctx)
    deal = await a_deal(ctx, *firms, state="signed", break_minutes=break_minutes, first_day=first, last_day=last)
    hours = {"day_from": day_from, "day_until": day_until, "weekdays": weekdays}
    await a_lent(ctx, deal, worker, state="consented", first_day=first, last_day=last, **hours)
    async with ctx.database.sessions() as session, session.begin():
        found = await session.execute(
            text("select local_day, week, sum(minutes)::int from lent_minutes('-infinity', 'infinity') group by 1, 2")
        )
        counted = {(day, week): minutes for day, week, minutes in found}
    expected = lent_minutes(first, last, Hours(day_from, day_until, tuple(weekdays), break_minutes))
    assert counted == {(day, week_of(day)): minutes for day, minutes in expected.items()}


@given(TIMES, TIMES, DAYS, st.integers(0, 480))
def test_a_week_of_hours_lent_is_what_the_terms_say(
    day_from: time, day_until: time, weekdays: list[int], break_minutes: int
) -> None:
    """Four whole weeks hold four times the week of the terms; a day is split as a shift of these hours is."""
    hours = Hours(day_from, day_until, tuple(weekdays), break_minutes)
    first = date(2026, 11, 30)
    counted = lent_minutes(first, first + timedelta(days=27), hours)
    assert sum(counted.values()) == 4 * max(0, hours.week_minutes)
    if hours.day_minutes > 0 and weekdays == [7]:
        start = datetime.combine(first + timedelta(days=6), day_from, NOW.tzinfo)
        weeks = dict(split_by_week(start, start + timedelta(minutes=hours.day_minutes)))
        one = lent_minutes(first, first + timedelta(days=6), hours)
        assert {week_of(day): one[day] for day in one} == {week: each for week, each in weeks.items() if each}


def test_only_the_week_that_is_too_long_stands_against_it() -> None:
    """Four hours of part-time work beside twenty lent are allowed, a minute more is not; other weeks do not matter."""
    firm, monday = new_id(), date(2026, 11, 30)
    lent = lent_minutes(monday, monday + timedelta(days=4), Hours(time(8), time(12), (1, 2, 3, 4, 5)))
    assert over_part_time(lent, [(firm, monday, 240)], 1440) is None
    over = over_part_time(lent, [(firm, monday, 241), (firm, monday + timedelta(days=7), 1400)], 1440)
    assert over is not None
    assert (over.firm, over.week, over.part_time, over.lent) == (firm, monday, 241, 1200)
