"""Seats without times: the optimum by flows, tier by tier, down to the draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.assign.core import Core, earlier_flags
from matching.assign.draw import DRAW_BITS, draws
from matching.assign.net import MAX_TOTAL, Net, cheapest, fullest, open_arcs
from matching.assign.quick import by_paths
from matching.assign.rules import Goal, Rules
from matching.assign.times import Ints

Tier = tuple[Ints, Ints]  # reward per open pair, and per person for a first seat


@dataclass(frozen=True, eq=False)
class Best:
    """An optimum: chosen pair positions (fixed ones not among them), whether it is the only one, work used."""

    chosen: Ints
    unique: bool
    work: int


def best(core: Core, rules: Rules) -> Best:
    """The best plan of a core without times and crews; raises TooLarge when its costs leave 64 bits.

    Where seats are plentiful and everybody takes one, shortest augmenting paths settle the value; where they
    are scarce, a flow. Further tiers and the draw are flows over the few arcs still open.
    """
    if not len(core.open):
        return Best(np.zeros(0, np.int64), True, 0)
    tiers = _tiers(core, rules)
    quick = by_paths(core, rules.goal, *tiers[0]) if len(tiers) == 1 else None
    if quick is None:
        return _by_flows(core, rules, tiers)
    if rules.seed is None:
        return Best(core.open[quick.chosen].astype(np.int64), False, quick.work)
    net = quick.net(core, rules.goal)
    cost = np.zeros(len(net.tail), np.int64)
    cost[: len(quick.tight)] = _drawn(core, rules.seed, quick.tight)
    taken = cheapest(net, cost)[: len(quick.tight)]
    return Best(core.open[quick.tight[taken > 0]].astype(np.int64), True, quick.work + len(cost))


def _by_flows(core: Core, rules: Rules, tiers: list[Tier]) -> Best:
    """Tier by tier, and the draw at the end."""
    net = _net(core, rules.goal)
    moving, taken = np.arange(len(net.tail)), np.zeros(len(net.tail), np.int64)
    work = 0
    for number, tier in enumerate(tiers):
        work += len(moving)
        reward = _per_arc(core, tier)[moving]
        if number == 0 and rules.goal is Goal.SEATS_FIRST:
            cost = int(reward.max(initial=0)) * (moving < len(core.open)) - reward
            flow = fullest(net, cost)
            net = net.carrying(flow)
        else:
            cost = -reward
            flow = cheapest(net, cost)
        taken[moving] = flow
        if number + 1 < len(tiers) or rules.seed is not None:
            net, free = open_arcs(net, cost, flow)
            moving = moving[free]
    if rules.seed is not None:
        work += len(moving)
        cost = np.zeros(len(moving), np.int64)
        pairs = moving[moving < len(core.open)]
        cost[: len(pairs)] = _drawn(core, rules.seed, pairs)
        taken[moving] = cheapest(net, cost)
    chosen = core.open[taken[: len(core.open)] > 0].astype(np.int64)
    return Best(chosen, rules.seed is not None, work)


def _net(core: Core, goal: Goal) -> Net:
    """Pairs, then a first seat (which earns the bonus) and further seats per person, then the shifts' seats.

    SEATS_FIRST: from a source to a sink, as much as goes. TOTAL_SCORE: source and sink are one node, so that
    any amount may go round.
    """
    problem = core.problem
    people, shifts = len(problem.people), len(problem.shifts)
    source = people + shifts
    sink = source + 1 if goal is Goal.SEATS_FIRST else source
    persons, seats = np.arange(people), np.arange(shifts) + people
    tail = np.concatenate((core.person, np.full(2 * people, source), seats))
    head = np.concatenate((core.shift + people, persons, persons, np.full(shifts, sink)))
    first = np.minimum(core.room, 1)
    room = np.concatenate((np.ones(len(core.open), np.int64), first, core.room - first, core.headcount))
    supply = np.zeros(sink + 1, np.int64)
    if goal is Goal.SEATS_FIRST:
        supply[source] = min(int(core.room.sum()), int(core.headcount.sum()))
        supply[sink] = -supply[source]
    return Net(tail, head, room, supply)


def _tiers(core: Core, rules: Rules) -> list[Tier]:
    """What each tier rewards: earlier pairs kept, then value; one tier where a weight mixes them."""
    value, nothing = core.score, np.zeros_like(core.bonus)
    if not core.problem.earlier or rules.keep == 0:
        return [(value, core.bonus)]
    kept = earlier_flags(core.problem)[core.open].astype(np.int64)
    if rules.keep is None:
        return [(kept, nothing), (value, core.bonus)]
    return [(value + rules.keep * kept, core.bonus)]


def _per_arc(core: Core, tier: Tier) -> Ints:
    """Rewards of pairs and of first seats, laid on the arcs of the net."""
    rest = len(core.problem.people) + len(core.problem.shifts)
    return np.concatenate((*tier, np.zeros(rest, np.int64)))


def _drawn(core: Core, seed: str, pairs: Ints) -> list[int]:
    """Numbers drawn for some open pairs: as many bits as a solver's integers hold for so many nodes."""
    problem, at = core.problem, core.open[pairs]
    nodes = len(problem.people) + len(problem.shifts) + 2
    bits = min(DRAW_BITS, (MAX_TOTAL // nodes).bit_length() - 4)
    columns = zip(problem.person[at].tolist(), problem.shift[at].tolist(), strict=True)
    return draws(seed, ((problem.people[p], problem.shifts[s]) for p, s in columns), bits)
