"""A chained core laid out for the compiled passes: people in drawn order, each one's pairs by start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.assign.core import Core, earlier_flags
from matching.assign.draw import draw
from matching.assign.links import Links, follow_table, link, spread
from matching.assign.problem import Problem
from matching.assign.rules import Rules
from matching.assign.times import Flags, Ints, Times


@dataclass(frozen=True, eq=False)
class Market:
    """Pairs sorted by person (ranked by the draw), start, end, shift.

    positions: where each pair stands in the problem. value: score plus the weight of an earlier pair.
    fillable: seats of each shift that eligible people could fill if each were alone.
    """

    times: Times
    table: tuple[bool, Flags]
    farthest: int
    first: Ints
    shift: Ints
    owner: Ints
    positions: Ints
    value: Ints
    bonus: Ints
    seats: Ints
    fillable: Ints
    links: Links
    shift_first: Ints
    shift_pairs: Ints

    @property
    def sweep(self) -> int:
        """Work units of one pass over all pairs."""
        return len(self.shift) + len(self.links.more) + 1

    @property
    def full(self) -> int:
        return int(self.fillable.sum())

    def worth(self, chosen: Flags) -> int:
        """Value of a plan, bonuses of the people seated included."""
        seated = np.unique(self.owner[chosen])
        return int(self.value[chosen].sum()) + int(self.bonus[seated].sum())

    @property
    def clock(self) -> tuple[Ints, Ints, Ints, Ints, int, int, bool, Flags]:
        """What the compiled passes need to know of time."""
        times = self.times
        return times.start, times.end, times.lat_e6, times.lon_e6, times.rest, times.metres_per_minute, *self.table


def market_of(core: Core, rules: Rules) -> Market:
    """Lay out a chained core; ties will fall by the draw's rank of the people."""
    problem, times = core.problem, core.problem.when
    ranks = people_ranks(problem, rules)
    person, shift = ranks[problem.person[core.open]], problem.shift[core.open].astype(np.int64)
    order = np.lexsort((shift, times.end[shift], times.start[shift], person))
    owner, shift = person[order], shift[order]
    first = _offsets(owner, len(problem.people))
    seats = core.headcount
    degree = np.bincount(shift, minlength=len(seats))
    pairs_by_shift = np.argsort(shift, kind="stable")
    bonus = np.empty_like(core.bonus)
    bonus[ranks] = core.bonus
    table = follow_table(times)
    clock = (times.start, times.end, times.lat_e6, times.lon_e6, times.rest, times.metres_per_minute, *table)
    way = spread(np.arange(len(seats)), times.lat_e6, times.lon_e6)
    return Market(
        times=times,
        table=table,
        farthest=times.rest + -(-way // times.metres_per_minute),
        first=first,
        shift=shift,
        owner=owner,
        positions=core.open[order].astype(np.int64),
        value=_values(problem, rules)[core.open][order],
        bonus=bonus,
        seats=seats,
        fillable=np.minimum(seats, degree),
        links=Links(*link(first, shift, *clock)),
        shift_first=_offsets(shift[pairs_by_shift], len(seats)),
        shift_pairs=pairs_by_shift,
    )


def people_ranks(problem: Problem, rules: Rules) -> Ints:
    """Each person's place in the drawn order, which is the order in which ties fall."""
    count = len(problem.people)
    if rules.seed is None:
        return np.arange(count)
    drawn = [draw(rules.seed, person, "", 256) for person in problem.people]
    ranks = np.empty(count, np.int64)
    ranks[sorted(range(count), key=drawn.__getitem__)] = np.arange(count)
    return ranks


def kept_weight(problem: Problem, rules: Rules) -> int:
    """What an earlier pair is worth in a chained problem: more than any two others where keeping comes first."""
    if rules.keep is not None:
        return rules.keep
    return 2 * int(problem.score.max(initial=0)) + 2 * rules.bonus_cap + 1


def _values(problem: Problem, rules: Rules) -> Ints:
    if not problem.earlier:
        return problem.score
    return problem.score + kept_weight(problem, rules) * earlier_flags(problem)


def _offsets(owner: Ints, count: int) -> Ints:
    return np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=count)))).astype(np.int64)
