"""Assignment against OR-Tools and SciPy in one run, and several shifts a person against greedy and rolling flows.

`python -m benchmarks.assignment [seed]`; QUICK=1 leaves out the largest sizes. Each solver of the one-shift
lines runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.line import Line, show

Array = NDArray[Any]
SIZES = ((1_000, 1_000), (10_000, 10_000), (100_000, 50_000))
RADIUS_KM = 6371.0088
TOP = 1000
ONE_EACH_GOAL = "<=1.1x"
SEVERAL_GOALS = {1_000: ("<=5 s", "<=0.1 %"), 10_000: ("<=60 s", "<=0.01 %")}


@dataclass(frozen=True)
class City:
    """People near shifts of their trades: 50 to 200 eligible a shift, headcounts 1 to 20, scores 1 to 1000.

    person, shift, score: the pairs. start, end: minutes within a week; lat, lon: degrees of the shifts.
    """

    people: int
    headcount: Array
    person: Array
    shift: Array
    score: Array
    start: Array
    end: Array
    lat: Array
    lon: Array


def city(people: int, shifts: int, seed: int) -> City:
    """Towns around a big one; each shift keeps the nearest people who hold its trade (Zipf 0.9)."""
    chance = np.random.default_rng(seed)
    trades = 40 if people >= 5_000 else 8
    weight = 1.0 / np.arange(1, trades + 1) ** 0.9
    weight /= weight.sum()
    homes, places = _places(chance, people, 1.25), _places(chance, shifts, 1.0)
    held = chance.choice(trades, (2, people), p=weight)
    level, reliable = chance.integers(1, 6, people), chance.beta(9, 2, people)
    asked, most = chance.choice(trades, shifts, p=weight), chance.integers(50, 201, shifts)
    person, shift, score = [], [], []
    for trade in range(trades):
        able, wanting = np.flatnonzero((held == trade).any(axis=0)), np.flatnonzero(asked == trade)
        for s, near, km in _nearest(homes[able], places[wanting], wanting, 200):
            near, km = able[near[: most[s]]], km[: most[s]]
            worth = 0.40 * level[near] / 5 + 0.30 * np.exp(-km / 5) + 0.20 * reliable[near]
            worth += 0.10 * chance.random(len(near))
            person.append(near)
            shift.append(np.full(len(near), s))
            score.append(np.maximum(1, np.round(TOP * worth)).astype(np.int64))
    headcount = np.minimum(chance.geometric(0.55, shifts), 20)
    big = chance.random(shifts) < 0.02
    headcount[big] = chance.integers(8, 21, big.sum())
    start = chance.integers(0, 7 * 96, shifts) * 15
    columns = (np.concatenate(column) for column in (person, shift, score))
    end = start + chance.integers(8, 41, shifts) * 15
    return City(people, headcount, *columns, start, end, places[:, 0] / 111.195, places[:, 1] / 95.1)


def _places(chance: np.random.Generator, count: int, spread: float) -> Array:
    """Kilometres north and east: a few centres of different weight, and a thin background."""
    centres = np.random.default_rng(0)
    middle, width = centres.normal(0, 22, (17, 2)), centres.uniform(3, 6, 17)
    share = np.sort(centres.uniform(1, 16, 17))[::-1]
    town = chance.choice(17, count, p=share / share.sum())
    at = middle[town] + chance.standard_normal((count, 2)) * (width[town] * spread)[:, None]
    country = chance.random(count) < 0.06
    at[country] = chance.uniform(-50, 50, (int(country.sum()), 2))
    return at + np.array([31.23 * 111.195, 121.47 * 95.1])


def _nearest(homes: Array, places: Array, names: Array, count: int) -> Iterator[tuple[int, Array, Array]]:
    from scipy.spatial import cKDTree

    if not len(homes) or not len(places):
        return
    far, near = cKDTree(homes).query(places, k=min(count, len(homes)))
    for at, name in enumerate(names.tolist()):
        yield name, np.atleast_1d(near[at]), np.atleast_1d(far[at])


Solver = Callable[[City], Array]


def ours(town: City) -> Array:
    """Seats first, then score; no draw, as the peers have none."""
    from matching.assign import Problem, Rules, assign

    problem = Problem.of(
        people=town.people, headcount=town.headcount, person=town.person, shift=town.shift, score=town.score
    )
    return assign(problem, Rules(seed=None)).pairs


def ours_drawn(town: City) -> Array:
    """The same with the draw, so that there is exactly one best plan."""
    from matching.assign import Problem, Rules, assign

    problem = Problem.of(
        people=town.people, headcount=town.headcount, person=town.person, shift=town.shift, score=town.score
    )
    return assign(problem, Rules(seed="benchmark")).pairs


def ortools_flow(town: City) -> Array:
    """The greatest flow of least cost from people to seats."""
    from ortools.graph.python import min_cost_flow

    people, shifts = town.people, len(town.headcount)
    source, sink = people + shifts, people + shifts + 1
    solver = min_cost_flow.SimpleMinCostFlow()
    one = np.ones(len(town.person), np.int64)
    arcs = solver.add_arcs_with_capacity_and_unit_cost(town.person, town.shift + people, one, TOP - town.score)
    everybody = np.arange(people)
    solver.add_arcs_with_capacity_and_unit_cost(np.full(people, source), everybody, np.ones(people), np.zeros(people))
    seats = np.arange(shifts) + people
    solver.add_arcs_with_capacity_and_unit_cost(seats, np.full(shifts, sink), town.headcount, np.zeros(shifts))
    solver.set_nodes_supplies(np.array([source, sink]), np.array([people, -people]))
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise RuntimeError("OR-Tools found no optimum")
    taken = np.flatnonzero(solver.flows(arcs))
    return np.stack((town.person[taken], town.shift[taken]), axis=1)


def scipy_matching(town: City) -> Array:
    """Seats as columns of a sparse matrix, and one column a person for staying out at a high price."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    people, first = town.people, np.concatenate(([0], np.cumsum(town.headcount)))
    copies = town.headcount[town.shift]
    pair = np.repeat(np.arange(len(copies)), copies)
    seat = first[town.shift[pair]] + np.arange(len(pair)) - np.repeat(np.cumsum(copies) - copies, copies)
    out, everybody = TOP * people + 1, np.arange(people)
    cost = np.concatenate((TOP + 1 - town.score[pair], np.full(people, out))).astype(float)
    rows, columns = np.concatenate((town.person[pair], everybody)), np.concatenate((seat, first[-1] + everybody))
    matrix = csr_array((cost, (rows, columns)), shape=(people, int(first[-1]) + people))
    row, column = min_weight_full_bipartite_matching(matrix)
    real = column < first[-1]
    shift_of = np.repeat(np.arange(len(town.headcount)), town.headcount)
    return np.stack((row[real], shift_of[column[real]]), axis=1)


_PAIR = np.arange(2)
SMALL_TOWN = City(2, np.ones(2, np.int64), _PAIR, _PAIR, _PAIR + 1, *(_PAIR * 0 for _ in range(4)))
SOLVERS: dict[str, Solver] = {
    "ours": ours,
    "ours, with the draw": ours_drawn,
    "OR-Tools": ortools_flow,
    "SciPy": scipy_matching,
}


def measured(name: str, stored: Path, limit: float) -> dict[str, float] | None:
    """Seconds, extra megabytes, seats and score of one solver in a fresh process; None over the limit."""
    command = [sys.executable, "-m", "benchmarks.assignment", "--one", name, str(stored)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=True)
    except subprocess.TimeoutExpired:
        return None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(name: str, stored: str) -> None:
    """The child's part: warm up on a small town, then solve and tell."""
    from matching.assign import prepare

    if name.startswith("ours"):
        prepare()
    SOLVERS[name](SMALL_TOWN)
    with np.load(stored) as columns:
        town = City(int(columns["people"]), *(columns[field.name] for field in fields(City)[1:]))
    shifts = len(town.headcount)
    before, begun = _peak(), time.perf_counter()
    pairs = SOLVERS[name](town)
    seconds, memory = time.perf_counter() - begun, _peak() - before
    score = dict(zip((town.person * shifts + town.shift).tolist(), town.score.tolist(), strict=True))
    total = sum(score[key] for key in (pairs[:, 0] * shifts + pairs[:, 1]).tolist())
    print(json.dumps({"seconds": seconds, "memory": memory, "seats": len(pairs), "score": total}))


def _peak() -> float:
    """Megabytes held at most so far; Linux tells it per programme, elsewhere a parent's peak is in it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_each(quick: bool, seed: int) -> Iterator[Line]:
    """One shift a person: time and memory against the better peer, and the same optimum."""
    for people, shifts in SIZES[: 2 if quick else 3]:
        with TemporaryDirectory() as folder:
            stored = Path(folder) / "city.npz"
            np.savez(stored, **asdict(city(people, shifts, seed)))
            found = {name: measured(name, stored, 300) for name in SOLVERS}
        peers = {name: each for name in ("OR-Tools", "SciPy") if (each := found[name]) is not None}
        fastest = min(peers, key=lambda name: peers[name]["seconds"])
        leanest = min(peers, key=lambda name: peers[name]["memory"])
        size = f"{people:,} x {shifts:,}"
        for name in ("ours", "ours, with the draw"):
            own = found[name]
            if own is None:
                continue
            same = all((peer["seats"], peer["score"]) == (own["seats"], own["score"]) for peer in peers.values())
            suffix = name.removeprefix("ours")
            name, time_taken = f"assign {size}{suffix}", peers[fastest]["seconds"]
            yield Line.of(name, own["seconds"], time_taken, agrees=same, note=fastest, target=ONE_EACH_GOAL)
            held = peers[leanest]["memory"]
            yield Line.of(f"{name}, memory", own["memory"], held, "MB", note=leanest, target=ONE_EACH_GOAL)


def several_each(quick: bool, seed: int) -> Iterator[Line]:
    """Several shifts a person in a week with travel and rest: time, gap, and seats against simpler ways."""
    for people, shifts in SIZES[: 1 if quick else 2]:
        yield from _several(people, shifts, seed)


def _several(people: int, shifts: int, seed: int) -> Iterator[Line]:
    from matching.assign import Problem, Rules, Times, assign, check
    from matching.assign.core import core_of
    from matching.assign.market import market_of
    from matching.assign.seating import rolled, taken_greedily

    town = city(people, shifts, seed)
    lat, lon = (np.round(column * 1e6).astype(np.int64) for column in (town.lat, town.lon))
    times = Times.columns(town.start, town.end, lat, lon, rest=30, metres_per_minute=400)
    columns = {"headcount": town.headcount, "person": town.person, "shift": town.shift, "score": town.score}
    problem = Problem.of(people=people, times=times, **columns)
    begun = time.perf_counter()
    plan = assign(problem)
    seconds = time.perf_counter() - begun
    market = market_of(core_of(problem, Rules()), Rules())
    greedy, rolling = taken_greedily(market)[0], rolled(market, seats_first=True)[0]
    size = f"several shifts {people:,} x {shifts:,}"
    sound = not check(problem, plan, Rules()) and plan.seats >= max(int(greedy.sum()), int(rolling.sum()))
    goals = SEVERAL_GOALS[people]
    note = f"{plan.seats} seats of at most {plan.seats_bound}"
    yield Line(size, seconds, agrees=sound, note=note, target=goals[0])
    yield Line(f"{size}, gap", 100 * plan.gap, unit="%", note="to a bound that no plan exceeds", target=goals[1])
    for name, other in (("greedy", greedy), ("rolling windows", rolling)):
        short = 100 * (1 - market.worth(other) / plan.value_bound)
        yield Line(f"{size}, {name}, gap", short, unit="%", note=f"{int(other.sum())} seats")


def hall(quick: bool, seed: int) -> Iterator[Line]:
    """One dawn: 1,000 people, 300 shifts of one day that overlap, everybody eligible for a fifth of them."""
    from matching.assign import Problem, Rules, Times, assign, check
    from matching.assign.core import core_of
    from matching.assign.market import market_of
    from matching.assign.seating import taken_greedily

    people, shifts = (200, 60) if quick else (1_000, 300)
    chance = np.random.default_rng(seed)
    start = 360 + chance.integers(0, 40, shifts) * 15
    at = _places(chance, shifts, 0.4) / np.array([111.195, 95.1]) * 1e6
    lat, lon = at.round().astype(np.int64).T
    times = Times.columns(start, start + chance.integers(8, 33, shifts) * 15, lat, lon, rest=15)
    person, shift = np.nonzero(chance.random((people, shifts)) < 0.2)
    score = chance.integers(1, 100_000_000, len(person))
    seats = np.minimum(chance.geometric(0.4, shifts), 10)
    problem = Problem.of(people=people, headcount=seats, person=person, shift=shift, score=score, times=times)
    begun = time.perf_counter()
    plan = assign(problem)
    seconds = time.perf_counter() - begun
    greedy = int(taken_greedily(market_of(core_of(problem, Rules()), Rules()))[0].sum())
    sound = not check(problem, plan, Rules()) and plan.seats >= greedy
    note = f"{plan.seats} seats of at most {plan.seats_bound}, greedy {greedy}"
    yield Line(f"hall {people:,} x {shifts:,}", seconds, agrees=sound, note=note)
    yield Line(f"hall {people:,} x {shifts:,}, gap", 100 * plan.gap, unit="%")


def lines(quick: bool, seed: int = 3) -> Iterator[Line]:
    """Every line of this benchmark."""
    from matching.assign import prepare

    begun = time.perf_counter()
    prepare()
    yield Line("assign, prepared for the first plan in", time.perf_counter() - begun)
    yield from one_each(quick, seed)
    yield from several_each(quick, seed)
    yield from hall(quick, seed)


def main() -> None:
    """`--one` is how the parent starts each solver."""
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:4])
        return
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    sys.exit(0 if show(lines(os.environ.get("QUICK") == "1", seed)) else 1)


if __name__ == "__main__":
    main()
