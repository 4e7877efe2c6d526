"""Small problems for `assign` and what trying every set of pairs says about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import Any

from matching import Point, Span
from matching.assign import Crew, Goal, Problem, Rules, Times, draw
from matching.errors import InvalidInput

Chosen = tuple[tuple[int, int], ...]
MOST = 11


def small_problem(chance: Random, *, chained: bool, crews: bool = False) -> Problem:
    """At most eleven pairs, with everything a problem can have."""
    while True:
        people, shifts = chance.randint(1, 6), chance.randint(1, 5)
        pairs = [(p, s) for p in range(people) for s in range(shifts) if chance.random() < 0.6][:MOST]
        given: dict[str, Any] = {
            "people": people,
            "headcount": [chance.randint(0, 3) for _ in range(shifts)],
            "person": [p for p, _ in pairs],
            "shift": [s for _, s in pairs],
            "score": [chance.randint(0, chance.choice([2, 50])) for _ in pairs],
            "bonus": [chance.randint(0, 4) for _ in range(people)],
            "earlier": [pair for pair in pairs if chance.random() < 0.3],
            "pinned": [pair for pair in pairs if chance.random() < 0.05],
        }
        if chained:
            given["times"] = _times(chance, shifts)
        elif not crews:
            given["capacity"] = [chance.randint(1, 3) for _ in range(people)]
        if crews and people > 2:
            members = chance.sample(range(people), chance.randint(2, min(4, people)))
            given["crews"] = [Crew(tuple(members), chance.choice([None, 2]), chance.random() < 0.4)]
        try:
            return Problem.of(**given)
        except InvalidInput:
            continue  # pins that cannot be together


def _times(chance: Random, shifts: int) -> Times:
    begins = [chance.randint(0, 600) for _ in range(shifts)]
    spans = [Span(begin, begin + chance.randint(30, 200)) for begin in begins]
    points = [
        Point(31_230_000 + chance.randint(-50_000, 50_000), 121_470_000 + chance.randint(-50_000, 50_000))
        if chance.random() < 0.8
        else None
        for _ in spans
    ]
    return Times.of(spans, points, rest=chance.choice([0, 30]))


def every_plan(problem: Problem) -> Iterator[Chosen]:
    """All sets of pairs that break no rule."""
    pairs = list(zip(problem.person.tolist(), problem.shift.tolist(), strict=True))
    for count in range(len(pairs) + 1):
        yield from (chosen for chosen in combinations(pairs, count) if _allowed(problem, chosen))


def _allowed(problem: Problem, chosen: Chosen) -> bool:
    shifts = Counter(s for _, s in chosen)
    own: dict[int, list[int]] = {}
    for p, s in chosen:
        own.setdefault(p, []).append(s)
    if not set(problem.pinned) <= set(chosen) or any(n > problem.headcount[s] for s, n in shifts.items()):
        return False
    room = problem.room()
    if any(len(held) > room[p] for p, held in own.items()):
        return False
    if problem.times is not None and any(
        not problem.times.together(i, j) for held in own.values() for i, j in combinations(held, 2)
    ):
        return False
    return all(_crew_content(problem, crew, chosen) for crew in problem.crews)


def _crew_content(problem: Problem, crew: Crew, chosen: Chosen) -> bool:
    eligible = zip(problem.person.tolist(), problem.shift.tolist(), strict=True)
    could = Counter(s for p, s in eligible if p in crew.members)
    if crew.may_split and not any(n >= crew.need <= problem.headcount[s] for s, n in could.items()):
        return True
    there = Counter(s for p, s in chosen if p in crew.members)
    free = [(p, s) for p, s in chosen if p in crew.members and (p, s) not in problem.pinned]
    return all(there[s] >= crew.need for _, s in free)


def rank_of(problem: Problem, rules: Rules, chosen: Chosen, *, with_draw: bool = False) -> tuple[int, ...]:
    """Seats, kept, value and the draw, each where it counts; more is better."""
    scores = {
        (p, s): v for p, s, v in zip(*(c.tolist() for c in (problem.person, problem.shift, problem.score)), strict=True)
    }
    given = [0] * len(problem.people) if problem.bonus is None else problem.bonus.tolist()
    kept = len(set(problem.earlier) & set(chosen))
    value = sum(scores[pair] for pair in chosen) + sum(min(rules.bonus_cap, given[p]) for p in {p for p, _ in chosen})
    seats = len(chosen) if rules.goal is Goal.SEATS_FIRST else 0
    drawn = sum(draw(rules.seed or "", p, s) for p, s in chosen) if with_draw else 0
    if rules.keep is None:
        return seats, kept, value, -drawn
    return seats, 0, value + rules.keep * kept, -drawn


def best_rank(problem: Problem, rules: Rules, *, with_draw: bool = False) -> tuple[tuple[int, ...], Chosen]:
    return max((rank_of(problem, rules, chosen, with_draw=with_draw), chosen) for chosen in every_plan(problem))
