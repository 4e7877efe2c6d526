"""Shifts for people: one person of many shifts, and the first few for everybody at once, against NumPy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks import city
from benchmarks.asked import Asked, asked_of
from benchmarks.city import Array, City
from benchmarks.latency import latency
from benchmarks.line import Line
from benchmarks.ranking_numpy import metres_of
from matching import BENCH, PRODUCT, instant_of, recommend
from matching.pool import Answers, ShiftPool, WorkerPool, prepare

NOW = instant_of(city.MONDAY - 10)
K, EACH = 20, 5


@dataclass(frozen=True)
class Size:
    """People, shifts, people asked one by one, pairs the oracle looks at per policy."""

    workers: int
    shifts: int
    asked: int
    oracle_shifts: int


FULL = Size(1_000_000, 100_000, 1_000, 1_500)
QUICK = Size(100_000, 20_000, 200, 600)


class Scan:
    """The peer: every shift looked at with NumPy, for one person."""

    def __init__(self, town: City) -> None:
        self.town, self.asked = town, asked_of(town)
        self.lat, self.lon = self.asked.lat_e6.astype(np.int32), self.asked.lon_e6.astype(np.int32)

    def top(self, person: int, k: int) -> tuple[Array, Array]:
        """The first `k` shifts by the bench policy and their scores, ties by id."""
        town, asked = self.town, self.asked
        levels = np.full(town.skills + 1, -1, np.int64)  # the last is no skill
        claims = slice(town.claim_ptr[person], town.claim_ptr[person + 1])
        levels[town.claim_kind[claims]] = town.claim_level[claims]
        two = asked.second >= 0
        fits = (levels[asked.skill] >= asked.level) & (~two | (levels[asked.second] >= asked.second_level))
        free = town.hours[person].view(np.int64)
        fits &= ((asked.hours & free) == asked.hours).all(axis=1)
        for booking in range(town.booking_ptr[person], town.booking_ptr[person + 1]):
            fits &= (town.booking_start[booking] >= asked.end) | (town.booking_end[booking] <= asked.start)
        chosen = np.flatnonzero(fits)
        metres = metres_of(self.lat[chosen], self.lon[chosen], int(town.lat_e6[person]), int(town.lon_e6[person]))
        inside = metres <= town.radius_m[person]
        chosen, metres = chosen[inside], metres[inside]
        scores = _scores(asked, chosen, levels, metres, free, int(town.reliability[person]))
        best = np.lexsort((chosen, -scores))[:k]
        return chosen[best], scores[best]


def _scores(asked: Asked, chosen: Array, levels: Array, metres: Array, free: Array, reliability: int) -> Array:
    first, two = levels[asked.skill[chosen]], asked.second[chosen] >= 0
    sums = first + np.where(two, levels[asked.second[chosen]], first)
    spare = [((bits[chosen] & free) != 0).any(axis=1).astype(np.int64) for bits in (asked.before, asked.after)]
    near = np.floor(1e6 * np.exp(-metres / 5000) + 0.5).astype(np.int64)
    return np.asarray(4_000_000 * sums + 25 * near + 7_500_000 * (spare[0] + spare[1]) + 20_000 * reliability)


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Single people, everybody, and the oracle's word."""
    prepare()
    size = QUICK if quick else FULL
    town = city.make_city(size.workers, size.shifts, seed=seed + 5)
    people = city.pool_of(town)
    begun = time.perf_counter()
    jobs = ShiftPool.from_shifts((city.shift_of(town, row) for row in range(size.shifts)), beside=people)
    seconds = time.perf_counter() - begun
    yield Line(f"build {size.shifts:,} shifts", seconds, note="from values")
    yield from _singly(size, town, jobs, seed)
    yield from _everybody(size, town, people, jobs)


def _singly(size: Size, town: City, jobs: ShiftPool, seed: int) -> Iterator[Line]:
    scan = Scan(town)
    rows = np.random.default_rng(seed + 6).integers(0, size.workers, size.asked).tolist()
    workers = {row: city.worker_of(town, row) for row in rows}
    took = latency(lambda row: jobs.recommend(workers[row], BENCH, K, now=NOW, counts=False), rows)
    peer = latency(lambda row: scan.top(row, K), rows)
    found = [([m.shift_id for m in each.matches], [m.score.total for m in each.matches]) for each in took.answers]
    wanted = [(ids.tolist(), scores.tolist()) for ids, scores in peer.answers]
    wrong = sum(one != other for one, other in zip(found, wanted, strict=True))
    note = f"NumPy over every shift; {len(rows):,} people, with explanation; {wrong} differ"
    yield Line.of("recommend, bench policy, p50", took.p50, peer.p50, "ms", agrees=not wrong, note=note)
    yield Line.of("recommend, bench policy, p99", took.p99, peer.p99, "ms", agrees=not wrong)
    product = latency(lambda row: jobs.recommend(workers[row], PRODUCT, K, now=NOW, counts=False), rows[:200])
    wrong = _oracle_differs(size, seed)
    note = f"oracle on {size.oracle_shifts:,} shifts, both policies; {wrong} differ"
    yield Line("recommend, product policy, p50", product.p50, unit="ms", agrees=not wrong, note=note)
    yield Line("recommend, product policy, p99", product.p99, unit="ms")


def _everybody(size: Size, town: City, people: WorkerPool, jobs: ShiftPool) -> Iterator[Line]:
    begun = time.perf_counter()
    slots, answers = jobs.recommend_all(BENCH, EACH, now=NOW)
    seconds = time.perf_counter() - begun
    ids, scan = people.ids_of(slots), Scan(town)
    sampled = range(0, size.workers, size.workers // 200)
    begun = time.perf_counter()
    wanted = {ids[place]: scan.top(ids[place], EACH) for place in sampled}
    peer = (time.perf_counter() - begun) / len(sampled) * size.workers / 2
    wrong = sum(_listed(jobs, answers, place) != wanted[ids[place]][0].tolist() for place in sampled)
    note = f"NumPy, sampled: {len(sampled)} people, twice one thread, extrapolated; {wrong} differ"
    name = f"recommend {EACH} to each of {size.workers:,} people"
    yield Line.of(name, seconds, peer, agrees=not wrong, note=note)


def _listed(jobs: ShiftPool, answers: Answers, place: int) -> list[int]:
    return [int(each) for each in jobs.ids_of(answers.slots[place, : answers.sizes[place]])]


def _oracle_differs(size: Size, seed: int) -> int:
    """Whole answers over a small city that are not the oracle's."""
    small = city.make_city(6, size.oracle_shifts, skills=20, seed=seed + 7)
    shifts = [city.shift_of(small, row) for row in range(small.shifts)]
    jobs, wrong = ShiftPool.from_shifts(shifts), 0
    for row in range(small.workers):
        worker = city.worker_of(small, row)
        for policy in (BENCH, PRODUCT):
            wrong += jobs.recommend(worker, policy, K, now=NOW) != recommend(worker, shifts, policy, K, now=NOW)
    return wrong
