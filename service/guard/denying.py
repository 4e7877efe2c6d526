"""How what is met stands: denied («不收押金», «押金一律不收»), or in doubt (called a fraud, warned of)."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from service.guard.folding import BREAK, COMMA

REACH = 24  # characters either side that are looked at
WARNED = 16  # characters before it in which a warning counts


class Standing(Enum):
    """Whether what is met stands, may be meant otherwise, or is said not to hold."""

    STANDS = "stands"
    DOUBTED = "doubted"
    DENIED = "denied"


def standing(text: str, start: int, end: int, negates: re.Pattern[str]) -> Standing:
    """How the words of [start, end) in a folded text stand. Denied is what a no before or behind it governs; a list
    of other things before it, a warning and a word of complaint only make it doubtful: they are easily added."""
    if _is_denied_beside(text, start) or pattern("after").match(text, end, end + REACH):
        return Standing.DENIED
    before = _denied_before(text, start, end, negates)
    if before is Standing.DENIED:
        return before
    warned = pattern("warned").search(text[max(0, start - WARNED) : start]) is not None
    accused = pattern("accused").match(text, end, end + REACH) is not None
    return Standing.DOUBTED if warned or accused else before


def is_priced(text: str, start: int, end: int) -> bool:
    """Whether a sum stands in the words of [start, end) or right behind them."""
    return pattern("sum").search(text, start, end) is not None or pattern("priced").match(text, end) is not None


def _is_denied_beside(text: str, start: int) -> bool:
    """A no right before it that is not the end of another word («级别», «要不»)."""
    words = said()
    return bool(
        start
        and text[start - 1] in words["adjacent"]
        and text[max(0, start - 2) : start] not in words["asked_not_denied"]
    )


def _denied_before(text: str, start: int, end: int, negates: re.Pattern[str]) -> Standing:
    """Whether a no of the same clause reaches it. A list of what is no money and no paper between them may end before
    it («不用住宿、押身份证»), as may any list where a sum follows («不用经验、押金200»)."""
    opening = max(0, start - REACH)
    clause = max(text.rfind(BREAK, opening, start), text.rfind(COMMA, opening, start)) + 1
    found = Standing.STANDS
    for no in negates.finditer(text, max(opening, clause), min(len(text), start + 6)):
        if no.start() >= start:
            break
        if no.end() >= start:
            return Standing.DENIED
        if pattern("between").fullmatch(text, no.end(), start):
            items = text[no.end() : start]
            listed = pattern("listed").search(items) is not None
            if not listed or (pattern("alike").search(items) and not is_priced(text, start, end)):
                return Standing.DENIED
            found = Standing.DOUBTED
    return found


@cache
def said() -> dict[str, Any]:
    """The words and expressions, from `denying.yaml`."""
    found: dict[str, Any] = yaml.safe_load(files("service.guard").joinpath("denying.yaml").read_text("utf-8"))
    return found


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One of the expressions."""
    return re.compile(said()[name])
