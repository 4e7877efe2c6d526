"""Drawing the stories with a fixed seed: who is recommended on which day, and what comes of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from service.context import Context
from tests.builders import city
from tests.trials.ninety_stories import EVENING, MORNING, NIGHT, NOON, Doer, Firm, Headers, Placed, Story, Turn
from tests.trials.ninety_told import DAY, at
from tests.trials.stage import AT_ONCE, Person, a_boss, a_crowd

HOUR = timedelta(hours=1)

PER_EMPLOYER, PER_POSTING = 25, 5
# Offices enough for the calls that there are: an office makes so many a day and leaves the others out by lot.
CITIES = ("310100", "330100", "320100", "440100", "420100", "510100")
KINDS = {
    "declined": 8, "unanswered": 8, "employer_no": 7, "withdrawn": 4, "talked_no": 6, "talked": 6, "day": 27,
    "night": 6, "cancelled": 6, "moved": 4, "absent": 5, "long": 10, "left_early": 3,
}  # fmt: skip
NO_WORK = ("declined", "unanswered", "employer_no", "withdrawn", "talked_no")
TEMPERS = {"prompt": 52, "late": 15, "never": 15, "refuses": 7, "by_phone": 11}
PAID_AFTER = (0, 0, 0, 0, 0, 1, 3, 8, None, None)  # days; None: never


def _drawn(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


async def drawn(ctx: Context, count: int, *, first: date, days: int, longest: int, seed: int = 90) -> list[Story]:
    """So many stories that begin within these days, a few to a posting; no shift later than `longest` days after."""
    chance = random.Random(seed)
    officer = await city.as_staff(ctx, await city.an_officer(ctx, regions=CITIES))
    people = await a_crowd(ctx, count)
    begun = [first + number * days // count * DAY for number in range(count)]
    made: list[Story] = []
    firm: Firm | None = None
    for start in range(0, count, PER_POSTING):
        if start % PER_EMPLOYER == 0 or firm is None:
            employer, boss = await a_boss(ctx)
            firm = Firm(employer.id, boss)
        group = range(start, min(start + PER_POSTING, count))
        over = at(begun[group[-1]] + (longest + 3) * DAY, NOON)
        where = CITIES[start // PER_EMPLOYER % len(CITIES)]
        placed = await _placed(ctx, employer, firm, chance.choice(("daily", "weekly")), over, where)
        for number in group:
            made.append(_story(chance, begun[number], placed, people[number], officer, longest))
    at_once: dict[Any, list[Turn]] = {}
    for story in made:
        for turn in story.turns:
            at_once.setdefault((story.placed.row.id, turn.begins), []).append(turn)
    rows = {story.placed.row.id: story.placed.row for story in made}
    shared = list(at_once.items())
    for begin in range(0, len(shared), AT_ONCE):
        some = shared[begin : begin + AT_ONCE]
        await asyncio.gather(*(_with_shift(ctx, rows[posting], turns) for (posting, _), turns in some))
    return made


async def _placed(ctx: Context, employer: Any, firm: Firm, settlement: str, over: datetime, where: str) -> Placed:
    of = {"settlement": settlement, "valid_until": over + 30 * DAY, "headcount": 50, "city_code": where}
    row = await city.a_posting(ctx, employer, district_code=None, **of)
    return Placed(row, firm, settlement, over)


async def _with_shift(ctx: Context, posting: Any, turns: Sequence[Turn]) -> None:
    """One shift for all who work then."""
    turn = turns[0]
    hours = (turn.ends - turn.begins).total_seconds() / 3600
    shift = await city.a_shift(ctx, posting, starts=turn.begins, hours=hours, headcount=len(turns))
    for each in turns:
        each.shift = shift


def _story(chance: random.Random, day: date, placed: Placed, who: Person, officer: Headers, longest: int) -> Story:
    kind = _drawn(chance, KINDS)
    tempers = {side: _drawn(chance, TEMPERS) for side in ("worker", "employer")}
    at_counter = kind not in ("declined", "unanswered") and chance.random() < 0.6
    story = Story(kind, day, placed, who, officer, tempers, at_counter)
    for days in _days_of(kind, chance, longest):
        begins, hours = ("18:00", 5) if kind == "night" else ("13:00", 4)
        start = at(day + days * DAY, begins)
        story.turns.append(Turn(None, start, start + hours * HOUR, chance.choice(PAID_AFTER)))
    story.on(0, MORNING, Doer.refer)
    _until_seat(story, chance)
    if kind not in NO_WORK:
        _work(story)
    return story


def _days_of(kind: str, chance: random.Random, longest: int) -> Sequence[int]:
    """On which days after the recommendation there is work."""
    if kind in ("long", "left_early"):
        last = chance.randint(6, longest)
        return sorted({2, *chance.sample(range(3, last), min(chance.randint(0, 2), last - 3)), last})
    if kind == "moved":
        return (3, chance.randint(4, 6))
    return (chance.randint(3, 5),) if kind in ("talked", "unanswered", "cancelled") else (chance.randint(2, 4),)


def _until_seat(story: Story, chance: random.Random) -> None:
    """From the recommendation to the seat, or to another end; the employer acts at noon of this day or of the next."""
    if story.kind == "declined":
        story.on(0, NOON, Doer.decline)
        return
    if story.kind == "unanswered":
        story.on(1, MORNING, Doer.run_out)
        return
    if not story.at_counter:
        story.on(0, EVENING, Doer.accept)
    soon = 0 if story.at_counter else 1
    if story.kind == "withdrawn":
        story.on(soon, EVENING if not soon else NOON, Doer.withdraw)
    elif story.kind == "employer_no":
        story.on(soon, NOON, Doer.say_no)
    elif story.kind.startswith("talked"):
        story.on(0, EVENING, Doer.see)
        story.on(0, EVENING, Doer.arrange)
        story.on(1, EVENING, Doer.talk)
        clock = chance.choice((MORNING, NOON))
        story.on(2, clock, Doer.say_no if story.kind == "talked_no" else Doer.hire)
    else:
        story.on(soon, NOON, Doer.hire)


def _work(story: Story) -> None:
    """The shifts after the seat: worked, missed, given up."""
    seated = 2 if story.kind == "talked" else 1
    for number, turn in enumerate(story.turns):
        day = (turn.begins.date() - story.day).days
        if number > 0:
            story.on(max(seated, 1), NIGHT, _numbered(Doer.claim, number))
        if (story.kind == "cancelled" or story.kind == "moved") and number == 0:
            story.on(1, EVENING, _numbered(Doer.cancel, number))
            continue
        if story.kind == "absent":
            story.on(day, EVENING, _numbered(Doer.miss, number))
        elif story.kind == "night":
            story.on(day, EVENING, _numbered(Doer.come, number))
            story.on(day + 1, MORNING, _numbered(Doer.leave, number))
        else:
            story.on(day, NOON, _numbered(Doer.come, number))
            early = "15:00" if story.kind == "left_early" and number == len(story.turns) - 1 else None
            story.on(day, EVENING, _numbered(Doer.leave, number, early))


def _numbered(deed: Any, *more: Any) -> Any:
    return lambda doer: deed(doer, *more)


def postings_of(stories: Sequence[Story]) -> Iterator[Placed]:
    """Each posting once."""
    seen: dict[Any, Placed] = {story.placed.row.id: story.placed for story in stories}
    yield from seen.values()
