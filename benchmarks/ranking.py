"""Ranking a million people for a shift: against PostgreSQL, NumPy and the oracle, in one run.

`ONLY=rank make bench`. Every query is asked of all three peers and every answer compared: ids and scores exactly.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks import city, updating
from benchmarks.asked import Asked, asked_of
from benchmarks.latency import Latency, latency
from benchmarks.line import Line
from benchmarks.oracle import candidates, oracle_agrees
from benchmarks.ranking_numpy import Slices
from benchmarks.ranking_sql import SqlCity, sql_city
from matching import BENCH, PRODUCT, Policy, instant_of
from matching.pool import Question, ShiftRows, WorkerPool, prepare

NOW = instant_of(city.MONDAY - 10)
K = 20
CORES = 2


@dataclass(frozen=True)
class Size:
    """How much of everything one run takes."""

    workers: int
    shifts: int
    queries: int
    product_queries: int
    oracle_queries: int
    sql_seconds: float
    small_workers: int


FULL = Size(1_000_000, 100_000, 2_000, 400, 60, 10.0, 2_000)
QUICK = Size(200_000, 20_000, 400, 100, 20, 3.0, 1_000)


class Stage:
    """The city and everything that answers about it."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.city = city.make_city(size.workers, size.shifts, seed=seed)
        begun = time.perf_counter()
        self.pool: WorkerPool = city.pool_of(self.city)
        self.build_seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        self.slices = Slices(self.city)
        self.slices_seconds = time.perf_counter() - begun
        self.asked: Asked = asked_of(self.city)
        rows = np.random.default_rng(seed + 1).choice(size.shifts, size.queries, replace=False)
        self.queries: list[int] = rows.tolist()

    @cached_property
    def question(self) -> Question:
        """All shifts by the bench policy."""
        return self.pool.question(ShiftRows.from_columns(**city.shift_columns(self.city)), BENCH, now=NOW)

    def top(self, shift: int) -> tuple[list[int], list[int]]:
        """Ids and scores as the peers give them."""
        slots, scores, _ = self.pool.top(self.question, shift, K)
        return self.pool.ids_of(slots), scores.tolist()


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Build and memory, single queries, throughput, batch, updates."""
    begun = time.perf_counter()
    prepare()
    yield Line("pool, prepared for the first query in", time.perf_counter() - begun, note="half a minute once, kept")
    stage = Stage(QUICK if quick else FULL, seed)
    begun = time.perf_counter()
    with sql_city(stage.city) as sql:
        yield from _sizes(stage, sql, time.perf_counter() - begun)
        yield from _queries(stage, sql)
        yield from _explained(stage, seed)
        yield from updating.lines(stage, sql, seed)


def _sizes(stage: Stage, sql: SqlCity, sql_seconds: float) -> Iterator[Line]:
    count = stage.size.workers
    name, ours = f"build {count:,} people", stage.build_seconds
    yield Line.of(name, ours, sql_seconds, note=f"PostgreSQL {sql.version()}, indexes included", target="<=4 s")
    yield Line.of(name, ours, stage.slices_seconds, note="NumPy slices")
    ours = stage.pool.nbytes / count
    note = "PostgreSQL, table and indexes"
    yield Line.of("bytes a person", ours, sql.bytes_held() / count, "B", note=note, target="<=250 B")
    yield Line.of("bytes a person", ours, stage.slices.nbytes / count, "B", note="NumPy slices")


def _queries(stage: Stage, sql: SqlCity) -> Iterator[Line]:
    """One query after the other on one thread, then all shifts at once on two."""
    took, found = _top_latency(stage)
    by_sql = latency(lambda shift: sql.top(stage.asked, shift, K), stage.queries)
    by_numpy = latency(lambda shift: stage.slices.top(stage.asked, shift, K), stage.queries)
    wrong_sql = sum(one != other for one, other in zip(found, by_sql.answers, strict=True))
    numpy_answers = [(ids.tolist(), scores.tolist()) for ids, scores in by_numpy.answers]
    wrong_numpy = sum(one != other for one, other in zip(found, numpy_answers, strict=True))
    few = sum(len(ids) < K for ids, _ in found)
    said = f"{len(found):,} queries, {100 * few / len(found):.0f} % with fewer than {K} people"
    yield from _compared("PostgreSQL", took, by_sql, wrong_sql, said, {"p50": "<=1/12", "p99": "<=1/30"})
    yield from _compared("NumPy slices", took, by_numpy, wrong_numpy, said, {"p50": "<=1/3", "p99": "<=1/5"})
    yield from _batch(stage, sql, by_numpy)


def _top_latency(stage: Stage) -> tuple[Latency, list[Any]]:
    """Times of the bare search, and what it found as ids and scores."""
    question, pool = stage.question, stage.pool
    took = latency(lambda shift: pool.top(question, shift, K), stage.queries)
    return took, [(pool.ids_of(slots), scores.tolist()) for slots, scores, _ in took.answers]


def _compared(
    peer: str, ours: Latency, theirs: Latency, wrong: int, said: str, goals: dict[str, str]
) -> Iterator[Line]:
    said += f"; {wrong} differ" if wrong else ""
    for name in ("p50", "p99", "mean"):
        note = f"{peer}; {said}" if name == "p50" else peer
        mine, other = getattr(ours, name), getattr(theirs, name)
        yield Line.of(f"rank {name}", mine, other, "ms", agrees=not wrong, note=note, target=goals.get(name, ""))


def _batch(stage: Stage, sql: SqlCity, by_numpy: Latency) -> Iterator[Line]:
    begun = time.perf_counter()
    found = stage.pool.top_many(stage.question, K, threads=CORES)
    seconds = time.perf_counter() - begun
    count = stage.size.shifts
    same = all(
        stage.pool.ids_of(found.slots[shift, : found.sizes[shift]]) == stage.top(shift)[0]
        for shift in stage.queries[:200]
    )
    sql_rate = sql.per_second(stage.asked, stage.queries, K, stage.size.sql_seconds)
    numpy_rate = CORES * 1e3 / by_numpy.mean
    sampled = f"PostgreSQL, sampled: two connections for {stage.size.sql_seconds:.0f} s"
    twice = "NumPy slices, sampled: twice one thread"
    rate = count / seconds
    yield Line.of("rank, queries a second on two cores", rate, sql_rate, "1/s", note=sampled, target=">=35x")
    yield Line.of("rank, queries a second on two cores", rate, numpy_rate, "1/s", note=twice)
    name = f"batch of {count:,} shifts"
    yield Line.of(name, seconds, count / sql_rate, agrees=same, note=f"{sampled}, extrapolated", target="<=12 s")
    yield Line.of(name, seconds, count / numpy_rate, note=f"{twice}, extrapolated")


def _explained(stage: Stage, seed: int) -> Iterator[Line]:
    """The whole answer with its parts, by both policies, and the oracle's word on a sample."""
    bench = candidates(stage.city, stage.asked, stage.queries, stage.size.oracle_queries)
    wrong = oracle_agrees(stage.city, stage.pool, bench, BENCH, K, NOW)
    note = f"oracle on {len(bench)} queries, people chosen beforehand by skill and box; {wrong} differ"
    yield from _whole(stage, BENCH, wrong, note)
    small = city.make_city(stage.size.small_workers, 12, seed=seed + 2)
    everybody = {shift: np.arange(small.workers) for shift in range(small.shifts)}
    wrong = oracle_agrees(small, city.pool_of(small), everybody, PRODUCT, K, NOW)
    note = f"oracle on a city of {small.workers:,}, {small.shifts} queries; {wrong} differ"
    yield from _whole(stage, PRODUCT, wrong, note)


def _whole(stage: Stage, policy: Policy, wrong: int, note: str) -> Iterator[Line]:
    shifts = {shift: city.shift_of(stage.city, shift) for shift in stage.queries[: stage.size.product_queries]}
    took = latency(lambda shift: stage.pool.rank(shifts[shift], policy, K, now=NOW, counts=False), shifts)
    name = f"rank with explanation, {policy.name} policy"
    yield Line(f"{name}, p50", took.p50, unit="ms", agrees=not wrong, note=note)
    yield Line(f"{name}, p99", took.p99, unit="ms", note=f"{len(shifts)} queries")
