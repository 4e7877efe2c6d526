"""The form of a trade's or skill's name that matching compares: width, traditional forms, case, digits, endings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from service.policies.typed import read
from service.text import fold_tight


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read("service.matches", "name_folding.yaml")
    return found


@cache
def _simplified() -> Mapping[int, str]:
    return {ord(traditional): simple for traditional, simple in _data()["simplified"].split()}


@cache
def _digits() -> Mapping[int, str]:
    return {ord(digit): number for digit, number in _data()["digits"].items()}


@cache
def fold_name(name: str) -> str:
    """The name as `matching` wants it: half-width, simplified, lower case, Arabic digits, without its ending.

    The endings stand in `name_folding.yaml`; one is cut, and only where two characters are left, so that a
    short name keeps its own sense. Idempotent but for that cut.
    """
    folded = fold_tight(name).translate(_simplified()).translate(_digits())
    for ending in _data()["suffixes"]:
        if folded.endswith(ending) and len(folded) - len(ending) >= 2:
            return folded.removesuffix(ending)
    return folded
