"""Crews whose members may take several shifts: each crew gets a chain of shifts, the others what is left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.assign.core import core_of
from matching.assign.crews import Option, bound_crews, first_apart, open_flags, options, settled_core
from matching.assign.problem import Problem
from matching.assign.rules import Rules
from matching.assign.several import Found, several
from matching.assign.times import Flags, Ints

MAX_WAYS = 200  # shifts looked at for one crew's chain
Stop = Callable[[], bool]


def with_parties(problem: Problem, rules: Rules, budget: int | None, stop: Stop | None) -> tuple[Ints, Found, Ints]:
    """All chosen positions, the search that bounds them (crews free to part), and what was fixed for it.

    Half of the budget goes to the bound, half to the plan with the crews' chains fixed.
    """
    binding = bound_crews(problem)
    free = settled_core(problem, rules, {}, binding)
    half = None if budget is None else budget // 2
    loose = several(free, rules, half, stop)
    chosen = np.sort(np.concatenate((free.fixed, loose.chosen)))
    if first_apart(problem, binding, (), _flags(problem, chosen)) is None:
        return chosen, loose, free.fixed
    settled = _chains(problem, rules, binding)
    core = settled_core(problem, rules, settled, binding)
    tied = several(core, rules, half, stop)
    whole = Found(
        tied.chosen,
        loose.seats_bound,
        loose.limit,
        loose.each,
        loose.work + tied.work,
        loose.reproducible and tied.reproducible,
    )
    return np.sort(np.concatenate((core.fixed, tied.chosen))), whole, free.fixed


def _chains(problem: Problem, rules: Rules, binding: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
    """The largest crews choose first; a seat costs what its shift's next best person would bring."""
    settled: dict[int, tuple[int, ...]] = {}
    price = _next_best(problem)
    for crew in sorted(binding, key=lambda at: (-len(problem.crews[at].members), at)):
        fixed = [at for pairs in settled.values() for at in pairs]
        core = core_of(problem, rules, fixed)
        ways = options(problem, rules, problem.crews[crew], core.headcount, open_flags(core))
        chain = _best_chain(problem, _one_per_shift(ways, price), price)
        settled[crew] = tuple(at for way in chain for at in way.pairs)
    return settled


def _next_best(problem: Problem) -> Ints:
    order = np.lexsort((-problem.score, problem.shift))
    shift = problem.shift[order]
    rank = np.arange(len(order)) - np.searchsorted(shift, shift)
    price = np.zeros(len(problem.shifts), np.int64)
    following = rank == problem.headcount[shift]
    price[shift[following]] = problem.score[order][following]
    return price


def _net(way: Option, price: Ints) -> int:
    return way.value - len(way.pairs) * int(price[way.shift])


def _one_per_shift(ways: tuple[Option, ...], price: Ints) -> list[Option]:
    best: dict[int, Option] = {}
    for way in ways:
        known = best.get(way.shift)
        if known is None or _net(way, price) > _net(known, price):
            best[way.shift] = way
    ranked = sorted(best.values(), key=lambda way: (-_net(way, price), way.shift))
    return ranked[:MAX_WAYS]


def _best_chain(problem: Problem, ways: list[Option], price: Ints) -> list[Option]:
    """The chain of shifts with the greatest net value; at least the best single shift, if there is any."""
    times = problem.when
    ways = sorted(ways, key=lambda way: (int(times.start[way.shift]), int(times.end[way.shift]), way.shift))
    sums: list[tuple[int, int]] = []
    for j, way in enumerate(ways):
        ahead = max(
            ((sums[i][0], i) for i in range(j) if sums[i][0] > 0 and times.may_follow(ways[i].shift, way.shift)),
            default=(0, -1),
        )
        sums.append((_net(way, price) + ahead[0], ahead[1]))
    if not sums:
        return []
    at = max(range(len(sums)), key=lambda j: (sums[j][0], -j))
    chain = []
    while at >= 0:
        chain.append(ways[at])
        at = sums[at][1]
    return chain


def _flags(problem: Problem, chosen: Ints) -> Flags:
    flags = np.zeros(len(problem.person), np.bool_)
    flags[chosen] = True
    return flags
