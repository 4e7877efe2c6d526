"""A hall's plan as data that anybody can run again: numbers, seats, who may do what, the rule; no names, no ids.

The same function makes a plan here and makes it again elsewhere: the bundle and the seed decide everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from matching.assign import Goal, Plan, Problem, Rules, Times, assign, check
from matching.assign.rules import MAX_SCORE
from matching.assign.times import NOWHERE
from service.halls.rules import HallRule, InLine, commitment, order

FORMAT = "linggong-hall-plan/1"
METRES_PER_MINUTE = 250
WORK_PER_PAIR = 4_000  # the budget in pairs looked at: ends the same everywhere, whatever the clock says
INPUT = (
    "format", "session_id", "round", "rule", "seed_commitment", "people", "shifts", "pairs", "crews", "rest_minutes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Solved:
    """What a bundle comes to: order of service, seats per number, why others are left, how good it is.

    `seats` are (number, index of the shift); `left` is a code per number; `value` and its bound are in the units of
    the solver, the same wherever the bundle is run.
    """

    order: tuple[int, ...]
    seats: tuple[tuple[int, int], ...]
    left: Mapping[int, str]
    seats_filled: int
    seats_bound: int
    value: int
    value_bound: int
    algorithm: str
    reproducible: bool


def solve(bundle: Mapping[str, Any], seed: str) -> Solved:
    """The plan of a bundle. Everybody's seat in the order of service comes before any score (rule `seats`).

    Who is seated is what one gets by taking people in order and keeping each who can still be seated by moving
    others among the seats: nobody is displaced by somebody behind (a transversal matroid, one seat each; Edmonds
    and Fulkerson 1965). Raises ValueError when the plan does not pass its own check.
    """
    rule = HallRule.of(bundle["rule"])
    numbers = order(rule, seed, (InLine(*row) for row in bundle["people"]))
    problem = _problem(bundle, rule, numbers)
    rules = Rules(
        name="hall",
        goal=Goal.SEATS_FIRST if rule.objective == "seats" else Goal.TOTAL_SCORE,
        bonus_cap=MAX_SCORE,
        seed=seed,
    )
    plan = assign(problem, rules, budget=WORK_PER_PAIR * max(1, len(bundle["pairs"])))
    wrong = check(problem, plan, rules)
    if wrong:
        raise ValueError(f"the plan does not hold: {wrong[:3]}")
    return _solved(plan, numbers)


def _problem(bundle: Mapping[str, Any], rule: HallRule, numbers: Sequence[int]) -> Problem:
    shifts: Sequence[Mapping[str, Any]] = bundle["shifts"]
    smaller, step = _scale(bundle["pairs"], len(numbers))
    place = {number: len(numbers) - at for at, number in enumerate(numbers)}
    return Problem.by_id(
        sorted(numbers),
        {at: shift["seats"] for at, shift in enumerate(shifts)},
        [(number, shift, score // smaller) for number, shift, score in bundle["pairs"]],
        times=_times(shifts, bundle["rest_minutes"]) if rule.several_each else None,
        bonus={number: place[number] * step for number in numbers} if rule.objective == "seats" else None,
        crews=[(members, at_least, False) for members, at_least in bundle["crews"]],
    )


def _scale(pairs: Sequence[Sequence[int]], people: int) -> tuple[int, int]:
    """(divisor of scores, worth of one place in the order): one place outweighs one score of everybody."""
    most = max((score for _, _, score in pairs), default=0)
    smaller = 1
    while people * (people * (most // smaller) + 1) > MAX_SCORE:
        smaller *= 10
    return smaller, people * (most // smaller) + 1


def _times(shifts: Sequence[Mapping[str, Any]], rest: int) -> Times:
    return Times.columns(
        [shift["start"] for shift in shifts],
        [shift["end"] for shift in shifts],
        [NOWHERE if shift["lat_e6"] is None else shift["lat_e6"] for shift in shifts],
        [shift["lon_e6"] or 0 for shift in shifts],
        rest=rest,
        metres_per_minute=METRES_PER_MINUTE,
    )


def _solved(plan: Plan, numbers: Sequence[int]) -> Solved:
    seats = tuple(sorted((int(str(person)), int(str(shift))) for person, shift in plan.named()))
    left = {int(str(each.person)): str(each.reason) for each in plan.left_people}
    return Solved(
        order=tuple(numbers),
        seats=seats,
        left=left,
        seats_filled=plan.seats,
        seats_bound=plan.seats_bound if plan.seats_bound >= plan.seats else plan.seats,
        value=plan.value,
        value_bound=plan.value_bound,
        algorithm=plan.algorithm,
        reproducible=plan.reproducible,
    )


def outcome(solved: Solved) -> dict[str, Any]:
    """What a bundle says came out, to be compared when it is run again."""
    return {
        "order": list(solved.order),
        "seats": [list(pair) for pair in solved.seats],
        "left": {str(number): code for number, code in sorted(solved.left.items())},
        "seats_filled": solved.seats_filled,
        "seats_bound": solved.seats_bound,
        "value": solved.value,
        "value_bound": solved.value_bound,
        "algorithm": solved.algorithm,
    }


def digest(bundle: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the input and outcome as JSON with sorted keys; the seed is not in it."""
    kept = {name: bundle[name] for name in (*INPUT, "outcome")}
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


def differences(bundle: Mapping[str, Any]) -> list[str]:
    """Codes of what does not hold when a published bundle is run again; nothing when it is the same plan."""
    found = []
    if bundle.get("format") != FORMAT:
        return ["format_unknown"]
    seed = bundle.get("seed")
    if not isinstance(seed, str):
        return ["seed_missing"]
    if commitment(seed) != bundle["seed_commitment"]:
        found.append("seed_is_not_the_committed_one")
    if "digest" not in bundle:
        found.append("digest_missing")
    elif bundle["digest"] != digest(bundle):
        found.append("digest_differs")
    again, said = outcome(solve(bundle, seed)), bundle["outcome"]
    found += [f"{name}_differs" for name in again if again[name] != said.get(name)]
    return found
