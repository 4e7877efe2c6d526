"""Node potentials that prove a flow cheapest: no arc that still has room costs less than its potentials say."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.times import Ints


@compiled("int64[::1](int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1])")
def potentials(nodes: int, tail: Ints, head: Ints, room: Ints, cost: Ints, flow: Ints) -> Ints:
    """Levels with cost + level[head] - level[tail] >= 0 forward where room is left and <= 0 where flow is.

    Label correcting from all zero, levels only fall... of `tail` towards cost + level[head]. The flow must be
    cheapest, else this would not end.
    """
    arcs = len(tail)
    first = np.zeros(nodes + 1, np.int64)
    for arc in range(arcs):
        if flow[arc] < room[arc]:
            first[head[arc] + 1] += 1
        if flow[arc] > 0:
            first[tail[arc] + 1] += 1
    for node in range(nodes):
        first[node + 1] += first[node]
    fill = first[:nodes].copy()
    other = np.empty(first[nodes], np.int32)
    price = np.empty(first[nodes], np.int64)
    for arc in range(arcs):
        if flow[arc] < room[arc]:
            at = fill[head[arc]]
            other[at], price[at] = tail[arc], cost[arc]
            fill[head[arc]] += 1
        if flow[arc] > 0:
            at = fill[tail[arc]]
            other[at], price[at] = head[arc], -cost[arc]
            fill[tail[arc]] += 1
    level = np.zeros(nodes, np.int64)
    queue = np.arange(nodes)
    waiting = np.ones(nodes, np.bool_)
    begin, left = 0, nodes
    while left > 0:
        node = queue[begin]
        begin = (begin + 1) % nodes
        left -= 1
        waiting[node] = False
        for at in range(first[node], first[node + 1]):
            reach = level[node] + price[at]
            if reach < level[other[at]]:
                level[other[at]] = reach
                if not waiting[other[at]]:
                    waiting[other[at]] = True
                    queue[(begin + left) % nodes] = other[at]
                    left += 1
    return level
