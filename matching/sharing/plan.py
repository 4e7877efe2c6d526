"""All open surpluses and shortages of a region at once: most people, then the best score, proven."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from matching.assign.net import Net, fullest
from matching.assign.potentials import potentials
from matching.model import Id
from matching.sharing.columns import Ints, check_ids
from matching.sharing.market import Lenders, Seen, points
from matching.sharing.model import Scope, Shortage
from matching.sharing.result import Lack, Left, Reasons


@dataclass(frozen=True, slots=True)
class Placement:
    """So many people of a surplus for a shortage, the sum of their scores, and how many of each group of homes."""

    surplus_id: Id
    shortage_id: Id
    people: int
    value: int
    by_homes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Whose people or seats are left, how many, and why: `reasons` add up to `people`; `lacks` counts the other side's
    postings by the rule that stands between them, `out_of_reach` where no other rule does."""

    id: Id
    people: int
    reasons: Reasons
    lacks: Mapping[Lack, int] = field(default_factory=dict)

    @property
    def reason(self) -> Left:
        """The one that most are left for."""
        return max(self.reasons, key=lambda each: each[1])[0]


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """The network and a level for each node, with which anybody sees in one pass that no flow is better.

    Nodes: the groups of homes of all surpluses in order, then the shortages, then a source and a sink. Arcs between
    groups and shortages carry `flow` of `room` at `cost` (the score, negative); those of the source have the people of
    each group, those of the sink the headcount of each shortage.
    """

    people: Ints
    headcount: Ints
    tail: Ints
    head: Ints
    cost: Ints
    flow: Ints
    level: Ints
    cut: Ints  # nodes on the source's side of a cut that is full: 1, else 0


@dataclass(frozen=True, slots=True)
class SharingPlan:
    """What goes where; no plan places more people, and none that places as many has more value."""

    policy: str
    scope: Scope
    placements: tuple[Placement, ...]
    people: int
    value: int
    left_surpluses: tuple[LeftOver, ...]
    left_shortages: tuple[LeftOver, ...]
    proof: Proof = field(compare=False, repr=False)


def plan(lenders: Lenders, shortages: Iterable[Shortage], scope: Scope | None = None, *, today: date) -> SharingPlan:
    """The best plan of all. The order of surpluses and shortages does not matter.

    Raises InvalidInput duplicate_id.
    """
    scope = scope or Scope()
    asked = sorted(shortages, key=lambda each: each.id)
    check_ids("shortages", asked)
    arcs = _arcs(lenders, asked, scope, today)
    flow = solve(arcs)
    proof = _proof(arcs, flow)
    nobody = Left.NOBODY_FITS if scope.cross_region else Left.NONE_HERE
    return SharingPlan(
        lenders.policy.label, scope, *_told(lenders, asked, arcs, flow),
        _left_surpluses(lenders, arcs, flow, nobody),
        _left_shortages(asked, arcs, flow, nobody),
        proof,
    )  # fmt: skip


# -- the network ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """From groups (`tail`) to shortages (`head`); `owner` is the surplus of each group."""

    people: Ints
    owner: Ints
    headcount: Ints
    tail: Ints
    head: Ints
    score: Ints
    lacks_of_surplus: dict[Lack, Ints]  # shortages that each rule keeps away, per surplus
    lacks_of_shortage: dict[Lack, Ints]
    far_tail: Ints  # groups that could go to a shortage (`far_head`) if it were not too far
    far_head: Ints

    @property
    def room(self) -> Ints:
        return np.minimum(self.people[self.tail], self.headcount[self.head])


def _arcs(lenders: Lenders, asked: Sequence[Shortage], scope: Scope, today: date) -> Arcs:
    at, home = lenders.columns, lenders.policy.weights.home
    owner = np.repeat(np.arange(len(lenders.surpluses)), np.diff(at.first_group))
    of_surplus = {code: np.zeros(len(lenders.surpluses), np.int64) for code in Lack}
    of_shortage = {code: np.zeros(len(asked), np.int64) for code in Lack}
    tails, heads, scores = [], [], []
    far_tails, far_heads = [], []
    for number, shortage in enumerate(asked):
        seen = lenders.look(shortage, scope, today, all_ways=False)
        for code, flags in seen.lacks.items():
            of_surplus[code] += flags
            of_shortage[code][number] = flags.sum()
        groups, far, fixed = _groups(lenders, shortage, seen, owner, today)
        tails.append(groups)
        heads.append(np.full(len(groups), number))
        scores.append(fixed + points(home, seen.value[groups]))
        far_tails.append(far)
        far_heads.append(np.full(len(far), number))
    return Arcs(
        at.people, owner, np.array([each.headcount for each in asked], np.int64), _joined(tails), _joined(heads),
        _joined(scores), of_surplus, of_shortage, _joined(far_tails), _joined(far_heads),
    )  # fmt: skip


def _groups(lenders: Lenders, shortage: Shortage, seen: Seen, owner: Ints, today: date) -> tuple[Ints, Ints, Ints]:
    """The groups that can go, those that only live too far, and the points of everything but the way of the first."""
    fixed = np.zeros(len(lenders.surpluses), np.int64)
    fixed[seen.rows] = lenders.fixed_points(shortage, seen.rows, today)
    able = np.zeros(len(lenders.surpluses), np.bool_)
    able[seen.rows] = True
    groups = np.flatnonzero(able[owner] & seen.reached)
    far = np.flatnonzero((able | seen.lacks[Lack.OUT_OF_REACH])[owner] & ~seen.reached)
    return groups, far, fixed[owner[groups]]


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)


# -- solving -------------------------------------------------------------------------------------------------


def solve(arcs: Arcs) -> Ints:
    """The best among the fullest flows, part by part of what hangs together."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    groups, size = len(arcs.people), len(arcs.people) + len(arcs.headcount)
    flow = np.zeros(len(arcs.tail), np.int64)
    if not len(flow):
        return flow
    ones = np.ones(len(arcs.tail), np.int8)
    graph = coo_matrix((ones, (arcs.tail, groups + arcs.head)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[arcs.tail], kind="stable")
    borders = np.flatnonzero(np.diff(label[arcs.tail[order]])) + 1
    for part in np.split(order, borders):
        flow[part] = _solve_part(arcs, part)
    return flow


def _solve_part(arcs: Arcs, part: Ints) -> Ints:
    tails, tail = np.unique(arcs.tail[part], return_inverse=True)
    heads, head = np.unique(arcs.head[part], return_inverse=True)
    supply = np.concatenate((arcs.people[tails], -arcs.headcount[heads]))
    room = np.minimum(arcs.people[arcs.tail[part]], arcs.headcount[arcs.head[part]])
    return fullest(Net(tail, len(tails) + head, room, supply), -arcs.score[part])


def _proof(arcs: Arcs, flow: Ints) -> Proof:
    """Levels from the cheapest flow, and the cut that holds it."""
    net, cost, whole = whole_net(arcs.people, arcs.headcount, arcs.tail, arcs.head, -arcs.score, flow)
    level = potentials(net.nodes, net.tail, net.head, net.room, cost, whole)
    return Proof(arcs.people, arcs.headcount, arcs.tail, arcs.head, -arcs.score, flow, level, _reached(net, whole))


def whole_net(people: Ints, headcount: Ints, tail: Ints, head: Ints, cost: Ints, flow: Ints) -> tuple[Net, Ints, Ints]:
    """With source and sink: the net, its costs and its flow."""
    groups, needs = len(people), len(headcount)
    source, sink = groups + needs, groups + needs + 1
    out, into = np.zeros(groups, np.int64), np.zeros(needs, np.int64)
    np.add.at(out, tail, flow)
    np.add.at(into, head, flow)
    net = Net(
        np.concatenate((np.full(groups, source), tail, groups + np.arange(needs))),
        np.concatenate((np.arange(groups), groups + head, np.full(needs, sink))),
        np.concatenate((people, np.minimum(people[tail], headcount[head]), headcount)),
        np.zeros(groups + needs + 2, np.int64),
    )
    zeros = np.zeros(groups, np.int64), np.zeros(needs, np.int64)
    return net, np.concatenate((zeros[0], cost, zeros[1])), np.concatenate((out, flow, into))


def _reached(net: Net, flow: Ints) -> Ints:
    """Which nodes one more person could still come to from the source."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import breadth_first_order

    forth, back = flow < net.room, flow > 0
    tail = np.concatenate((net.tail[forth], net.head[back]))
    head = np.concatenate((net.head[forth], net.tail[back]))
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(net.nodes, net.nodes)).tocsr()
    found = np.zeros(net.nodes, np.int64)
    found[breadth_first_order(graph, net.nodes - 2, return_predecessors=False)] = 1
    return found


# -- telling -------------------------------------------------------------------------------------------------


def _told(
    lenders: Lenders, asked: Sequence[Shortage], arcs: Arcs, flow: Ints
) -> tuple[tuple[Placement, ...], int, int]:
    found: dict[tuple[int, int], list[int]] = {}
    for arc in np.flatnonzero(flow).tolist():
        found.setdefault((int(arcs.owner[arcs.tail[arc]]), int(arcs.head[arc])), []).append(arc)
    placements = tuple(
        Placement(
            lenders.surpluses[row].id, asked[number].id,
            sum(int(flow[arc]) for arc in used),
            sum(int(flow[arc] * arcs.score[arc]) for arc in used),
            tuple((int(arcs.tail[arc] - lenders.columns.first_group[row]), int(flow[arc])) for arc in used),
        )
        for (row, number), used in sorted(found.items())
    )  # fmt: skip
    return placements, sum(each.people for each in placements), sum(each.value for each in placements)


def _left_surpluses(lenders: Lenders, arcs: Arcs, flow: Ints, nobody: Left) -> tuple[LeftOver, ...]:
    """People who reach no seat live too far; what the others reach is full, of others' people or of their own."""
    rows = len(lenders.surpluses)
    left = arcs.people - np.bincount(arcs.tail, flow, len(arcs.people)).astype(np.int64)
    come = np.bincount(arcs.head, flow, len(arcs.headcount)).astype(np.int64)
    people = np.bincount(arcs.owner, left, rows).astype(np.int64)
    reach = np.bincount(arcs.tail, minlength=len(arcs.people)) > 0
    waiting = np.bincount(arcs.owner, np.where(reach, left, 0), rows).astype(np.int64)
    of_row = _slices(arcs.owner[arcs.tail], rows)
    found = []
    for row in np.flatnonzero(people).tolist():
        used = of_row(row)
        if not len(used):
            reasons: Reasons = ((nobody, int(people[row])),)
        else:
            full = np.unique(arcs.head[used[left[arcs.tail[used]] > 0]])
            own = flow[used[np.isin(arcs.head[used], full)]].sum()
            taken = min(int(waiting[row]), int(come[full].sum() - own))
            reasons = _reasons(int(people[row]), taken, int(people[row] - waiting[row]))
        found.append(_left_over(lenders.surpluses[row].id, row, reasons, arcs.lacks_of_surplus))
    return tuple(found)


def _left_shortages(asked: Sequence[Shortage], arcs: Arcs, flow: Ints, nobody: Left) -> tuple[LeftOver, ...]:
    """Whoever reaches an empty seat is placed, here or elsewhere; who is still free lives too far."""
    gone = np.bincount(arcs.tail, flow, len(arcs.people)).astype(np.int64)
    seats = arcs.headcount - np.bincount(arcs.head, flow, len(asked)).astype(np.int64)
    of_number, far_from = _slices(arcs.head, len(asked)), _slices(arcs.far_head, len(asked))
    found = []
    for number in np.flatnonzero(seats).tolist():
        used, left = of_number(number), int(seats[number])
        if not len(used):
            reasons: Reasons = ((nobody, left),)
        else:
            taken = min(left, int((gone[arcs.tail[used]] - flow[used]).sum()))
            groups = arcs.far_tail[far_from(number)]
            free = int((arcs.people[groups] - gone[groups]).sum())
            reasons = _reasons(left, taken, min(left - taken, free))
        found.append(_left_over(asked[number].id, number, reasons, arcs.lacks_of_shortage))
    return tuple(found)


def _slices(key: Ints, size: int) -> Callable[[int], Ints]:
    """The positions of each key."""
    order = np.argsort(key, kind="stable")
    borders = np.searchsorted(key[order], np.arange(size + 1))
    return lambda at: order[borders[at] : borders[at + 1]]


def _reasons(left: int, taken: int, far: int) -> Reasons:
    """Whoever is not too far and finds nothing taken is left because the other side is too few."""
    counted = ((Left.TOO_FAR, far), (Left.TOO_FEW, left - taken - far), (Left.TAKEN_BY_OTHERS, taken))
    return tuple((code, count) for code, count in counted if count)


def _left_over(of: Id, at: int, reasons: Reasons, lacks: Mapping[Lack, Ints]) -> LeftOver:
    counted = {code: int(counts[at]) for code, counts in lacks.items() if counts[at]}
    return LeftOver(of, sum(count for _, count in reasons), reasons, counted)
