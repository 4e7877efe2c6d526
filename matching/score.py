"""The score: one part per weighted factor, each rounded once, adding up exactly to the total."""

from __future__ import annotations

from collections.abc import Callable

from matching.cover import spare_hour
from matching.extras import freshness_measure, pay_measure, priority_measure
from matching.millionths import FULL, divide, share
from matching.pair import Pair
from matching.result import Measure, Part, Score
from matching.skill import skill_measure


def skill(pair: Pair) -> Measure:
    return skill_measure(pair.worker.skills, pair.shift, pair.policy.skill)


def distance(pair: Pair) -> Measure:
    """Worth of the way; remote work has none and is worth all, an unknown way is worth nothing."""
    if pair.shift.remote:
        return Measure(FULL, "remote")
    if pair.metres is None:
        return Measure(0, "unknown")
    value = pair.policy.distance.worth(pair.metres, pair.limit_m)
    return Measure(value, "way", {"distance_m": pair.metres, "limit_m": pair.limit_m})


def schedule(pair: Pair) -> Measure:
    """Share of the asked time that is free and not booked; time to be agreed counts as the floor."""
    cover = pair.cover
    if not cover.asked:
        return Measure(pair.policy.schedule_floor * 1000, "to_be_agreed")
    value = share(cover.usable, cover.asked)
    facts = {"free_minutes": cover.usable, "asked_minutes": cover.asked}
    if cover.waiting:
        return Measure(value, "waiting", facts)
    return Measure(value, "all" if value == FULL else "part", facts)


def spare_before(pair: Pair) -> Measure:
    return _spare(pair, before=True)


def spare_after(pair: Pair) -> Measure:
    return _spare(pair, before=False)


def reliability(pair: Pair) -> Measure:
    """Permille as given; somebody without any history stands at the baseline."""
    known = pair.worker.reliability
    if known is None:
        return Measure(pair.policy.reliability.baseline * 1000, "no_history")
    return Measure(known * 1000, "history")


def pay(pair: Pair) -> Measure:
    return pay_measure(pair.worker, pair.shift)


def freshness(pair: Pair) -> Measure:
    return freshness_measure(pair.shift, pair.now, pair.policy.fresh_minutes)


def priority(pair: Pair) -> Measure:
    return priority_measure(pair.worker, pair.shift)


FACTORS: tuple[tuple[str, Callable[[Pair], Measure]], ...] = (
    ("skill", skill),
    ("distance", distance),
    ("schedule", schedule),
    ("spare_before", spare_before),
    ("spare_after", spare_after),
    ("reliability", reliability),
    ("pay", pay),
    ("freshness", freshness),
    ("priority", priority),
)


def score(pair: Pair) -> Score:
    """Parts of every factor whose weight is above 0, in the order of `FACTORS`, and their sum."""
    weighted = ((name, measure, getattr(pair.policy.weights, name)) for name, measure in FACTORS)
    parts = tuple(_part(name, measure(pair), weight) for name, measure, weight in weighted if weight)
    return Score(sum(part.points for part in parts), parts)


def _part(name: str, measure: Measure, weight: int) -> Part:
    points = divide(weight * measure.value, FULL)
    return Part(name, measure.value, weight, points, measure.reason, measure.facts)


def _spare(pair: Pair, *, before: bool) -> Measure:
    span = pair.shift.span
    if span is None:
        return Measure(0, "unknown")
    spare = spare_hour(pair.worker, span, pair.policy.utc_offset, before=before)
    return Measure(FULL, "spare") if spare else Measure(0, "none")
