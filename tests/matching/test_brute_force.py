"""Rankings equal an independent brute-force reading of the documented score on random small markets.

75 markets by default; LINGGONG_TRIALS=1 takes the 1,000 of the Show (`make trials`).
"""

from __future__ import annotations

from collections import Counter

import pytest

from matching import BENCH, PRODUCT, Code, Match, Policy, Ranking, explain, rank, recommend
from tests.sizes import size

from .builders import NOW
from .markets import START, a_market
from .reading import Look, read_ranking

MARKETS = size(1000, 75)
BATCH = 25
POLICIES = {"product": PRODUCT, "bench": BENCH}


def listed(ranking: Ranking, side: str) -> list[tuple[object, dict[str, int]]]:
    return [(getattr(match, f"{side}_id"), points(match)) for match in ranking.matches]


def points(match: Match) -> dict[str, int]:
    assert match.score.total == sum(part.points for part in match.score.parts)
    return {part.name: part.points for part in match.score.parts}


def check_market(seed: int, policy: Policy) -> None:
    workers, shifts = a_market(seed)
    bench = policy is BENCH
    for shift in shifts:
        expected, excluded = read_ranking([(w, shift) for w in workers], START, bench=bench, side="worker")
        found = rank(shift, workers, policy, 100, now=NOW)
        assert listed(found, "worker") == expected
        assert found.excluded == excluded
    for worker in workers:
        expected, excluded = read_ranking([(worker, s) for s in shifts], START, bench=bench, side="shift")
        found = recommend(worker, shifts, policy, 100, now=NOW)
        assert listed(found, "shift") == expected
        assert found.excluded == excluded


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("batch", range(MARKETS // BATCH))
def test_rankings_equal_the_reading(batch: int, name: str) -> None:
    """Same ids in the same order, same points in every part, same counts of exclusions, both directions."""
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        check_market(seed, POLICIES[name])


def test_explanations_equal_the_reading_for_refused_pairs_too() -> None:
    """Score and refusal codes of every pair of some markets, eligible or not."""
    for seed in range(20):
        workers, shifts = a_market(seed)
        for worker in workers:
            for shift in shifts:
                match = explain(worker, shift, PRODUCT, now=NOW)
                look = Look(worker, shift, START, bench=False)
                assert points(match) == look.points()
                assert {refusal.code for refusal in match.refusals} == look.refusals()


def test_the_random_markets_reach_every_code_and_list_many_pairs() -> None:
    """A market in which nothing happens would prove nothing."""
    seen: Counter[str] = Counter()
    for seed in range(100):
        workers, shifts = a_market(seed)
        for policy in (PRODUCT, BENCH):
            for shift in shifts:
                ranking = rank(shift, workers, policy, 100, now=NOW)
                seen.update(ranking.excluded)
                seen[policy.name] += len(ranking.matches)
    assert all(seen[code] >= 20 for code in set(Code) - {Code.PART_TIME_DAY}), seen
    assert seen["product"] >= 200, seen
    assert seen["bench"] >= 20, seen
