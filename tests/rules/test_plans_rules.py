"""Plans of halls as pure data: who is served, nobody overtaken, the same again; lifecycles walked."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict
from service.halls.rules import HallRule, InLine, commitment, order
from service.lifecycle import Lifecycle
from service.plans.bundle import FORMAT, differences, digest, outcome, solve
from service.plans.eligible import crews_in
from service.plans.lifecycle import PLAN, PLAN_LINE
from tests.rules.test_halls_rules import a_rule

SEED = "5eed" * 16


@st.composite
def bundles(draw: st.DrawFn) -> dict[str, Any]:
    people = draw(st.integers(1, 7))
    shifts = draw(st.integers(0, 4))
    rows = [[number, 2 * number + draw(st.integers(0, 3)), draw(st.integers(0, 3))] for number in range(1, people + 1)]
    pairs = [
        [number, shift, draw(st.integers(0, 111_000_000))]
        for number in range(1, people + 1)
        for shift in range(shifts)
        if draw(st.booleans())
    ]
    rule = a_rule(order_rule=draw(st.sampled_from(["first_come", "draw"])), turn_places=2, turn_most=5)
    return a_bundle(rule, rows, [draw(st.integers(0, 2)) for _ in range(shifts)], pairs)


def a_bundle(
    rule: HallRule, people: list[list[int]], seats: list[int], pairs: list[list[int]], **more: Any
) -> dict[str, Any]:
    bundle: dict[str, Any] = {
        "format": FORMAT,
        "session_id": "a session",
        "round": 1,
        "rule": rule.as_fields(),
        "seed_commitment": commitment(SEED),
        "people": people,
        "shifts": [
            {"id": str(at), "title": "", "trade": "", "start": 600 * at, "end": 600 * at + 480, "lat_e6": None,
             "lon_e6": None, "seats": count}
            for at, count in enumerate(seats)
        ],
        "pairs": pairs,
        "crews": [],
        "rest_minutes": 0,
    }  # fmt: skip
    return bundle | more


def served_in_order(bundle: dict[str, Any]) -> set[int]:
    """People in order; each is kept who can still be seated when the others move among the seats."""
    seats = {(at, one) for at, shift in enumerate(bundle["shifts"]) for one in range(shift["seats"])}
    ways = {number: [seat for seat in sorted(seats) if [number, seat[0]] in [pair[:2] for pair in bundle["pairs"]]]
            for number, _, _ in bundle["people"]}  # fmt: skip
    held: dict[tuple[int, int], int] = {}

    def seated(number: int, tried: set[tuple[int, int]]) -> bool:
        for seat in ways[number]:
            if seat not in tried:
                tried.add(seat)
                if seat not in held or seated(held[seat], tried):
                    held[seat] = number
                    return True
        return False

    line = order(HallRule.of(bundle["rule"]), SEED, [InLine(*row) for row in bundle["people"]])
    return {number for number in line if seated(number, set())}


@given(bundles())
def test_nobody_is_passed_over_for_somebody_behind(bundle: dict[str, Any]) -> None:
    """Exactly those are seated whom one gets by taking people in order; so as many as can be at all."""
    solved = solve(bundle, SEED)
    assert {number for number, _ in solved.seats} == served_in_order(bundle)
    assert solved.seats_filled == solved.seats_bound == len(solved.seats)
    assert solved.value == solved.value_bound
    assert set(solved.left) == {row[0] for row in bundle["people"]} - {number for number, _ in solved.seats}


@given(bundles(), st.integers(0, 99))
def test_a_plan_is_the_same_wherever_it_is_made(bundle: dict[str, Any], chance: int) -> None:
    """Whatever the order in which people and pairs are listed; and any change of the outcome is found."""
    mixed = bundle | {"people": list(bundle["people"]), "pairs": list(bundle["pairs"])}
    random.Random(chance).shuffle(mixed["people"])
    random.Random(chance).shuffle(mixed["pairs"])
    solved = solve(bundle, SEED)
    assert outcome(solve(mixed, SEED)) == outcome(solved)
    published = bundle | {"outcome": outcome(solved), "seed": SEED}
    published["digest"] = digest(published)
    assert differences(published) == []
    if solved.seats:
        changed = published | {"outcome": published["outcome"] | {"seats": published["outcome"]["seats"][1:]}}
        assert differences(changed) == ["digest_differs", "seats_differs"]


def test_several_shifts_of_a_day_follow_each_other() -> None:
    """Where the rule allows it: three slots of eight hours, ten apart, for the only person."""
    rule = a_rule(several_each=True)
    pairs = [[1, shift, 50_000_000] for shift in range(3)]
    assert solve(a_bundle(rule, [[1, 2, 0]], [1, 1, 1], pairs), SEED).seats == ((1, 0), (1, 1), (1, 2))
    assert len(solve(a_bundle(a_rule(), [[1, 2, 0]], [1, 1, 1], pairs), SEED).seats) == 1


def test_a_crew_goes_together_or_not_at_all() -> None:
    """Two seats: the crew of two that came second waits for both; with one seat the single person gets it."""
    people, pairs = [[1, 2, 0], [2, 4, 0], [3, 6, 0]], [[number, 0, 50_000_000] for number in (1, 2, 3)]
    both = a_bundle(a_rule(), people, [1], pairs, crews=[[[2, 3], None]])
    assert solve(both, SEED).seats == ((1, 0),)
    three = a_bundle(a_rule(), people, [3], pairs, crews=[[[2, 3], None]])
    assert len(solve(three, SEED).seats) == 3


def test_whose_crew_is_here() -> None:
    """Enough of it: a crew; too few: they wait apart; a crew that needs nobody else stands alone."""
    whole, apart = crews_in({1: [4, 2], 2: [5], 3: [7, 8, 9]}, {1: 2, 2: 2, 3: 1})  # type: ignore[dict-item]
    assert (whole, apart) == ([([2, 4], None)], {5})


@pytest.mark.parametrize("lifecycle", [PLAN, PLAN_LINE])
def test_every_state_meets_every_action(lifecycle: Lifecycle) -> None:
    """What the table does not allow is a conflict."""
    for state in lifecycle.states:
        for action in lifecycle.actions:
            if (state, action) in lifecycle.moves:
                assert lifecycle.fire(state, action) in lifecycle.states
            else:
                with pytest.raises(Conflict):
                    lifecycle.fire(state, action)
