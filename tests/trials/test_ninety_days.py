"""Another rehearsal: ninety days of recommendations with every ending, schedulers that die, a database that goes.

Every milestone's question is there exactly once, as an oracle of its own works it out from what was told; no message is
accepted twice; no engagement is left that nobody asked about.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from service.context import Context
from service.embedded import Endpoint, ensure_running, stop
from service.followups.usecases.asking import escalate
from tests.live import Live, live_service
from tests.sizes import FULL
from tests.trials.killing import Keeper, context_on, own_cluster
from tests.trials.ninety_plot import drawn, postings_of
from tests.trials.ninety_stories import NIGHT, NOON, Story
from tests.trials.ninety_told import DAY, Key, at, expected, next_working_day
from tests.trials.ninety_walk import Walk
from tests.trials.stage import connected

MONTH = 30
LAST_DEATHS_SECONDS = 240
SCHEDULERS = ("jobs", "jobs2", "jobs3")
FAULTS = "message.after_send:kill:0.001,due.after_claim:kill:0.0005"  # beside the kills: at the worst moments


@dataclass(frozen=True)
class Size:
    """`begun`: days on which stories begin, `longest`: from a recommendation to its last shift, `after`: the days after
    the rehearsal in which what nobody answered becomes overdue."""

    referrals: int
    days: int
    begun: int
    longest: int
    kills: int
    restarts: int
    first: date = date(2026, 8, 25)  # mid-autumn, the national days and the days worked for them lie ahead
    after: int = 12
    whole: bool = True


WHOLE = Size(5000, 90, 45, 44, kills=200, restarts=10)
REDUCED = Size(30, 6, 2, 6, kills=2, restarts=0, first=date(2026, 9, 19), after=9, whole=False)
SIZE = WHOLE if FULL else REDUCED


@dataclass
class Slayer:
    """Kills schedulers and restarts the database at random moments, spread over the stops of the walk."""

    size: Size
    live: Live
    endpoint: Endpoint
    folder: Path
    walk: Walk
    chance: random.Random
    kills: int = 0
    restarts: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def slay(self, last: int) -> None:
        """As many have died by each day as that day's share, and all of them before it ends."""
        while not self.over.is_set() or (self.kills, self.restarts) < (self.size.kills, self.size.restarts):
            gone = (self.walk.now - at(self.size.first, "00:00")).total_seconds() / (last * DAY.total_seconds())
            if self.kills < self.size.kills and self.kills <= gone * self.size.kills:
                await self._kill()
            if self.restarts < self.size.restarts and self.restarts <= gone * self.size.restarts:
                await asyncio.to_thread(self._restart)
            await asyncio.sleep(self.chance.uniform(0.05, 0.4))

    async def _kill(self) -> None:
        alive = [name for name in SCHEDULERS if name in self.live.processes]
        alive = [name for name in alive if self.live.processes[name].poll() is None]
        if alive:
            self.live.processes[self.chance.choice(alive)].kill()
            self.kills += 1
            self.walk.killed = True

    def _restart(self) -> None:
        stop(self.endpoint)
        ensure_running(self.folder)
        self.restarts += 1
        self.walk.killed = True


async def test_ninety_days() -> None:
    """Every question once, none missing, none doubled; no message accepted twice; every engagement asked about."""
    came = await rehearse(SIZE)
    sys.stdout.write(f"{SIZE}: {came.told}\n")
    assert came.differing == []
    assert came.invariants == ""
    assert came.repeats <= came.deaths  # each of them a death between the sending and its mark
    assert came.sent_twice == came.told_twice == came.dead == 0
    assert came.unheard == []


@dataclass(frozen=True)
class Outcome:
    """What a rehearsal came to. `differing`: stories whose questions are not those of the oracle; `repeats`: messages
    that the sink knew already; `unheard`: seats that nobody asked about."""

    told: str
    differing: list[str]
    invariants: str
    deaths: int
    repeats: int
    sent_twice: int
    told_twice: int
    dead: int
    unheard: list[Any]


async def rehearse(size: Size) -> Outcome:
    """The whole rehearsal at a size."""
    with own_cluster() as (folder, endpoint):
        urls = (endpoint.app_url(), endpoint.owner_url())
        quiet = {"LINGGONG_TICK_SECONDS": "0.3", "LINGGONG_POOLS": "false", "FAULTS": FAULTS if size.whole else ""}
        with live_service(urls, folder, migrated=True, **quiet) as live:
            for name in SCHEDULERS[1:] if size.whole else SCHEDULERS[1:2]:  # reduced, the trial's hands are the third
                live.start(name)
            async with connected(live.base, 10) as http, AsyncExitStack() as opened:
                ctx = await opened.enter_async_context(context_on(urls, folder))
                walk = await prepared(size, urls, ctx, http)
                if size.whole:
                    await opened.aclose()  # before the database is away
                keeper = Keeper(live, endpoint, random.Random(5))
                slayer = Slayer(size, live, endpoint, folder, walk, random.Random(3))
                await passed(size, walk, keeper, slayer)
                assert keeper.gave_up == []
                assert (slayer.kills, slayer.restarts) == (size.kills, size.restarts)
            checked = await asyncio.to_thread(live.cli, "check-invariants")
        invariants = "" if checked.returncode == 0 else checked.stdout + checked.stderr
        died = Counter(keeper.deaths) + Counter(restarts=slayer.restarts)
        try:
            return await reckoned(walk, died, invariants)
        finally:
            await walk.hang_up()


async def prepared(size: Size, urls: tuple[str, str], ctx: Context, http: Any) -> Walk:
    """Everybody and everything there, on the eve of the first day; sessions that hold for all of it."""
    await http.post("/_test/clock", json={"action": "freeze", "at": at(size.first - DAY, NIGHT).isoformat()})
    stories = await drawn(ctx, size.referrals, first=size.first, days=size.begun, longest=size.longest)
    walk = Walk(http, urls[1], stories, hands=None if size.whole else ctx)
    await walk.rows("update tokens set expires_at = expires_at + interval '150 days'")
    await walk.rows("update sessions set idle_until = ends_at")
    walk.now = at(size.first, "00:00")
    return walk


async def passed(size: Size, walk: Walk, keeper: Keeper, slayer: Slayer) -> None:
    """The days go by while the schedulers die; then it is calm until everything due has been done."""
    async with asyncio.TaskGroup() as group:  # whoever fails ends it for all
        keeping = group.create_task(keeper.keep())
        slaying = group.create_task(slayer.slay(size.days))
        for begin in range(0, size.days, MONTH):
            await walk.through(size.first + begin * DAY, min(MONTH, size.days - begin))
            assert compared(walk, await walk.rows(TASKS)) == []
        slayer.over.set()
        async with asyncio.timeout(LAST_DEATHS_SECONDS):
            await slaying
        await walk.through(size.first + size.days * DAY, size.after, (NOON, NIGHT) if size.whole else (NOON,))
        await marked(walk)
        keeping.cancel()


async def marked(walk: Walk) -> None:
    """Until what is overdue stands on the officers' list: its loop comes round every minute."""
    overdue = "select count(*) from followup_tasks where state = 'open' and overdue_at <= business_now()"
    if walk.hands is not None:
        await escalate(walk.hands)
    async with asyncio.timeout(240):
        while (await walk.rows(f"{overdue} and escalated_at is null"))[0][0]:
            await asyncio.sleep(0.5)


TASKS = """
select p.posting_id::text as posting, p.worker_id::text as worker, t.milestone, t.about_at, t.side, t.due_at, t.state,
       t.escalated_at
from followup_tasks t join followup_plans p on p.id = t.plan_id where t.state <> 'cancelled'
"""
# By the sink's own key: the first of an id is accepted, a repeat (a death between the sending and its mark) is known by
# its id and dropped. Two ids for the same cause would be two messages.
SENT = "select message_id::text as id, count(*) as times from test_messages group by message_id"
TWICE = """
select count(*) from (
    select m.person_id, m.dedupe from messages m join due_work w on w.subject_id = m.id and w.outside
    group by m.person_id, m.dedupe having count(distinct w.id) > 1) s
"""
TOLD_TWICE = "select count(*) - count(distinct (person_id, dedupe)) from messages"
DEAD = "select count(*) from due_work where state = 'dead'"
UNHEARD = """
select e.id from engagements e where e.state not in ('held', 'cancelled') and not exists (
    select from followup_plans p join followup_tasks t on t.plan_id = p.id
    where p.posting_id = e.posting_id and p.worker_id = e.worker_id
      and (t.state in ('answered', 'refused', 'evidence', 'unreachable')
           or (t.state = 'open' and t.escalated_at is not null)))
"""


async def reckoned(walk: Walk, died: Counter[str], invariants: str) -> Outcome:
    """The rows, counted."""
    tasks = await walk.rows(TASKS)
    sent = await walk.rows(SENT)
    states, kinds = Counter(row["state"] for row in tasks), Counter(story.kind for story in walk.stories)
    repeats = sum(row["times"] - 1 for row in sent)
    return Outcome(
        told=f"{dict(died)} died, {len(tasks)} questions {dict(states)}, {len(sent)} messages, {repeats} repeats"
        f" dropped, {dict(kinds)}",
        differing=compared(walk, tasks),
        invariants=invariants,
        deaths=sum(died.values()),
        repeats=repeats,
        sent_twice=(await walk.rows(TWICE))[0][0],
        told_twice=(await walk.rows(TOLD_TWICE))[0][0],
        dead=(await walk.rows(DEAD))[0][0],
        unheard=await walk.rows(UNHEARD),
    )


def compared(walk: Walk, tasks: Sequence[Any]) -> list[str]:
    """What the oracle expects of every story and posting, against the rows: where they differ."""
    found: dict[tuple[str, str | None], list[tuple[Key, Any]]] = {}
    for row in tasks:
        key = (row["milestone"], row["about_at"], row["side"])
        found.setdefault((row["posting"], row["worker"]), []).append((key, row["due_at"]))
    differing = []
    for story in walk.stories:
        assert story.told is not None or story.day > walk.now.date()
        should = expected(story.told, walk.now) if story.told is not None else {}
        there = found.pop((str(story.placed.row.id), str(story.who.id)), [])
        if sorted(there) != sorted(should.items()):
            differing.append(_difference(story, should, there))
    for placed in postings_of(walk.stories):
        closed = placed.withdrawn
        due = [(("M8", closed, "employer"), at(next_working_day(closed.date()), "10:00"))] if closed else []
        there = found.pop((str(placed.row.id), None), [])
        if there != due:
            differing.append(f"posting {placed.row.id}: {there} instead of {due}")
    return differing + [f"nobody's: {key} {there}" for key, there in found.items()]


def _difference(story: Story, should: dict[Key, Any], there: list[tuple[Key, Any]]) -> str:
    missing, more = sorted(set(should.items()) - set(there)), sorted(set(there) - set(should.items()))
    return f"{story.kind} {story.told}\n  missing {missing}\n  too many {more}"
