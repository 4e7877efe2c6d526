"""Questions asked of a pool and of the oracle, and worlds where the grid has its seams."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

from matching import BENCH, PRODUCT, Code, Key, Point, Policy, Shift, Weights, Worker, rank
from matching.pool import WorkerPool

from .builders import NOW
from .markets import market_shift, market_worker

POLICIES = {
    "product": PRODUCT,
    "bench": BENCH,
    "product, open": PRODUCT.without(Code.OUT_OF_REACH, Code.CERTIFICATES, Code.NOT_FREE),
    "bench, skills open": BENCH.without(Code.SKILLS),
    "product, all gates": replace(PRODUCT, gates=frozenset(Code)),
    "nearest first": replace(PRODUCT, order=(Key.DISTANCE, Key.SCORE, Key.ID)),
    "pay and priority": replace(PRODUCT, weights=Weights(pay=7_000_001, priority=3_333_333, reliability=1)),
    "by id": replace(BENCH, order=(Key.ID,)),
    "spare hours, product": replace(PRODUCT, weights=Weights(skill=11, spare_before=999, spare_after=77, distance=5)),
    "strict time": replace(PRODUCT, schedule_floor=1000, utc_offset=-345),
}
SEAMS = [
    (90_000_000, 0),
    (89_999_000, 179_000_000),
    (89_999_000, -1_000_000),
    (-90_000_000, 180_000_000),
    (-89_990_000, 12_000_000),
    (10_000, 180_000_000),
    (10_000, -180_000_000),
    (12_000, 179_999_000),
    (-3_000, -179_990_000),
    (51_000_000, -179_999_999),
    (51_000_000, 179_950_000),
    (0, 0),
]


def a_world(seed: int, people: int = 30, jobs: int = 8) -> tuple[list[Worker], list[Shift]]:
    """People and shifts about the poles and the antimeridian, with radii from 0 to half the globe."""
    chance = Random(seed)

    def somewhere() -> Point:
        lat, lon = chance.choice(SEAMS)
        near = Point(
            max(-90_000_000, min(90_000_000, lat + chance.randint(-30_000, 30_000))),
            max(-180_000_000, min(180_000_000, lon + chance.randint(-30_000, 30_000))),
        )
        return chance.choice([near, Point(lat, lon)])

    radii = [0, 100, 5_000, 20_000, 300_000, 20_000_000, 20_100_000]
    workers = [
        replace(market_worker(chance, n), home=somewhere(), here=None, radius_m=chance.choice(radii))
        for n in range(people)
    ]
    limits = [None, None, 0, 4_000, 20_000_000]
    shifts = [
        replace(market_shift(chance, n), point=somewhere(), pickup=None, radius_limit_m=chance.choice(limits))
        for n in range(jobs)
    ]
    return workers, shifts


def check(pool: WorkerPool, workers: list[Worker], shift: Shift, policy: Policy, k: int) -> None:
    """The pool's whole answer is the oracle's, personalised and not."""
    for personalised in (True, False):
        found = pool.rank(shift, policy, k, now=NOW, personalised=personalised)
        assert found == rank(shift, workers, policy, k, now=NOW, personalised=personalised)


def numbered(workers: list[Worker], first: int = 0) -> list[Worker]:
    """The same people under fresh ids."""
    return [replace(worker, id=UUID(int=50_000 + first + n)) for n, worker in enumerate(workers)]
