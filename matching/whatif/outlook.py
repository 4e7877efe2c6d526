"""An employer's outlook: how many fit a shift, how many are free, and which single change brings how many more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.cover import asked_minutes
from matching.distance import Point
from matching.extras import PER_HOUR, WHOLE_SHIFT
from matching.gates import GATES
from matching.model import Pay, Shift
from matching.policy import Policy
from matching.result import Code
from matching.span import Span

if TYPE_CHECKING:
    from matching.pool import WorkerPool

BITS = {gate.code: 1 << place for place, gate in enumerate(GATES)}
TIME = BITS[Code.NOT_FREE] | BITS[Code.BOOKED] | BITS[Code.PART_TIME_WEEK] | BITS[Code.PART_TIME_DAY]
# What may be otherwise at another hour: time itself, papers and ages by the day, a start that has passed.
BY_HOUR = TIME | BITS[Code.CERTIFICATES] | BITS[Code.ADULTS_ONLY] | BITS[Code.BEGUN]
STARTS = (-120, -60, -30, 30, 60, 120)  # minutes by which a dated shift might begin otherwise
NEXT_DAY = 1440
A_DAY = (1_000, 2_000, 5_000)
RAISES = {"hour": (100, 200, 500), "day": A_DAY, "shift": A_DAY, "fixed": A_DAY}  # fen
ASKED = 20_000  # people whose homes say where a pick-up would help
WIDE = 1 << 20  # more cells than there are from west to east
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


def outlook(shift: Shift, people: WorkerPool, policy: Policy, *, now: datetime) -> Outlook:
    """Exact over the whole pool: each change is judged by the gates themselves. Raises as a ranking does."""
    open_shift = replace(shift, is_open=True, taken=0, headcount=max(1, shift.headcount))
    slots, masks = people.gate_masks(open_shift, policy, now=now)
    sets = np.bincount(masks, minlength=1 << len(GATES))
    _, _, wish, unit = people.places_and_wishes(slots[masks == 0])
    content = _content(shift, wish, unit, people.units)
    gains = [
        *_pay(shift, content, wish, unit, people.units),
        *_elsewise(open_shift, people, policy, now, slots, masks),
        *_pick_up(open_shift, people, policy, now, slots, masks),
    ]
    gains.sort(key=lambda gain: (-gain.more, gain.kind, str(sorted(gain.facts.items()))))
    in_time = np.flatnonzero((np.arange(len(sets)) & ~TIME) == 0)
    return Outlook(
        people=len(slots),
        fit=int(sets[in_time].sum()),
        free=int(sets[0]),
        content=int(np.count_nonzero(content)),
        only={code: int(sets[bit]) for code, bit in BITS.items() if sets[bit]},
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


def _elsewise(
    shift: Shift, people: WorkerPool, policy: Policy, now: datetime, slots: Any, masks: Any
) -> Iterator[Gain]:
    """Another start, tomorrow, no limit of the job's own, a paper less."""

    def gain(kind: str, facts: dict[str, Any], other: Shift, turned: int) -> Gain:
        return Gain(kind, facts, _more(other, people, policy, now, slots, masks, turned))

    if shift.span is not None:
        for minutes in STARTS:
            yield gain("start", {"by_minutes": minutes}, _moved(shift, shift.span, minutes), BY_HOUR)
        yield gain("next_day", {"by_minutes": NEXT_DAY}, _moved(shift, shift.span, NEXT_DAY), BY_HOUR)
    if shift.radius_limit_m is not None:
        facts, wider = {"limit_m": shift.radius_limit_m}, replace(shift, radius_limit_m=None)
        yield gain("reach", facts, wider, BITS[Code.OUT_OF_REACH])
    for at, need in enumerate(shift.certificates):
        others = shift.certificates[:at] + shift.certificates[at + 1 :]
        fewer = replace(shift, certificates=others)
        yield gain("certificate", {"certificate": need.kind}, fewer, BITS[Code.CERTIFICATES])


def _more(other: Shift, people: WorkerPool, policy: Policy, now: datetime, slots: Any, masks: Any, turned: int) -> int:
    """How many more are eligible after a change that can turn these gates only: nobody else is looked at."""
    asked = slots[(masks & ~np.uint32(turned)) == 0]
    after = int(np.count_nonzero(people.masks_of(asked, other, policy, now=now) == 0))
    return after - int(np.count_nonzero(masks == 0))


def _moved(shift: Shift, span: Span, minutes: int) -> Shift:
    return replace(shift, span=Span(span.start + minutes, span.end + minutes))


def _pick_up(shift: Shift, people: WorkerPool, policy: Policy, now: datetime, slots: Any, masks: Any) -> Iterator[Gain]:
    """The middle of a cell in which many live whom only the way keeps out (of many, every so-manieth is asked)."""
    away = slots[masks == BITS[Code.OUT_OF_REACH]]
    if shift.remote or not len(away):
        return
    lat, lon, _, _ = people.places_and_wishes(away[:: -(-len(away) // ASKED)])
    cells, counts = np.unique((lat // CELL).astype(np.int64) * WIDE + lon // CELL, return_counts=True)
    north, east = divmod(int(cells[np.argmax(counts)]) + WIDE // 2, WIDE)
    middle = Point(north * CELL + CELL // 2, (east - WIDE // 2) * CELL + CELL // 2)
    met = replace(shift, pickup=middle)
    more = _more(met, people, policy, now, slots, masks, BITS[Code.OUT_OF_REACH])
    yield Gain("pick_up", {"lat_e6": middle.lat_e6, "lon_e6": middle.lon_e6}, more)
