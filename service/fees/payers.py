"""Whether the words of a disclosed charge take it from workers: the clause in which a fee was seen, and who pays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from service.guard.folding import fold

_ENDS = re.compile("[,;|\n\u3001\uff0c\uff1b\u3002\uff01!\uff1f?]")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """What the file says. Raises re.error for a pattern that is none."""
    data = yaml.safe_load(files("service.fees").joinpath("payers.yaml").read_text("utf-8"))
    return {name: re.compile(pattern) for name, pattern in data.items()}


def from_workers(words: str, hit: Mapping[str, Any], payer: str | None) -> bool:
    """Whether the clause of a hit says that workers pay.

    `hit`: the guard's facts (start, end, how); `payer`: the employer or merchant that a field beside the words
    names, None where only they tell.
    """
    clause, known = fold(_clause(words, hit["start"], hit["end"])).text, _patterns()
    if known["denied"].search(clause):
        return False
    if known["workers"].search(clause):
        return True
    if payer is not None or known["others"].search(clause):
        return False
    return hit["how"] != "hint" or known["of_workers"].search(clause) is not None


def _clause(words: str, start: int, end: int) -> str:
    """What stands around [start, end) between two marks."""
    begins = max((found.end() for found in _ENDS.finditer(words, 0, start)), default=0)
    ends = _ENDS.search(words, end)
    return words[begins : ends.start() if ends else len(words)]
