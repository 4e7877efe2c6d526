"""Why somebody or some seat is left over, read off a finished plan."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matching.assign.plan import Left
from matching.assign.problem import Problem
from matching.assign.rules import Goal
from matching.assign.times import Flags, Ints, Narrow

# What keeps eligible people from an open seat, the weakest reason first: the strongest one found is told.
_OBSTACLES = (Left.ALL_HERE, Left.PINNED, Left.CREW, Left.ELSEWHERE, Left.OVERLAPS, Left.NOT_WORTH, Left.BUDGET)


def people_left(problem: Problem, goal: Goal, chosen: Ints) -> tuple[tuple[int, Left], ...]:
    """Everybody without a seat, in order."""
    seated, unfilled = _seated(problem, chosen), _open_seats(problem, chosen) > 0
    waiting = ~seated
    at = np.flatnonzero(waiting[problem.person])
    person, shift = problem.person[at], problem.shift[at]
    offered = _any(person, problem.headcount[shift] > 0, len(waiting))
    could = _any(person, unfilled[shift] & (problem.score[at] > 0), len(waiting))
    might = _any(person, unfilled[shift], len(waiting))
    together = _crew_members(problem)
    whys = np.full(len(waiting), Left.TAKEN, object)
    whys[might] = Left.NOT_WORTH if goal is Goal.TOTAL_SCORE else Left.BUDGET
    whys[could] = Left.BUDGET
    whys[together] = Left.CREW
    whys[~offered] = Left.NO_SEATS
    whys[problem.starts[1:] == problem.starts[:-1]] = Left.NO_PAIR
    left = np.flatnonzero(waiting)
    return tuple(zip(left.tolist(), whys[left].tolist(), strict=True))


def seats_left(problem: Problem, goal: Goal, chosen: Ints) -> tuple[tuple[int, int, Left], ...]:
    """Every shift with open seats, in order, with their number."""
    unfilled = _open_seats(problem, chosen)
    others = np.ones(len(problem.person), np.bool_)
    others[chosen] = False
    others &= unfilled[problem.shift] > 0
    worst = np.zeros(len(unfilled), np.int8)
    at = np.flatnonzero(others)
    np.maximum.at(worst, problem.shift[at], _obstacles(problem, goal, chosen, at))
    eligible = np.bincount(problem.shift, minlength=len(unfilled))
    left = np.flatnonzero(unfilled > 0).tolist()
    return tuple((s, int(unfilled[s]), _OBSTACLES[worst[s]] if eligible[s] else Left.NO_PAIR) for s in left)


def _obstacles(problem: Problem, goal: Goal, chosen: Ints, at: Ints) -> NDArray[np.int8]:
    """For pairs not chosen though the shift has open seats: what keeps the person away, as a rank."""
    person, people = problem.person[at], len(problem.people)
    used = np.bincount(problem.person[chosen], minlength=people)
    pinned = np.bincount([pin[0] for pin in problem.pinned], minlength=people)
    room, seated = problem.room(), used > 0
    rank = np.full(len(at), _OBSTACLES.index(Left.BUDGET), np.int8)
    if goal is Goal.TOTAL_SCORE:
        rank[problem.score[at] == 0] = _OBSTACLES.index(Left.NOT_WORTH)
    busy = seated if problem.chained else used >= room
    rank[busy[person]] = _OBSTACLES.index(Left.OVERLAPS if problem.chained else Left.ELSEWHERE)
    rank[_crew_members(problem)[person]] = _OBSTACLES.index(Left.CREW)
    held = (pinned > 0) & (pinned == used) & busy
    rank[held[person]] = _OBSTACLES.index(Left.PINNED)
    return rank


def _crew_members(problem: Problem) -> Flags:
    found = np.zeros(len(problem.people), np.bool_)
    found[[member for crew in problem.crews for member in crew.members]] = True
    return found


def _seated(problem: Problem, chosen: Ints) -> Flags:
    return np.bincount(problem.person[chosen], minlength=len(problem.people)) > 0


def _open_seats(problem: Problem, chosen: Ints) -> Ints:
    return problem.headcount - np.bincount(problem.shift[chosen], minlength=len(problem.shifts))


def _any(owner: Narrow, flag: Flags, count: int) -> Flags:
    """Per owner, whether any of its pairs is flagged."""
    return np.bincount(owner[flag], minlength=count) > 0


def lost(problem: Problem, chosen: Ints) -> Iterable[int]:
    """Positions of crews of which nobody is seated."""
    seated = _seated(problem, chosen)
    return (at for at, crew in enumerate(problem.crews) if not seated[list(crew.members)].any())
