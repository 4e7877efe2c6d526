"""The question: people, shifts, eligible pairs with scores, crews, pins and an earlier plan, checked once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matching.assign.columns import (
    MAX_SEATS,
    Pairs,
    by_id,
    check_same_length,
    column,
    ids_of,
    index_of,
    listed,
    optional,
    pairs_of,
    sorted_ids,
)
from matching.assign.rules import MAX_SCORE
from matching.assign.times import Ints, Narrow, Times
from matching.errors import InvalidInput, check_integer


@dataclass(frozen=True, slots=True)
class Crew:
    """搭伙: 2 to 6 people (indices) who go together.

    Whichever shift one member works, at least `at_least` members (None: all) work; pins are exempt.
    `may_split`: where no shift has enough seats and eligible members for the crew, its members are placed one
    by one; else a crew that cannot be met goes without.
    """

    members: tuple[int, ...]
    at_least: int | None = None
    may_split: bool = False

    def __post_init__(self) -> None:
        if not 2 <= len(self.members) <= 6:
            raise InvalidInput("crew.members", "out_of_range")
        if len(set(self.members)) < len(self.members):
            raise InvalidInput("crew.members", "duplicate_id")
        if self.at_least is not None:
            check_integer("crew.at_least", self.at_least, 2, len(self.members))

    @property
    def need(self) -> int:
        return len(self.members) if self.at_least is None else self.at_least


@dataclass(frozen=True, eq=False)
class Problem:
    """Use `Problem.of` (columns) or `Problem.by_id`; both check everything.

    people, shifts: ids by index. capacity: seats a person may take, None = one (without times) or any number
    that fit after each other (with times). headcount: seats of each shift. person, shift, score: the eligible
    pairs, sorted by person and shift. bonus: value for seating a person at all. Indices everywhere else.
    """

    people: Sequence[Hashable]
    shifts: Sequence[Hashable]
    headcount: Ints
    person: Narrow
    shift: Narrow
    score: Ints
    capacity: Ints | None = None
    bonus: Ints | None = None
    times: Times | None = None
    crews: tuple[Crew, ...] = ()
    pinned: Pairs = ()
    earlier: Pairs = ()
    starts: Ints = field(init=False)

    def __post_init__(self) -> None:
        counts = np.bincount(self.person, minlength=len(self.people))
        object.__setattr__(self, "starts", np.concatenate(([0], np.cumsum(counts))).astype(np.int64))

    @classmethod
    def of(
        cls,
        *,
        people: int | Sequence[Hashable],
        headcount: Sequence[int] | Ints,
        person: Sequence[int] | Ints,
        shift: Sequence[int] | Ints,
        score: Sequence[int] | Ints,
        shifts: Sequence[Hashable] | None = None,
        capacity: Sequence[int] | Ints | None = None,
        bonus: Sequence[int] | Ints | None = None,
        times: Times | None = None,
        crews: Sequence[Crew] = (),
        pinned: Sequence[tuple[int, int]] = (),
        earlier: Sequence[tuple[int, int]] = (),
    ) -> Problem:
        """From columns of indices, in any order of pairs.

        Raises InvalidInput: duplicate_id, duplicate_pair, unknown_id, not_an_integer, out_of_range,
        wrong_length, not_eligible and overlaps and over_capacity and over_headcount (of pins).
        """
        seekers = ids_of("people", people)
        seats = column("headcount", headcount, None, 0, MAX_SEATS)
        openings = ids_of("shifts", len(seats) if shifts is None else shifts)
        check_same_length("headcount", len(seats), len(openings))
        pairs = pairs_of(len(seekers), len(openings), person, shift, score)
        problem = cls(
            seekers,
            openings,
            seats,
            *pairs,
            capacity=optional("capacity", capacity, len(seekers), 1, MAX_SEATS),
            bonus=optional("bonus", bonus, len(seekers), 0, MAX_SCORE),
            times=times,
            crews=tuple(crews),
            pinned=listed("pinned", pinned),
            earlier=listed("earlier", earlier),
        )
        _check_whole(problem)
        return problem

    @classmethod
    def by_id(
        cls,
        people: Mapping[Any, int] | Sequence[Any],
        shifts: Mapping[Any, int],
        pairs: Sequence[tuple[Any, Any, int]],
        *,
        times: Times | None = None,
        bonus: Mapping[Any, int] | None = None,
        crews: Sequence[tuple[Sequence[Any], int | None, bool]] = (),
        pinned: Sequence[tuple[Any, Any]] = (),
        earlier: Sequence[tuple[Any, Any]] = (),
    ) -> Problem:
        """From ids: people (with capacities), shifts (with headcounts), (person, shift, score) triples.

        Everything is put in the order of the ids, so the order of the input changes nothing; `times` are given
        in that order (of the sorted shift ids). An earlier pair
        of a person or shift that is gone is dropped. Raises as `of` does.
        """
        seekers, openings = sorted_ids("people", list(people)), sorted_ids("shifts", list(shifts))
        p = {seeker: index for index, seeker in enumerate(seekers)}
        s = {opening: index for index, opening in enumerate(openings)}
        known = [(p[a], s[b]) for a, b in earlier if a in p and b in s]
        return cls.of(
            people=seekers,
            shifts=openings,
            headcount=[shifts[opening] for opening in openings],
            capacity=[people[seeker] for seeker in seekers] if isinstance(people, Mapping) else None,
            person=[index_of("pair.person", p, pair[0]) for pair in pairs],
            shift=[index_of("pair.shift", s, pair[1]) for pair in pairs],
            score=[pair[2] for pair in pairs],
            times=times,
            bonus=by_id("bonus", bonus, p),
            crews=[Crew(tuple(index_of("crew", p, m) for m in ms), k, split) for ms, k, split in crews],
            pinned=[(index_of("pinned", p, a), index_of("pinned", s, b)) for a, b in pinned],
            earlier=known,
        )

    @property
    def chained(self) -> bool:
        """May a person take several shifts that follow each other in time?"""
        return self.times is not None and self.capacity is None

    @property
    def when(self) -> Times:
        """The times of a problem that has them; raises InvalidInput("times", "empty")."""
        if self.times is None:
            raise InvalidInput("times", "empty")
        return self.times

    def room(self) -> Ints:
        """Seats each person may take; in a chained problem as many as there are shifts."""
        if self.capacity is not None:
            return self.capacity
        return np.full(len(self.people), len(self.shifts) if self.chained else 1, np.int64)

    def edge(self, person: int, shift: int) -> int | None:
        """Where the pair stands among the eligible ones."""
        low, high = int(self.starts[person]), int(self.starts[person + 1])
        at = low + int(np.searchsorted(self.shift[low:high], shift))
        return at if at < high and int(self.shift[at]) == shift else None


def scaled(values: Sequence[float], decimals: int) -> Ints:
    """Measured values as whole numbers of 10**-decimals, to the nearest; exact where they have no more digits.

    Raises InvalidInput("score", "not_a_number") for NaN and infinities, out_of_range beyond what a score may be.
    """
    check_integer("decimals", decimals, 0, 12)
    column = np.asarray(values, np.float64)
    if not np.isfinite(column).all():
        raise InvalidInput("score", "not_a_number")
    if (np.abs(column) * 10.0**decimals > MAX_SCORE).any():
        raise InvalidInput("score", "out_of_range")
    return np.rint(column * 10.0**decimals).astype(np.int64)


def _check_whole(problem: Problem) -> None:
    from matching.assign.pins import check_pins

    times, capacity = problem.times, problem.capacity
    if times is not None:
        check_same_length("times", len(times), len(problem.shifts))
        if capacity is not None and (capacity > 1).any():
            raise InvalidInput("capacity", "not_with_times")
    _check_crews(problem)
    for person, shift in problem.earlier:
        check_integer("earlier.person", person, 0, len(problem.people) - 1)
        check_integer("earlier.shift", shift, 0, len(problem.shifts) - 1)
    check_pins(problem)


def _check_crews(problem: Problem) -> None:
    seen: set[int] = set()
    for crew in problem.crews:
        for member in crew.members:
            check_integer("crew.members", member, 0, len(problem.people) - 1)
            if not problem.chained and problem.capacity is not None and int(problem.capacity[member]) > 1:
                raise InvalidInput("crew.members", "not_with_capacity")
            if member in seen:
                raise InvalidInput("crew.members", "in_two_crews")
            seen.add(member)
