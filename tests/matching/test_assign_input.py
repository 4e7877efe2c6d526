"""What `assign` refuses, with field and code, and what it takes without a murmur."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from matching import PRODUCT, Span
from matching.assign import Crew, Left, Problem, Rules, Times, assign, check, edges_from, hall_problem, scaled
from matching.errors import InvalidInput

from .builders import NOW, a_shift, a_worker

FINE: dict[str, Any] = {"people": 2, "headcount": [1, 1], "person": [0, 1], "shift": [0, 1], "score": [3, 4]}
NIGHTS = Times.of([Span(0, 600), Span(500, 900)])


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"headcount": [1, -1]}, "headcount", "out_of_range"),
        ({"headcount": [1, 2.5]}, "headcount", "not_an_integer"),
        ({"headcount": [1, float("nan")]}, "headcount", "not_an_integer"),
        ({"bonus": [1, float("nan")]}, "bonus", "not_an_integer"),
        ({"people": -1}, "people", "out_of_range"),
        ({"score": [3, float("nan")]}, "pair.score", "not_an_integer"),
        ({"score": [3, -1]}, "pair.score", "out_of_range"),
        ({"score": [3, 10**13]}, "pair.score", "out_of_range"),
        ({"score": [3, 10**30]}, "pair.score", "out_of_range"),
        ({"score": [3, True]}, "pair.score", None),
        ({"score": [3]}, "pair.score", "wrong_length"),
        ({"shift": [0]}, "pair.shift", "wrong_length"),
        ({"shift": [0, 2]}, "pair.shift", "unknown_id"),
        ({"person": [0, -1]}, "pair.person", "unknown_id"),
        ({"person": [0, 0], "shift": [1, 1]}, "pair", "duplicate_pair"),
        ({"people": ["a", "a"]}, "people", "duplicate_id"),
        ({"shifts": ["a", "a"]}, "shifts", "duplicate_id"),
        ({"capacity": [1, 0]}, "capacity", "out_of_range"),
        ({"capacity": [2, 1], "times": NIGHTS}, "capacity", "not_with_times"),
        ({"times": Times.of([Span(0, 1)])}, "times", "wrong_length"),
        ({"bonus": [0, -1]}, "bonus", "out_of_range"),
        ({"pinned": [(0, 1)]}, "pinned", "not_eligible"),
        ({"pinned": [(0, 0)], "headcount": [0, 1]}, "pinned", "over_headcount"),
        ({"pinned": [(0, 0), (0, 0)]}, "pinned", "duplicate_pair"),
        ({"pinned": [(5, 0)]}, "pinned.person", "out_of_range"),
        ({"pinned": [(0, 0), (0, 1)], "person": [0, 0], "shift": [0, 1]}, "pinned", "over_capacity"),
        ({"pinned": [(0, 0), (0, 1)], "person": [0, 0], "shift": [0, 1], "times": NIGHTS}, "pinned", "overlaps"),
        ({"crews": [Crew((0, 5))]}, "crew.members", "out_of_range"),
        ({"crews": [Crew((0, 1)), Crew((0, 1))]}, "crew.members", "in_two_crews"),
        ({"crews": [Crew((0, 1))], "capacity": [2, 2]}, "crew.members", "not_with_capacity"),
    ],
)
def test_refused(change: dict[str, Any], field: str, code: str | None) -> None:
    """Each with the field and the code that say why."""
    if code is None:  # numpy reads a flag among numbers as a number
        assert assign(Problem.of(**(FINE | change))).score == 4
        return
    with pytest.raises(InvalidInput) as caught:
        Problem.of(**(FINE | change))
    assert (caught.value.field, caught.value.code) == (field, code)


@pytest.mark.parametrize("members", [(0,), (0, 0), tuple(range(7))])
def test_a_crew_is_two_to_six_different_people(members: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput):
        Crew(members)


@pytest.mark.parametrize("least", [1, 3])
def test_at_least_k_lies_between_two_and_the_crew(least: int) -> None:
    with pytest.raises(InvalidInput):
        Crew((0, 1), least)


def test_unknown_ids_are_named_by_field() -> None:
    """Pairs, pins, crews and bonuses; an earlier pair of somebody gone is only dropped."""
    people, shifts, pairs = {"a": 1}, {"s": 1}, [("a", "s", 1)]
    for given in ({"pairs": [("b", "s", 1)]}, {"pinned": [("a", "t")]}, {"crews": [(("a", "z"), None, False)]}):
        arguments: dict[str, Any] = {"pairs": pairs} | given
        with pytest.raises(InvalidInput, match="unknown_id"):
            Problem.by_id(people, shifts, **arguments)
    with pytest.raises(InvalidInput, match="unknown_id"):
        Problem.by_id(people, shifts, pairs, bonus={"z": 1})
    assert Problem.by_id(people, shifts, pairs, earlier=[("gone", "s")]).earlier == ()


def test_scores_of_the_greatest_size_are_added_exactly() -> None:
    """A trillion a pair over thousands of people, and the best total to the last unit."""
    count = 3_000
    person = np.repeat(np.arange(count), 2)
    shift = np.stack((np.arange(count), (np.arange(count) + 1) % count), axis=1).ravel()
    score = 10**12 - np.arange(2 * count)
    problem = Problem.of(people=count, headcount=np.ones(count, np.int64), person=person, shift=shift, score=score)
    plan = assign(problem)
    assert plan.score == max(int(score[::2].sum()), int(score[1::2].sum()))
    assert check(problem, plan, Rules()) == []


def test_measured_values_become_whole_numbers_or_are_refused() -> None:
    """Seven decimals exactly; NaN, infinity and overflow have codes."""
    assert scaled([1.5, 3.1234567], 7).tolist() == [15_000_000, 31_234_567]
    for value, code in ((float("nan"), "not_a_number"), (float("inf"), "not_a_number"), (1e9, "out_of_range")):
        with pytest.raises(InvalidInput) as caught:
            scaled([value], 7)
        assert caught.value.code == code


def test_times_must_end_after_they_begin_and_lie_on_earth() -> None:
    with pytest.raises(InvalidInput, match="end_before_start"):
        Times.columns([5], [5])
    with pytest.raises(InvalidInput, match="out_of_range"):
        Times.columns([0], [5], [91_000_000], [0])
    with pytest.raises(InvalidInput, match="not_an_integer"):
        Times.columns([0.5], [5])  # type: ignore[list-item]


def test_budget_and_rules_are_checked() -> None:
    problem = Problem.of(**FINE)
    with pytest.raises(InvalidInput):
        assign(problem, budget=-1)
    with pytest.raises(InvalidInput):
        Rules(bonus_cap=-1)
    with pytest.raises(InvalidInput):
        Rules(goal="most")  # type: ignore[arg-type]


def test_check_finds_what_is_wrong() -> None:
    """Plans spoilt one way each are found out."""
    problem = Problem.of(**FINE)
    plan = assign(problem)
    assert check(problem, plan, Rules()) == []
    spoilt = {
        "not_eligible": replace(plan, pairs=np.array([[0, 1], [1, 0]])),
        "duplicate_pair": replace(plan, pairs=np.array([[0, 0], [0, 0]])),
        "out_of_range": replace(plan, pairs=np.array([[0, 7]])),
        "wrong_seats": replace(plan, seats=1, seats_bound=1),
        "wrong_score": replace(plan, score=9),
        "wrong_value": replace(plan, value=9, value_bound=9),
        "bound_below_plan": replace(plan, value_bound=6),
        "left_person_wrong": replace(plan, people_left=(*plan.people_left[1:], (0, None))),  # type: ignore[arg-type]
    }
    for code, wrong in spoilt.items():
        assert code in {violation.code for violation in check(problem, wrong, Rules())}, code


def test_times_know_no_horizon_and_no_seam() -> None:
    """Ten years of work leave no room for another shift; poles and the antimeridian are no way around the globe."""
    spans = [Span(0, 10 * 525_600), Span(60, 120), Span(10 * 525_600 + 60, 10 * 525_600 + 120)]
    pairs = {"person": [0, 0, 0], "shift": [0, 1, 2], "score": [9, 5, 5]}
    plan = assign(Problem.of(people=1, headcount=[1] * 3, times=Times.of(spans), **pairs))
    assert plan.pairs.tolist() == [[0, 0], [0, 2]]
    lat, lon = [0, 0, 90_000_000, 90_000_000], [179_999_000, -179_999_000, 0, 120_000_000]
    times = Times.columns([0, 100, 200, 300], [60, 160, 260, 360], lat, lon, metres_per_minute=250)
    assert (times.travel(0, 1), times.travel(2, 3)) == (1, 0)
    assert times.travel(1, 2) > 30_000


@pytest.mark.parametrize("times", [False, True])
def test_equal_scores_by_the_hundred_thousand(*, times: bool) -> None:
    """Everybody alike for every shift: all seats filled, the same by every run; the draw decides who."""
    people, shifts = 400, 250
    person, shift = (each.ravel() for each in np.indices((people, shifts)))
    when = Times.columns(np.arange(shifts) * 30, np.arange(shifts) * 30 + 600) if times else None
    columns: dict[str, Any] = {"person": person, "shift": shift, "score": np.full(people * shifts, 7)}
    problem = Problem.of(people=people, headcount=np.ones(shifts, np.int64), times=when, **columns)
    rules = Rules(seed="one")
    plan = assign(problem, rules)
    assert check(problem, plan, rules) == []
    assert (plan.seats, plan.score, plan.seats_bound) == (shifts, 7 * shifts, shifts)
    assert assign(problem, rules).pairs.tolist() == plan.pairs.tolist()
    assert assign(problem, Rules(seed="two")).pairs.tolist() != plan.pairs.tolist()


def test_a_hall_refuses_what_its_gates_refuse() -> None:
    """A pinned pair that a gate shut out, twins on either side, strangers, and work without a date."""
    workers = [a_worker(id=UUID(int=n), certificates=()) if n == 2 else a_worker(id=UUID(int=n)) for n in range(4)]
    shifts = [a_shift(id=UUID(int=100 + n), posting_id=UUID(int=200 + n)) for n in range(2)]
    edges = edges_from(workers, shifts, PRODUCT, now=NOW)
    assert {worker for worker, _, _ in edges} == {UUID(int=n) for n in (0, 1, 3)}
    for changed, code in (
        ({"pinned": [(UUID(int=2), UUID(int=100))]}, "not_eligible"),
        ({"pinned": [(UUID(int=77), UUID(int=100))]}, "unknown_id"),
        ({"pinned": [(UUID(int=0), UUID(int=100)), (UUID(int=0), UUID(int=101))]}, "overlaps"),
        ({"crews": [((UUID(int=0), UUID(int=0)), None, False)]}, "duplicate_id"),
        ({"crews": [((UUID(int=0), UUID(int=77)), None, False)]}, "unknown_id"),
    ):
        with pytest.raises(InvalidInput, match=code):
            hall_problem(workers, shifts, edges, **changed)  # type: ignore[arg-type]
    for people, jobs in (([*workers, workers[0]], shifts), (workers, [*shifts, shifts[1]])):
        with pytest.raises(InvalidInput, match="duplicate_id"):
            edges_from(people, jobs, PRODUCT, now=NOW)
        with pytest.raises(InvalidInput, match="duplicate_id"):
            hall_problem(people, jobs, edges)
        with pytest.raises(InvalidInput, match="duplicate_id"):
            hall_problem(people, jobs, edges, one_each=True)
    with pytest.raises(InvalidInput, match="naive_time"):
        edges_from(workers, shifts, PRODUCT, now=NOW.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="empty"):
        hall_problem(workers, [replace(shifts[0], span=None)], [])


def test_a_crew_that_no_shift_can_take_stays_together_and_outside() -> None:
    """Too few seats, nobody of it eligible, or only at hours that overlap: nobody goes, and the reason says so."""
    pairs = [(p, s, 5) for p in "abc" for s in ("one", "two")]
    for seats, eligible in (({"one": 2, "two": 2}, pairs), ({"one": 3, "two": 3}, [p for p in pairs if p[0] != "c"])):
        problem = Problem.by_id(dict.fromkeys("abc", 1), seats, eligible, crews=[(("a", "b", "c"), None, False)])
        plan = assign(problem)
        assert check(problem, plan, Rules()) == []
        assert plan.seats == 0
        assert Left.CREW in {left.reason for left in plan.left_people}
