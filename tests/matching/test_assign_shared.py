"""Two real instances with printed optima, and a hall built from people and shifts by the oracle."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from matching import PRODUCT, Span, explain, minute_of
from matching.assign import Goal, Problem, Rules, assign, check, edges_from, hall_problem
from tests.conftest import shared_folder
from tests.sizes import size

from .builders import HALL, NOW, a_shift, a_worker, at, north_of

FOLDER = shared_folder() / "data" / "spatial_crowdsourcing"
DIGITS = 7
BY_SCORE = Rules(goal=Goal.TOTAL_SCORE)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize(
    ("name", "pairs", "optimum"), [("everysender", 739, "1566.8690343"), ("gmission", 312, "1878.4316")]
)
def test_real_instances_reach_the_printed_optimum(name: str, pairs: int, optimum: str) -> None:
    """Utilities are decimals and are added exactly as whole numbers."""
    problem, _ = read(name, one_each=True)
    assert len(problem.person) == pairs
    plan = assign(problem, BY_SCORE)
    assert Decimal(plan.value).scaleb(-DIGITS) == Decimal(optimum)
    assert plan.proven
    assert check(problem, plan, BY_SCORE) == []


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("name", size(["everysender", "gmission"], ["gmission"]))
def test_variants_with_capacities_and_headcounts_agree_with_a_linear_programme(name: str) -> None:
    """The capacities of the file and headcounts of one to three, against HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    plain, capacity = read(name, one_each=False)
    headcount = 1 + np.arange(len(plain.shifts)) % 3
    columns = {"person": plain.person, "shift": plain.shift, "score": plain.score}
    problem = Problem.of(people=len(capacity), headcount=headcount, capacity=capacity, **columns)
    plan = assign(problem, BY_SCORE)
    assert check(problem, plan, BY_SCORE) == []
    pair = np.arange(len(plain.person))
    ones, count = np.ones(2 * len(pair)), len(capacity)
    rows = np.concatenate((plain.person, plain.shift + count))
    limits = csr_array((ones, (rows, np.tile(pair, 2))), shape=(count + len(headcount), len(pair)))
    units = plain.score / 10.0**DIGITS
    best = linprog(-units, A_ub=limits, b_ub=np.concatenate((capacity, headcount)), bounds=(0, 1))
    assert plan.value / 10.0**DIGITS == pytest.approx(-best.fun, abs=1e-6)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("name", size(["everysender", "gmission"], ["gmission"]))
@pytest.mark.parametrize("goal", list(Goal))
def test_random_capacities_and_headcounts_agree_with_a_flow(name: str, goal: Goal) -> None:
    """Variants each of one to four shifts a person and none to four seats a shift: OR-Tools, to the last digit."""
    plain, capacity = read(name, one_each=False)
    columns = {"person": plain.person, "shift": plain.shift, "score": plain.score}
    for seed in range(size(6, 2)):
        chance = np.random.default_rng(seed)
        may, seats = chance.integers(1, 5, len(capacity)), chance.integers(0, 5, len(plain.shifts))
        problem = Problem.of(people=len(capacity), headcount=seats, capacity=may, **columns)
        plan = assign(problem, Rules(goal=goal))
        assert check(problem, plan, Rules(goal=goal)) == []
        assert plan.proven
        filled, value = best_flow(problem, may, seats, seats_first=goal is Goal.SEATS_FIRST)
        assert plan.value == value
        assert goal is Goal.TOTAL_SCORE or plan.seats == filled


def best_flow(problem: Problem, capacity: np.ndarray, seats: np.ndarray, *, seats_first: bool) -> tuple[int, int]:
    """(seats, value) of the best flow from people to seats: the greatest one first, or whatever is worth most."""
    from ortools.graph.python import min_cost_flow

    people, shifts = len(capacity), len(seats)
    source, sink = people + shifts, people + shifts + 1
    solver = min_cost_flow.SimpleMinCostFlow()
    person, shift = problem.person.astype(np.int64), problem.shift.astype(np.int64)
    pairs = solver.add_arcs_with_capacity_and_unit_cost(person, people + shift, np.ones(len(person)), -problem.score)
    everybody, all_shifts = np.arange(people), people + np.arange(shifts)
    solver.add_arcs_with_capacity_and_unit_cost(np.full(people, source), everybody, capacity, np.zeros(people))
    solver.add_arcs_with_capacity_and_unit_cost(all_shifts, np.full(shifts, sink), seats, np.zeros(shifts))
    supply = int(capacity.sum())
    if not seats_first:
        solver.add_arc_with_capacity_and_unit_cost(source, sink, supply, 0)
    solver.set_nodes_supplies(np.array([source, sink]), np.array([supply, -supply]))
    assert solver.solve_max_flow_with_min_cost() == solver.OPTIMAL
    return int(solver.flows(pairs).sum()), -solver.optimal_cost()


def read(name: str, *, one_each: bool) -> tuple[Problem, list[int]]:
    """Eligible pairs by distance and open intervals, utilities as exact decimals."""
    people, tasks = [], []
    for line in (FOLDER / f"{name}.txt").read_text().splitlines()[1:]:
        begin, kind, *rest = line.split()
        (people if kind == "w" else tasks).append((int(begin), *(Decimal(value) for value in rest)))
    pairs = []
    for p, (begin, x, y, radius, _, lasting, success) in enumerate(people):
        for t, (begins, a, b, takes, payoff) in enumerate(tasks):
            near = (x - a) ** 2 + (y - b) ** 2 <= radius**2
            if near and begin < begins + takes and begins < begin + lasting:
                pairs.append((p, t, int((payoff * success).scaleb(DIGITS))))
    person, shift, score = (list(column) for column in zip(*pairs, strict=True))
    problem = Problem.of(people=len(people), headcount=[1] * len(tasks), person=person, shift=shift, score=score)
    return problem, [int(worker[4]) for worker in people]


def test_a_hall_takes_its_pairs_from_the_oracle() -> None:
    """Every pair is eligible with the oracle's score, no other is; overlaps and the way between are respected."""
    workers = [a_worker(id=UUID(int=100 + n), home=north_of(HALL, 900 * n), radius_m=4_000) for n in range(8)]
    workers[3] = replace(workers[3], skills=(), weekly=None)
    shifts = [
        a_shift(id=UUID(int=200 + n), posting_id=UUID(int=300 + n), span=Span.of(at(8 + 3 * n), at(12 + 3 * n)))
        for n in range(4)
    ]
    shifts.append(replace(shifts[0], id=UUID(int=299), span=Span(minute_of(NOW) - 60, minute_of(NOW) - 5)))
    edges = edges_from(workers, shifts, PRODUCT, now=NOW)
    matches = [explain(worker, shift, PRODUCT, now=NOW) for shift in shifts for worker in workers]
    assert edges == [(m.worker_id, m.shift_id, m.score.total) for m in matches if m.eligible]
    assert 0 < len(edges) < len(matches)
    problem = hall_problem(workers, shifts, edges, rest=15)
    plan = assign(problem)
    assert check(problem, plan, Rules()) == []
    assert plan.proven
    assert plan.seats > assign(hall_problem(workers, shifts, edges, one_each=True)).seats
