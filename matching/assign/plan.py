"""The answer: chosen pairs, how good they are at most and for certain, and why the others are left over."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matching.assign.problem import Problem
from matching.assign.times import Ints

VERSION = "1"


class Left(StrEnum):
    """Why a person has no seat, or a seat nobody."""

    NO_PAIR = "no_eligible_pair"
    NO_SEATS = "no_seats_offered"
    TAKEN = "seats_taken_by_better"
    ALL_HERE = "everyone_eligible_is_here"
    ELSEWHERE = "eligible_people_seated_elsewhere"
    OVERLAPS = "overlaps_own"
    PINNED = "pinned_elsewhere"
    CREW = "crew_cannot_be_met"
    NOT_WORTH = "adds_no_value"
    BUDGET = "not_found_within_budget"


@dataclass(frozen=True, slots=True)
class LeftPerson:
    person: Hashable
    reason: Left


@dataclass(frozen=True, slots=True)
class LeftSeats:
    shift: Hashable
    open: int
    reason: Left


@dataclass(frozen=True, eq=False)
class Plan:
    """Pairs by index, in the order of person and shift, and what is known about them.

    seats: pairs chosen; score: their scores; bonus: of the people seated; kept: earlier pairs among them.
    value = score + bonus + rules.keep x kept (the last only where `keep` is a number).
    seats_bound: no plan fills more seats (equals `seats` under TOTAL_SCORE, where seats are no aim).
    value_bound: no plan of as many seats as this one (TOTAL_SCORE: no plan at all) has more value; where a
    tier of kept pairs comes first, no plan that also keeps as many.
    proven: every tier is settled and `unique` says that the draw, too, left exactly one plan.
    work: units used, one per pair looked at, the same on every machine. reproducible: False when somebody's
    clock stopped the work. people_left, seats_left: indices; reasons by `left_people` and `left_seats`.
    """

    problem: Problem
    rules: str
    algorithm: str
    pairs: NDArray[np.int64]
    seats: int
    score: int
    bonus: int
    kept: int
    value: int
    seats_bound: int
    value_bound: int
    unique: bool
    reproducible: bool
    work: int
    people_left: tuple[tuple[int, Left], ...]
    seats_left: tuple[tuple[int, int, Left], ...]

    @property
    def seats_gap(self) -> int:
        """Seats that a better plan might fill; 0 when proven."""
        return self.seats_bound - self.seats

    @property
    def value_gap(self) -> int:
        """Value that a better plan of as many seats might have; 0 when proven."""
        return self.value_bound - self.value

    @property
    def gap(self) -> float:
        """For people: share of the bound not reached, of the seats if any might be missing, else of the value."""
        gap, bound = (self.seats_gap, self.seats_bound) if self.seats_gap else (self.value_gap, self.value_bound)
        return gap / bound if bound else 0.0

    @property
    def proven(self) -> bool:
        return self.seats_gap == 0 and self.value_gap == 0

    def named(self) -> Iterator[tuple[Hashable, Hashable]]:
        """The chosen pairs by id."""
        people, shifts = self.problem.people, self.problem.shifts
        return ((people[person], shifts[shift]) for person, shift in self.pairs.tolist())

    @property
    def left_people(self) -> tuple[LeftPerson, ...]:
        """Everybody without a seat, and why."""
        return tuple(LeftPerson(self.problem.people[person], reason) for person, reason in self.people_left)

    @property
    def left_seats(self) -> tuple[LeftSeats, ...]:
        """Every shift with open seats, how many, and why."""
        return tuple(LeftSeats(self.problem.shifts[s], count, reason) for s, count, reason in self.seats_left)


def pair_columns(problem: Problem, chosen: Ints) -> NDArray[np.int64]:
    """Chosen pair positions as an array of (person, shift) rows."""
    return np.stack((problem.person[chosen], problem.shift[chosen]), axis=1).astype(np.int64)
