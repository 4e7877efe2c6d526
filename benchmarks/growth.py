"""How the time of a query grows with the pool: the power of the number of people it grows by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks import city
from benchmarks.latency import latency
from benchmarks.line import Line
from matching import BENCH, instant_of
from matching.pool import ShiftRows, prepare

NOW = instant_of(city.MONDAY - 10)
K = 20
REPEATS = 3  # the least of so many: the machine's noise only adds


@dataclass(frozen=True)
class Size:
    """People at each step, shifts of the batch, single queries."""

    workers: tuple[int, ...]
    shifts: int
    queries: int


FULL = Size((125_000, 250_000, 500_000, 1_000_000, 2_000_000, 4_000_000), 20_000, 4_000)
QUICK = Size((50_000, 100_000, 200_000, 400_000), 8_000, 2_000)


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Two lines a size, then the powers (slopes of the logarithms)."""
    prepare()
    size = QUICK if quick else FULL
    whole = city.make_city(size.workers[-1], size.shifts, seed=seed + 4)
    batches, tails = [], []
    for workers in size.workers:
        batch, p99 = _measured(city.head(whole, workers), size.queries)
        batches.append(batch)
        tails.append(p99)
        yield Line(f"{workers:,} people, batch of {size.shifts:,} shifts", batch, note="two threads")
        yield Line(f"{workers:,} people, rank p99", p99, unit="ms", note=f"{size.queries:,} queries")
    said = f"{size.workers[0]:,} to {size.workers[-1]:,} people"
    yield Line("growth, power of the batch", power(size.workers, batches), unit="", note=said, target="<=0.6")
    yield Line("growth, power of p99", power(size.workers, tails), unit="", note=said, target="<=0.75")


def power(sizes: tuple[int, ...], times: list[float]) -> float:
    """The slope of a line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def _measured(town: city.City, queries: int) -> tuple[float, float]:
    """Seconds of the batch, milliseconds of the 99th percentile."""
    pool = city.pool_of(town)
    question = pool.question(ShiftRows.from_columns(**city.shift_columns(town)), BENCH, now=NOW)
    batches, tails = [], []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        pool.top_many(question, K)
        batches.append(time.perf_counter() - begun)
        tails.append(latency(lambda shift: pool.top(question, shift, K), range(queries)).p99)
    return min(batches), min(tails)
