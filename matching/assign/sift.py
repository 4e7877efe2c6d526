"""Scarce seats at a large size: an auction finds rough prices, a flow on the few promising pairs the plan, and
exact prices over all pairs the proof."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.net import Net, TooLarge, fullest
from matching.assign.times import Ints, Narrow

FAR = 2**62
BIDS = 40  # bids per person after which the auction ends, seats or not
STEPS = 60  # looks per pair after which the proof is given up
DEAREST = 5  # the greatest cost that an auction's bidder pays, in ranges of the costs
KEPT = (4, 12)  # pairs per person that the flow sees, at first and if the proof fails
FINENESS = 1_000  # an auction's least bid, as a fraction of the greatest cost


@compiled("Tuple((int64[::1], int64))(int64[::1], int32[::1], int64[::1], int64[::1], int64, int64, int64)")
def auction(first: Ints, shift: Narrow, cost: Ints, seats: Ints, step: int, limit: int, most: int) -> tuple[Ints, int]:
    """People bid for seats, at least `step` more than they must, until everybody has one, finds all of them
    dearer than `limit`, or `most` bids are made; prices and bids made.

    A shift's price is the lowest bid that holds a seat of it, 0 while seats are left.
    """
    people, shifts = len(first) - 1, len(seats)
    begin = np.zeros(shifts + 1, np.int64)
    for s in range(shifts):
        begin[s + 1] = begin[s] + seats[s]
    bid, holder = np.zeros(begin[shifts], np.int64), np.zeros(begin[shifts], np.int32)
    taken, price = np.zeros(shifts, np.int64), np.zeros(shifts, np.int64)
    waiting, turn, left, bids = np.arange(people), 0, people, 0
    while left > 0 and bids < most:
        p = waiting[turn]
        turn = (turn + 1) % people
        left -= 1
        bids += 1
        best, second, s = FAR, FAR, -1
        for e in range(first[p], first[p + 1]):
            t = shift[e]
            if seats[t] == 0:
                continue
            dear = cost[e] + price[t]
            if dear < best:
                best, second, s = dear, best, t
            elif dear < second:
                second = dear
        if s < 0 or best > limit:
            continue
        offer = price[s] + step + (second - best if second < FAR else FINENESS * step)
        low, room = begin[s], seats[s]
        if taken[s] < room:
            at = taken[s]
            taken[s] += 1
            while at > 0 and bid[low + ((at - 1) >> 1)] > offer:
                up = (at - 1) >> 1
                bid[low + at], holder[low + at] = bid[low + up], holder[low + up]
                at = up
        else:
            waiting[(turn + left) % people] = holder[low]
            left += 1
            at = 0
            while 2 * at + 1 < room:
                down = 2 * at + 1
                if down + 1 < room and bid[low + down + 1] < bid[low + down]:
                    down += 1
                if offer <= bid[low + down]:
                    break
                bid[low + at], holder[low + at] = bid[low + down], holder[low + down]
                at = down
        bid[low + at], holder[low + at] = offer, p
        if taken[s] == room:
            price[s] = bid[low]
    return price, bids


@compiled("int64[::1](int64[::1], int32[::1], int64[::1], int64[::1], int64[::1])")
def excess(first: Ints, shift: Narrow, cost: Ints, seats: Ints, price: Ints) -> Ints:
    """How much dearer each pair is at these prices than its person's cheapest."""
    found = np.empty(len(shift), np.int64)
    for p in range(len(first) - 1):
        least = FAR
        for e in range(first[p], first[p + 1]):
            found[e] = cost[e] + price[shift[e]] if seats[shift[e]] > 0 else FAR
            least = min(least, found[e])
        for e in range(first[p], first[p + 1]):
            found[e] -= least
    return found


@compiled(
    "Tuple((int64[::1], boolean, int64))(int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], int64, int64)"
)
def least_prices(
    first: Ints, shift: Narrow, cost: Ints, seats: Ints, own: Ints, out: int, most: int
) -> tuple[Ints, bool, int]:
    """The least prices at which nobody would leave the pair they hold; whether there are such; pairs looked at.

    There are none when a better plan exists: then a shift with a seat left would have to cost something. own:
    each person's pair, -1 for those who stay out at the cost `out`.
    """
    people, shifts = len(first) - 1, len(seats)
    begin = np.zeros(shifts + 1, np.int64)
    for p in range(people):
        if own[p] >= 0:
            begin[shift[own[p]] + 1] += 1
    for s in range(shifts):
        begin[s + 1] += begin[s]
    fill, holder = begin[:shifts].copy(), np.empty(people, np.int32)
    price = np.zeros(shifts, np.int64)
    for p in range(people):
        if own[p] >= 0:
            s = shift[own[p]]
            holder[fill[s]] = p
            fill[s] += 1
            continue
        for e in range(first[p], first[p + 1]):
            if seats[shift[e]] > 0:
                price[shift[e]] = max(price[shift[e]], out - cost[e])
    for s in range(shifts):
        if price[s] > 0 and begin[s + 1] - begin[s] < seats[s]:
            return price, False, people
    queue, queued = np.arange(shifts), np.ones(shifts, np.bool_)
    head, left, looked = 0, shifts, 0
    while left > 0:
        s = queue[head]
        head = (head + 1) % shifts
        left -= 1
        queued[s] = False
        for at in range(begin[s], begin[s + 1]):
            p = holder[at]
            level = cost[own[p]] + price[s]
            looked += first[p + 1] - first[p]
            for e in range(first[p], first[p + 1]):
                t = shift[e]
                if level - cost[e] > price[t] and seats[t] > 0:
                    if begin[t + 1] - begin[t] < seats[t]:
                        return price, False, looked
                    price[t] = level - cost[e]
                    if not queued[t]:
                        queued[t] = True
                        queue[(head + left) % shifts] = t
                        left += 1
        if looked > most:
            return price, False, looked
    return price, True, looked


def sifted(first: Ints, shift: Narrow, cost: Ints, seats: Ints, out: int) -> tuple[Ints, Ints, int] | None:
    """Pairs of a cheapest among the fullest plans, its prices, and pairs looked at; None if not proven so.

    Everybody has a pair; out: what staying out costs, more than any plan can save by it.
    """
    people, pairs = len(first) - 1, len(shift)
    least, reach = int(cost.min()), int(cost.max() - cost.min())
    step = max(1, reach // FINENESS)
    rough, bids = auction(first, shift, cost, seats, step, least + DEAREST * (reach + 1), BIDS * people)
    dear = excess(first, shift, cost, seats, rough)
    looked = bids * (pairs // people)
    for share in KEPT:
        kept = min(pairs - 1, share * people)
        few = np.flatnonzero(dear <= max(int(np.partition(dear, kept)[kept]), step))
        person = np.searchsorted(first, few, "right") - 1
        held = _flow(person, shift[few], cost[few], seats, people)
        own = np.full(people, -1)
        own[person[held]] = few[held]
        price, proven, steps = least_prices(first, shift, cost, seats, own, out, STEPS * pairs)
        looked += len(few) + steps
        if proven:
            return few[held], price, looked
    return None


def _flow(person: Ints, shift: Narrow, cost: Ints, seats: Ints, people: int) -> Ints:
    """Which of these pairs the cheapest of the fullest plans holds."""
    source, sink = people + len(seats), people + len(seats) + 1
    everybody, shifts = np.arange(people), np.arange(len(seats)) + people
    tail = np.concatenate((person, np.full(people, source), shifts))
    head = np.concatenate((shift + people, everybody, np.full(len(seats), sink)))
    room = np.concatenate((np.ones(len(person) + people, np.int64), seats))
    supply = np.zeros(sink + 1, np.int64)
    supply[source], supply[sink] = people, -people
    price = np.concatenate((cost - cost.min(), np.zeros(people + len(seats), np.int64)))
    try:
        flow = fullest(Net(tail, head, room, supply), price)
    except TooLarge:
        return np.zeros(0, np.int64)
    return np.flatnonzero(flow[: len(person)])
