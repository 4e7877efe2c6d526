"""Crews (搭伙): where they could go together, and what that leaves open or forbids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from matching.assign.core import Core, capped_bonus, core_of, earlier_flags
from matching.assign.problem import Crew, Problem
from matching.assign.rules import Rules
from matching.assign.times import Flags, Ints


@dataclass(frozen=True, slots=True)
class Option:
    """One way to seat a crew on a shift: pair positions of the members who go."""

    shift: int
    pairs: tuple[int, ...]
    value: int


def options(problem: Problem, rules: Rules, crew: Crew, seats: Ints, usable: Flags) -> tuple[Option, ...]:
    """Every shift and number of members, k and up; of so many the best go (nothing else tells them apart).

    seats: what is left of each shift; usable: pairs that are still open. Pinned pairs are not in the options,
    but count for the crew on their shift.
    """
    kept, bonus = earlier_flags(problem), capped_bonus(problem, rules)
    pinned = [(person, shift) for person, shift in problem.pinned if person in crew.members]
    by_shift: dict[int, list[tuple[bool, int, int]]] = {}
    for member in crew.members:
        for at in range(int(problem.starts[member]), int(problem.starts[member + 1])):
            if not usable[at]:
                continue
            worth = int(problem.score[at]) + int(bonus[member]) + (rules.keep or 0) * int(kept[at])
            first = bool(kept[at]) and rules.keep is None
            by_shift.setdefault(int(problem.shift[at]), []).append((first, worth, at))
    found = []
    for shift, members in sorted(by_shift.items()):
        members.sort(key=lambda entry: (not entry[0], -entry[1], entry[2]))
        there = sum(1 for _, other in pinned if other == shift)
        for count in range(max(1, crew.need - there), min(len(members), int(seats[shift])) + 1):
            best = members[:count]
            found.append(Option(shift, tuple(at for *_, at in best), sum(worth for _, worth, _ in best)))
    return tuple(found)


def pairs_of(problem: Problem, crew: Crew) -> Iterator[int]:
    """Positions of all eligible pairs of a crew's members."""
    for member in crew.members:
        yield from range(int(problem.starts[member]), int(problem.starts[member + 1]))


def feasible(problem: Problem, crew: Crew) -> bool:
    """Is there any shift with enough eligible members and seats for them?"""
    eligible: dict[int, int] = {}
    for at in pairs_of(problem, crew):
        shift = int(problem.shift[at])
        eligible[shift] = eligible.get(shift, 0) + 1
    return any(count >= crew.need <= int(problem.headcount[shift]) for shift, count in eligible.items())


def bound_crews(problem: Problem) -> tuple[int, ...]:
    """Positions of the crews whose rule binds: all but those that can never be met and may split."""
    return tuple(at for at, crew in enumerate(problem.crews) if not crew.may_split or feasible(problem, crew))


def together(problem: Problem, crew: Crew, chosen: Flags) -> bool:
    """Does every shift of a member who is not pinned to it have enough of the crew?"""
    own = [at for at in pairs_of(problem, crew) if chosen[at]]
    on = np.bincount([problem.shift[at] for at in own], minlength=1)
    pins = set(problem.pinned)
    return all(
        on[problem.shift[at]] >= crew.need or (int(problem.person[at]), int(problem.shift[at])) in pins for at in own
    )


def useless(problem: Problem, crew: Crew, ways: tuple[Option, ...], usable: Flags) -> list[int]:
    """Open pairs of members on shifts where no option seats the crew."""
    reachable = {option.shift for option in ways}
    return [at for at in pairs_of(problem, crew) if usable[at] and int(problem.shift[at]) not in reachable]


def settled_core(problem: Problem, rules: Rules, settled: dict[int, tuple[int, ...]], binding: tuple[int, ...]) -> Core:
    """The core in which some crews have their pairs and no others, and the rest only pairs that an option uses."""
    fixed = [at for pairs in settled.values() for at in pairs]
    banned = np.zeros(len(problem.person), np.bool_)
    for crew in settled:
        banned[list(pairs_of(problem, problem.crews[crew]))] = True
    core = core_of(problem, rules, fixed, banned)
    usable = open_flags(core)
    for crew in binding:
        if crew not in settled:
            ways = options(problem, rules, problem.crews[crew], core.headcount, usable)
            banned[useless(problem, problem.crews[crew], ways, usable)] = True
    return core_of(problem, rules, fixed, banned)


def open_flags(core: Core) -> Flags:
    """Which pairs of the problem are still open."""
    usable = np.zeros(len(core.problem.person), np.bool_)
    usable[core.open] = True
    return usable


def first_apart(problem: Problem, binding: tuple[int, ...], settled: Iterable[int], chosen: Flags) -> int | None:
    """The first crew that a plan seats but not together."""
    done = set(settled)
    waiting = (at for at in binding if at not in done)
    return next((at for at in waiting if not together(problem, problem.crews[at], chosen)), None)
