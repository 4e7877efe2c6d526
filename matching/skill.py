"""How well someone's skills fit a shift: by the occupation tree, by names, or by levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq

from matching.millionths import FULL, divide, share
from matching.model import Shift, SkillClaim, SkillNeed
from matching.policy import SkillMeasure, SkillRules
from matching.result import Measure

NONE = "none"


def nearness(claim: SkillClaim, need: SkillNeed, rules: SkillRules) -> tuple[int, str]:
    """Permille 0..1000 and how it was found; the tree wins over an equally near name."""
    tree = tree_nearness(claim.code, need.code, rules)
    text = max((text_nearness(claim.name, name, rules) for name in need.names), default=0)
    if text > tree[0]:
        return text, "similar_name"
    return tree


def tree_nearness(have: str | None, want: str | None, rules: SkillRules) -> tuple[int, str]:
    """Same code, same 小类 (first three groups), same 中类 (first two); no code is never near."""
    if not have or not want:
        return 0, NONE
    if have == want:
        return rules.exact, "exact"
    a, b = have.split("-"), want.split("-")
    if len(a) >= 3 and a[:3] == b[:3]:
        return rules.small_group, "small_group"
    if len(a) >= 2 and a[:2] == b[:2]:
        return rules.middle_group, "middle_group"
    return 0, NONE


def text_nearness(have: str, want: str, rules: SkillRules) -> int:
    """Twice the common subsequence over both lengths; below the floor it says nothing.

    In names of two to four characters a shared head noun alone reaches one half, so the floor is above it.
    """
    if not have or not want:
        return 0
    likeness = 2000 * int(LCSseq.similarity(have, want)) // (len(have) + len(want))
    return likeness * rules.text_most // 1000 if likeness >= rules.text_floor else 0


def worth(claim: SkillClaim, need: SkillNeed, rules: SkillRules) -> tuple[int, str]:
    """Nearness less what is short in level (unknown = 0) and in proof, never below 0."""
    return lessened(*nearness(claim, need, rules), claim, need, rules)


def lessened(near: int, how: str, claim: SkillClaim, need: SkillNeed, rules: SkillRules) -> tuple[int, str]:
    """A nearness less what is short in level and in proof."""
    short = max(0, need.min_level - (claim.level or 0))
    doubt = 0 if claim.verified else rules.unverified
    left = max(0, near - short * rules.level_step - doubt)
    return left, how if left else NONE


def best(claims: Iterable[SkillClaim], need: SkillNeed, rules: SkillRules) -> tuple[int, str]:
    """The best claim for one need; someone who claims nothing has 0."""
    return max((worth(claim, need, rules) for claim in claims), default=(0, NONE))


def level_of(claims: Iterable[SkillClaim], need: SkillNeed) -> int | None:
    """Highest level claimed under exactly this code, or under one of its names where it has no code.

    None when nobody claims it; an unknown level is 0.
    """
    levels = [claim.level or 0 for claim in claims if _is(claim, need)]
    return max(levels, default=None)


def lacking(claims: Sequence[SkillClaim], needs: Iterable[SkillNeed]) -> tuple[SkillNeed, ...]:
    """The needs that are not claimed at their least level."""
    missing = []
    for need in needs:
        level = level_of(claims, need)
        if level is None or level < need.min_level:
            missing.append(need)
    return tuple(missing)


def skill_measure(claims: Sequence[SkillClaim], shift: Shift, rules: SkillRules) -> Measure:
    """The skill factor; a shift that names no trade and no skill fits nobody in particular (0)."""
    if rules.measure is SkillMeasure.LEVELS:
        return _mean_level(claims, shift, rules)
    return _mean_worth(claims, shift, rules)


def _mean_worth(claims: Sequence[SkillClaim], shift: Shift, rules: SkillRules) -> Measure:
    weighted = weighted_needs(shift, rules)
    return mean_worth([(weight, *best(claims, need, rules)) for weight, need in weighted])


def weighted_needs(shift: Shift, rules: SkillRules) -> list[tuple[int, SkillNeed]]:
    """What a shift asks for, the trade first, each with its weight in the mean."""
    weighted = [(rules.trade_weight, shift.trade)] if shift.trade else []
    weighted += [(rules.required_weight, need) for need in shift.required]
    return weighted + [(rules.wished_weight, need) for need in shift.wished]


def mean_worth(found: Sequence[tuple[int, int, str]]) -> Measure:
    """The mean over (weight, permille, how) of each need; its reason is the first one's."""
    weights = sum(weight for weight, _, _ in found)
    if not weights:
        return Measure(0, "unknown")
    value = divide(sum(weight * permille for weight, permille, _ in found) * 1000, weights)
    return Measure(min(value, FULL), found[0][2], {"needs": tuple(permille for _, permille, _ in found)})


def _mean_level(claims: Sequence[SkillClaim], shift: Shift, rules: SkillRules) -> Measure:
    if not shift.required:
        return Measure(0, "unknown")
    levels = [level_of(claims, need) or 0 for need in shift.required]
    return Measure(share(sum(levels), rules.top_level * len(levels)), "levels", {"levels": tuple(levels)})


def _is(claim: SkillClaim, need: SkillNeed) -> bool:
    return claim.code == need.code if need.code else bool(claim.name) and claim.name in need.names
