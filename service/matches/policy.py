"""The dated policy of a jurisdiction as the policy that `matching` takes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from matching import PRODUCT, FallingLine, PartTimeLimits, Policy, Weights
from service.reliability.rules import rules_of

if TYPE_CHECKING:
    from matching import ReliabilityRules
    from service.policies import HoursPolicy, MatchingPolicy, Policies

PERMILLE = 1_000  # millionths in a permille
POINT_TENTH = 100_000  # the dated weights are permille of 100 points: one permille is a tenth of a point
PRIORITY_MOST = 50  # permille; the product never gives a public priority more than five points
EMPLOYER_MOST = 50  # permille; the same bound for what an employer's record moves


def matching_policy(policies: Policies) -> Policy:
    """PRODUCT with the weights and cut-offs in force, named after the day and place that they hold from."""
    label = f"{policies.in_force_since.isoformat()}+{policies.jurisdiction or 'CN'}"
    return _made(policies.matching, rules_of(policies.matching, policies.reliability), label)


@lru_cache(maxsize=256)
def _made(dated: MatchingPolicy, reliability: ReliabilityRules, version: str) -> Policy:
    return replace(
        PRODUCT,
        version=version,
        weights=weights(dated),
        distance=distance(dated),
        skill=replace(
            PRODUCT.skill,
            small_group=dated.skill_same_group_permille,
            middle_group=dated.skill_same_family_permille,
            text_most=dated.skill_text_cap_permille,
        ),
        reliability=reliability,
        schedule_floor=dated.schedule_floor_permille,
        fresh_minutes=dated.freshness_fade_minutes,
    )


def weights(dated: MatchingPolicy) -> Weights:
    """The dated weights in millionths of a point."""
    return Weights(
        skill=dated.skill_weight_permille * POINT_TENTH,
        distance=dated.distance_weight_permille * POINT_TENTH,
        schedule=dated.schedule_weight_permille * POINT_TENTH,
        reliability=dated.reliability_bonus_permille * POINT_TENTH,
        employer=min(EMPLOYER_MOST, dated.employer_reliability_bonus_permille) * POINT_TENTH,
        pay=dated.pay_fit_bonus_permille * POINT_TENTH,
        freshness=dated.freshness_bonus_permille * POINT_TENTH,
        priority=min(PRIORITY_MOST, dated.priority_bonus_permille) * POINT_TENTH,
    )


def distance(dated: MatchingPolicy) -> FallingLine:
    """Full up to the first distance, falling to the second; one knot where a place has set both alike."""
    full = (dated.distance_full_metres, 1_000 * PERMILLE)
    near = (dated.distance_near_metres, dated.distance_near_permille * PERMILLE)
    return FallingLine(knots=(full, near) if near[0] > full[0] and near[1] <= full[1] else (full,))


def part_time_limits(hours: HoursPolicy) -> PartTimeLimits:
    """What part-time work with one employer may take (劳动合同法 art. 68)."""
    return PartTimeLimits(
        day_minutes=hours.part_time_average_minutes_per_day, week_minutes=hours.part_time_minutes_per_week
    )
