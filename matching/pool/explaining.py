"""Why the winners won: the oracle's measures of people who pass, from the columns and each made once.

What most people of an answer share (a free hour, the whole time, a trade) is one value, worded once. Whoever
waits for work (等活) goes to the oracle itself: what time then counts as is the oracle's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

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
from matching.result import Match, Measure, Score
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


class Explaining:
    """One shift of a question, under one policy at one minute."""

    def __init__(
        self, store: PeopleRows, question: Question, place: int, shift: Shift, policy: Policy, now: datetime
    ) -> None:
        self._store, self._question, self._place = store, question, place
        self._shift, self._policy, self._minute = shift, policy, minute_of(now)
        self._needs = weighted_needs(shift, policy.skill)

    def matches(self, slots: Array, metres: Array, *, personalised: bool) -> tuple[Match, ...]:
        """The oracle's `Match` for each slot, in the order given; nobody of them fails a gate."""
        if not len(slots):
            return ()
        store, label = self._store, self._policy.label
        chosen = slots.astype(np.int64)
        ways = [None if way == UNKNOWN_M else way for way in metres.tolist()]
        scores = self._scores(chosen, ways) if personalised else [Score()] * len(ways)
        waiting = (store.hot["flags"][chosen] & WAITING).tolist()
        return tuple(
            self._by_oracle(slot, personalised=personalised)
            if waits
            else Match(store.ids.at(slot), self._shift.id, label, score, way)
            for slot, waits, score, way in zip(chosen.tolist(), waiting, scores, ways, strict=True)
        )

    def _scores(self, slots: Array, ways: Sequence[int | None]) -> list[Score]:
        """Factor by factor; what is the same for several people is measured once."""
        hot, cold = self._store.hot[slots], self._store.cold[slots]
        asked, minutes = self._minutes(slots)
        read = _Columns(self._store, hot, cold, asked, minutes, ways, self._shift.radius_limit_m)
        columns = []
        for name, _ in FACTORS:
            weight = getattr(self._policy.weights, name)
            if weight:
                keys, measure = getattr(read, name)(), getattr(self, f"_{name}")
                known = {key: part_of(name, measure(key), weight) for key in dict.fromkeys(keys)}
                columns.append([known[key] for key in keys])
        return [summed(parts) for parts in zip(*columns, strict=True)] if columns else [Score()] * len(ways)

    def _minutes(self, slots: Array) -> tuple[int, Array]:
        question, found = self._question, np.zeros((len(slots), 3), np.int64)
        rows, derived = question.rows.arrays, np.zeros(1, DERIVED)
        rules = question.rules[0]
        asked = minutes_of(self._store.arrays, slots, rows, self._place, question.near, rules, derived, found)
        return asked, found

    def _by_oracle(self, slot: int, *, personalised: bool) -> Match:
        span = self._shift.span
        hours = hours_about(span, self._policy.utc_offset) if span else WHOLE_WEEK
        worker = self._store.worker_at(slot, hours)
        return eligible(Pair(worker, self._shift, self._policy, self._minute), personalised=personalised)

    # a measure of each factor, from what `_Columns` reads for it

    def _skill(self, packed: tuple[int, ...]) -> Measure:
        rules = self._policy.skill
        claims = [self._store.kinds.claim(each) for each in packed]
        if rules.measure is SkillMeasure.LEVELS:
            return skill_measure(claims, self._shift, rules)
        found = []
        for weight, need in self._needs:
            best = max((_worth(claim, need, rules) for claim in claims), default=(0, NONE))
            found.append((weight, *best))
        return mean_worth(found)

    def _distance(self, way: tuple[int | None, int]) -> Measure:
        return distance_measure(self._shift, self._policy, *way)

    def _schedule(self, minutes: tuple[int, int]) -> Measure:
        return schedule_measure(self._policy, *minutes, waiting=False)

    def _spare_before(self, free: int) -> Measure:
        return spare_measure(self._shift, spare=bool(free))

    def _spare_after(self, free: int) -> Measure:
        return spare_measure(self._shift, spare=bool(free))

    def _reliability(self, known: int) -> Measure:
        return reliability_measure(self._policy, None if known < 0 else known)

    def _employer(self, _: None) -> Measure:
        return reliability_measure(self._policy, self._shift.employer_reliability)

    def _pay(self, wish: tuple[int, int]) -> Measure:
        fen, unit = wish
        return pay_measure(Pay(fen, self._store.units.texts[unit]) if fen else None, self._shift)

    def _freshness(self, _: None) -> Measure:
        return freshness_measure(self._shift, self._minute, self._policy.fresh_minutes)

    def _priority(self, entitled: int) -> Measure:
        return priority_measure(bool(entitled), self._shift)


@dataclass(frozen=True, slots=True)
class _Columns:
    """What each factor depends on, person by person."""

    store: PeopleRows
    hot: Array
    cold: Array
    asked: int
    minutes: Array
    ways: Sequence[int | None]
    radius_limit_m: int | None

    def skill(self) -> list[tuple[int, ...]]:
        first, last = self.cold["claims"], self.cold["claims"] + self.cold["n_claims"]
        words = self.store.claims.words
        return [tuple(words[start:end].tolist()) for start, end in zip(first.tolist(), last.tolist(), strict=True)]

    def distance(self) -> list[tuple[int | None, int]]:
        own = NO_LIMIT if self.radius_limit_m is None else self.radius_limit_m
        return [(way, min(radius, own)) for way, radius in zip(self.ways, self.hot["radius"].tolist(), strict=True)]

    def schedule(self) -> list[tuple[int, int]]:
        return [(self.asked, usable) for usable in self.minutes[:, 0].tolist()]

    def spare_before(self) -> list[int]:
        return list(self.minutes[:, 1].tolist())

    def spare_after(self) -> list[int]:
        return list(self.minutes[:, 2].tolist())

    def reliability(self) -> list[int]:
        return list(self.hot["rel"].tolist())

    def employer(self) -> list[None]:
        return [None] * len(self.ways)

    def pay(self) -> list[tuple[int, int]]:
        return list(zip(self.cold["wish"].tolist(), self.cold["unit"].tolist(), strict=True))

    def freshness(self) -> list[None]:
        return [None] * len(self.ways)

    def priority(self) -> list[int]:
        return list((self.hot["flags"] & PRIORITY).tolist())


_worth = lru_cache(maxsize=65_536)(worth)
