"""What is said not to be asked: denied before or after («不收押金», «押金一律不收»), called a fraud, warned of."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

REACH = 24  # characters either side that are looked at


def denied(text: str, start: int, end: int, negates: re.Pattern[str]) -> bool:
    """Whether the words of [start, end) in a folded text are said not to hold."""
    words = said()
    if (
        start
        and text[start - 1] in words["adjacent"]
        and text[max(0, start - 2) : start] not in words["asked_not_denied"]
    ):
        return True
    opening = max(0, start - REACH)
    clause = max(text.rfind("|", opening, start), text.rfind(",", opening, start)) + 1
    between = pattern("between")
    for no in negates.finditer(text, max(opening, clause), min(len(text), start + 6)):
        if no.start() < start and (no.end() >= start or between.fullmatch(text, no.end(), start)):
            return True
    after = text[end : end + REACH]
    if pattern("after").match(after) or pattern("accused").match(after):
        return True
    return pattern("warned").search(text[max(0, start - 16) : start]) is not None


@cache
def said() -> dict[str, Any]:
    """The words and expressions, from `denying.yaml`."""
    found: dict[str, Any] = yaml.safe_load(files("service.guard").joinpath("denying.yaml").read_text("utf-8"))
    return found


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One of the expressions."""
    return re.compile(said()[name])
