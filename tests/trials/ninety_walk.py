"""The days pass: the clock goes from stop to stop, the story's deeds are done, both sides and the officers answer.

At each stop what is due is opened by the schedulers first, then the deeds are done. While the database is away
everybody waits; a question of the trial itself is asked again.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources
from typing import Any

import asyncpg
import httpx2
import yaml

from service.context import Context
from service.followups.usecases.asking import ask
from service.followups.usecases.opening import open_due
from service.jobs.due import run_all_due
from tests.trials.ninety_plot import postings_of
from tests.trials.ninety_stories import EVENING, NIGHT, NOON, STOPS, Doer, Story
from tests.trials.ninety_told import DAY, LOCAL, at
from tests.trials.stage import until_answered

QUIET_SECONDS = 240
LATE = 4 * DAY  # so long those wait who answer late
# What must be done before a stop's deeds; messages may lag behind. A lease counts real seconds, of which the trial's
# day has few: what a killed scheduler had taken is let go at once, whoever else may hold it (nothing may happen twice).
LET_GO = "update due_work set lease_until = clock_timestamp() where state = 'leased' and not outside"
BUSY = """
select (select count(*) from followup_tasks where state = 'planned' and due_at <= now)
     + (select count(*) from due_work where state in ('pending', 'leased') and not outside and due_at <= now)
     + case when $1 then (select count(*) from followup_tasks where state = 'open' and next_attempt_at <= now)
                       + (select count(*) from due_work where state = 'pending' and outside and due_at <= now)
       else 0 end
from (select business_now() as now) clock
"""
OPEN = """
select t.id, t.milestone, t.side, t.short, t.opened_at, t.call_on, p.posting_id, p.worker_id
from followup_tasks t join followup_plans p on p.id = t.plan_id where t.state = 'open' order by t.id
"""


@dataclass
class Walk:
    """The clock, the stories and the hands that do what is to be done."""

    http: httpx2.AsyncClient
    owner: str  # the database, for the trial's own questions
    stories: Sequence[Story]
    seed: int = 7
    hands: Context | None = None  # a reduced size has no time to wait for the loops: one more scheduler, in a hurry
    now: datetime = field(init=False)
    answered: int = 0
    late: int = 0  # answers that came when the question was closed already
    killed: bool = False
    connection: asyncpg.Connection | None = None

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        raw = yaml.safe_load(resources.files("service.followups").joinpath("questions.yaml").read_text("utf-8"))
        self.questions: dict[str, Any] = raw["questions"]
        self.asked: dict[str, Any] = raw["asked"]
        self.by_key = {(str(each.placed.row.id), str(each.who.id)): each for each in self.stories}
        self.posted = {str(each.row.id): each for each in postings_of(self.stories)}

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        """A question of the trial, asked again while the database is away."""
        async with asyncio.timeout(QUIET_SECONDS):
            while True:
                try:
                    if self.connection is None or self.connection.is_closed():
                        self.connection = await asyncpg.connect(self.owner, timeout=10)
                    return list(await self.connection.fetch(sql, *values, timeout=60))
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                    await self.hang_up()
                    await asyncio.sleep(0.2)

    async def hang_up(self) -> None:
        """The trial's own connection ends."""
        if self.connection is not None:
            self.connection.terminate()
        self.connection = None

    async def through(self, first: date, days: int, stops: Sequence[str] = STOPS) -> None:
        """So many days from the first one."""
        for number in range(days):
            for clock in stops:
                await self.stop(at(first + number * DAY, clock))
            if self.hands is None:  # hours at full size: whoever waits sees where it is
                sys.stdout.write(f"{self.now:%Y-%m-%d %H:%M} {self.answered} answers, {self.late} late\n")
                sys.stdout.flush()

    async def stop(self, now: datetime) -> None:
        """One stop: what is due is opened, the deeds are done, at noon and at night people answer."""
        self.now = now
        answer = await until_answered(
            self.http, "POST", "/_test/clock", {}, {"action": "freeze", "at": now.isoformat()}
        )
        assert answer.status_code == 200, answer.text
        clock = now.astimezone(LOCAL).strftime("%H:%M")
        await self.quiet(all_of_it=clock == NIGHT)
        await self._all([self._deeds(story) for story in self.stories if now in story.deeds])
        if clock in (NOON, NIGHT):
            await self._answers(calls=clock == NOON)
        if clock == EVENING:
            await self._all([self._withdraw(each) for each in self.posted.values() if self._is_over(each)])

    async def quiet(self, *, all_of_it: bool) -> None:
        """Until nothing is due, or raises TimeoutError."""
        async with asyncio.timeout(QUIET_SECONDS):
            while (await self.rows(BUSY, all_of_it))[0][0]:
                if self.killed:
                    self.killed = False
                    await self.rows(LET_GO)
                if self.hands is not None:
                    await open_due(self.hands)
                    await run_all_due(self.hands)
                    await ask(self.hands)
                else:
                    await asyncio.sleep(0.05)

    async def _all(self, jobs: Sequence[Any]) -> None:
        """Eight at a time, so that the service is busy and not flooded."""
        gate = asyncio.Semaphore(8)

        async def one(job: Any) -> None:
            async with gate:
                await job

        await asyncio.gather(*(one(job) for job in jobs))

    async def _deeds(self, story: Story) -> None:
        for deed in story.deeds.pop(self.now):
            await deed(Doer(self.http, story, self.now))

    def _is_over(self, placed: Any) -> bool:
        return placed.withdrawn is None and placed.withdraw_at <= self.now

    async def _withdraw(self, placed: Any) -> None:
        path, body = f"/v1/postings/{placed.row.id}/withdraw", {"reason": "not_needed"}
        answer = await until_answered(self.http, "POST", path, placed.firm.boss, body)
        assert answer.status_code == 200, answer.text
        placed.withdrawn = self.now

    # -- answers ---------------------------------------------------------------------------------------------

    async def _answers(self, *, calls: bool) -> None:
        found = await self.rows(OPEN)
        await self._all([self._answer(row, calls=calls) for row in found])

    async def _answer(self, row: Any, *, calls: bool) -> None:
        """As the side's temper is; who is on the officers' list of calls is called."""
        posting, worker = str(row["posting_id"]), str(row["worker_id"])
        story = self.by_key.get((posting, worker))
        placed = self.posted[posting]
        temper = story.tempers[row["side"]] if story else "prompt"
        who = story.who.headers if story and row["side"] == "worker" else placed.firm.boss
        called = calls and row["call_on"] == self.now.astimezone(LOCAL).date()
        officer = self.stories[0].officer
        if temper == "prompt" or (temper == "late" and row["opened_at"] <= self.now - LATE):
            await self._say(row, who, "")
        elif temper == "refuses" and story is not None and row["side"] not in story.told.refused:  # type: ignore[union-attr]
            answer = await until_answered(self.http, "POST", f"/v1/followups/{row['id']}/refuse", who, {})
            assert answer.status_code == 200, answer.text
            story.told.refused[row["side"]] = self.now  # type: ignore[union-attr]
        elif called and temper == "by_phone":
            await self._say(row, officer, "?on_behalf=by_phone")
        elif called and temper == "never" and self.chance.random() < 0.7:
            tried = {"channel": "phone", "result": "no_answer"}
            answer = await until_answered(self.http, "POST", f"/v1/followups/{row['id']}/attempts", officer, tried)
            # a call in vain about another question of the same party was one about this too
            assert answer.status_code == 200 or answer.json()["code"] in ("asked_today", "wrong_state"), answer.text

    async def _say(self, row: Any, who: dict[str, str], query: str) -> None:
        path, body = f"/v1/followups/{row['id']}/answer{query}", {"answers": self._words(row)}
        answer = await until_answered(self.http, "POST", path, who, body)
        if answer.status_code == 409 and answer.json()["code"] == "wrong_state":
            self.late += 1
            return
        assert answer.status_code == 200, (row, answer.text)
        self.answered += 1

    def _words(self, row: Any) -> dict[str, Any]:
        """Mostly good ones; now and then the worst."""
        own = f"{row['milestone']}_short"
        named = own if row["short"] and own in self.asked else row["milestone"]
        bad = self.chance.random() < 0.1
        return {code: self._word(self.questions[code], bad) for code in self.asked[named][row["side"]]}

    def _word(self, question: Any, bad: bool) -> Any:
        answers = question["answers"]
        if answers in ("number", "scale"):
            return self.chance.randint(1, 5)
        codes = ["yes", "no"] if answers == "yes_no" else list(answers)
        opens = [code for code in codes if code in question.get("opens", {})]
        good = [code for code in codes if code not in opens]
        return self.chance.choice(opens if bad and opens else good)
