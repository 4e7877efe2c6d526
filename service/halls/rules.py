"""Pure decisions of a hall: which sessions a rule makes, whose turn it is, and who comes back at which place.

A working day may begin at 03:00: a clock time before that belongs to the day before (design default; KI-03 of the
features). Places in line are counted in halves, so that somebody always fits between two others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from service.errors import Refused
from service.worktime import DAY_MINUTES, SHANGHAI

WITHOUT_WORK = "unserved"


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """One session of a week: the weekday of its working day (Monday 0), its hours, when a plan is drawn by itself."""

    weekday: int
    name: str
    opens: str
    closes: str
    plan_at: str | None = None


@dataclass(frozen=True, slots=True)
class HallRule:
    """What a venue has chosen; the fields of its row, without the ids."""

    order_rule: str
    objective: str
    turn_places: int
    turn_most: int
    return_after: int
    several_each: bool
    answer_minutes: int
    change_minutes: int
    rounds_most: int
    day_begins: int
    sessions: tuple[SessionSpec, ...]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> HallRule:
        """From a row's columns or the JSON that a session keeps."""
        named = {name: fields[name] for name in cls.__slots__ if name != "sessions"}
        return cls(**named, sessions=tuple(SessionSpec(**spec) for spec in fields["sessions"]))

    def as_fields(self) -> dict[str, Any]:
        """As JSON and as columns."""
        fields = asdict(self)
        return fields | {"sessions": [dict(spec) for spec in fields["sessions"]]}


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One session of one working day, as instants."""

    name: str
    opens_at: datetime
    closes_at: datetime
    plan_at: datetime | None


@dataclass(frozen=True, slots=True)
class InLine:
    """What orders a person: number, place in halves, sessions in a row that ended without work."""

    number: int
    place: int
    turns_owed: int


def business_day(now: datetime, day_begins: int) -> date:
    """The working day of an instant: until `day_begins` (minutes after midnight) it is still yesterday's."""
    return (now.astimezone(SHANGHAI) - timedelta(minutes=day_begins)).date()


def day_ends(day: date, day_begins: int) -> datetime:
    """When a working day is over."""
    midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return midnight + timedelta(minutes=day_begins)


def instant_on(day: date, clock: str, day_begins: int) -> datetime:
    """A clock time of a working day; before the day's beginning it is on the next calendar day."""
    minute = _minute(clock)
    later = DAY_MINUTES if minute < day_begins else 0
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute + later)


def sessions_on(rule: HallRule, day: date) -> list[PlannedSession]:
    """The sessions of one working day, in order."""
    made = [_planned(spec, day, rule.day_begins) for spec in rule.sessions if spec.weekday == day.weekday()]
    return sorted(made, key=lambda session: session.opens_at)


def _planned(spec: SessionSpec, day: date, day_begins: int) -> PlannedSession:
    opens = instant_on(day, spec.opens, day_begins)
    closes = instant_on(day, spec.closes, day_begins)
    if closes <= opens:
        closes += timedelta(days=1)
    plan_at = instant_on(day, spec.plan_at, day_begins) if spec.plan_at else None
    return PlannedSession(spec.name, opens, closes, plan_at)


def check_sessions(rule: HallRule) -> None:
    """Raises Refused hall_sessions_overlap and hall_plan_outside, naming the entry."""
    monday = date(2024, 1, 1)
    spans: list[tuple[datetime, datetime]] = []
    for at, spec in enumerate(rule.sessions):
        made = _planned(spec, monday + timedelta(days=spec.weekday), rule.day_begins)
        if made.plan_at is not None and not made.opens_at <= made.plan_at <= made.closes_at:
            raise Refused("hall_plan_outside", field=f"/sessions/{at}/plan_at")
        week = timedelta(days=7)
        for turn in (-week, timedelta(), week):
            if any(a < made.closes_at + turn and made.opens_at + turn < b for a, b in spans):
                raise Refused("hall_sessions_overlap", field=f"/sessions/{at}")
        spans.append((made.opens_at, made.closes_at))


def turns_owed(outcomes: Sequence[str], rule: HallRule) -> int:
    """How many of the last sessions in a row, newest first, ended without work; no more than the rule can use."""
    most = -(-rule.turn_most // rule.turn_places) if rule.turn_places else 0
    owed = 0
    for state in outcomes[:most]:
        if state != WITHOUT_WORK:
            break
        owed += 1
    return owed


def moved_up(rule: HallRule, turns: int) -> int:
    """Places that somebody moves up (轮空优先), bounded."""
    return min(rule.turn_most, turns * rule.turn_places) if rule.order_rule == "first_come" else 0


def order(rule: HallRule, seed: str | None, people: Iterable[InLine]) -> list[int]:
    """Numbers in the order in which a plan serves them. A draw without its seed is ordered by number.

    first_come: by place less the places moved up; draw: by SHA-256 of seed, colon and number.
    """
    if rule.order_rule == "draw" and seed is not None:
        return sorted((each.number for each in people), key=lambda number: (draw_key(seed, number), number))
    ranked = sorted(people, key=lambda each: (each.place - 2 * moved_up(rule, each.turns_owed), each.number))
    return [each.number for each in ranked]


def draw_key(seed: str, number: int) -> bytes:
    """Where a number stands in a draw."""
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()


def commitment(seed: str) -> str:
    """What is public before the seed is: SHA-256 of its text, hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def first_place(number: int) -> int:
    """The place of a number, in halves."""
    return 2 * number


def place_behind(line: Sequence[int], own: int, after: int) -> int:
    """Where somebody comes back who was passed: behind the `after`-th person in line, never before the old place."""
    ahead = sorted(line)[:after]
    return max(own, ahead[-1] + 1) if ahead else own


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def week_days(first: date, days: int) -> Iterator[date]:
    """`days` days from the first on."""
    return (first + timedelta(days=ahead) for ahead in range(days))
