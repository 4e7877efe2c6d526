"""One seat a person: paths where seats are plentiful, sifting where they are just enough, else nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.assign.core import Core
from matching.assign.net import Net
from matching.assign.paths import augment, tight_pairs
from matching.assign.rules import Goal
from matching.assign.sift import sifted
from matching.assign.times import Flags, Ints

PLENTY = 120  # seats per hundred people from which on paths stay short
SMALL = 20_000  # pairs up to which scarcity does not matter
MOST = 2**60


@dataclass(frozen=True, eq=False)
class Quick:
    """One optimum, and what every other optimum keeps to.

    chosen, tight: open pairs of this one, and of any. settled: people whom every optimum seats. full: shifts
    that every optimum fills.
    """

    chosen: Ints
    tight: Ints
    settled: Flags
    full: Flags
    work: int

    def net(self, core: Core, goal: Goal) -> Net:
        """All optima as flows: the tight pairs first, then who may or may not be seated or filled."""
        people, shifts = len(core.problem.people), len(core.problem.shifts)
        source = people + shifts
        sink = source + 1 if goal is Goal.SEATS_FIRST else source
        loose, open_seats = np.flatnonzero(~self.settled), np.flatnonzero(~self.full)
        person, shift = core.person[self.tight], core.shift[self.tight]
        tail = np.concatenate((person, np.full(len(loose), source), open_seats + people))
        head = np.concatenate((shift + people, loose, np.full(len(open_seats), sink)))
        one = np.ones(len(person) + len(loose), np.int64)
        supply = np.zeros(sink + 1, np.int64)
        supply[:people] = self.settled
        supply[people : people + shifts] = -core.headcount * self.full
        supply[source] = len(self.chosen) - int(self.settled.sum())
        supply[sink] -= len(self.chosen) + int(supply[people : people + shifts].sum())
        return Net(tail, head, np.concatenate((one, core.headcount[open_seats])), supply)


def by_paths(core: Core, goal: Goal, reward: Ints, first: Ints) -> Quick | None:
    """Open pairs chosen at the greatest reward (SEATS_FIRST: among the fullest plans).

    reward: per open pair; first: per person who gets a seat. None where a flow does better: people with room
    for several, fewer seats than people, or costs beyond 64 bits.
    """
    plentiful = _seats_for(core, PLENTY) or len(core.open) <= SMALL
    if int(core.room.max(initial=0)) > 1 or not (plentiful or (goal is Goal.SEATS_FIRST and _seats_for(core, 100))):
        return None
    person, people = core.person, len(core.problem.people)
    cost = -reward
    if first.any():
        cost -= first[person]
    most = -int(cost.min(initial=0))
    out = 0 if goal is Goal.TOTAL_SCORE else (most + 1) * (people + 1)
    if max(out, most * people) > MOST:
        return None
    begins = np.concatenate(([0], np.cumsum(np.bincount(person, minlength=people)))).astype(np.int64)
    stay = np.full(people, out)
    if plentiful:
        own, price, work = augment(begins, core.shift, cost, core.headcount, stay, np.arange(people))
    else:
        able = np.flatnonzero(begins[1:] > begins[:-1])
        found = sifted(np.append(begins[able], begins[-1]), core.shift, cost, core.headcount, out)
        if found is None:
            return None
        own, price, work = found
    fits, level = tight_pairs(begins, core.shift, cost, core.headcount, stay, price)
    full = (price > 0) & (core.headcount > 0)
    return Quick(own[own >= 0], np.flatnonzero(fits), level < stay, full, work)


def _seats_for(core: Core, share: int) -> bool:
    """Are there so many seats per hundred people?"""
    return int(core.headcount.sum()) * 100 >= share * int((core.room > 0).sum())
