"""Shared labour: a region planned to its proven optimum beside OR-Tools' own flow, and one shortage's ranking.

`make bench-sharing`; QUICK=1 takes a tenth, SEED=7 chooses the region.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from benchmarks.line import Line, show
from matching import Point, SkillClaim, SkillNeed
from matching.sharing import (  # fmt: skip
    SHARING,
    Homes,
    Lenders,
    Offer,
    Proof,
    Scope,
    Shortage,
    Surplus,
    compare,
    plan,
    prepare,
)
from matching.sharing.check import best_of

TODAY = date(2026, 11, 22)
GROUPS = 10  # 中类 of 5 trades each: one trade is near to the four others of its own
CONDITIONS = ("lodging", "meals", "day_only", "nights", "standing", "cold")
PLAN_GOAL, RANK_GOAL = "<=10 s", "<=20"
COMPARED = 25


def region(firms: int, seed: int) -> tuple[list[Surplus], list[Shortage]]:
    """So many lenders and borrowers of 50 trades (Zipf 0.9) in some towns; homes around the lender."""
    chance = np.random.default_rng(seed)
    trades = [f"6-{group:02}-{1 + each // 2:02}-{each:02}" for group in range(GROUPS) for each in range(5)]
    weight = 1.0 / np.arange(1, len(trades) + 1) ** 0.9
    drawn = chance.choice(len(trades), (2, firms), p=weight / weight.sum())
    towns = chance.normal(0, 0.35, (17, 2)) + np.array([31.23, 121.47])
    town = chance.integers(0, len(towns), (2, firms))
    at = towns[town] + chance.normal(0, 0.05, (2, firms, 2))
    start, length = chance.integers(0, 30, (2, firms)), chance.integers(5, 60, (2, firms))
    people = np.minimum(1 + chance.geometric(0.06, (2, firms)), 120)
    pay = 15_000 + 500 * chance.integers(0, 30, (2, firms))
    surpluses, shortages = [], []
    for row in range(firms):
        first, last = (TODAY + timedelta(days=int(start[0, row]) + more) for more in (-10, int(length[0, row]) + 20))
        surpluses.append(Surplus(
            id=UUID(int=1 << 64 | row), firm=UUID(int=3 << 64 | row), headcount=int(people[0, row]), first=first,
            last=last, trade=SkillClaim(trades[drawn[0, row]], "", int(chance.integers(0, 5)), True),
            point=Point.of(*at[0, row]), homes=_homes(chance, at[0, row], int(people[0, row])),
            pay_fen=int(pay[0, row]) - 2_000, needs=_some(chance, 0.15), wishes=_some(chance, 0.5),
            accepts=frozenset(CONDITIONS[3:]) - _some(chance, 0.1), region=f"{310000 + int(town[0, row]) * 100}",
            leaves_region=bool(chance.random() < 0.8),
        ))  # fmt: skip
        first, last = (TODAY + timedelta(days=int(start[1, row]) + more) for more in (0, int(length[1, row])))
        shortages.append(Shortage(
            id=UUID(int=2 << 64 | row), firm=UUID(int=4 << 64 | row), headcount=int(people[1, row]), first=first,
            last=last, trade=SkillNeed(trades[drawn[1, row]], (), int(chance.integers(0, 3))),
            point=Point.of(*at[1, row]), least_days=5, reach_free=bool(chance.random() < 0.15),
            pay_fen=int(pay[1, row]), offers=frozenset(CONDITIONS[:3]) - _some(chance, 0.3), asks=_some(chance, 0.1),
            region=f"{310000 + int(town[1, row]) * 100}",
        ))  # fmt: skip
    return surpluses, shortages


def _homes(chance: np.random.Generator, at: np.ndarray, people: int) -> tuple[Homes, ...]:
    """Up to four places, the last people unknown."""
    homes = []
    for _ in range(4):
        part = int(chance.integers(1, people // 3 + 2))
        if part >= people:
            break
        homes.append(Homes(part, Point.of(*(at + chance.normal(0, 0.06, 2)))))
        people -= part
    return tuple(homes)


def _some(chance: np.random.Generator, share: float) -> frozenset[str]:
    drawn = chance.random(len(CONDITIONS)) < share
    return frozenset(word for word, each in zip(CONDITIONS, drawn, strict=True) if each)


def ortools(proof: Proof) -> tuple[int, int, float]:
    """People, value and seconds of OR-Tools' greatest flow of least cost on the same arcs."""
    from ortools.graph.python import min_cost_flow

    groups, needs = len(proof.people), len(proof.headcount)
    source, sink = groups + needs, groups + needs + 1
    begun = time.perf_counter()
    solver = min_cost_flow.SimpleMinCostFlow()
    room = np.minimum(proof.people[proof.tail], proof.headcount[proof.head])
    arcs = solver.add_arcs_with_capacity_and_unit_cost(proof.tail, groups + proof.head, room, proof.cost)
    everybody, seats = np.arange(groups), groups + np.arange(needs)
    solver.add_arcs_with_capacity_and_unit_cost(np.full(groups, source), everybody, proof.people, np.zeros(groups))
    solver.add_arcs_with_capacity_and_unit_cost(seats, np.full(needs, sink), proof.headcount, np.zeros(needs))
    total = int(proof.people.sum())
    solver.set_nodes_supplies(np.array([source, sink]), np.array([total, -total]))
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise RuntimeError("OR-Tools found no optimum")
    flow = solver.flows(arcs)
    return int(flow.sum()), int(-(flow * proof.cost).sum()), time.perf_counter() - begun


def planned(surpluses: list[Surplus], shortages: list[Shortage], scope: Scope) -> Iterator[Line]:
    """From the postings to the proven plan, everything counted; the peer is given the network."""
    begun = time.perf_counter()
    found = plan(Lenders(surpluses), shortages, scope, today=TODAY)
    seconds = time.perf_counter() - begun
    people, value, peer = ortools(found.proof)
    same = (people, value) == (found.people, found.value) and not list(best_of(found.proof))
    note = f"{found.people:,} people, {len(found.proof.tail):,} arcs; OR-Tools, the flow alone"
    name = f"plan {len(surpluses):,} x {len(shortages):,}" + ("" if scope.cross_region else ", own regions")
    yield Line.of(name, seconds, peer, agrees=same, note=note, target=PLAN_GOAL)


def ranked(surpluses: list[Surplus], shortages: list[Shortage]) -> Iterator[Line]:
    """One shortage's twenty best lenders with every part explained."""
    lenders, took = Lenders(surpluses), []
    for shortage in shortages[:1_000]:
        begun = time.perf_counter()
        lenders.offers(shortage, 20, today=TODAY)
        took.append((time.perf_counter() - begun) * 1000)
    agrees = all(_same(lenders, surpluses, shortage) for shortage in shortages[:COMPARED])
    yield Line("rank for one shortage, p50", float(np.percentile(took, 50)), unit="ms", agrees=agrees)
    yield Line("rank for one shortage, p99", float(np.percentile(took, 99)), unit="ms", target=RANK_GOAL)


def _same(lenders: Lenders, surpluses: list[Surplus], shortage: Shortage) -> bool:
    def order(each: Offer) -> tuple[float, ...]:
        way = float("inf") if each.distance_m is None else each.distance_m
        return -each.score.total, -each.people, way, each.surplus_id.int

    read = (compare(each, shortage, SHARING, today=TODAY) for each in surpluses)
    wanted = sorted((each for each in read if each.possible), key=order)[:20]
    return list(lenders.offers(shortage, 20, today=TODAY).offers) == wanted


def lines(quick: bool, seed: int) -> Iterator[Line]:
    """Every line of this benchmark."""
    begun = time.perf_counter()
    prepare()
    yield Line("sharing, prepared in", time.perf_counter() - begun)
    surpluses, shortages = region(200 if quick else 2_000, seed)
    yield from planned(surpluses, shortages, Scope())
    yield from planned(surpluses, shortages, Scope(cross_region=False))
    yield from ranked(surpluses, shortages)


def main() -> None:
    """Alone, with the same switches as `make bench`."""
    seed = int(os.environ.get("SEED") or 7)
    sys.exit(0 if show(lines(os.environ.get("QUICK") == "1", seed)) else 1)


if __name__ == "__main__":
    main()
