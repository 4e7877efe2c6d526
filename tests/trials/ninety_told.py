"""What is told of a story in the ninety days, and by an oracle of its own which questions must come of it.

The oracle knows the dated tables (working days) and the design's table of milestones; of the service's own rules it
calls none. It replays a story telling by telling: what was due by then had been asked, the rest is as the facts say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import yaml

LOCAL = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
SHORT_DAYS = 3  # work of at most so many days is asked about once, on its evening
BOTH = ("worker", "employer")
GAP_DAYS = 7  # a longer pause, and the work behind it is asked about on its own
Key = tuple[str, datetime, str]  # milestone, about what (the start of the work, until when pay was due), side


def at(day: date, clock: str) -> datetime:
    """A time of the clock in Shanghai."""
    return datetime.combine(day, time.fromisoformat(clock), LOCAL)


def day_of(moment: datetime) -> date:
    """The local day."""
    return moment.astimezone(LOCAL).date()


@cache
def _calendar() -> tuple[frozenset[date], frozenset[date]]:
    """Days off and days of work moved to a weekend, from the dated table."""
    text = resources.files("service.reference.data").joinpath("holidays.yaml").read_text(encoding="utf-8")
    off: set[date] = set()
    worked: set[date] = set()
    for row in yaml.safe_load(text)["rows"]:
        days = (row["off_to"] - row["off_from"]).days + 1
        off |= {row["off_from"] + number * DAY for number in range(days)}
        worked |= set(row.get("work", ()))
    return frozenset(off), frozenset(worked)


def next_working_day(day: date) -> date:
    """The first working day after a day."""
    off, worked = _calendar()
    while True:
        day += DAY
        if day in worked or (day.weekday() < 5 and day not in off):
            return day


@dataclass
class Seat:
    """A seat as it was told: taken, perhaps given up, worked until; what is owed until when, and received."""

    taken: datetime
    begins: datetime
    ends: datetime
    gone: datetime | None = None
    left: tuple[datetime, datetime] | None = None  # told, earlier end
    owed: tuple[datetime, date] | None = None  # told, the day until whose end it must be paid


@dataclass
class Told:
    """One person recommended for one posting: everything that happened, with when it was told."""

    referred: datetime
    settlement: str
    over: datetime | None = None  # the recommendation ended in another way than by work
    talks: list[tuple[datetime, datetime]] = field(default_factory=list)  # told, held at
    seats: list[Seat] = field(default_factory=list)
    refused: dict[str, datetime] = field(default_factory=dict)

    def moments(self) -> list[datetime]:
        """Every time at which something was told, in order."""
        found = {self.referred, *([self.over] if self.over else ()), *(told for told, _ in self.talks)}
        found |= set(self.refused.values())
        for seat in self.seats:
            told = (seat.taken, seat.gone, seat.left and seat.left[0], seat.owed and seat.owed[0])
            found |= {each for each in told if each}
        return sorted(found)


def wanted(told: Told, now: datetime, asked: dict[Key, datetime]) -> dict[Key, datetime]:
    """What both sides should be asked, as far as is known at a moment; `asked` is what was due before."""
    seats = [each for each in told.seats if each.taken <= now and not (each.gone and each.gone <= now)]
    over = told.over is not None and told.over <= now
    found: dict[Key, datetime] = {}

    def both(milestone: str, about: datetime, due: datetime) -> None:
        found.update({(milestone, about, side): due for side in BOTH})

    if not seats and not over:
        both("M1", told.referred, at(next_working_day(day_of(told.referred)), "10:00"))
    if not over:
        for _, held in (each for each in told.talks if each[0] <= now):
            both("M2", held, at(next_working_day(day_of(held)), "10:00"))
    ends = {due for (milestone, _, _), due in asked.items() if milestone in ("M6", "M7")}
    for spell in _spells(seats, now, ends):
        _work(told, spell, now, both)
    return found


def _spells(seats: list[Seat], now: datetime, asked: set[datetime]) -> Iterator[list[Seat]]:
    """Seats that are asked about together: no long pause between them, and none begun after the others' end was asked
    about."""
    spell: list[Seat] = []
    for seat in sorted(seats, key=lambda each: each.begins):
        if spell:
            ends = max(_end(each, now) for each in spell)
            pause = (day_of(seat.begins) - day_of(ends)).days
            if pause > GAP_DAYS or any(ends <= when < seat.begins for when in asked):
                yield spell
                spell = []
        spell.append(seat)
    if spell:
        yield spell


def _work(told: Told, seats: list[Seat], now: datetime, both: Callable[..., None]) -> None:
    begins, ends = min(each.begins for each in seats), max(_end(each, now) for each in seats)
    first, last = day_of(begins), day_of(ends)
    short = (last - first).days + 1 <= SHORT_DAYS
    if short:
        both("M6", begins, _evening(ends))
    else:
        both("M3", begins, at(first + DAY, "19:00"))
        for day in _running(first, last):
            both("M4", at(day, "19:00"), at(day, "19:00"))
        both("M6", begins, at(last + DAY, "19:00"))
        both("M7", begins, at(last + 30 * DAY, "19:00"))
    if not (short and told.settlement == "daily"):
        for day in {each.owed[1] for each in seats if each.owed and each.owed[0] <= now}:
            done = [_end(each, now) for each in seats if day_of(_end(each, now)) == day]
            same = _evening(max(done, default=at(day, "00:00")))
            due = same if told.settlement == "daily" else at(next_working_day(day), "19:00")
            both("M5", at(day + DAY, "00:00"), due)


def _evening(ends: datetime) -> datetime:
    """The evening of the day on which work ends, or the next morning."""
    day, soonest = day_of(ends), ends + timedelta(minutes=30)
    return max(soonest, at(day, "18:30")) if soonest <= at(day, "21:00") else at(day + DAY, "08:00")


def _end(seat: Seat, now: datetime) -> datetime:
    return seat.left[1] if seat.left and seat.left[0] <= now else seat.ends


def _running(first: date, last: date) -> Iterator[date]:
    day = first + 7 * DAY
    while day < last:
        yield day
        day += 30 * DAY


def expected(told: Told, until: datetime) -> dict[Key, datetime]:
    """Every question that must be there once, with its due time; those that the story itself took back are not."""
    asked: dict[Key, datetime] = {}
    planned: dict[Key, datetime] = {}
    for now in [each for each in told.moments() if each <= until]:
        asked |= {key: due for key, due in planned.items() if due <= now}
        silent = {side for side, when in told.refused.items() if when < now}
        should = wanted(told, now, asked)
        planned = {key: due for key, due in should.items() if key not in asked and key[2] not in silent}
        ends = {side for side, when in told.refused.items() if when == now}
        asked |= {key: due for key, due in planned.items() if key[2] in ends}  # they stay, as refused
    return asked | planned


@dataclass
class Lent:
    """Somebody who is lent, as it was told: begun, to stay until then at first and later otherwise, gone after a last
    day, taken back or left without an own employer; what was heard by then of whom is asked no more."""

    begun: datetime
    hours: tuple[tuple[int, ...], str]  # weekdays (1 is Monday) and when work begins
    last: list[tuple[datetime, date]]  # told, the last day agreed from then on
    gone: tuple[datetime, date] | None = None  # told, the last day there
    back: datetime | None = None
    released: datetime | None = None
    refused: dict[str, datetime] = field(default_factory=dict)  # by worker, borrower, lender
    heard: set[tuple[str, str]] = field(default_factory=set)  # milestone and side, before nobody was left

    def moments(self) -> list[datetime]:
        """Every time at which something was told, in order."""
        found = {self.begun, *(told for told, _ in self.last), *self.refused.values()}
        return sorted(found | {each for each in (self.gone and self.gone[0], self.back, self.released) if each})

    def has_worked(self, now: datetime) -> bool:
        """Whether there were any hours of work before the end."""
        weekdays, clock = self.hours
        day = day_of(self.begun)
        while day.isoweekday() not in weekdays:
            day += DAY
        return self.gone is None or self.gone[0] > now or self.gone[0] > at(day, clock)

    def has_refused(self, who: str, now: datetime) -> bool:
        """Whether somebody wanted to be asked no more before."""
        return who in self.refused and self.refused[who] < now


WEEK, MIDDLE_DAYS, BACK_DAYS = 7 * DAY, 14, 3


def wanted_of_lent(lent: Lent, now: datetime) -> dict[Key, datetime]:
    """What should be asked about somebody who is lent, as far as is known at a moment."""
    if not lent.has_worked(now):
        return {}
    gone = lent.gone is not None and lent.gone[0] <= now
    first = day_of(lent.begun)
    last = lent.gone[1] if lent.gone is not None and gone else [day for told, day in lent.last if told <= now][-1]
    found: dict[Key, datetime] = {}

    def ask(milestone: str, due: datetime, sides: tuple[str, ...] = BOTH) -> None:
        found.update({(milestone, lent.begun, side): due for side in sides})

    if first + WEEK < last:
        ask("S1", at(first + WEEK, "19:00"))
    if (last - first).days // 2 >= MIDDLE_DAYS:
        ask("S2", at(first + (last - first).days // 2 * DAY, "19:00"))
    if lent.released is not None and lent.released <= now:
        ask("S4", at(next_working_day(day_of(lent.released)), "10:00"), ("worker",))
    elif lent.back is not None and lent.back <= now:
        ask("S3", at(day_of(lent.back) + DAY, "19:00"))
    elif lent.gone is not None and gone:
        ask("S3", at(day_of(lent.gone[0]) + (BACK_DAYS + 1) * DAY, "19:00"))
    else:
        ask("S3", at(last + DAY, "19:00"))
    return found


def expected_of_lent(lent: Lent, until: datetime) -> dict[Key, datetime]:
    """Every question about a lending that must be there once, with its due time; those taken back are not."""
    asked: dict[Key, datetime] = {}
    planned: dict[Key, datetime] = {}
    for now in [each for each in lent.moments() if each <= until]:
        asked |= {key: due for key, due in planned.items() if due <= now}
        if lent.released is not None and lent.released <= now:  # nobody is left to say that anybody is back
            over = {key for key in asked if key[0] == "S3" and (key[0], key[2]) not in lent.heard}
            asked = {key: due for key, due in asked.items() if key not in over or lent.has_refused(_whose(key), now)}
        silent = {who for who in lent.refused if lent.has_refused(who, now)}
        should = wanted_of_lent(lent, now)
        late = {key for key, due in should.items() if key[0] in ("S1", "S2") and due < now}
        planned = {
            key: due
            for key, due in should.items()
            if key not in asked and key not in late and _whose(key) not in silent
        }
        ends = {who for who, when in lent.refused.items() if when == now}
        asked |= {key: due for key, due in planned.items() if _whose(key) in ends}  # they stay, as refused
        planned = {key: due for key, due in planned.items() if _whose(key) not in ends}
    return asked | planned


def _whose(key: Key) -> str:
    """Who is asked: of the return the lender, of the work there the borrower, of both the person."""
    milestone, _, side = key
    return side if side == "worker" else "lender" if milestone == "S3" else "borrower"
