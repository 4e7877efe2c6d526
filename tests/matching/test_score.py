"""Parts add up exactly, extras are bounded, and nothing personal but the listed fields can matter."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from matching import BENCH, PRODUCT, InvalidInput, Pay, Policy, Shift, SkillNeed, Weights, Worker, minute_of

from .builders import NOW, a_shift, a_worker, at, look, part, span

POINT = 1_000_000


def test_a_perfect_pair_has_a_hundred_base_points_and_fourteen_extra() -> None:
    """Every factor full: 114 points, the documented maximum."""
    offer = a_shift(public_priority=True, employer_reliability=1000)
    best = look(a_worker(reliability=1000, priority=True), offer)
    assert best.score.total == PRODUCT.weights.total == 114 * POINT
    base = sum(part(best, name) for name in ("skill", "distance", "schedule"))
    assert base == 100 * POINT


def test_parts_add_up_to_the_total_and_name_their_policy() -> None:
    """Total is the exact sum; a part is weight times value, rounded half up."""
    match = look(a_worker(reliability=777), a_shift(trade=SkillNeed("4-03-02-01")))
    assert match.score.total == sum(each.points for each in match.score.parts)
    assert all(each.points == (each.weight * each.value + 500_000) // POINT for each in match.score.parts)
    assert match.policy == "product@1"


def test_factors_without_weight_are_not_in_the_answer() -> None:
    """The bench has no schedule part, the product no spare hours."""
    assert {each.name for each in look(policy=BENCH).score.parts} == {
        "skill",
        "distance",
        "spare_before",
        "spare_after",
        "reliability",
    }


@pytest.mark.parametrize(
    ("wish", "offer", "points"),
    [
        (None, None, 2_000_000),
        (Pay(2_000, "hour"), None, 0),
        (Pay(2_000, "hour"), Pay(2_000, "hour"), 2_000_000),
        (Pay(2_000, "hour"), Pay(1_500, "hour"), 1_500_000),
        (Pay(2_000, "hour"), Pay(10_000, "day"), 2_000_000),  # five hours
        (Pay(2_000, "hour"), Pay(9_000, "shift"), 1_800_000),
        (Pay(10_000, "day"), Pay(1_000, "hour"), 1_000_000),
        (Pay(10_000, "day"), Pay(5_000, "fixed"), 1_000_000),
        (Pay(2_000, "hour"), Pay(500, "piece"), 0),
    ],
)
def test_pay_fit(wish: Pay | None, offer: Pay | None, points: int) -> None:
    """Same units, and hours against a slot of five hours, are compared; pieces are not."""
    assert part(look(a_worker(pay_wish=wish), a_shift(pay=offer)), "pay") == points


def test_freshness_fades_over_a_week() -> None:
    """Full when new, half at 84 hours, nothing after a week or when unknown; a later date is new."""

    def fresh(hours: int | None) -> int:
        published = None if hours is None else minute_of(NOW) - hours * 60
        return part(look(shift=a_shift(published_at=published)), "freshness")

    assert [fresh(hours) for hours in (0, 84, 168, 500, -5, None)] == [POINT, POINT // 2, 0, 0, POINT, 0]


def test_priority_needs_both_sides_and_may_never_exceed_five_points() -> None:
    """A bonus only where the posting carries a public priority; a heavier weight is refused."""
    assert part(look(a_worker(priority=True)), "priority") == 0
    assert part(look(shift=a_shift(public_priority=True)), "priority") == 0
    with pytest.raises(InvalidInput, match="out_of_range"):
        Weights(priority=5 * POINT + 1)


def test_no_history_counts_as_the_baseline() -> None:
    """Unknown reliability is 800 permille of three points."""
    assert part(look(), "reliability") == 2_400_000
    assert part(look(a_worker(reliability=1000)), "reliability") == 3_000_000
    assert part(look(), "employer") == 2_400_000
    assert part(look(shift=a_shift(employer_reliability=0)), "employer") == 0


def test_the_score_of_a_refused_pair_is_still_explained() -> None:
    """explain shows what the score would be."""
    match = look(shift=a_shift(is_open=False))
    assert not match.eligible
    assert match.score.total > 100 * POINT


def test_part_cover_counts_minutes_not_booked() -> None:
    """Free four of five hours: 20 of 25 points."""
    worker = a_worker(weekly=None, exceptions=(), waiting=None)
    day = look(replace(worker, weekly=a_worker().weekly), a_shift(span=span(at(17), at(22))))
    assert part(day, "schedule") == 25 * POINT


def test_no_value_has_a_field_for_sex_origin_household_or_health() -> None:
    """What is not a field cannot be an input."""
    words = ("sex", "gender", "ethnic", "religio", "marri", "birth", "child", "health", "house", "hukou")
    names = [each.name for cls in (Worker, Shift, Policy, Weights) for each in fields(cls)]
    assert not [name for name in names if name == "age" or any(word in name for word in words)]


@pytest.mark.parametrize(
    "change",
    [
        {"headcount": 0},
        {"headcount": 10**7},
        {"taken": -1},
        {"needed_minutes": 0},
        {"radius_limit_m": -5},
        {"pattern": a_worker().weekly},
    ],
)
def test_shifts_without_meaning_are_refused(change: dict[str, object]) -> None:
    """Zero or a million seats too many, negative numbers, two kinds of time at once."""
    with pytest.raises(InvalidInput):
        a_shift(**change)


@pytest.mark.parametrize("change", [{"radius_m": float("nan")}, {"radius_m": 10**9}, {"reliability": 1001}])
def test_workers_without_meaning_are_refused(change: dict[str, object]) -> None:
    """NaN, a radius around the world twice, a permille above a thousand."""
    with pytest.raises(InvalidInput):
        a_worker(**change)
