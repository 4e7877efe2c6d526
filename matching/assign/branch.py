"""Crews with one seat a person: branch over where each crew goes, bounded by flows that let crews part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.assign.core import Core, capped_bonus, earlier_flags
from matching.assign.crews import Option, bound_crews, first_apart, open_flags, options, settled_core
from matching.assign.problem import Problem
from matching.assign.rules import Goal, Rules
from matching.assign.single import best
from matching.assign.times import Flags, Ints

NODES = 200  # what a budget of None allows
Rank = tuple[int, int, int]  # seats (0 under TOTAL_SCORE), earlier pairs kept, value


@dataclass(frozen=True)
class Node:
    """Crews settled so far: their option, or None for nowhere. `hope`: nothing below can rank higher."""

    settled: tuple[tuple[int, Option | None], ...]
    hope: Rank


@dataclass(frozen=True, eq=False)
class Outcome:
    """The best plan found (all chosen positions) and what no plan can exceed."""

    chosen: Ints
    hope: Rank
    unique: bool
    work: int
    reproducible: bool


class Branching:
    """Depth first, the likeliest option first; what is left on the stack bounds what was not looked at."""

    def __init__(self, problem: Problem, rules: Rules, budget: int | None, stop: Callable[[], bool] | None) -> None:
        self.problem, self.rules, self.stop = problem, rules, stop
        self.budget = NODES * (len(problem.person) + 1) if budget is None else budget
        self.binding = bound_crews(problem)
        self.bonus, self.kept = capped_bonus(problem, rules), earlier_flags(problem)
        self.work, self.stopped, self.unique = 0, False, False
        self.chosen: Ints = np.zeros(0, np.int64)
        self.rank: Rank = (-1, -1, -1)

    def run(self) -> Outcome:
        """Search until nothing is open or the budget is used up; at least one whole plan is always made."""
        stack = [Node((), (2**62, 2**62, 2**62))]
        while stack and not (self.rank[0] >= 0 and self._over()):
            node = stack.pop()
            if node.hope > self.rank:
                stack.extend(self._visit(node))
        hope = max([self.rank, *(node.hope for node in stack)])
        return Outcome(self.chosen, hope, self.unique and not stack, self.work, not self.stopped)

    def _over(self) -> bool:
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = True
        return self.stopped or self.work >= self.budget

    def _visit(self, node: Node) -> list[Node]:
        """Solve with the settled crews fixed and the others free to part; children, the likeliest last."""
        settled = {crew: option.pairs if option else () for crew, option in node.settled}
        core = settled_core(self.problem, self.rules, settled, self.binding)
        found = best(core, self.rules)
        self.work += found.work + len(self.problem.person)
        chosen = np.sort(np.concatenate((core.fixed, found.chosen)))
        rank = self.ranked(chosen)
        if rank <= self.rank:
            return []
        flags = np.zeros(len(self.problem.person), np.bool_)
        flags[chosen] = True
        apart = first_apart(self.problem, self.binding, settled, flags)
        if apart is None:
            self.chosen, self.rank = chosen, rank
            self.unique = found.unique and not node.settled
            return []
        return self._children(node, core, apart, flags, rank)

    def _children(self, node: Node, core: Core, crew: int, flags: Flags, rank: Rank) -> list[Node]:
        found = options(self.problem, self.rules, self.problem.crews[crew], core.headcount, open_flags(core))
        likely = sorted(found, key=lambda way: (len(way.pairs), int(flags[list(way.pairs)].sum()), way.value))
        ways: list[Option | None] = [None, *likely]
        return [Node((*node.settled, (crew, way)), rank) for way in ways]

    def ranked(self, chosen: Ints) -> Rank:
        """A plan by the tiers of the rules."""
        seats = len(chosen) if self.rules.goal is Goal.SEATS_FIRST else 0
        kept = int(self.kept[chosen].sum())
        seated = np.unique(self.problem.person[chosen])
        value = int(self.problem.score[chosen].sum()) + int(self.bonus[seated].sum())
        if self.rules.keep is None:
            return seats, kept, value
        return seats, 0, value + self.rules.keep * kept
