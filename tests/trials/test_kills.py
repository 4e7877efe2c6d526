"""kill -9 of API, jobs and database under mixed writes with fault points on: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2

from service.context import Context
from tests.builders.applications import a_shift_of, rows_of
from tests.builders.city import now_of
from tests.live import Live, live_service
from tests.sizes import FULL
from tests.trials.killing import FAULTS, Keeper, context_on, own_cluster
from tests.trials.stage import Person, a_boss, a_crowd, connected, until_answered
from tests.trials.step import a_posting_body

KILLS = 100 if FULL else 2
CLIENTS = 6
SHIFTS = 60 if FULL else 12
PAUSE = (0.5, 2.5) if FULL else (0.2, 1.0)
QUIET_SECONDS = 60
LEASE_SECONDS = 30  # of the test clock: what a killed process had taken is free again
MOST_SKILLS = 5
DAY = timedelta(days=1)


@dataclass
class Ledger:
    """What the service has said yes to: it must all be there, once."""

    seats: dict[str, str] = field(default_factory=dict)  # engagement → state
    titles: dict[str, str] = field(default_factory=dict)  # posting's title → id
    skills: dict[str, tuple[str, bool]] = field(default_factory=dict)  # name → id, whether it has been struck off
    deals: dict[str, str] = field(default_factory=dict)  # hire → engagement
    waiting: int = 0


@dataclass
class Client:
    """One person with a phone and a boss with another; both send until they are answered."""

    http: httpx2.AsyncClient
    me: Person
    boss: dict[str, str]
    shifts: list[UUID]
    now: datetime
    chance: random.Random
    ledger: Ledger
    hires: int = 0
    learned: list[str] = field(default_factory=list)

    async def live(self, over: asyncio.Event) -> None:
        deeds: list[Callable[[], Coroutine[Any, Any, None]]] = [self.claim, self.post, self.learn, self.deal]
        while not over.is_set():
            await self.chance.choice(deeds)()
            await asyncio.sleep(self.chance.uniform(0, 0.1))

    async def ask(self, path: str, body: Any, headers: dict[str, str], status: int) -> Any:
        answer = await until_answered(self.http, "POST", path, headers, body)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json()

    async def claim(self) -> None:
        """A seat on a day of its own; now and then it is given back."""
        if not self.shifts:
            return
        claim = await self.ask(f"/v1/shifts/{self.shifts.pop()}/claims", {}, self.me.headers, 201)
        if claim["outcome"] == "waitlisted":
            self.ledger.waiting += 1
            return
        seat = claim["engagement_id"]
        self.ledger.seats[seat] = "confirmed"
        if self.chance.random() < 0.4:
            await self.ask(f"/v1/engagements/{seat}/cancel", {"reason": "other"}, self.me.headers, 200)
            self.ledger.seats[seat] = "cancelled"

    async def post(self) -> None:
        title = f"洗碗 {uuid4().hex}"
        body = a_posting_body(self.now + 5 * DAY) | {"title": title, "submit": self.chance.random() < 0.5}
        self.ledger.titles[title] = (await self.ask("/v1/postings", body, self.boss, 201))["id"]

    async def learn(self) -> None:
        """A skill more; when there are many, the oldest is struck off."""
        name = f"手艺{uuid4().hex[:12]}"
        skill = await self.ask("/v1/workers/me/skills", {"trade": name}, self.me.headers, 201)
        self.ledger.skills[name] = (skill["id"], False)
        self.learned.append(name)
        if len(self.learned) > MOST_SKILLS:
            oldest = self.learned.pop(0)
            id = self.ledger.skills[oldest][0]
            gone = await until_answered(self.http, "DELETE", f"/v1/workers/me/skills/{id}", self.me.headers)
            assert gone.status_code == 204, gone.text
            self.ledger.skills[oldest] = (id, True)

    async def deal(self) -> None:
        """A hire by sight in an hour of its own within the week."""
        if self.hires >= 70:
            return
        self.hires += 1
        starts = self.now + (self.hires + 1) * timedelta(hours=2)  # `now` is a whole hour, up to an hour ago
        word = (await self.ask("/v1/workers/me/word", None, self.me.headers, 201))["word"]
        body = {
            "code": word,
            "trade": "dishwashing",
            "pay": {"amount_fen": 2500},
            "pay_unit": "hour",
            "starts_at": starts.isoformat(),
            "until": (starts + timedelta(hours=1)).isoformat(),
            "place": {"address": "某路3号"},
        }
        hire = (await self.ask("/v1/hires", body, self.boss, 201))["id"]
        self.ledger.deals[hire] = (await self.ask(f"/v1/hires/{hire}/accept", {}, self.me.headers, 200))["id"]


async def prepared(ctx: Context, http: httpx2.AsyncClient, ledger: Ledger) -> list[Client]:
    """The clients, each with the same shifts before them in another order."""
    now = (await now_of(ctx)).replace(minute=0, second=0, microsecond=0)
    shifts = []
    for number in range(SHIFTS):
        seats = 3 if number % 2 else CLIENTS
        shifts.append((await a_shift_of(ctx, starts=now + (10 + number) * DAY, headcount=seats))[2].id)
    people = await a_crowd(ctx, CLIENTS)
    made = []
    for number, person in enumerate(people):
        chance = random.Random(number)
        _, boss = await a_boss(ctx)
        made.append(Client(http, person, boss, chance.sample(shifts, SHIFTS), now, chance, ledger))
    return made


async def calm(http: httpx2.AsyncClient) -> dict[str, Any]:
    """What is left to do once everything due has been done."""
    async with asyncio.timeout(QUIET_SECONDS):
        while True:
            figures: dict[str, Any] = (await http.get("/_test/quiescent")).json()
            if figures.get("quiet"):
                return figures
            await http.post("/_test/run-due")
            await http.post("/_test/clock", json={"action": "advance", "seconds": LEASE_SECONDS})
            await asyncio.sleep(0.3)


async def check(ctx: Context, ledger: Ledger) -> None:
    """Every yes is there exactly once, and nothing that nobody was told of."""
    seats = dict(await rows_of(ctx, "select e.id::text, e.state from engagements e"))
    assert {id: seats.get(id) for id in ledger.seats} == ledger.seats
    by_sight = dict(await rows_of(ctx, "select id::text, engagement_id::text from hires"))
    assert by_sight == ledger.deals
    confirmed = {seat: seats.get(seat) for seat in ledger.deals.values()}
    assert set(confirmed.values()) <= {"confirmed"}
    promised = {id for id, state in seats.items() if state == "held"}
    assert set(seats) - promised == set(ledger.seats) | set(ledger.deals.values())
    titles = await rows_of(ctx, "select title, id::text from postings where title like '洗碗 %'")
    assert sorted(titles) == sorted(ledger.titles.items())
    skills = await rows_of(ctx, "select name, id::text, removed_at is not null from skills where name like '手艺%'")
    assert {name: (id, gone) for name, id, gone in skills} == ledger.skills
    assert len(skills) == len(ledger.skills)
    messages = await rows_of(ctx, "select count(*) - count(distinct (person_id, dedupe)) from messages")
    assert messages == [(0,)]


async def rehearse(live: Live, keeper: Keeper, clients: list[Client]) -> None:
    """Everybody works while everything dies."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:  # whoever fails ends it for all
        keeping = group.create_task(keeper.keep())
        working = [group.create_task(client.live(over)) for client in clients]
        await keeper.kill(KILLS, pause=PAUSE)
        over.set()
        await asyncio.gather(*working)
        keeping.cancel()


async def test_nothing_is_lost_and_nothing_happens_twice() -> None:
    """Every acknowledged write is there, retried keys had one effect, the invariants hold, nothing is left due."""
    with own_cluster() as (folder, endpoint):
        urls = (endpoint.app_url(), endpoint.owner_url())
        quiet = {"LINGGONG_TICK_SECONDS": "0.3", "LINGGONG_LOG_LEVEL": "error"}
        ledger, chance = Ledger(), random.Random(6)
        with live_service(urls, folder, migrated=True, revive=True, **quiet, FAULTS=FAULTS) as live:
            async with connected(live.base, 2 * CLIENTS) as http:
                async with context_on(urls, folder) as ctx:
                    clients = await prepared(ctx, http, ledger)
                keeper = Keeper(live, endpoint, chance)
                await rehearse(live, keeper, clients)
        assert keeper.deaths["postgres"] >= KILLS // 3
        assert keeper.gave_up == []
        assert len(ledger.seats) + len(ledger.titles) + len(ledger.skills) + len(ledger.deals) > KILLS
        with live_service(urls, folder, **quiet) as live:
            async with connected(live.base, 2) as http:
                assert (await calm(http))["dead"] == 0
            checked = await asyncio.to_thread(live.cli, "check-invariants")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        async with context_on(urls, folder) as ctx:
            await check(ctx, ledger)
