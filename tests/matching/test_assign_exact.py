"""One seat a person, capacities, bonus, pins, earlier pairs and the draw: against brute force, tier by tier."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from matching.assign import Goal, Left, Problem, Rules, assign, check, draw

from .assign_brute import best_rank, rank_of, small_problem


def test_every_tier_is_the_best_there_is() -> None:
    """Seats, earlier pairs, value and the draw agree with trying every set of pairs, pair for pair."""
    for seed in range(120):
        chance = Random(seed)
        problem = small_problem(chance, chained=False)
        rules = Rules(
            goal=chance.choice(list(Goal)), bonus_cap=chance.randint(0, 3), keep=chance.choice([None, 0, 2]), seed="a"
        )
        plan = assign(problem, rules)
        assert check(problem, plan, rules) == []
        assert plan.proven
        assert plan.unique
        best, pairs = best_rank(problem, rules, with_draw=True)
        assert rank_of(problem, rules, pairs, with_draw=True) == best
        assert sorted(pairs) == [tuple(pair) for pair in plan.pairs.tolist()], seed


def test_the_order_of_the_input_changes_nothing() -> None:
    """Shuffled people, shifts and pairs give the same named plan."""
    chance = Random(4)
    people, shifts = {f"p{n}": chance.randint(1, 2) for n in range(12)}, {f"s{n}": 2 for n in range(6)}
    pairs = [(p, s, chance.randint(0, 3)) for p in people for s in shifts if chance.random() < 0.6]
    rules = Rules(seed="2026-11-21")
    first = assign(Problem.by_id(people, shifts, pairs), rules)
    for _ in range(5):
        chance.shuffle(pairs)
        turned = assign(Problem.by_id(dict(reversed(people.items())), shifts, pairs), rules)
        assert list(turned.named()) == list(first.named())


def test_the_draw_can_be_worked_out_again_and_decides_ties() -> None:
    """Equal scores: the person with the smaller number for the pair gets the only seat."""
    problem = Problem.by_id({"a": 1, "b": 1, "c": 1}, {"s": 1}, [(p, "s", 5) for p in "abc"])
    winners = set()
    for seed in ("x", "y", "z", "w", "v", "u"):
        plan = assign(problem, Rules(seed=seed))
        winner = min("abc", key=lambda person: draw(seed, person, "s"))
        assert list(plan.named()) == [(winner, "s")]
        winners.add(winner)
    assert len(winners) > 1


def test_a_bonus_is_capped_and_counts_once_a_person() -> None:
    """Somebody passed over wins a tie, not against a score beyond the cap."""
    near = Problem.by_id({"a": 2, "b": 2}, {"s": 1}, [("a", "s", 10), ("b", "s", 12)], bonus={"a": 99})
    assert list(assign(near, Rules(bonus_cap=3)).named()) == [("a", "s")]
    assert list(assign(near, Rules(bonus_cap=1)).named()) == [("b", "s")]
    twice = Problem.by_id({"a": 2}, {"s": 1, "t": 1}, [("a", "s", 1), ("a", "t", 1)], bonus={"a": 3})
    assert assign(twice, Rules(bonus_cap=3)).value == 5


def test_a_replan_moves_as_few_people_as_it_can() -> None:
    """After a shift is gone everybody else stays though others would score more."""
    pairs = [(p, s, 5 + (p != s)) for p in range(6) for s in range(6)]
    columns = dict(zip(("person", "shift", "score"), zip(*pairs, strict=True), strict=True))
    headcount = [1, 1, 1, 1, 1, 0]
    problem = Problem.of(people=6, headcount=headcount, earlier=[(n, n) for n in range(6)], **columns)  # type: ignore[arg-type]
    plan = assign(problem)
    assert (plan.seats, plan.kept) == (5, 5)
    free = assign(problem, Rules(keep=0))
    assert free.kept < 5 < free.score


def test_everybody_left_over_has_a_reason() -> None:
    """No pair, no seats, seats taken by better, nobody eligible, all elsewhere, pinned elsewhere."""
    problem = Problem.by_id(
        {"none": 1, "shut": 1, "best": 1, "late": 1, "held": 1},
        {"one": 1, "gone": 0, "lonely": 2, "wide": 3, "pin": 1, "want": 1},
        [
            ("shut", "gone", 9),
            ("best", "one", 9),
            ("late", "one", 1),
            ("best", "wide", 1),
            ("held", "pin", 1),
            ("held", "want", 5),
        ],
        pinned=[("held", "pin")],
    )
    plan = assign(problem)
    people = {left.person: left.reason for left in plan.left_people}
    seats = {left.shift: (left.open, left.reason) for left in plan.left_seats}
    assert people == {"none": Left.NO_PAIR, "shut": Left.NO_SEATS}
    assert seats["lonely"] == (2, Left.NO_PAIR)
    assert seats["wide"] == (2, Left.ALL_HERE)
    assert seats["want"] == (1, Left.PINNED)
    alone = assign(Problem.by_id({"a": 1, "b": 1}, {"s": 1}, [("a", "s", 9), ("b", "s", 1)]))
    assert [left.reason for left in alone.left_people] == [Left.TAKEN]


@pytest.mark.parametrize("people", [0, 3])
def test_empty_sides_give_empty_plans(people: int) -> None:
    """Nobody, no shifts, no pairs."""
    plan = assign(Problem.of(people=people, headcount=[], person=[], shift=[], score=[]))
    assert plan.seats == 0
    assert len(plan.left_people) == people
    assert plan.proven


def test_large_sizes_agree_with_a_plain_flow() -> None:
    """Plentiful and barely enough seats, above the size at which the method changes: the library's own optimum."""
    from ortools.graph.python import min_cost_flow

    chance = np.random.default_rng(3)
    for people, shifts, degree in ((900, 900, 30), (1_000, 520, 45)):
        person = np.concatenate([chance.choice(people, degree, replace=False) for _ in range(shifts)])
        shift, score = np.repeat(np.arange(shifts), degree), chance.integers(1, 1001, shifts * degree)
        headcount = np.full(shifts, 2)
        problem = Problem.of(people=people, headcount=headcount, person=person, shift=shift, score=score)
        plan = assign(problem, Rules(seed="x"))
        assert check(problem, plan, Rules(seed="x")) == []
        solver, hub = min_cost_flow.SimpleMinCostFlow(), people + shifts
        solver.add_arcs_with_capacity_and_unit_cost(person, shift + people, np.ones(len(person)), 1000 - score)
        solver.add_arcs_with_capacity_and_unit_cost(
            np.full(people, hub), np.arange(people), np.ones(people), np.zeros(people)
        )
        seats = np.arange(shifts) + people
        solver.add_arcs_with_capacity_and_unit_cost(seats, np.full(shifts, hub + 1), headcount, np.zeros(shifts))
        solver.set_nodes_supplies(np.array([hub, hub + 1]), np.array([people, -people]))
        assert solver.solve_max_flow_with_min_cost() == solver.OPTIMAL
        assert plan.seats == solver.maximum_flow()
        assert plan.score == 1000 * plan.seats - solver.optimal_cost()


def test_plain_python_finds_the_same_plan() -> None:
    """The compiled passes give what the same code gives without a compiler."""
    from matching.assign import chains, paths, sift

    chance = np.random.default_rng(1)
    first = np.arange(0, 61, 3)
    shift = np.concatenate([np.sort(chance.choice(12, 3, replace=False)) for _ in range(20)]).astype(np.int32)
    cost, seats = -chance.integers(1, 50, 60), np.full(12, 2)
    stay, order = np.full(20, 10**6), np.arange(20)
    for kernel, given in (
        (paths.augment, (first, shift, cost, seats, stay, order)),
        (sift.auction, (first, shift, cost, seats, 1, 200, 500)),
        (paths.tight_pairs, (first, shift, cost, seats, stay, np.zeros(12, np.int64))),
    ):
        plain = getattr(kernel, "py_func", kernel)
        for one, other in zip(kernel(*given), plain(*given), strict=True):
            assert np.array_equal(one, other)
    assert getattr(chains.demand, "py_func", chains.demand) is not None
