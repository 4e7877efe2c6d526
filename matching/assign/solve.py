"""Give people to shifts: the best plan there is, or the best found within the budget and how far off at most."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.assign.plan import Plan
from matching.assign.problem import Problem
from matching.assign.rules import Rules
from matching.assign.times import Times
from matching.errors import InvalidInput, check_integer

Stop = Callable[[], bool]
MAX_BUDGET = 10**15
DEFAULT = Rules()


def assign(problem: Problem, rules: Rules = DEFAULT, *, budget: int | None = None, stop: Stop | None = None) -> Plan:
    """Many people to many shifts at once.

    One seat a person (or a capacity): the optimum, whatever the budget. With times or crews: the best found
    in about `budget` units of work (one per pair looked at; None: 400 passes over the pairs, or 200 branches),
    with a bound; a first plan is always made. `stop` is asked now and then; once it says True the work ends
    and the plan is not reproducible. Raises InvalidInput("pair.score", "out_of_range") when scores times
    people leave 64 bits.
    """
    from matching.assign.engine import solved  # kernels are loaded with the first plan, not with the library
    from matching.assign.net import TooLarge

    if budget is not None:
        check_integer("budget", budget, 0, MAX_BUDGET)
    try:
        return solved(problem, rules, budget, stop)
    except TooLarge:
        raise InvalidInput("pair.score", "out_of_range") from None


def prepare() -> None:
    """Load every compiled pass and solver library, so that no user waits for it; once per process."""
    from matching.assign.sorting import in_order

    few = np.zeros(2, np.int32)
    in_order(1, 1, few, few)
    times = Times.columns([0, 60], [60, 120])
    for problem in (
        Problem.of(people=1, headcount=[1], person=[0], shift=[0], score=[1]),
        Problem.of(people=2, headcount=[1, 1], person=[0, 1], shift=[0, 1], score=[1, 1], times=times),
    ):
        assign(problem)
