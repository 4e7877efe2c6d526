"""Skills of many rows at once, in NumPy: who lacks a required one, and the skill factor of everybody."""

from __future__ import annotations

import numpy as np

from matching.model import Shift, SkillNeed
from matching.policy import Policy, SkillMeasure
from matching.pool.compiled import Array
from matching.pool.jobs import needs_of
from matching.pool.layout import NEAR_MASK, NO_LEVEL, REQUIRED, SAME, TRADE
from matching.pool.measure import FULL
from matching.pool.store import PeopleRows


def lacks(rows: PeopleRows, slots: Array, shift: Shift, policy: Policy) -> Array:
    """Whether a required skill is not claimed at its least level."""
    claims, owner = _claims(rows, slots)
    missing = np.zeros(len(slots), bool)
    for need in shift.required:
        missing |= _levels(rows, claims, owner, len(slots), need, policy) < need.min_level
    return missing


def skill_values(rows: PeopleRows, slots: Array, shift: Shift, policy: Policy) -> Array:
    """The skill factor in millionths, by the tree or by levels."""
    rules, claims_of = policy.skill, _claims(rows, slots)
    claims, owner = claims_of
    total, weight = np.zeros(len(slots), np.int64), 0
    if rules.measure is SkillMeasure.LEVELS:
        for need in shift.required:
            total += np.maximum(0, _levels(rows, claims, owner, len(slots), need, policy))
            weight += rules.top_level
        return _shared(total * FULL, weight)
    for role, need in needs_of(shift):
        each = {TRADE: rules.trade_weight, REQUIRED: rules.required_weight}.get(role, rules.wished_weight)
        worth = rows.kinds.near(need, rules)[claims >> 4].astype(np.int64) & NEAR_MASK
        short = np.maximum(0, need.min_level - _level(claims))
        left = np.maximum(0, worth - short * rules.level_step - np.where(claims & 1, 0, rules.unverified))
        total += each * _most(left, owner, len(slots), 0)
        weight += each
    return _shared(total * 1000, weight)


def _shared(part: Array, whole: int) -> Array:
    return np.minimum(FULL, (2 * part + whole) // (2 * whole)) if whole else np.zeros(len(part), np.int64)


def _claims(rows: PeopleRows, slots: Array) -> tuple[Array, Array]:
    """Every claim of the rows, and the number of the row that makes it."""
    cold = rows.cold[slots]
    sizes = cold["n_claims"].astype(np.int64)
    owner = np.repeat(np.arange(len(slots)), sizes)
    first = np.cumsum(sizes) - sizes
    at = np.repeat(cold["claims"] - first, sizes) + np.arange(len(owner))
    return rows.claims.words[at].astype(np.int64), owner


def _level(claims: Array) -> Array:
    level = claims >> 1 & 7
    return np.where(level == NO_LEVEL, 0, level)


def _levels(rows: PeopleRows, claims: Array, owner: Array, count: int, need: SkillNeed, policy: Policy) -> Array:
    """Highest level claimed of exactly this need, -1 for nobody's."""
    same = rows.kinds.near(need, policy.skill)[claims >> 4] & SAME
    return _most(np.where(same, _level(claims), -1), owner, count, -1)


def _most(values: Array, owner: Array, count: int, least: int) -> Array:
    """The largest value of each owner; owners are in order."""
    most = np.full(count, least, np.int64)
    if len(values):
        heads = np.flatnonzero(np.diff(owner, prepend=-1))
        most[owner[heads]] = np.maximum(least, np.maximum.reduceat(values, heads))
    return most
