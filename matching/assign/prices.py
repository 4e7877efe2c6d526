"""Prices on seats that press an upper bound down, step by step, in integers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matching.assign.chains import demand
from matching.assign.market import Market
from matching.assign.rules import Goal
from matching.assign.times import Flags, Ints

_FINE = 2**34  # a unit of value is cut so fine that the greatest value is about this
_UNIT = 16  # a step's direction is kept in sixteenths
_BOLD = 1 << 16  # the boldest step, in 65,536ths of what the gap asks for
_STALL = 10  # passes without a better bound after which steps become shorter
_FREE = -(2**50)


@dataclass
class Prices:
    """bound: no plan is worth more, in units of value x scale, each pair counted `each` more than its value.

    floor: the lowest price there may be; 0 unless every seat is sure to be filled.
    """

    scale: int
    each: int
    floor: int
    value: Ints
    bonus: Ints
    price: Ints
    best: Ints
    seats: Ints
    direction: Ints
    chosen: Flags
    bound: int = 2**62
    boldness: int = _BOLD
    stalled: int = 0
    patience: int = 40
    wanted: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def settling(self) -> bool:
        """Have the steps become short enough for the chains to be worth making into a plan?"""
        return self.boldness <= _BOLD // 4

    def limit(self, full: int) -> tuple[int, int]:
        """(limit, each): a plan of n seats is worth at most limit - each x n, in units of value.

        Prices below 0 rest on all `full` seats being filled: a seat less may add what such a price takes.
        """
        lift = -(min(0, int(self.best.min(initial=0))) // self.scale)
        return self.bound // self.scale + lift * full, self.each + lift

    @classmethod
    def of_values(cls, market: Market, chosen: Flags, goal: Goal, *, full: bool) -> Prices:
        """For value. `full`: `chosen` fills every seat, so prices may go below 0 and seats need no worth."""
        top = int(market.value.max(initial=0)) + int(market.bonus.max(initial=0))
        each = 4 * top + 1 if goal is Goal.SEATS_FIRST and not full else 0
        scale = max(1, _FINE // max(1, top + each))
        price = (_marginal(market) + each) * scale
        if not full:
            price[np.bincount(market.shift[chosen], minlength=len(price)) < market.seats] = 0
        value = (market.value + each) * scale
        return cls._start(market, scale, each, _FREE if full else 0, value, market.bonus * scale, price)

    @classmethod
    def of_seats(cls, market: Market, chosen: Flags) -> Prices:
        """For the number of seats: every pair is worth 1."""
        filled = np.bincount(market.shift[chosen], minlength=len(market.seats)) >= market.seats
        value = np.full(len(market.shift), _FINE)
        return cls._start(market, _FINE, 0, 0, value, np.zeros_like(market.bonus), filled * (_FINE // 2))

    @classmethod
    def _start(cls, market: Market, scale: int, each: int, floor: int, value: Ints, bonus: Ints, price: Ints) -> Prices:
        none = np.zeros(len(market.shift), np.bool_)
        seats = market.fillable
        price = np.where(seats > 0, price, 0).astype(np.int64)
        shifts = np.zeros_like(seats)
        return cls(scale, each, floor, value, bonus, price, price, seats, shifts, none, wanted=shifts.copy())


def descend(market: Market, prices: Prices, target: int) -> bool:
    """One pass: what people want at these prices gives a bound and the next prices; False when nothing moves.

    target: a value that some plan reaches, in the units of the bound (Polyak's step, with momentum).
    """
    flags = np.empty(len(market.shift), np.bool_)
    total = demand(
        market.first,
        market.shift,
        prices.value,
        prices.bonus,
        prices.price,
        *market.links,
        prices.wanted,
        flags,
    )
    total += int((prices.price * prices.seats).sum())
    _remember(prices, total, flags)
    slope = prices.wanted - prices.seats
    slope[(slope < 0) & (prices.price <= prices.floor)] = 0
    prices.direction = slope * _UNIT + prices.direction * 11 // 16
    length = int((prices.direction * prices.direction).sum())
    push = prices.boldness * max(0, total - target) * _UNIT
    if not slope.any() or not length or push * int(np.abs(prices.direction).max()) < length * _BOLD // 2:
        return False
    prices.price = np.maximum(prices.floor, prices.price + _scaled(prices.direction, push, length * _BOLD))
    return True


def _remember(prices: Prices, total: int, flags: Flags) -> None:
    """Keep the best bound and its chains; after some passes without a better one, tread more softly."""
    worth_while = prices.bound - total > max(1, prices.bound >> 23)
    if total < prices.bound:
        prices.bound, prices.best, prices.chosen = total, prices.price, flags
    prices.stalled = 0 if worth_while else prices.stalled + 1
    if prices.stalled >= _STALL:
        prices.stalled, prices.boldness = 0, prices.boldness * 11 // 16


def _scaled(direction: Ints, up: int, down: int) -> Ints:
    """direction x up / down, towards the lower integer, without leaving 64 bits."""
    room = (2**62) // max(1, int(np.abs(direction).max()))
    while up > room:
        up, down = up >> 1, down >> 1
    return direction * up // max(1, down)


def _marginal(market: Market) -> Ints:
    """Per shift, the value of the best pair that would get no seat if the shift were alone; 0 if all would."""
    order = np.lexsort((-market.value, market.shift))
    shift, seats = market.shift[order], market.seats
    rank = np.arange(len(order)) - market.shift_first[shift]
    price = np.zeros(len(seats), np.int64)
    next_best = rank == seats[shift]
    price[shift[next_best]] = market.value[order][next_best]
    return price
