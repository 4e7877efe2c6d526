"""Several shifts a person: prices on seats, the best chain per person, exact re-seating of overlapping shifts.

The prices give a bound that no plan can exceed; the chains chosen at those prices, mended and re-seated, give
the plan. All in integers and in one fixed order, so that any machine finds the same plan in the same work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.assign.core import Core
from matching.assign.market import Market, market_of
from matching.assign.prices import Prices, descend
from matching.assign.rules import Goal, Rules
from matching.assign.seating import mended, polished, rolled, taken_greedily
from matching.assign.times import Flags, Ints

SWEEPS, EXTRA = 400, 50_000_000  # what a budget of None allows: passes over the pairs, and so many units more


@dataclass(frozen=True, eq=False)
class Found:
    """Chosen pair positions (fixed ones not among them), bounds for the rest of the plan, and what it cost.

    A plan with n pairs beside the fixed ones has a value of at most `limit - each * n`.
    """

    chosen: Ints
    seats_bound: int
    limit: int
    each: int
    work: int
    reproducible: bool


def several(core: Core, rules: Rules, budget: int | None, stop: Callable[[], bool] | None) -> Found:
    """The best plan found for a chained core within the budget; at least greedy, rolled and polished once."""
    market = market_of(core, rules)
    search = _Search(market, rules.goal, budget if budget is not None else SWEEPS * market.sweep + EXTRA, stop)
    search.offer(polished(market, taken_greedily(market), seats_first=search.seats_first))
    search.offer(rolled(market, seats_first=search.seats_first))
    if search.seats_first:
        search.bound_seats()
    search.bound_value()
    return search.found()


class _Search:
    """The best plan so far, the bounds so far, and the work left."""

    def __init__(self, market: Market, goal: Goal, budget: int, stop: Callable[[], bool] | None) -> None:
        self.market, self.goal, self.budget, self.stop = market, goal, budget, stop
        self.seats_first = goal is Goal.SEATS_FIRST
        self.work, self.stopped = 0, False
        self.chosen: Flags = np.zeros(len(market.shift), np.bool_)
        self.seats = self.value = 0
        self.seats_bound = int(market.fillable.sum())
        self.limit = self.each = 0

    def offer(self, plan: tuple[Flags, int]) -> None:
        """Take the plan if it is better."""
        chosen, work = plan
        self.work += work
        seats, value = int(chosen.sum()), self.market.worth(chosen)
        better = (seats, value) > (self.seats, self.value) if self.seats_first else value > self.value
        if better:
            self.chosen, self.seats, self.value = chosen, seats, value

    def over(self) -> bool:
        """No work left, or somebody's clock says stop."""
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = True
        return self.stopped or self.work >= self.budget

    def bound_seats(self) -> None:
        """Prices with every pair worth 1: how many seats any plan can fill."""
        if self.seats == self.seats_bound:
            return
        prices = Prices.of_seats(self.market, self.chosen)
        limit, moved, since = (self.work + self.budget) // 2, True, 0
        while moved and self.work < limit and not self.over() and prices.bound // prices.scale > self.seats:
            moved, since = self._lower(prices, self.seats * prices.scale), since + 1
            if since >= prices.patience:
                self._settle(prices)
                since = 0
        self.seats_bound = min(self.seats_bound, prices.bound // prices.scale)

    def bound_value(self) -> None:
        """Prices with the real values; every so often the chains they choose are made into a plan."""
        full = self.seats_first and self.seats == self.market.full
        prices = Prices.of_values(self.market, self.chosen, self.goal, full=full)
        moved, since = self._lower(prices, self._reached(prices) * prices.scale), 1
        while moved and not self.over() and self._open(prices):
            moved = self._lower(prices, self._reached(prices) * prices.scale)
            since += 1
            if since >= prices.patience and prices.settling:
                self._settle(prices)
                since = 0
        self._settle(prices)
        self._note(prices)

    def _settle(self, prices: Prices) -> None:
        self.offer(polished(self.market, mended(self.market, prices), seats_first=self.seats_first))

    def _lower(self, prices: Prices, target: int) -> bool:
        self.work += self.market.sweep
        return descend(self.market, prices, target)

    def _reached(self, prices: Prices) -> int:
        return self.value + prices.each * self.seats

    def _note(self, prices: Prices) -> None:
        self.limit, self.each = prices.limit(self.market.full)

    def _open(self, prices: Prices) -> bool:
        return prices.bound // prices.scale > self._reached(prices)

    def found(self) -> Found:
        return Found(
            self.market.positions[np.flatnonzero(self.chosen)],
            self.seats_bound if self.seats_first else self.seats,
            self.limit,
            self.each,
            self.work,
            not self.stopped,
        )
