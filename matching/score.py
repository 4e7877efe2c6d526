"""The score: one part per weighted factor, each rounded once, adding up exactly to the total."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matching.cover import spare_hour
from matching.extras import freshness_measure, pay_measure, priority_measure
from matching.millionths import FULL, divide, share
from matching.model import Shift
from matching.pair import Pair
from matching.policy import Policy
from matching.result import Measure, Part, Score
from matching.skill import skill_measure


def skill(pair: Pair) -> Measure:
    return skill_measure(pair.worker.skills, pair.shift, pair.policy.skill)


def distance(pair: Pair) -> Measure:
    return distance_measure(pair.shift, pair.policy, pair.metres, pair.limit_m)


def distance_measure(shift: Shift, policy: Policy, metres: int | None, limit_m: int) -> Measure:
    """Worth of the way; remote work has none and is worth all, an unknown way is worth nothing."""
    if shift.remote:
        return Measure(FULL, "remote")
    if metres is None:
        return Measure(0, "unknown")
    value = policy.distance.worth(metres, limit_m)
    return Measure(value, "way", {"distance_m": metres, "limit_m": limit_m})


def schedule(pair: Pair) -> Measure:
    cover = pair.cover
    return schedule_measure(pair.policy, cover.asked, cover.usable, waiting=cover.waiting)


def schedule_measure(policy: Policy, asked: int, usable: int, *, waiting: bool) -> Measure:
    """Share of the asked time that is free and not booked; time to be agreed counts as the floor."""
    if not asked:
        return Measure(policy.schedule_floor * 1000, "to_be_agreed")
    value = share(usable, asked)
    facts = {"free_minutes": usable, "asked_minutes": asked}
    if waiting:
        return Measure(value, "waiting", facts)
    return Measure(value, "all" if value == FULL else "part", facts)


def spare_before(pair: Pair) -> Measure:
    return _spare(pair, before=True)


def spare_after(pair: Pair) -> Measure:
    return _spare(pair, before=False)


def reliability(pair: Pair) -> Measure:
    return reliability_measure(pair.policy, pair.worker.reliability)


def reliability_measure(policy: Policy, known: int | None) -> Measure:
    """Permille as given; somebody without any history stands at the baseline."""
    if known is None:
        return Measure(policy.reliability.baseline * 1000, "no_history")
    return Measure(known * 1000, "history")


def employer(pair: Pair) -> Measure:
    """How far the employer can be counted on: the same measure as the worker's, by the same rules."""
    return reliability_measure(pair.policy, pair.shift.employer_reliability)


def pay(pair: Pair) -> Measure:
    return pay_measure(pair.worker.pay_wish, pair.shift)


def freshness(pair: Pair) -> Measure:
    return freshness_measure(pair.shift, pair.now, pair.policy.fresh_minutes)


def priority(pair: Pair) -> Measure:
    return priority_measure(pair.worker.priority, pair.shift)


FACTORS: tuple[tuple[str, Callable[[Pair], Measure]], ...] = (
    ("skill", skill),
    ("distance", distance),
    ("schedule", schedule),
    ("spare_before", spare_before),
    ("spare_after", spare_after),
    ("reliability", reliability),
    ("employer", employer),
    ("pay", pay),
    ("freshness", freshness),
    ("priority", priority),
)


def score(pair: Pair) -> Score:
    """Parts of every factor whose weight is above 0, in the order of `FACTORS`, and their sum."""
    weighted = ((name, measure, getattr(pair.policy.weights, name)) for name, measure in FACTORS)
    return summed(part_of(name, measure(pair), weight) for name, measure, weight in weighted if weight)


def summed(parts: Iterable[Part]) -> Score:
    """Parts and their sum."""
    kept = tuple(parts)
    return Score(sum([part.points for part in kept]), kept)


def part_of(name: str, measure: Measure, weight: int) -> Part:
    """A factor weighted: weight × value, rounded half up once."""
    points = divide(weight * measure.value, FULL)
    return Part(name, measure.value, weight, points, measure.reason, measure.facts)


def _spare(pair: Pair, *, before: bool) -> Measure:
    span = pair.shift.span
    spare = span is not None and spare_hour(pair.worker, span, pair.policy.utc_offset, before=before)
    return spare_measure(pair.shift, spare=spare)


def spare_measure(shift: Shift, *, spare: bool) -> Measure:
    """Full where the clock hour beside dated work is free."""
    if shift.span is None:
        return Measure(0, "unknown")
    return Measure(FULL, "spare") if spare else Measure(0, "none")
