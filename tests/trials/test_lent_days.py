"""People lent day by day, longer, shorter, sent back, left without an employer: they and the firms are asked what an
oracle of its own says, each time."""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.followups.usecases.opening import open_due
from service.followups.usecases.repairing import repair
from service.invariants import breaches as invariants
from service.worktime import at_local
from tests.builders.applications import NOON, rows_of, run_due_at, set_time
from tests.builders.deals import Firms, two_firms
from tests.trials.ninety_told import Key, Lent, expected_of_lent

DAY = timedelta(days=1)
FACTS = "select id, state, last_day, left_on, started_at from lent order by created_at, id"
TASKS = """
select p.lent_id, t.milestone, t.about_at, t.side, t.due_at from followup_tasks t
join followup_plans p on p.id = t.plan_id where t.state <> 'cancelled'
"""
PEOPLE = 3
DEEDS = {"none": 60, "longer": 2, "leave": 1, "end": 1, "take_back": 15, "break": 0.7, "say": 20}


class Fact(NamedTuple):
    """Somebody who is lent, as the deal's own rows say."""

    id: UUID
    state: str
    last_day: date
    left_on: date | None
    started_at: datetime | None


@dataclass
class Walk:
    """A deal with three people; what was told of each."""

    firms: Firms
    deal: Any
    chance: random.Random
    told: dict[Any, Lent] = field(default_factory=dict)
    now: datetime = NOON

    async def at(self, day: int, minute: int) -> None:
        """The clock goes on, timers run, what is due is asked."""
        self.now = at_local(self.firms.today + day * DAY, minute)
        await run_due_at(self.firms.ctx, self.now)
        await self.see()
        await open_due(self.firms.ctx)

    async def facts(self) -> list[Fact]:
        """Of everybody, in the order of asking."""
        return [Fact(*row) for row in await rows_of(self.firms.ctx, FACTS)]

    async def see(self) -> None:
        """What the deal's own rows say now, as far as it is news."""
        for row in await self.facts():
            if row.started_at is None:
                continue
            lent = self.told.get(row.id)
            if lent is None:
                lent = self.told[row.id] = Lent(row.started_at, ((1, 2, 3, 4, 5), "08:00"), [(self.now, row.last_day)])
            if row.state == "working" and row.last_day != lent.last[-1][1]:
                lent.last.append((self.now, row.last_day))
            if row.left_on is not None and lent.gone is None:
                lent.gone = (self.now, row.left_on)
            if row.state == "returned" and lent.back is None:
                lent.back = self.now
            if row.state == "released" and lent.released is None:
                lent.released = self.now

    async def deed(self) -> None:
        """Something happens, or nothing."""
        rows = await self.facts()
        number = self.chance.randrange(len(rows))
        row = rows[number]
        (deed,) = self.chance.choices(list(DEEDS), list(DEEDS.values()))
        if deed == "longer":
            await self.longer()
        elif deed == "leave" and row.state == "working":
            await self.firms.send("POST", f"/lent/{row.id}/refuse", f"person{number}", {})
        elif deed == "end" and row.state == "working":
            side = self.chance.choice(("lender", "borrower"))
            await self.firms.send("POST", f"/lent/{row.id}/end", side, {"reason": "other"})
        elif deed == "take_back" and row.state == "returning":
            await self.firms.send("POST", f"/lent/{row.id}/take-back", "lender")
        elif deed == "break":
            await self.broken()
        elif deed == "say":
            await self.says(self.chance.choice([f"person{each}" for each in range(PEOPLE)] + ["lender", "borrower"]))
        await self.see()

    async def longer(self) -> None:
        """Both firms would, and some of the people."""
        deal = await self.firms.read(self.deal)
        if deal["state"] not in ("running", "extended"):
            return
        last = datetime.fromisoformat(deal["last_day"]).date() + self.chance.randint(1, 40) * DAY
        path = f"/deals/{deal['id']}/longer"
        await self.firms.send("POST", path, "lender", {"last_day": str(last)})
        await self.firms.longer(self.deal, "borrower")
        asked = await rows_of(self.firms.ctx, "select id from lent where longer_until is not null order by id")
        if self.chance.random() < 0.8:
            await self.firms.sign("deal", deal["id"])
        for (lent_id,) in asked:
            if self.chance.random() < 0.7:
                await self.firms.sign("lent", lent_id)

    async def broken(self) -> None:
        """One of the firms is no more, or all are called back."""
        deal = await self.firms.read(self.deal)
        if deal["state"] in ("running", "extended", "returning"):
            reason = self.chance.choice(("lender_insolvent", "lender_insolvent", "borrower_insolvent"))
            path = f"/deals/{deal['id']}/breach"
            if self.chance.random() < 0.5:
                await self.firms.send("POST", path, "officer", {"reason": reason})
            else:  # a firm says it, an officer finds out
                await self.firms.send("POST", path, "borrower", {"reason": reason})
                await self.see()
                await self.firms.found(self.deal, reason.split("_")[0], "confirmed")

    async def says(self, who: str) -> None:
        """Somebody answers the newest question, or wants no more of them."""
        items = (await self.firms.send("GET", "/followups", who))["items"]
        if not items:
            return
        task = items[-1]
        lent = next(each for key, each in self.told.items() if str(key) == task["lent_id"])
        if self.chance.random() < 0.2:
            await self.firms.send("POST", f"/followups/{task['id']}/refuse", who)
            lent.refused.setdefault("worker" if who.startswith("person") else who, self.now)
        else:
            question = task["questions"][0]
            answers = {question["code"]: self.chance.choice(question["answers"])["code"]}
            await self.firms.send("POST", f"/followups/{task['id']}/answer", who, {"answers": answers})
            lent.heard.add((task["milestone"], task["side"]))

    async def differing(self) -> list[str]:
        """Where the questions are not those of the oracle."""
        there: dict[Any, list[tuple[Key, datetime]]] = {key: [] for key in self.told}
        for lent_id, milestone, about_at, side, due_at in await rows_of(self.firms.ctx, TASKS):
            there[lent_id].append(((milestone, about_at, side), due_at))
        return [
            f"{lent}\n  is {sorted(there[key])}\n  should {sorted(expected_of_lent(lent, self.now).items())}"
            for key, lent in self.told.items()
            if sorted(there[key]) != sorted(expected_of_lent(lent, self.now).items())
        ]


@pytest.mark.parametrize("seed", range(6))
async def test_every_lending_is_asked_about_as_the_oracle_says(
    ctx: Context, client: httpx2.AsyncClient, seed: int
) -> None:
    """Whatever happens on whichever day: the questions of the rows are those of the oracle, none missing, none doubled,
    and the hourly repair finds nothing to do."""
    chance = random.Random(seed)
    await set_time(ctx, NOON)
    firms = await two_firms(ctx, client, people=PEOPLE)
    last = str(firms.today + chance.choice((9, 16, 40, 70)) * DAY)
    walk = Walk(firms, await firms.signed(people=PEOPLE, last_day=last), chance)
    for day in range(7, 100):
        await walk.at(day, 1)
        for minute in (5 * 60, 12 * 60, 20 * 60) if chance.random() < 0.3 or day == 7 else (20 * 60,):
            await walk.at(day, minute)
            await firms.sign_in()
            await walk.deed()
            differing = await walk.differing()
            assert differing == [], "\n".join([f"day {day}", *differing])
        if day % 10 == 0:
            assert await repair(ctx) == 0
    assert len(walk.told) == PEOPLE
    states = await rows_of(ctx, "select milestone || ' ' || state from followup_tasks order by 1")
    sys.stdout.write(f"{seed}: {dict(Counter(state for (state,) in states))}\n")
    assert await invariants(ctx) == []
