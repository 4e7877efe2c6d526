"""What would help: changes taken together turn a pair, gains and unlocks are those of a recount by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching import PRODUCT, Code, Pay, ShiftPool, Span, WorkerPool, explain, rank
from matching.whatif import changed, outlook, turn, unlocks
from matching.whatif.outlook import _over_one_base
from tests.matching.builders import NOW
from tests.matching.markets import a_market
from tests.sizes import size

ALL = replace(PRODUCT, gates=frozenset(Code))


@pytest.mark.parametrize("policy", [PRODUCT, ALL], ids=["product", "every gate"])
def test_all_changes_together_turn_a_pair_and_none_can_be_left_out(policy: object) -> None:
    """Over random markets: applied together they make the pair eligible; without any one of them it is not."""
    assert isinstance(policy, type(PRODUCT))
    turned = several = 0
    for seed in range(size(60, 20)):
        workers, shifts = a_market(seed)
        for worker in workers:
            for shift in shifts:
                found = turn(worker, shift, policy, now=NOW)
                if not found.possible:
                    assert found.hopeless
                    continue
                after = changed(worker, shift, found.changes, policy, now=NOW)
                assert explain(after[0], after[1], policy, now=after[2]).eligible
                for at in range(len(found.changes)):
                    fewer = [*found.changes[:at], *found.changes[at + 1 :]]
                    part = changed(worker, shift, fewer, policy, now=NOW)
                    refused = not explain(part[0], part[1], policy, now=part[2]).eligible
                    assert refused, (seed, found.changes[at])
                turned += bool(found.changes)
                several += len(found.changes) > 1
    assert turned > 50
    assert several > 10


def test_gains_are_those_of_a_recount() -> None:
    """Each change done by hand and everybody ranked again: the same number more."""
    seen: set[str] = set()
    for seed in range(size(25, 10)):
        workers, shifts = a_market(seed)
        pool = WorkerPool.from_workers(workers)
        for shift in shifts:
            found = outlook(shift, pool, PRODUCT, now=NOW)
            there = replace(shift, is_open=True, taken=0, headcount=max(1, shift.headcount))
            before = len(rank(there, workers, PRODUCT, 1000, now=NOW).matches)
            assert (found.people, found.free) == (len(workers), before)
            assert found.content <= found.free <= found.fit <= found.people
            for gain in found.gains:
                seen.add(gain.kind)
                if gain.kind in ("start", "next_day"):
                    assert there.span is not None
                    by = gain.facts["by_minutes"]
                    other = replace(there, span=Span(there.span.start + by, there.span.end + by))
                elif gain.kind == "reach":
                    other = replace(there, radius_limit_m=None)
                elif gain.kind == "certificate":
                    left = tuple(need for need in there.certificates if need.kind != gain.facts["certificate"])
                    other = replace(there, certificates=left)
                else:
                    continue
                assert len(rank(other, workers, PRODUCT, 1000, now=NOW).matches) - before == gain.more > 0
    assert {"start", "reach"} <= seen


def test_unlocks_are_those_of_a_recount() -> None:
    """A paper, a longer way, other hours: the person changed and every shift judged again."""
    kinds: set[str] = set()
    for seed in range(15):
        workers, shifts = a_market(seed)
        pool = ShiftPool.from_shifts(shifts)
        papers = {need.kind for shift in shifts for need in shift.certificates}
        for worker in workers[:6]:
            today, found = unlocks(worker, pool, PRODUCT, now=NOW, certificates=papers)
            assert today == sum(explain(worker, shift, PRODUCT, now=NOW).eligible for shift in shifts)
            for each in found:
                kinds.add(each.kind)
                if each.kind == "reach":
                    wider = replace(worker, radius_m=each.facts["radius_m"])
                    more = sum(explain(wider, shift, PRODUCT, now=NOW).eligible for shift in shifts) - today
                    assert more == each.more
            assert list(found) == sorted(found, key=lambda each: -each.more)
    assert {"reach", "hours"} <= kinds


def test_pay_is_compared_as_the_score_compares_it() -> None:
    """Hours against a day of known length, day against shift; a piece against nothing else."""
    assert _over_one_base(Pay(2_000, "hour"), "hour", 480) == (2_000, 1)
    assert _over_one_base(Pay(20_000, "day"), "hour", 480) == (1_200_000, 480)
    assert _over_one_base(Pay(2_000, "hour"), "shift", 480) == (960_000, 60)
    assert _over_one_base(Pay(2_000, "piece"), "hour", 480) == (0, 0)
