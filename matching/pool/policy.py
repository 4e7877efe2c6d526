"""A policy and a moment as the numbers that kernels read, or None where only the oracle can judge."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np

from matching.distance import Decay, decay_table
from matching.millionths import FULL
from matching.policy import BY_DISTANCE_AND_TIME, Key, Policy, SkillMeasure, Weights
from matching.pool.bounds import COARSE
from matching.pool.compiled import Array
from matching.pool.layout import BIT, BY_DISTANCE, BY_PUBLISHED, BY_SCORE, BY_START, DAY, EPOCH_ORDINAL, RULES

_KEYS = {
    Key.SCORE: BY_SCORE,
    Key.DISTANCE: BY_DISTANCE,
    Key.START: BY_START,
    Key.PUBLISHED: BY_PUBLISHED,
}
_WEIGHTS = tuple(each.name for each in fields(Weights))
MOST_KNOT = 10**9
Curve = tuple[Array, Array, Array]


@lru_cache(maxsize=64)
def curve_of(policy: Policy) -> Curve:
    """(knots, decay table, the same every 16 m for bounds): the first or the others are placeholders."""
    if isinstance(policy.distance, Decay):
        table = np.array(decay_table(policy.distance.scale_m), np.int32)
        return np.zeros((1, 2), np.int64), table, np.append(table[:: 1 << COARSE], np.int32(0))
    return np.array(policy.distance.knots, np.int64).reshape(-1, 2), np.zeros(1, np.int32), np.zeros(1, np.int32)


def is_plain(policy: Policy) -> bool:
    """Whether bounds hold: a curve within 0..FULL that only falls."""
    curve = policy.distance
    if isinstance(curve, Decay):
        return True
    return all(0 <= worth <= FULL and 0 <= metres <= MOST_KNOT for metres, worth in curve.knots)


def order_of(policy: Policy, *, personalised: bool, several: bool) -> tuple[Key, ...]:
    """The keys that can tell two rows apart, up to the id; `several` when the ranked side are shifts."""
    order = policy.order if personalised else BY_DISTANCE_AND_TIME
    telling = (Key.SCORE, Key.DISTANCE, Key.START, Key.PUBLISHED) if several else (Key.SCORE, Key.DISTANCE)
    kept: list[Key] = []
    for key in order:
        if key is Key.ID:
            break
        if key in telling and key not in kept and (personalised or key is not Key.SCORE):
            kept.append(key)
    return tuple(kept)


@lru_cache(maxsize=64)
def _template(policy: Policy, personalised: bool, several: bool) -> Array:
    row: Any = np.zeros(1, RULES)
    skill = policy.skill
    numbers = {
        "offset": policy.utc_offset,
        "gates": sum(BIT[code] for code in policy.gates),
        "floor": policy.schedule_floor,
        "fresh": policy.fresh_minutes,
        "waiting": policy.waiting_nearness,
        "baseline": policy.reliability.baseline,
        "levels": int(skill.measure is SkillMeasure.LEVELS),
        "step": skill.level_step,
        "doubt": skill.unverified,
        "trade": skill.trade_weight,
        "required": skill.required_weight,
        "wished": skill.wished_weight,
        "top": skill.top_level,
        "decay": int(isinstance(policy.distance, Decay)),
        "scored": int(personalised),
        **{name: getattr(policy.weights, name) for name in _WEIGHTS},
    }
    keys = [_KEYS[key] for key in order_of(policy, personalised=personalised, several=several)]
    numbers["first"], numbers["second"], numbers["third"], numbers["fourth"] = (*keys, 0, 0, 0, 0)[:4]
    for name, number in numbers.items():
        row[0][name] = number
    return np.asarray(row)


def rules_of(policy: Policy, now: int, *, personalised: bool, several: bool = False) -> Array:
    """One row of `RULES` for a policy at a minute; `several` when shifts are ranked, not people."""
    row = _template(policy, personalised, several).copy()
    row["now"] = now
    row["today"] = (now + policy.utc_offset) // DAY + EPOCH_ORDINAL
    return row


def points_of(weight: int, values: Array) -> Array:
    """The points of many values at once, each rounded half up."""
    return np.asarray((2 * weight * values + FULL) // (2 * FULL))
