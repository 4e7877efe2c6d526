"""What is left to decide once pins, settled crews and forbidden pairs are taken out of a problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.assign.problem import Problem
from matching.assign.rules import Rules
from matching.assign.times import Flags, Ints, Narrow


@dataclass(frozen=True, eq=False)
class Core:
    """Open pairs by position in the problem, rooms and headcounts left, and the pairs already fixed.

    bonus: capped, 0 for people already seated by a fixed pair.
    """

    problem: Problem
    open: Ints | Narrow
    room: Ints
    headcount: Ints
    bonus: Ints
    fixed: Ints

    @property
    def whole(self) -> bool:
        """Is every pair of the problem open?"""
        return len(self.open) == len(self.problem.person)

    @property
    def person(self) -> Narrow:
        """The people of the open pairs."""
        return self.problem.person if self.whole else self.problem.person[self.open]

    @property
    def shift(self) -> Narrow:
        """The shifts of the open pairs."""
        return self.problem.shift if self.whole else self.problem.shift[self.open]

    @property
    def score(self) -> Ints:
        """The scores of the open pairs."""
        return self.problem.score if self.whole else self.problem.score[self.open]


def core_of(problem: Problem, rules: Rules, fixed: Iterable[int] = (), banned: Flags | None = None) -> Core:
    """The pins and `fixed` pair positions are taken, what they make impossible and `banned` is left out."""
    taken = np.array(sorted({*_pin_positions(problem), *fixed}), np.int64)
    room, headcount = problem.room().copy(), problem.headcount.copy()
    bonus = capped_bonus(problem, rules)
    if not len(taken) and banned is None:
        everything = np.arange(len(problem.person), dtype=np.int32)
        return Core(problem, everything, room, headcount, bonus, taken)
    np.subtract.at(room, problem.person[taken], 1)
    np.subtract.at(headcount, problem.shift[taken], 1)
    bonus = bonus.copy()
    bonus[problem.person[taken]] = 0
    usable = (room[problem.person] > 0) & (headcount[problem.shift] > 0)
    usable[taken] = False
    if banned is not None:
        usable &= ~banned
    if problem.chained:
        _drop_conflicts(problem, taken, usable)
    return Core(problem, np.flatnonzero(usable), room, headcount, bonus, taken)


def capped_bonus(problem: Problem, rules: Rules) -> Ints:
    """The bonus that counts, per person."""
    if problem.bonus is None:
        return np.zeros(len(problem.people), np.int64)
    return np.minimum(problem.bonus, rules.bonus_cap)


def earlier_flags(problem: Problem) -> Flags:
    """Which pairs an earlier plan had; earlier pairs that are no longer eligible are not among them."""
    found = np.zeros(len(problem.person), np.bool_)
    for person, shift in problem.earlier:
        at = problem.edge(person, shift)
        if at is not None:
            found[at] = True
    return found


def _pin_positions(problem: Problem) -> list[int]:
    positions = [problem.edge(person, shift) for person, shift in problem.pinned]
    return [at for at in positions if at is not None]


def _drop_conflicts(problem: Problem, taken: Ints, usable: Flags) -> None:
    """What a person's fixed shifts leave no time for."""
    times = problem.times
    if times is None:
        return
    for at in taken.tolist():
        person, shift = int(problem.person[at]), int(problem.shift[at])
        for other in range(int(problem.starts[person]), int(problem.starts[person + 1])):
            if usable[other] and not times.together(shift, int(problem.shift[other])):
                usable[other] = False
