"""Asks the oracle the same question: everybody of a small city, or of a big one those who could possibly fit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np

from benchmarks import city
from benchmarks.asked import Asked
from benchmarks.city import Array, City
from benchmarks.ranking_numpy import REACH_LAT_E6, REACH_LON_E6
from matching import Policy, rank
from matching.pool import WorkerPool

MOST_CANDIDATES = 1_500
Chosen = dict[int, Array]  # people by shift


def candidates(town: City, asked: Asked, shifts: Iterable[int], count: int) -> Chosen:
    """For the first shifts that have few enough: everybody with the rarer skill inside a box of 20 km."""
    owner = np.repeat(np.arange(town.workers), np.diff(town.claim_ptr))
    chosen: Chosen = {}
    for shift in shifts:
        people = owner[town.claim_kind == asked.skill[shift]]
        near = np.abs(town.lat_e6[people] - asked.lat_e6[shift]) <= REACH_LAT_E6
        near &= np.abs(town.lon_e6[people] - asked.lon_e6[shift]) <= REACH_LON_E6
        if 0 < near.sum() <= MOST_CANDIDATES:
            chosen[shift] = people[near]
        if len(chosen) == count:
            break
    return chosen


def oracle_agrees(town: City, pool: WorkerPool, chosen: Chosen, policy: Policy, k: int, now: datetime) -> int:
    """How many whole answers (ids, parts, order) differ from the oracle's over the people chosen."""
    wrong = 0
    for row, people in chosen.items():
        shift: Any = city.shift_of(town, row)
        wanted = rank(shift, [city.worker_of(town, person) for person in people.tolist()], policy, k, now=now)
        wrong += pool.rank(shift, policy, k, now=now, counts=False).matches != wanted.matches
    return wrong
