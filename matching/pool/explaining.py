"""Why the winners won: the oracle's measures of people who pass, from the columns and each made once.

What most people of an answer share (a free hour, the whole time, a trade) is one value, worded once. Whoever
waits for work (等活) goes to the oracle itself: what time then counts as is the oracle's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from matching.extras import freshness_measure, pay_measure, priority_measure
from matching.model import Pay, Shift
from matching.pair import Pair
from matching.policy import Policy, SkillMeasure
from matching.pool.answers import eligible
from matching.pool.compiled import Array, Rows, inlined
from matching.pool.derive import derive
from matching.pool.judge import cover_minutes, spare, trade_row
from matching.pool.layout import DATED, DERIVED, NO_LIMIT, PRIORITY, UNKNOWN_M, WAITING
from matching.pool.questions import Question
from matching.pool.rebuild import WHOLE_WEEK, hours_about
from matching.pool.store import PeopleRows
from matching.result import Match, Measure, Part, Score
from matching.score import (
    FACTORS,
    distance_measure,
    part_of,
    reliability_measure,
    schedule_measure,
    spare_measure,
    summed,
)
from matching.skill import NONE, mean_worth, skill_measure, weighted_needs, worth
from matching.span import minute_of


@inlined
def minutes_of(
    workers: Rows, slots: Array, shifts: Rows, s: int, near: Array, rules: Rows, derived_row: Array, found: Array
) -> int:
    """Row by row (usable minutes, free before, free after) of slots; gives the minutes asked."""
    hot, cold, _, detail, _, _ = workers
    shift_rows, shift_detail, needs = shifts
    derived, shift = derived_row[0], shift_rows[s]
    derive(shifts, s, rules, derived)
    trade, offset = trade_row(shift, needs), rules["offset"]
    for place in range(len(slots)):
        row, at = hot[slots[place]], cold[slots[place]]["detail"]
        _, usable = cover_minutes(row, detail, at, near, trade, shift, shift_detail, derived, rules)
        found[place, 0] = usable
        if derived["kind"] == DATED:
            found[place, 1] = spare(row, detail, at, derived["before"], derived["before_at"], offset)
            found[place, 2] = spare(row, detail, at, derived["after"], derived["after_at"], offset)
    return int(derived["asked"])


@dataclass(frozen=True, slots=True)
class _Row:
    """What the measures read of one winner."""

    claims: tuple[int, ...]
    metres: int | None
    limit_m: int
    usable: int
    before: bool
    after: bool
    reliability: int | None
    wish: tuple[int, int]  # fen (0 none), number of the unit
    entitled: bool


class Explaining:
    """One shift of a question, under one policy at one minute."""

    def __init__(
        self, store: PeopleRows, question: Question, place: int, shift: Shift, policy: Policy, now: datetime
    ) -> None:
        self._store, self._question, self._place = store, question, place
        self._shift, self._policy, self._minute = shift, policy, minute_of(now)
        self._asked = 0
        self._parts: dict[Any, Part] = {}
        self._worths: dict[int, list[tuple[int, str]]] = {}
        self._needs = weighted_needs(shift, policy.skill)
        self._factors = [(name, weight) for name, _ in FACTORS if (weight := getattr(policy.weights, name))]

    def matches(self, slots: Array, metres: Array, *, personalised: bool) -> tuple[Match, ...]:
        """The oracle's `Match` for each slot, in the order given; nobody of them fails a gate."""
        if not len(slots):
            return ()
        store, chosen = self._store, slots.astype(np.int64)
        minutes = self._minutes(chosen)
        hot, cold = store.hot[chosen], store.cold[chosen]
        flags, radius, known = hot["flags"].tolist(), hot["radius"].tolist(), hot["rel"].tolist()
        wish, unit = cold["wish"].tolist(), cold["unit"].tolist()
        first, count = cold["claims"].tolist(), cold["n_claims"].tolist()
        own = self._shift.radius_limit_m
        own = NO_LIMIT if own is None else own
        found = []
        for at, (slot, way) in enumerate(zip(chosen.tolist(), metres.tolist(), strict=True)):
            if flags[at] & WAITING:
                found.append(self._by_oracle(slot, personalised=personalised))
                continue
            way = None if way == UNKNOWN_M else way
            score = Score()
            if personalised:
                usable, before, after = minutes[at]
                claims = tuple(store.claims.words[first[at] : first[at] + count[at]].tolist())
                score = self._score(
                    _Row(
                        claims=claims,
                        metres=way,
                        limit_m=min(radius[at], own),
                        usable=usable,
                        before=bool(before),
                        after=bool(after),
                        reliability=None if known[at] < 0 else known[at],
                        wish=(wish[at], unit[at]),
                        entitled=flags[at] & PRIORITY != 0,
                    )
                )
            found.append(Match(store.ids.at(slot), self._shift.id, self._policy.label, score, way))
        return tuple(found)

    def _minutes(self, slots: Array) -> list[list[int]]:
        question, found = self._question, np.zeros((len(slots), 3), np.int64)
        rows = question.rows.arrays
        derived = np.zeros(1, DERIVED)
        self._asked = minutes_of(
            self._store.arrays, slots, rows, self._place, question.near, question.rules[0], derived, found
        )
        counted: list[list[int]] = found.tolist()
        return counted

    def _by_oracle(self, slot: int, *, personalised: bool) -> Match:
        span = self._shift.span
        hours = hours_about(span, self._policy.utc_offset) if span else WHOLE_WEEK
        worker = self._store.worker_at(slot, hours)
        return eligible(Pair(worker, self._shift, self._policy, self._minute), personalised=personalised)

    def _score(self, row: _Row) -> Score:
        return summed(self._part(name, weight, row) for name, weight in self._factors)

    def _part(self, name: str, weight: int, row: _Row) -> Part:
        read, measure = _MEASURES[name]
        key = (name, read(row))
        part = self._parts.get(key)
        if part is None:
            part = self._parts[key] = part_of(name, measure(self, row), weight)
        return part

    def _skill(self, row: _Row) -> Measure:
        rules = self._policy.skill
        if rules.measure is SkillMeasure.LEVELS:
            claims = [self._store.kinds.claim(packed) for packed in row.claims]
            return skill_measure(claims, self._shift, rules)
        worths = [self._worth(packed) for packed in row.claims]
        best = [max((each[at] for each in worths), default=(0, NONE)) for at in range(len(self._needs))]
        return mean_worth([(need[0], *value) for need, value in zip(self._needs, best, strict=True)])

    def _worth(self, packed: int) -> Sequence[tuple[int, str]]:
        """What one claim is worth for each need."""
        found = self._worths.get(packed)
        if found is None:
            claim = self._store.kinds.claim(packed)
            found = self._worths[packed] = [worth(claim, need, self._policy.skill) for _, need in self._needs]
        return found

    def _distance(self, row: _Row) -> Measure:
        return distance_measure(self._shift, self._policy, row.metres, row.limit_m)

    def _schedule(self, row: _Row) -> Measure:
        return schedule_measure(self._policy, self._asked, row.usable, waiting=False)

    def _before(self, row: _Row) -> Measure:
        return spare_measure(self._shift, spare=row.before)

    def _after(self, row: _Row) -> Measure:
        return spare_measure(self._shift, spare=row.after)

    def _reliability(self, row: _Row) -> Measure:
        return reliability_measure(self._policy, row.reliability)

    def _pay(self, row: _Row) -> Measure:
        fen, unit = row.wish
        return pay_measure(Pay(fen, self._store.units.texts[unit]) if fen else None, self._shift)

    def _freshness(self, _: _Row) -> Measure:
        return freshness_measure(self._shift, self._minute, self._policy.fresh_minutes)

    def _priority(self, row: _Row) -> Measure:
        return priority_measure(row.entitled, self._shift)


# Of each factor: what of a person it depends on, and the measure.
_MEASURES: dict[str, tuple[Callable[[_Row], Any], Callable[[Explaining, _Row], Measure]]] = {
    "skill": (lambda row: row.claims, Explaining._skill),
    "distance": (lambda row: (row.metres, row.limit_m), Explaining._distance),
    "schedule": (lambda row: row.usable, Explaining._schedule),
    "spare_before": (lambda row: row.before, Explaining._before),
    "spare_after": (lambda row: row.after, Explaining._after),
    "reliability": (lambda row: row.reliability, Explaining._reliability),
    "pay": (lambda row: row.wish, Explaining._pay),
    "freshness": (lambda _: None, Explaining._freshness),
    "priority": (lambda row: row.entitled, Explaining._priority),
}
