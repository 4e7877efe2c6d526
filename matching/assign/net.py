"""Minimum-cost flows tier by tier: each tier is solved on the arcs that the tiers before it left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.assign.times import Flags, Ints

MAX_TOTAL = 2**61


class TooLarge(OverflowError):
    """Costs times nodes leave 64 bits."""


@dataclass(frozen=True, eq=False)
class Net:
    """Arcs from `tail` to `head`, each carrying 0..room units; `supply` of the nodes adds up to 0."""

    tail: Ints
    head: Ints
    room: Ints
    supply: Ints

    @property
    def nodes(self) -> int:
        return len(self.supply)

    def carrying(self, flow: Ints) -> Net:
        """The same arcs with the supplies that this flow meets."""
        return Net(self.tail, self.head, self.room, self.balance(flow))

    def balance(self, flow: Ints) -> Ints:
        """What leaves each node less what enters it."""
        out = np.bincount(self.tail, flow, self.nodes) - np.bincount(self.head, flow, self.nodes)
        return out.astype(np.int64)  # exact: far below 2**53


def cheapest(net: Net, cost: Ints) -> Ints:
    """A cheapest flow by OR-Tools; raises TooLarge when its 64-bit arithmetic cannot hold the costs."""
    if not len(net.tail):
        return np.zeros(0, np.int64)
    solver = _solver(net, cost)
    return _flows(solver, solver.solve(), len(net.tail))


def fullest(net: Net, cost: Ints) -> Ints:
    """The cheapest among the greatest flows by OR-Tools; raises as `cheapest` does."""
    if not len(net.tail):
        return np.zeros(0, np.int64)
    solver = _solver(net, cost)
    return _flows(solver, solver.solve_max_flow_with_min_cost(), len(net.tail))


def _solver(net: Net, cost: Ints) -> Any:
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(net.tail, net.head, net.room, cost)
    solver.set_nodes_supplies(np.arange(net.nodes), net.supply)
    return solver


def _flows(solver: Any, status: object, count: int) -> Ints:
    if status != solver.OPTIMAL:
        raise TooLarge(str(status))
    return np.ascontiguousarray(solver.flows(np.arange(count)), np.int64)


def open_arcs(net: Net, cost: Ints, flow: Ints) -> tuple[Net, Flags]:
    """The smaller net in which a later tier may still move among the cheapest flows, and which arcs it has.

    On every other arc all cheapest flows agree, as its reduced cost is not 0.
    """
    from matching.assign.potentials import potentials

    level = potentials(net.nodes, net.tail, net.head, net.room, cost, flow)
    reduced = cost + level[net.head] - level[net.tail]
    free = (reduced == 0) & (net.room > 0)
    supply = net.supply - net.balance(np.where(free, 0, flow))
    return _renumbered(net, free, supply), free


def _renumbered(net: Net, free: Flags, supply: Ints) -> Net:
    """Only nodes that a free arc touches; the others are settled."""
    touched = np.zeros(net.nodes, np.bool_)
    touched[net.tail[free]] = True
    touched[net.head[free]] = True
    number = np.cumsum(touched) - 1
    return Net(number[net.tail[free]], number[net.head[free]], net.room[free], supply[touched])
