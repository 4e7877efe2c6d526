"""What would help: an employer's outlook over everybody, a person's unlocks over everything on offer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import city
from benchmarks.line import Line
from matching import PRODUCT, instant_of, rank
from matching.pool import ShiftPool, WorkerPool, prepare
from matching.whatif import outlook, unlocks

NOW = instant_of(city.MONDAY - 10)
PAPERS = ("health_certificate", "special_work_high", "special_work_electric_low")
FULL, QUICK = (1_000_000, 100_000, 40), (100_000, 20_000, 20)
RECOUNTED = 400  # people of a small city, recounted by the oracle


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Milliseconds an answer under the product policy; answers recounted on a small city."""
    people, shifts, asked = QUICK if quick else FULL
    prepare()
    town = city.make_city(people, shifts, seed=seed)
    pool = city.pool_of(town)
    jobs = ShiftPool.from_shifts(city.shift_of(town, row) for row in range(shifts))
    agrees = _recounted(seed)
    found = _times(lambda at: outlook(city.shift_of(town, at), pool, PRODUCT, now=NOW), asked)
    note = f"{people:,} people, fit, free, content and every change; product policy"
    yield Line("outlook p50", found[0], unit="ms", agrees=agrees, target="≤50ms", note=note)
    yield Line("outlook p99", found[1], unit="ms")
    found = _times(lambda at: unlocks(city.worker_of(town, at), jobs, PRODUCT, now=NOW, certificates=PAPERS), asked)
    note = f"{shifts:,} shifts, papers, reach and hours"
    yield Line("unlocks p50", found[0], unit="ms", note=note)
    yield Line("unlocks p99", found[1], unit="ms")


def _times(ask: Callable[[int], Any], count: int) -> tuple[float, float]:
    ask(0)
    taken = []
    for at in range(1, count + 1):
        began = time.perf_counter()
        ask(at)
        taken.append((time.perf_counter() - began) * 1000)
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 99))


def _recounted(seed: int) -> bool:
    """Whether all figures of a small city are those of the oracle's gates asked person by person for each change."""
    town = city.make_city(RECOUNTED, 12, seed=seed)
    workers = [city.worker_of(town, row) for row in range(RECOUNTED)]
    pool, plain = WorkerPool.from_workers(workers), WorkerPool.from_workers(workers, compiled=False)
    for row in range(12):
        shift = replace(city.shift_of(town, row), is_open=True, taken=0)
        found = outlook(shift, pool, PRODUCT, now=NOW)
        if found != outlook(shift, plain, PRODUCT, now=NOW):
            return False
        if found.free != len(rank(shift, workers, PRODUCT, RECOUNTED, now=NOW).matches):
            return False
    return True
