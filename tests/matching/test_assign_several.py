"""Several shifts a person and crews: never a broken rule, never a false proof, nearly always the best."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from matching import Point, Span
from matching.assign import Crew, Goal, Left, Problem, Rules, Times, assign, check

from .assign_brute import best_rank, small_problem


@pytest.mark.parametrize(("chained", "crews"), [(True, False), (True, True), (False, True)])
def test_plans_are_sound_and_bounds_true(*, chained: bool, crews: bool) -> None:
    """Against every possible plan: rules kept, nothing better than the bounds, most plans the best there is."""
    best, count = 0, 60
    for seed in range(count):
        chance = Random(seed)
        problem = small_problem(chance, chained=chained, crews=crews)
        rules = Rules(goal=chance.choice(list(Goal)), bonus_cap=chance.randint(0, 3), keep=chance.choice([0, 2]))
        plan = assign(problem, rules)
        assert check(problem, plan, rules) == []
        seats, _, value, _ = best_rank(problem, rules)[0]
        mine = plan.seats if rules.goal is Goal.SEATS_FIRST else 0
        assert (mine, plan.value) <= (seats, value)
        assert rules.goal is Goal.TOTAL_SCORE or plan.seats_bound >= seats
        if mine == seats:
            assert plan.value_bound >= value, seed
        assert not plan.proven or (mine, plan.value) == (seats, value), seed
        best += (mine, plan.value) == (seats, value)
    assert best >= count - 2


def market(seed: int, people: int, shifts: int, degree: int, **more: object) -> Problem:
    """A week of shifts around one town."""
    chance = np.random.default_rng(seed)
    start = chance.integers(0, 7 * 96, shifts) * 15
    times = Times.columns(
        start,
        start + chance.integers(8, 41, shifts) * 15,
        31_230_000 + chance.integers(-60_000, 60_000, shifts),
        121_470_000 + chance.integers(-60_000, 60_000, shifts),
        rest=30,
    )
    pairs = [chance.choice(people, degree, replace=False) for _ in range(shifts)]
    return Problem.of(
        people=people,
        headcount=chance.integers(1, 5, shifts),
        person=np.concatenate(pairs),
        shift=np.repeat(np.arange(shifts), degree),
        score=chance.integers(1, 1001, shifts * degree),
        times=times,
        **more,  # type: ignore[arg-type]
    )


def test_a_town_is_planned_to_a_thousandth_within_the_budget() -> None:
    """All seats filled, gap below 0.1 %, and the same plan again; a stop is confessed."""
    problem = market(1, 200, 150, 40)
    plan = assign(problem)
    assert check(problem, plan, Rules()) == []
    assert plan.seats_gap == 0
    assert plan.gap < 0.001
    assert plan.reproducible
    again = assign(problem)
    assert again.pairs.tolist() == plan.pairs.tolist()
    stopped = assign(problem, stop=lambda: True)
    assert not stopped.reproducible
    assert check(problem, stopped, Rules()) == []


def test_scarce_time_and_plentiful_seats_are_bounded_too() -> None:
    """Far more seats than people have time for: the bound on seats holds within two in a hundred."""
    problem = market(2, 30, 200, 20)
    plan = assign(problem)
    assert plan.seats < int(problem.headcount.sum())
    assert plan.seats <= plan.seats_bound <= 1.02 * plan.seats
    assert check(problem, plan, Rules()) == []


def test_travel_and_rest_lie_between_shifts() -> None:
    """Two shifts a way of 40 minutes apart do not fit into a gap of 30; a slow walker needs more."""
    spans = [Span(0, 60), Span(100, 160)]
    points = [Point.of(31.2, 121.5), Point.of(31.29, 121.5)]  # about 10 km

    def seats(**pace: int) -> int:
        problem = Problem.of(
            people=1,
            headcount=[1, 1],
            person=[0, 0],
            shift=[0, 1],
            score=[1, 1],
            times=Times.of(spans, points, **pace),
        )
        return assign(problem).seats

    assert seats(metres_per_minute=1000) == 2
    assert seats(metres_per_minute=250) == 1
    assert seats(metres_per_minute=1000, rest=30) == 1


def test_an_explicit_relation_replaces_the_rule() -> None:
    """Only the pairs of shifts a function allows go to one person."""
    spans = [Span(0, 10), Span(20, 30), Span(40, 50)]
    times = Times.by(spans, lambda i, j: (i, j) != (0, 1))
    problem = Problem.of(people=1, headcount=[1] * 3, person=[0] * 3, shift=[0, 1, 2], score=[9, 9, 9], times=times)
    plan = assign(problem)
    assert check(problem, plan, Rules()) == []
    assert plan.seats == 2


def test_a_crew_goes_together_or_not_at_all() -> None:
    """Three who go together take the shift with three seats; where none has, they stay or part as they said."""
    pairs = [(p, s, 10 if s == 0 else 1) for p in range(3) for s in range(2)]
    columns = dict(zip(("person", "shift", "score"), zip(*pairs, strict=True), strict=True))

    def plan_of(headcount: list[int], *, may_split: bool) -> list[tuple[int, int]]:
        crew = Crew((0, 1, 2), None, may_split)
        problem = Problem.of(people=3, headcount=headcount, crews=[crew], **columns)  # type: ignore[arg-type]
        plan = assign(problem)
        assert check(problem, plan, Rules()) == []
        if not plan.seats:
            assert {left.reason for left in plan.left_people} == {Left.CREW}
        return [tuple(pair) for pair in plan.pairs.tolist()]

    assert plan_of([2, 3], may_split=False) == [(0, 1), (1, 1), (2, 1)]
    assert plan_of([2, 2], may_split=False) == []
    assert len(plan_of([2, 2], may_split=True)) == 3
