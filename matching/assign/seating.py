"""Plans for people who may take several shifts: greedily, window by window, mended from what people wish."""

from __future__ import annotations

import numpy as np

from matching.assign.chains import greedy, serve
from matching.assign.market import Market
from matching.assign.prices import Prices
from matching.assign.times import Flags
from matching.assign.windows import groups, reseat

PASSES = 3
Seated = tuple[Flags, int]


def taken_greedily(market: Market) -> Seated:
    """The best pair first, then the best that still fits, to the end."""
    order = np.lexsort((np.arange(len(market.value)), -market.value))
    chosen = greedy(market.first, market.shift, market.owner, market.seats, *market.clock, order)
    return chosen, len(order)


def rolled(market: Market, *, seats_first: bool) -> Seated:
    """From the first window of overlapping shifts to the last, each seated as well as it can be."""
    nobody = np.zeros(len(market.shift), np.bool_)
    return polished(market, (nobody, 0), seats_first=seats_first)


def mended(market: Market, prices: Prices) -> Seated:
    """What people wish at these prices, cut to the seats there are: the most valuable stay, and those who lose
    a seat choose again, one after the other, among the seats still left."""
    at = np.flatnonzero(prices.chosen)
    order = at[np.lexsort((at, -market.value[at], market.shift[at]))]
    shift = market.shift[order]
    rank = np.arange(len(order)) - np.searchsorted(shift, shift)
    stays = rank < market.seats[shift]
    chosen = np.zeros(len(prices.chosen), np.bool_)
    chosen[order[stays]] = True
    left = market.seats - np.bincount(shift[stays], minlength=len(market.seats))
    losers = np.unique(market.owner[order[~stays]])
    work = serve(
        market.first,
        market.shift,
        prices.value,
        prices.bonus,
        prices.best,
        left,
        *market.links,
        chosen,
        losers,
    )
    return chosen, len(at) + work


def polished(market: Market, seated: Seated, *, seats_first: bool, passes: int = PASSES) -> Seated:
    """Every window of overlapping shifts seated anew, until nothing gains."""
    chosen, work = seated[0].copy(), seated[1]
    begins, members = groups(market.times.start, market.times.end)
    value = market.value + (_seat_worth(market) if seats_first else 0)
    for _ in range(passes):
        gain, used = reseat(
            market.first,
            market.shift,
            market.owner,
            value,
            market.bonus,
            market.seats,
            market.shift_first,
            market.shift_pairs,
            *market.clock,
            market.farthest,
            begins,
            members,
            chosen,
        )
        work += used
        if gain == 0:
            break
    return chosen, work


def _seat_worth(market: Market) -> int:
    """More than all that a window's pairs could gain by leaving a seat empty, as far as 64 bits allow."""
    pairs = min(len(market.bonus), market.full) + 1
    most = int(market.value.max(initial=0)) + int(market.bonus.max(initial=0)) + 1
    return min(most * pairs, 2**56)
