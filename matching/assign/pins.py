"""Pinned pairs: they must be possible together before anything else is decided."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from matching.errors import InvalidInput, check_integer

if TYPE_CHECKING:
    from matching.assign.problem import Problem


def check_pins(problem: Problem) -> None:
    """Raises InvalidInput("pinned", ...): unknown_id, not_eligible, over_headcount, over_capacity, overlaps."""
    for person, shift in problem.pinned:
        _check_pair(problem, person, shift)
    for shift, count in Counter(shift for _, shift in problem.pinned).items():
        if count > int(problem.headcount[shift]):
            raise InvalidInput("pinned", "over_headcount")
    for person, shifts in pinned_shifts(problem).items():
        if not problem.chained and len(shifts) > (1 if problem.capacity is None else int(problem.capacity[person])):
            raise InvalidInput("pinned", "over_capacity")
        if problem.chained and not fits_together(problem, shifts):
            raise InvalidInput("pinned", "overlaps")


def pinned_shifts(problem: Problem) -> dict[int, list[int]]:
    """The shifts each person is pinned to."""
    found: dict[int, list[int]] = {}
    for person, shift in problem.pinned:
        found.setdefault(person, []).append(shift)
    return found


def fits_together(problem: Problem, shifts: list[int]) -> bool:
    """Can one person work all of them?"""
    times = problem.times
    return times is None or all(times.together(i, j) for i, j in combinations(shifts, 2))


def _check_pair(problem: Problem, person: int, shift: int) -> None:
    check_integer("pinned.person", person, 0, len(problem.people) - 1)
    check_integer("pinned.shift", shift, 0, len(problem.shifts) - 1)
    if problem.edge(person, shift) is None:
        raise InvalidInput("pinned", "not_eligible")
