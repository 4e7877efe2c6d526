"""Settlements on the database: what no code path may write, several hands at once, timers that come twice or late."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import breaches, rows_of, run_due_at, set_time
from tests.builders.deals import Firms, a_deal, a_lendable, a_lent
from tests.builders.settlements import (
    BEGINS,
    a_day,
    a_leg,
    a_statement,
    as_planned,
    firms_on_monday,
    goes_to,
    legs_of,
    money,
)
from tests.http.test_deals import mine
from tests.http.test_settlements import DAILY, confirm, pay, running
from tests.usecases.test_deals import refused_by

Client = httpx2.AsyncClient
DAY = timedelta(days=1)
COSTS = [
    {"kind": "social_insurance", "unit": "month", "fen": 150_000}, {"kind": "transport", "unit": "day", "fen": 1_000},
]  # fmt: skip
BROKEN: list[tuple[str, str, str]] = [
    ("lent_days", "kind = 'strike'", "ck_lent_days_kind"),
    ("lent_days", "minutes = 1441", "ck_lent_days_minutes"),
    ("lent_days", "minutes = 0", "ck_lent_days_worked"),
    ("lent_days", "kind = 'sick'", "ck_lent_days_worked"),
    ("lent_days", "day = day + 1", "ck_lent_days_moved"),
    ("lent_days", "state = 'objected'", "ck_lent_days_objected"),
    ("settlements", "firm_fen = firm_fen + 1", "ck_settlements_firm_fen"),
    ("settlements", "month = month + 1", "ck_settlements_month"),
    ("settlements", "edition = 2, state = 'corrected'", "ck_settlements_edition"),
    ("settlement_legs", "due_fen = due_fen + 1", "ck_settlement_legs_computed"),
    ("settlement_legs", "due_fen = -1, lines = '[{\"amount_fen\": -1}]'", "ck_settlement_legs_amounts"),
    ("settlement_legs", "state = 'paid_by_payer'", "ck_settlement_legs_paid_in_full"),
    ("settlement_legs", "state = 'settled'", "ck_settlement_legs_settled_in_full"),
    ("settlement_legs", "state = 'claimed'", "ck_settlement_legs_claimed_at"),
    ("settlement_legs", "state = 'cancelled'", "ck_settlement_legs_cancelled"),
    ("settlement_legs", "payer_id = payee_id", "ck_settlement_legs_two_sides"),
]


async def a_stated(ctx: Context) -> tuple[Any, Any]:
    """A deal under way with somebody's day and a stated month."""
    await set_time(ctx, at_local(BEGINS, 540))
    deal = await a_deal(ctx, await city.an_employer(ctx), await city.an_employer(ctx), state="running")
    lent = await a_lent(ctx, deal, await a_lendable(ctx, "+8613700009911"), state="working")
    await a_day(ctx, deal, lent)
    await a_leg(ctx, deal, await a_statement(ctx, deal))
    return deal, lent


@pytest.mark.parametrize(("table", "change", "constraint"), BROKEN)
async def test_the_database_refuses_what_may_not_be(ctx: Context, table: str, change: str, constraint: str) -> None:
    """Whatever writes it: no typed amount, nothing settled that was not paid, no day that moves."""
    await a_stated(ctx)
    assert await refused_by(ctx, f"update {table} set {change}") == constraint


async def test_the_database_keeps_days_where_the_person_was(ctx: Context) -> None:
    """Not before the first day, not after the last one, not tomorrow, not twice; each written past the service."""
    _, lent = await a_stated(ctx)
    copy = (
        "insert into lent_days select lent_id, deal_id, city_code, day + {days}, kind, minutes, entered_at, stands_at,"
        " objection, said_minutes, objected_at, state, gen_random_uuid(), 1, created_at, updated_at from lent_days"
    )
    assert await refused_by(ctx, copy.format(days=1)) == "ck_lent_days_future"
    assert await refused_by(ctx, copy.format(days=-1)) == "ck_lent_days_lent"
    assert await refused_by(ctx, copy.format(days=0)) == "uq_lent_days_day"
    await set_time(ctx, at_local(lent.last_day + 2 * DAY, 540))
    assert await refused_by(ctx, copy.format(days=(lent.last_day - BEGINS).days + 1)) == "ck_lent_days_lent"


async def test_two_foremen_at_once_enter_each_person_once(ctx: Context, client: Client) -> None:
    """Both tap at the same moment: both are answered with the one day of each person; who is named twice is refused."""
    firms, deal = await running(ctx, client)
    lent = await mine(firms)
    body = {"day": str(BEGINS), "as_planned": True}

    async def tap(body: dict[str, Any]) -> httpx2.Response:
        path = f"/v1/deals/{deal['id']}/days"
        return await client.post(path, json=body, headers=firms.headers["borrower"])

    answers = await asyncio.gather(*(tap(body) for _ in range(4)))
    assert [each.status_code for each in answers] == [200] * 4
    assert len({day["id"] for each in answers for day in each.json()["items"]}) == 2
    await goes_to(firms, BEGINS + DAY)
    named = {"day": str(BEGINS + DAY), "people": [{"lent_id": lent["id"], "minutes": 480}]}
    codes = sorted(each.status_code for each in await asyncio.gather(*(tap(named) for _ in range(4))))
    assert codes == [200, 409, 409, 409]
    assert await breaches(ctx) == []


async def test_two_members_at_once_put_a_day_right_once(ctx: Context, client: Client) -> None:
    """Both have seen the same version: one is heard, the other reads that it was changed."""
    firms, deal = await running(ctx, client, people=1)
    day = (await as_planned(firms, deal, BEGINS))["items"][0]
    headers = firms.headers["borrower"] | {"if-match": '"1"'}
    calls = [
        client.patch(
            f"/v1/lent-days/{day['id']}", json={"kind": "worked", "minutes": minutes, "reason": "mistake"},
            headers=headers,
        )
        for minutes in (420, 450)
    ]  # fmt: skip
    assert sorted(each.status_code for each in await asyncio.gather(*calls)) == [200, 412]


async def test_payer_and_payee_at_once_end_in_one_state(ctx: Context, client: Client) -> None:
    """Said to be paid twice and confirmed at the same moment: never paid twice, settled at the end."""
    firms, deal = await running(ctx, client, people=1)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 1))
    (leg,) = await legs_of(firms, "borrower")
    path, body = f"/v1/settlement-legs/{leg['id']}", {"amount_fen": leg["due_fen"], "paid_on": "2026-12-01"}

    async def post(verb: str, who: str, sent: dict[str, Any]) -> int:
        headers = firms.headers[who] | {"idempotency-key": f"key-{uuid4()}"}
        return (await client.post(f"{path}/{verb}", json=sent, headers=headers)).status_code

    await asyncio.gather(post("pay", "borrower", body), post("pay", "borrower", body), post("confirm", "lender", {}))
    after = await firms.send("GET", f"/settlement-legs/{leg['id']}", "lender")
    assert after["state"] in ("settled", "paid_by_payer")
    assert after["paid_fen"] in (0, leg["due_fen"])
    assert await breaches(ctx) == []


async def test_a_month_is_stated_once_however_late_the_timer(ctx: Context, client: Client) -> None:
    """The jobs stood still until January: both months are stated, each once, and the next is planned."""
    firms, _ = await running(ctx, client, people=1, last_day="2027-02-26")
    await goes_to(firms, date(2027, 1, 3))
    await goes_to(firms, date(2027, 1, 3), 120)
    stated = await rows_of(ctx, "select month, edition from settlements order by month")
    assert [(str(month), edition) for month, edition in stated] == [("2026-11-01", 1), ("2026-12-01", 1)]
    due = await rows_of(ctx, "select due_at from due_work where kind = 'settlement.month' and state = 'pending'")
    assert [at for (at,) in due] == [at_local(date(2027, 2, 1), 5)]
    assert await breaches(ctx) == []


async def test_a_late_entry_pays_what_was_presumed_too_much_or_too_little(ctx: Context, client: Client) -> None:
    """Taken as planned at first; then entered as an absence (nothing left: cancelled) or with overtime after it was
    settled: due again, with days to pay it."""
    firms, deal = await running(ctx, client)
    one, two = await mine(firms, 0), await mine(firms, 1)
    await goes_to(firms, date(2026, 12, 1))
    legs = {each["lent_id"]: each for each in await legs_of(firms, "lender") if each["kind"] == "wage"}
    assert {each["due_fen"] for each in legs.values()} == {20_000}
    await pay(firms, legs[two["id"]], "lender", date(2026, 12, 1))
    await confirm(firms, legs[two["id"]], "person1")
    people = [
        {"lent_id": one["id"], "kind": "leave"}, {"lent_id": two["id"], "kind": "worked", "minutes": 600},
    ]  # fmt: skip
    await as_planned(firms, deal, BEGINS, people)
    after = {each["lent_id"]: each for each in await legs_of(firms, "lender") if each["kind"] == "wage"}
    assert (after[one["id"]]["state"], after[one["id"]]["due_fen"]) == ("cancelled", 0)
    assert (after[two["id"]]["state"], after[two["id"]]["owed_fen"]) == ("due", 7_500)
    await pay(firms, after[two["id"]], "lender", date(2026, 12, 1))
    assert (await confirm(firms, after[two["id"]], "person1"))["state"] == "settled"
    statement = await firms.send("GET", f"/deals/{deal['id']}/statement?month=2026-11-01", "lender")
    assert [each["why"] for each in statement["corrections"]] == ["entered_late"]
    assert statement["wage_fen"] == sum(each["wage_fen"] for each in statement["people"]) == 27_500
    assert await breaches(ctx) == []


async def test_nobody_elses_money_is_seen(ctx: Context, client: Client) -> None:
    """The borrower reads no wage leg, a person no other person's, strangers nothing."""
    firms, deal = await running(ctx, client)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, date(2026, 12, 1))
    stranger = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    away = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330000",)))
    own = (await mine(firms))["id"]
    wage = next(each for each in await legs_of(firms, "lender") if each["lent_id"] == own)
    for who in ("borrower", "person1"):
        await firms.send("GET", f"/settlement-legs/{wage['id']}", who, status=404)
        await money(firms, "POST", f"/settlement-legs/{wage['id']}/confirm", who, {}, status=404)
        await firms.send("GET", f"/lent/{wage['lent_id']}/statement", who, status=404)
    for headers in (stranger, away):
        for path in (f"settlement-legs/{wage['id']}", f"deals/{deal['id']}/statement", f"deals/{deal['id']}/days"):
            assert (await client.get(f"/v1/{path}", headers=headers)).status_code == 404
        assert (await client.get("/v1/settlement-legs", headers=headers)).json()["items"] == []
        assert (await client.get("/v1/settlements/mismatches", headers=headers)).json()["items"] == []
    needed = await money(firms, "POST", f"/settlement-legs/{wage['id']}/confirm", "officer", {}, status=422)
    assert needed["code"] == "on_behalf_needed"


async def test_a_dispute_keeps_a_settled_deal_open(ctx: Context, client: Client) -> None:
    """Settled by silence, then objected to: it is not closed before the dispute has ended."""
    firms = await firms_on_monday(ctx, client)
    await firms.signed(people=1, **DAILY, last_day="2026-12-01", first_day="2026-11-30")
    await goes_to(firms, BEGINS)
    await goes_to(firms, date(2026, 12, 2))
    await firms.send("POST", f"/lent/{(await mine(firms))['id']}/take-back", "lender")
    await goes_to(firms, date(2026, 12, 5))
    for who, payee in (("borrower", "lender"), ("lender", "person0")):
        for leg in [each for each in await legs_of(firms, payee) if "pay" not in each["possible"]]:
            await pay(firms, leg, who, date(2026, 12, 5))
    await goes_to(firms, date(2026, 12, 19), 120)
    await run_due_at(ctx, at_local(date(2026, 12, 19), 130))
    deal = (await firms.send("GET", "/deals", "lender"))["items"][0]
    assert deal["state"] == "settled"
    leg = (await legs_of(firms, "person0"))[0]
    await firms.send("POST", f"/settlement-legs/{leg['id']}/object", "person0", {"reason": "not_received"})
    await goes_to(firms, date(2027, 1, 4))
    assert (await firms.read(deal))["state"] == "settled"
    assert (await confirm(firms, leg, "person0"))["state"] == "settled"
    await goes_to(firms, date(2027, 1, 6))
    assert (await firms.read(deal))["state"] == "closed"


async def test_lines_of_the_story_add_up(ctx: Context) -> None:
    """The sum that the database reckons with refuses what is no amount."""
    async with ctx.database.sessions() as session, session.begin():
        asked = text('select sum_of_lines(\'[{"amount_fen": 2}, {"amount_fen": 3}]\'), sum_of_lines(\'[{"a": 1}]\')')
        assert tuple((await session.execute(asked)).one()) == (5, -1)


async def test_days_that_nobody_enters_are_told_each_monday(ctx: Context, client: Client) -> None:
    """Once a week, to those who decide for the borrower."""
    firms, deal = await running(ctx, client)
    await as_planned(firms, deal, BEGINS)
    await goes_to(firms, BEGINS + 7 * DAY, 600)
    told = [each["text"] for each in (await firms.send("GET", "/messages", "borrower"))["items"]]
    assert len([each for each in told if "8人天" in each]) == 1


@dataclass
class Walk:
    """Anybody does anything with the days and the money of one deal, in any order."""

    firms: Firms
    deal: Any
    chance: Random
    today: date = BEGINS
    told: Counter[tuple[str, int]] = field(default_factory=Counter)

    async def send(self, method: str, path: str, who: str, body: Any, **headers: str) -> None:
        """One request; whatever it is answered, it is no fault."""
        sent = self.firms.headers[who] | {"idempotency-key": f"key-{uuid4()}"} | headers
        answer = await self.firms.client.request(method, f"/v1{path}", json=body, headers=sent)
        assert answer.status_code in (200, 404, 409, 412, 422), answer.text
        self.told[path.rpartition("/")[2] if method == "POST" else method, answer.status_code] += 1

    def kind(self) -> dict[str, Any]:
        """A day as it may have been."""
        kind = self.chance.choice(["worked", "worked", "worked", "injury", "sick", "no_work"])
        return {"kind": kind, "minutes": self.chance.choice([240, 480, 600]) if kind == "worked" else 0}

    async def step(self) -> None:
        """Time passes, or somebody does something."""
        draw = self.chance.random()
        if draw < 0.25:
            self.today += DAY * self.chance.choice([1, 1, 3, 9])
            await goes_to(self.firms, self.today, 1_000)
        elif draw < 0.45:
            await self.enter()
        elif draw < 0.65:
            await self.dispute_day()
        else:
            await self.pay_or_answer()

    async def enter(self) -> None:
        """Some day until today, as planned or otherwise for one of them."""
        day = BEGINS + DAY * self.chance.randint(0, (self.today - BEGINS).days)
        lent = await mine(self.firms, self.chance.randint(0, 1))
        people = [{"lent_id": lent["id"]} | self.kind()] if self.chance.random() < 0.5 else []
        body = {"day": str(day), "people": people, "as_planned": True}
        await self.send("POST", f"/deals/{self.deal['id']}/days", "borrower", body)

    async def dispute_day(self) -> None:
        """A day is objected to, agreed to, put right or decided."""
        month = self.chance.choice(["2026-11-30", str(self.today)])
        days = (await self.firms.send("GET", f"/deals/{self.deal['id']}/days?month={month}", "officer"))["items"]
        if not days:
            return
        day = self.chance.choice(days)
        path, seen = f"/lent-days/{day['id']}", f'"{day["version"]}"'
        await self.chance.choice([
            lambda: self.send("POST", f"{path}/object", "person0", {"reason": "other"}, **{"if-match": seen}),
            lambda: self.send("POST", f"{path}/agree", "person1", {}, **{"if-match": seen}),
            lambda: self.send("PATCH", path, "borrower", self.kind() | {"reason": "mistake"}, **{"if-match": seen}),
            lambda: self.send("POST", f"{path}/decide", "officer", self.kind(), **{"if-match": seen}),
        ])()  # fmt: skip

    async def pay_or_answer(self) -> None:
        """A leg is paid in part, paid, confirmed, confirmed with less, objected to."""
        legs = await legs_of(self.firms, "lender", limit=100)
        if not legs:
            return
        leg = self.chance.choice(legs)
        path, own = f"/settlement-legs/{leg['id']}", await self.payee(leg)
        payer = "borrower" if leg["kind"] == "firm" else "lender"
        most = max(1, leg["owed_fen"])
        paid = {"amount_fen": self.chance.choice([most, max(1, most // 2)]), "paid_on": str(self.today)}
        less = {"amount_fen": self.chance.choice([0, leg["due_fen"] // 2, leg["due_fen"]])}
        await self.chance.choice([
            lambda: self.send("POST", f"{path}/pay", payer, paid),
            lambda: self.send("POST", f"{path}/confirm", own, less),
            lambda: self.send("POST", f"{path}/confirm", own, {}),
            lambda: self.send("POST", f"{path}/object", own, {"reason": "not_received"}),
        ])()  # fmt: skip

    async def payee(self, leg: Any) -> str:
        """To whom it is owed."""
        if leg["kind"] == "firm":
            return "lender"
        return f"person{[(await mine(self.firms, at))['id'] for at in (0, 1)].index(leg['lent_id'])}"

    async def finish(self) -> None:
        """What is open is answered, as everybody can do who wants to come to an end."""
        for month in ("2026-11-30", "2026-12-30", "2027-01-30"):
            listed = await self.firms.send("GET", f"/deals/{self.deal['id']}/days?month={month}", "officer")
            for day in [each for each in listed["items"] if each["state"] == "objected"]:
                path, seen = f"/lent-days/{day['id']}/decide", f'"{day["version"]}"'
                await self.send("POST", path, "officer", {"kind": "worked", "minutes": 480}, **{"if-match": seen})
        for leg in await legs_of(self.firms, "lender", limit=100):
            if leg["state"] not in ("settled", "cancelled"):
                await self.send(
                    "POST",
                    f"/settlement-legs/{leg['id']}/confirm",
                    await self.payee(leg),
                    {"amount_fen": leg["due_fen"]},
                )


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_done_it_adds_up_and_comes_to_an_end(ctx: Context, client: Client, seed: int) -> None:
    """Seventy steps of anything: no fault, legs are what the statement says; once everybody has answered, the deal is
    settled and closed."""
    firms, deal = await running(ctx, client, last_day="2027-01-08", costs=COSTS)
    walk = Walk(firms, deal, Random(seed))
    for _ in range(70):
        await walk.step()
        assert await breaches(ctx) == []
    await goes_to(firms, max(walk.today, date(2027, 1, 9)))
    for at in (0, 1):
        if (await mine(firms, at))["state"] == "returning":
            await firms.send("POST", f"/lent/{(await mine(firms, at))['id']}/take-back", "lender")
    await goes_to(firms, max(walk.today, date(2027, 1, 9)) + 4 * DAY)
    await walk.finish()
    await goes_to(firms, walk.today + 60 * DAY)
    await goes_to(firms, walk.today + 80 * DAY)
    for month in ("2026-11-30", "2026-12-30", "2027-01-05"):
        statement = await firms.send("GET", f"/deals/{deal['id']}/statement?month={month}", "lender")
        assert sum(each["due_fen"] for each in statement["legs"] if each["kind"] == "wage") == statement["wage_fen"]
        assert sum(each["due_fen"] for each in statement["legs"] if each["kind"] == "firm") == statement["firm_fen"]
    assert (await firms.read(deal))["state"] == "closed", walk.told
    assert await breaches(ctx) == []
