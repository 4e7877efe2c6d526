"""One look at everybody finds what a look for each change finds, bit by bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import city
from matching import PRODUCT, Code, Policy, Shift, Worker, instant_of
from matching.pool import WorkerPool
from matching.pool.layout import BIT
from matching.pool.survey import SEVERAL
from matching.whatif.outlook import _changes
from tests.matching.builders import NOW
from tests.matching.markets import a_market
from tests.sizes import size

POLICIES = {
    "product": PRODUCT,
    "every gate": replace(PRODUCT, gates=frozenset(Code)),
    "nothing but time": replace(PRODUCT, gates=frozenset({Code.NOT_FREE, Code.BOOKED})),
    "strict time": replace(PRODUCT, schedule_floor=1000, gates=frozenset(Code)),
    "no booking counts": PRODUCT.without(Code.BOOKED),
}


def compare(workers: list[Worker], shifts: list[Shift], policy: Policy, now: object) -> set[int]:
    """Sets of gates that were met; fails where the two looks differ."""
    quick, plain = WorkerPool.from_workers(workers), WorkerPool.from_workers(workers, compiled=False)
    met: set[int] = set()
    for shift in shifts:
        there = replace(shift, is_open=True, taken=0, headcount=1)
        variants = [change.variant for change in _changes(there)]
        one = quick.survey(there, variants, policy, now=now)  # type: ignore[arg-type]
        other = plain.survey(there, variants, policy, now=now)  # type: ignore[arg-type]
        assert one.people == other.people == len(workers)
        assert one.bits.tolist() == other.bits.tolist()
        assert one.sets.tolist() == other.sets.tolist()
        assert one.taken == other.taken
        away = one.slots(BIT[Code.OUT_OF_REACH])
        nearer = replace(there, pickup=shift.pickup or shift.point)
        within = [pool.within_reach(away, nearer, policy, now=now) for pool in (quick, plain)]  # type: ignore[arg-type]
        assert within[0] == within[1]
        met.update(np.unique(one.bits).tolist())
    return met


@pytest.mark.parametrize("name", POLICIES)
def test_of_small_markets_with_everything(name: str) -> None:
    """Papers, 等活, exceptions, part-time hours, blocks, ragged weeks; nearly every gate is met alone."""
    met: set[int] = set()
    for seed in range(size(30, 8)):
        workers, shifts = a_market(seed)
        met |= compare(workers, shifts, POLICIES[name], NOW)
    assert len(met) >= (4 if name == "nothing but time" else 8)


@pytest.mark.parametrize("name", size(["product", "every gate", "strict time"], ["every gate", "strict time"]))
def test_of_a_city_with_many_bookings(name: str) -> None:
    """People with up to five bookings, the last ones beyond the row."""
    town = city.make_city(1_500, 12, seed=5)
    workers = [city.worker_of(town, row) for row in range(1_500)]
    shifts = [city.shift_of(town, row) for row in range(12)]
    met = compare(workers, shifts, POLICIES[name], instant_of(city.MONDAY - 10))
    booked = BIT[Code.BOOKED] | (BIT[Code.NOT_FREE] if name == "strict time" else 0)
    assert {0, SEVERAL, booked} <= met
