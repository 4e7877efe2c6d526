"""What may be told about wages, and what it is: cells of enough samples that no arithmetic can take apart; pure.

A sample is one worker at one employer in one trade, district and band of hours in a week: whoever works six days for
the same boss counts once. A cell is a trade (or the group of trades it belongs to) in a district or its city, in a band
of hours or the whole day, for pay by the hour, day or task. `docs/wages.md` states the rule for readers.

Told cells cut the samples into atoms: those that lie in the very same told cells. Whatever is reckoned from told cells,
by sums and differences of as many as one likes, is made of whole atoms. So a cell is told only where every atom is
itself enough afterwards; there is no need to know which differences somebody may try.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import NamedTuple

from service.worktime import SHANGHAI, local_day

SAMPLES = 10  # and from as many workers
EMPLOYERS = 3
LARGEST_SHARE_PERMILLE = 400  # of one employer
STEPS_FEN = {"hour": 50, "day": 500, "task": 1000}
UNITS = tuple(STEPS_FEN)
UNIT_OF = {"hour": "hour", "day": "day", "shift": "day", "fixed": "task"}  # of pay that says what a time or a job earns
HOURS = {"night": (22, 5), "morning": (5, 11), "midday": (11, 16), "evening": (16, 22)}  # by the hour work begins
ALL_DAY = "all"
TRADE, GROUP = "trade", "group"
BANDS = ((200, "200+"), (100, "100-199"), (50, "50-99"), (20, "20-49"), (0, "10-19"))
WEEK = timedelta(days=7)
SETTLES = timedelta(minutes=20)  # after a week's end, so that what was told in its last second is in


@dataclass(frozen=True, slots=True)
class Sample:
    """One worker's wage with one employer; `fen` for the unit. Advertised: one posting."""

    trade: str
    district: str | None
    hours: str | None
    unit: str
    worker: Hashable
    employer: Hashable
    fen: int


class Key(NamedTuple):
    """Which cell: `level` says whether `trade` is a trade or a group; `area` is a district or its city."""

    unit: str
    level: str
    trade: str
    area: str
    hours: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is told: three quantiles in fen, rounded to the unit's step, and about how many samples."""

    key: Key
    p25_fen: int
    p50_fen: int
    p75_fen: int
    samples: str


class _Place(NamedTuple):
    """The finest that a sample can be told apart by."""

    trade: str
    district: str | None
    hours: str | None


def hours_of(hour: int) -> str:
    """The band of the hour (0 to 23) at which work begins."""
    return next(
        name
        for name, (start, end) in HOURS.items()
        if (start <= hour < end) or (start > end and not end <= hour < start)
    )


def samples_of(rows: Iterable[Sample]) -> list[Sample]:
    """One sample of each worker, employer and place: the mean of the rows, half up."""
    found: dict[Sample, list[int]] = defaultdict(list)
    for row in rows:
        found[replace(row, fen=0)].append(row.fen)
    return [replace(at, fen=(2 * sum(fens) + len(fens)) // (2 * len(fens))) for at, fens in found.items()]


def enough(samples: Iterable[Sample]) -> bool:
    """Whether a group is large and mixed enough to be told."""
    employers: Counter[Hashable] = Counter()
    workers = set()
    for sample in samples:
        employers[sample.employer] += 1
        workers.add(sample.worker)
    size = employers.total()
    if size < SAMPLES or len(workers) < SAMPLES or len(employers) < EMPLOYERS:
        return False
    return max(employers.values()) * 1000 <= LARGEST_SHARE_PERMILLE * size


def cells_of(samples: Sequence[Sample], city: str, group_of: Callable[[str], str | None]) -> list[Cell]:
    """Every cell of a city's week that is told. Units share no sample, so each is decided by itself."""
    by_unit: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_unit[sample.unit].append(sample)
    return [cell for unit in UNITS for cell in _told(by_unit[unit], unit, city, group_of)]


def _told(samples: Sequence[Sample], unit: str, city: str, group_of: Callable[[str], str | None]) -> Iterator[Cell]:
    places: dict[_Place, list[Sample]] = defaultdict(list)
    for sample in samples:
        places[_Place(sample.trade, sample.district, sample.hours)].append(sample)
    holds: dict[Key, set[_Place]] = defaultdict(set)
    for place in places:
        for key in _keys(place, unit, city, group_of(place.trade)):
            holds[key].add(place)
    size = {key: sum(len(places[place]) for place in inside) for key, inside in holds.items()}
    atoms: dict[_Place, int] = dict.fromkeys(places, 0)  # 0: in nothing that is told
    numbers = count(1)
    for key in sorted(holds, key=lambda each: (_rank(each, city), -size[each], each)):
        parts = list(_parts(holds[key], atoms))
        if size[key] < SAMPLES or not all(_may_part(number, part, rest, places) for number, part, rest in parts):
            continue
        for _, part, _ in parts:
            number = next(numbers)
            atoms.update(dict.fromkeys(part, number))
        yield _cell(key, [sample for place in holds[key] for sample in places[place]])


def _keys(place: _Place, unit: str, city: str, group: str | None) -> Iterator[Key]:
    """Every cell that a place lies in."""
    trades = [(TRADE, place.trade)] + ([(GROUP, group)] if group is not None else [])
    for level, trade in trades:
        for area in dict.fromkeys((city, place.district or city)):
            for hours in dict.fromkeys((ALL_DAY, place.hours or ALL_DAY)):
                yield Key(unit, level, trade, area, hours)


def _rank(key: Key, city: str) -> tuple[bool, bool, bool]:
    """What is asked most is decided first: the trade itself, in the city, over the day."""
    return key.level == GROUP, key.area != city, key.hours != ALL_DAY


def _parts(inside: set[_Place], atoms: Mapping[_Place, int]) -> Iterator[tuple[int, list[_Place], list[_Place]]]:
    """How a cell would cut the atoms: (atom, its places inside, its places outside)."""
    touched = {atoms[place] for place in inside}
    members: dict[int, list[_Place]] = defaultdict(list)
    for place, number in atoms.items():
        if number in touched:
            members[number].append(place)
    for number in sorted(touched):
        yield (
            number,
            [place for place in members[number] if place in inside],
            [place for place in members[number] if place not in inside],
        )


def _may_part(number: int, part: list[_Place], rest: list[_Place], places: Mapping[_Place, list[Sample]]) -> bool:
    """Whether both sides of a cut are enough; what is told nowhere (atom 0) leaves no rest to be reckoned."""
    sides = [part] if number == 0 or not rest else [part, rest]
    return all(enough(sample for place in side for sample in places[place]) for side in sides)


def _cell(key: Key, samples: Sequence[Sample]) -> Cell:
    fens = sorted(sample.fen for sample in samples)
    p25, p50, p75 = (_stepped(quantile(fens, permille), STEPS_FEN[key.unit]) for permille in (250, 500, 750))
    band = next(name for least, name in BANDS if len(fens) >= least)
    return Cell(key, p25, p50, p75, band)


def quantile(ascending: Sequence[int], permille: int) -> int:
    """By nearest rank: the least value that so many thousandths do not exceed."""
    return ascending[max(0, -(-permille * len(ascending) // 1000) - 1)]


def _stepped(fen: int, step: int) -> int:
    return (2 * fen + step) // (2 * step) * step


def last_closed_week(now: datetime) -> date:
    """The Monday of the last week (Shanghai) that is over and settled."""
    day = local_day(now - SETTLES)
    return day - timedelta(days=day.weekday()) - WEEK


def week_bounds(monday: date) -> tuple[datetime, datetime]:
    """A week's first instant and the one after its last."""
    start = datetime.combine(monday, time(), SHANGHAI)
    return start, datetime.combine(monday + WEEK, time(), SHANGHAI)


def next_night(now: datetime) -> datetime:
    """When the job runs again."""
    return datetime.combine(local_day(now - SETTLES) + timedelta(days=1), time(), SHANGHAI) + SETTLES


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells; None filters nothing. `area` is a district or city as it stands, a province for all its cities."""

    source: str
    area: str | None = None
    level: str | None = None
    trade: str | None = None
    unit: str | None = None
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """The middle half of what a trade pays around here, in fen for the unit."""

    p25_fen: int
    p75_fen: int
    unit: str
