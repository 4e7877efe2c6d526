"""Which method solves which problem, and the finished plan with its totals, bounds and reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from matching.assign.branch import Branching
from matching.assign.core import capped_bonus, core_of, earlier_flags
from matching.assign.market import kept_weight
from matching.assign.parties import with_parties
from matching.assign.plan import VERSION, Plan, pair_columns
from matching.assign.problem import Problem
from matching.assign.reasons import people_left, seats_left
from matching.assign.rules import Goal, Rules
from matching.assign.several import several
from matching.assign.single import best
from matching.assign.times import Ints

Stop = Callable[[], bool]


def solved(problem: Problem, rules: Rules, budget: int | None, stop: Stop | None) -> Plan:
    """The plan by the method that fits the problem; raises TooLarge when costs leave 64 bits."""
    if problem.chained:
        return _many_each(problem, rules, budget, stop)
    if problem.crews:
        return _crews_each(problem, rules, budget, stop)
    return _one_each(problem, rules)


def _one_each(problem: Problem, rules: Rules) -> Plan:
    core = core_of(problem, rules)
    found = best(core, rules)
    chosen = np.sort(np.concatenate((core.fixed, found.chosen)))
    return finished(problem, rules, chosen, "flow", unique=found.unique, work=found.work)


def _crews_each(problem: Problem, rules: Rules, budget: int | None, stop: Stop | None) -> Plan:
    """One seat a person with crews: by branching; the value's bound is looser where a better tier is open."""
    search = Branching(problem, rules, budget, stop)
    out = search.run()
    seats, kept, value = search.ranked(out.chosen)
    if out.hope[:2] != (seats, kept):
        anything = replace(rules, goal=Goal.TOTAL_SCORE, seed=None, keep=rules.keep or 0)
        core = core_of(problem, anything)
        value = search.ranked(np.concatenate((core.fixed, best(core, anything).chosen)))[2]
    return finished(
        problem,
        rules,
        out.chosen,
        "flow-and-branching",
        seats_bound=out.hope[0],
        value_bound=max(value, out.hope[2] if out.hope[:2] == (seats, kept) else 0),
        unique=out.unique,
        reproducible=out.reproducible,
        work=out.work,
    )


def _many_each(problem: Problem, rules: Rules, budget: int | None, stop: Stop | None) -> Plan:
    if problem.crews:
        chosen, found, base = with_parties(problem, rules, budget, stop)
    else:
        core = core_of(problem, rules)
        found, base = several(core, rules, budget, stop), core.fixed
        chosen = np.sort(np.concatenate((core.fixed, found.chosen)))
    fixed, whole = totals(problem, rules, base), totals(problem, rules, chosen)
    # Where keeping comes before value, the search counted earlier pairs as value; the plan does not.
    counted = kept_weight(problem, rules) * (whole.kept - fixed.kept) if rules.keep is None else 0
    return finished(
        problem,
        rules,
        chosen,
        "prices-and-chains",
        seats_bound=found.seats_bound + len(base),
        value_bound=found.limit - found.each * (len(chosen) - len(base)) + fixed.value - counted,
        reproducible=found.reproducible,
        work=found.work,
    )


class Totals(NamedTuple):
    score: int
    bonus: int
    kept: int
    value: int


def totals(problem: Problem, rules: Rules, chosen: Ints) -> Totals:
    """Score, bonuses of the people seated, earlier pairs kept, and what they come to."""
    seated = np.unique(problem.person[chosen])
    score, bonus = int(problem.score[chosen].sum()), int(capped_bonus(problem, rules)[seated].sum())
    kept = int(earlier_flags(problem)[chosen].sum()) if problem.earlier else 0
    return Totals(score, bonus, kept, score + bonus + (rules.keep or 0) * kept)


def finished(
    problem: Problem,
    rules: Rules,
    chosen: Ints,
    algorithm: str,
    *,
    seats_bound: int | None = None,
    value_bound: int | None = None,
    unique: bool = False,
    reproducible: bool = True,
    work: int = 0,
) -> Plan:
    """The plan of these pair positions with its totals and reasons; no bound given means it is proven."""
    sums = totals(problem, rules, chosen)
    seats = len(chosen)
    return Plan(
        problem=problem,
        rules=rules.label,
        algorithm=f"{algorithm}@{VERSION}",
        pairs=pair_columns(problem, chosen),
        seats=seats,
        score=sums.score,
        bonus=sums.bonus,
        kept=sums.kept,
        value=sums.value,
        seats_bound=seats if seats_bound is None or rules.goal is Goal.TOTAL_SCORE else seats_bound,
        value_bound=sums.value if value_bound is None else value_bound,
        unique=unique,
        reproducible=reproducible,
        work=work,
        people_left=people_left(problem, rules.goal, chosen),
        seats_left=seats_left(problem, rules.goal, chosen),
    )
