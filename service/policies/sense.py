"""Refuse policy values of the right type that make no sense: negative spans, broken ladders, lost codes."""

from __future__ import annotations

from typing import Any

from matching.reliability import KINDS
from service.codes import PAY_UNITS, SETTLEMENTS
from service.policies.model import CancelTier, ConfirmStep, DueRule, MarkWeight, PayBounds
from service.policies.typed import DataRefused

PERIODS = frozenset({"work_day", "week", "half_month", "month"})
_CODES = {"due_rules": frozenset(SETTLEMENTS), "bounds": frozenset(PAY_UNITS)}
_MAY_BE_ZERO = frozenset({"minutes", "days", "permille", "hours"})


def refuse_nonsense(name: str, unit: str, value: Any, file: str, key: str) -> None:
    """Raises DataRefused when the value of parameter `name` cannot be meant."""
    if type(value) is int:
        _number(value, unit, file, key)
    elif isinstance(value, tuple):
        _ladder(value, file, key)
    elif name in _CODES:
        _codes(value, _CODES[name], file, key)


def _number(value: int, unit: str, file: str, key: str) -> None:
    if value < 0 or (value == 0 and unit not in _MAY_BE_ZERO):
        raise DataRefused(file, key, f"{value} {unit} cannot be meant")
    if unit == "permille" and value > 1000:
        raise DataRefused(file, key, "thousandths end at 1000")


def _ladder(steps: tuple[Any, ...], file: str, key: str) -> None:
    if not steps:
        raise DataRefused(file, key, "a ladder needs at least one step")
    if isinstance(steps[0], MarkWeight):
        _weights(steps, file, key)
    if not isinstance(steps[0], ConfirmStep | CancelTier):
        return
    starts = [step.at_least_minutes for step in steps]
    if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
        raise DataRefused(file, key, "steps go from far to near and end at 0 minutes")


def _weights(weights: tuple[MarkWeight, ...], file: str, key: str) -> None:
    """Ten good shifts make up for any one mark at the start value of 800, so nothing weighs more than 2."""
    named = [each.kind for each in weights]
    if sorted(named) != sorted(kind.name for kind in KINDS if not kind.good):
        raise DataRefused(file, key, "each kind of mark has one weight")
    if not all(1 <= each.weight <= 2 for each in weights):
        raise DataRefused(file, key, "a mark weighs 1 or 2")


def _codes(value: Any, expected: frozenset[str], file: str, key: str) -> None:
    if set(value) != expected:
        raise DataRefused(file, key, f"codes differ: {sorted(set(value) ^ expected)}")
    for code, entry in value.items():
        if isinstance(entry, PayBounds) and not 0 < entry.min_fen <= entry.max_fen:
            raise DataRefused(file, f"{key}.{code}", "bounds must be positive and in order")
        if isinstance(entry, DueRule) and (entry.period not in PERIODS or entry.offset_days < 0):
            raise DataRefused(file, f"{key}.{code}", f"period is one of {sorted(PERIODS)}, offset from 0 on")
