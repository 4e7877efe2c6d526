"""An employer's outlook: how many fit a shift, how many are free, and which single change brings how many more."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.cover import asked_minutes
from matching.distance import Point, haversine_metres
from matching.extras import PER_HOUR, WHOLE_SHIFT
from matching.model import Pay, Shift
from matching.policy import Policy
from matching.pool.layout import BIT
from matching.pool.survey import BY_HOUR, TIME, Variant
from matching.result import Code
from matching.span import Span

if TYPE_CHECKING:
    from matching.pool import WorkerPool

STARTS = (-120, -60, -30, 30, 60, 120)  # minutes by which a dated shift might begin otherwise
NEXT_DAY = 1440
A_DAY = (1_000, 2_000, 5_000)
RAISES = {"hour": (100, 200, 500), "day": A_DAY, "shift": A_DAY, "fixed": A_DAY}  # fen
ASKED = 20_000  # people whose homes say where a pick-up would help
WIDE = 1 << 20  # more cells than there are from west to east
DRIVE_M = 30_000  # a pick-up from farther off helps nobody
METRES_PER_DEGREE = 111_195
CELL = 20_000  # millionths of a degree: people of one cell could meet at a pick-up point


@dataclass(frozen=True, slots=True)
class Gain:
    """One change alone: `kind` (pay, start, next_day, reach, pick_up, certificate), its figures, people more.

    For pay the people are those who fit, are free and become content; for the others those who become eligible.
    """

    kind: str
    facts: dict[str, Any]
    more: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """`fit`: every gate but time; `free`: eligible now; `content`: of these, whose pay wish the offer meets.

    `only`: how many are kept out by this one reason alone. `gains`: changes that bring somebody, most first.
    """

    people: int
    fit: int
    free: int
    content: int
    only: dict[Code, int]
    gains: tuple[Gain, ...]


def outlook(
    shift: Shift, people: WorkerPool, policy: Policy, *, now: datetime, by_law: Collection[str] = ()
) -> Outlook:
    """Exact over the whole pool: each change is judged by the gates themselves. Raises as a ranking does.

    Papers of the kinds `by_law` cannot be done without: no change leaves them out.
    """
    open_shift = replace(shift, is_open=True, taken=0, headcount=max(1, shift.headcount))
    changes = list(_changes(open_shift, by_law))
    found = people.survey(open_shift, [change.variant for change in changes], policy, now=now)
    wish, unit = people.wishes(found.slots(0))
    content = _content(shift, wish, unit, people.units)
    free = int(found.sets[0])
    gains = [
        *_pay(shift, content, wish, unit, people.units),
        *(Gain(each.kind, each.facts, taken - free) for each, taken in zip(changes, found.taken, strict=True)),
        *_pick_up(open_shift, people, policy, now, found.slots(BIT[Code.OUT_OF_REACH])),
    ]
    gains.sort(key=lambda gain: (-gain.more, gain.kind, str(sorted(gain.facts.items()))))
    in_time = np.flatnonzero((np.arange(len(found.sets)) & ~TIME) == 0)
    return Outlook(
        people=found.people,
        fit=int(found.sets[in_time].sum()),
        free=free,
        content=int(np.count_nonzero(content)),
        only={code: int(found.sets[bit]) for code, bit in BIT.items() if found.sets[bit]},
        gains=tuple(gain for gain in gains if gain.more > 0),
    )


def _content(shift: Shift, wish: Any, unit: Any, units: list[str]) -> Any:
    """Whose wish the offer meets: nobody's wish is below nothing; what cannot be compared is not met."""
    met = wish == 0
    if shift.pay is None:
        return met
    minutes = asked_minutes(shift.span, shift.needed_minutes) if shift.span is not None else None
    for number, name in enumerate(units):
        offered, wished = _over_one_base(shift.pay, name, minutes)
        if offered:
            met = met | ((unit == number) & (wish > 0) & (offered >= wish * wished))
    return met


def _over_one_base(offer: Pay, wished_unit: str, minutes: int | None) -> tuple[int, int]:
    """(offer, factor of the wish) over one base, as the score compares them; (0, 0) where they cannot be compared."""
    if offer.unit == wished_unit or (offer.unit in WHOLE_SHIFT and wished_unit in WHOLE_SHIFT):
        return offer.fen, 1
    if minutes and offer.unit in WHOLE_SHIFT and wished_unit == PER_HOUR:
        return offer.fen * 60, minutes
    if minutes and offer.unit == PER_HOUR and wished_unit in WHOLE_SHIFT:
        return offer.fen * minutes, 60
    return 0, 0


def _pay(shift: Shift, content: Any, wish: Any, unit: Any, units: list[str]) -> Iterator[Gain]:
    if shift.pay is None:
        return
    before = int(np.count_nonzero(content))
    for fen in RAISES.get(shift.pay.unit, ()):
        more = replace(shift, pay=Pay(shift.pay.fen + fen, shift.pay.unit))
        after = int(np.count_nonzero(_content(more, wish, unit, units)))
        yield Gain("pay", {"by_fen": fen, "unit": shift.pay.unit}, after - before)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of the shift itself, as a `Gain` will name it."""

    kind: str
    facts: dict[str, Any]
    variant: Variant


def _changes(shift: Shift, by_law: Collection[str] = ()) -> Iterator[_Change]:
    """Another start, tomorrow, no limit of the job's own, a paper less."""
    if shift.span is not None:
        for minutes in STARTS:
            yield _Change("start", {"by_minutes": minutes}, _moved(shift, shift.span, minutes))
        yield _Change("next_day", {"by_minutes": NEXT_DAY}, _moved(shift, shift.span, NEXT_DAY))
    if shift.radius_limit_m is not None:
        wider = Variant(replace(shift, radius_limit_m=None), BIT[Code.OUT_OF_REACH])
        yield _Change("reach", {"limit_m": shift.radius_limit_m}, wider)
    for at, need in enumerate(shift.certificates):
        if need.kind in by_law:
            continue
        others = shift.certificates[:at] + shift.certificates[at + 1 :]
        fewer = Variant(replace(shift, certificates=others), BIT[Code.CERTIFICATES])
        yield _Change("certificate", {"certificate": need.kind}, fewer)


def _moved(shift: Shift, span: Span, minutes: int) -> Variant:
    return Variant(replace(shift, span=Span(span.start + minutes, span.end + minutes)), BY_HOUR)


def _pick_up(shift: Shift, people: WorkerPool, policy: Policy, now: datetime, away: Any) -> Iterator[Gain]:
    """The middle of a cell, not too far off, in which many live whom only the way keeps out (of many, every
    so-manieth is asked); `toward` is an eighth of the compass, 0 north, 2 east."""
    goal = shift.meeting_point
    if shift.remote or goal is None or not len(away):
        return
    lat, lon = people.places(away[:: -(-len(away) // ASKED)])
    close = _metres_about(goal, lat, lon) <= DRIVE_M
    lat, lon = lat[close], lon[close]
    if not len(lat):
        return
    cells, counts = np.unique((lat // CELL).astype(np.int64) * WIDE + lon // CELL, return_counts=True)
    north, east = divmod(int(cells[np.argmax(counts)]) + WIDE // 2, WIDE)
    middle = Point(north * CELL + CELL // 2, (east - WIDE // 2) * CELL + CELL // 2)
    more = people.within_reach(away, replace(shift, pickup=middle), policy, now=now)
    facts = {"lat_e6": middle.lat_e6, "lon_e6": middle.lon_e6, "distance_m": haversine_metres(goal, middle)}
    yield Gain("pick_up", facts | {"toward": _toward(goal, middle)}, more)


def _metres_about(goal: Point, lat: Any, lon: Any) -> Any:
    """Metres from a point as on a flat map: near enough to say what is too far to drive."""
    north = (lat - goal.lat_e6).astype(np.float64)
    east = ((lon - goal.lon_e6 + 180_000_000) % 360_000_000 - 180_000_000) * np.cos(np.radians(goal.lat_e6 / 1e6))
    return np.hypot(north, east) * METRES_PER_DEGREE / 1e6


def _toward(goal: Point, other: Point) -> int:
    north = other.lat_e6 - goal.lat_e6
    turn = (other.lon_e6 - goal.lon_e6 + 180_000_000) % 360_000_000 - 180_000_000
    return round(math.atan2(turn * math.cos(math.radians(goal.lat_e6 / 1e6)), north) / (math.pi / 4)) % 8
