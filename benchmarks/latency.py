"""How long single calls take: median, 99th percentile, mean."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

MILLISECONDS = 1e3


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds; and what every call answered."""

    p50: float
    p99: float
    mean: float
    answers: list[Any]


def latency(call: Callable[[int], Any], asked: Iterable[int], warm: int = 20) -> Latency:
    """Call once for each, one after the other; the first few are asked once before, unmeasured.

    As with `timeit`, the garbage of a whole benchmark is not collected within somebody's call.
    """
    asked = list(asked)
    for each in asked[:warm]:
        call(each)
    times, answers = [], []
    gc.collect()
    gc.disable()
    try:
        for each in asked:
            begun = time.perf_counter()
            answer = call(each)
            times.append(time.perf_counter() - begun)
            answers.append(answer)
    finally:
        gc.enable()
    taken = MILLISECONDS * np.array(times)
    return Latency(float(np.percentile(taken, 50)), float(np.percentile(taken, 99)), float(taken.mean()), answers)
