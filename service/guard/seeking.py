"""Of many patterns the few that a text can hold: each is kept by the characters that a match of it begins with.

The rules may grow without slowing the guard: a text is looked through once, and only what can begin somewhere in it
is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.guard.patterns import Lists, beginnings, compiled, openings


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A pattern; `openings`: what a match begins with, one or two characters each, None where that may be anything."""

    regex: re.Pattern[str]
    openings: frozenset[str] | None


class Seeker:
    """Patterns by their openings."""

    def __init__(self, patterns: Iterable[Sought]):
        self._always: set[Sought] = set()
        self._by: dict[str, set[Sought]] = {}
        for each in patterns:
            if each.openings is None:
                self._always.add(each)
            for opening in each.openings or ():
                self._by.setdefault(opening, set()).add(each)

    def near(self, text: str) -> set[Sought]:
        """The patterns that may be met in a folded text; every one that is met is among them."""
        found = set(self._always)
        by = self._by
        for opening in {*text, *map("".join, pairwise(text))}:
            if opening in by:
                found |= by[opening]
        return found


def sought(patterns: Sequence[str], lists: Lists, known: dict[str, Sought]) -> tuple[Sought, ...]:
    """Each pattern by itself; the same pattern is the same object, by `known`. Raises BadPattern."""
    made = []
    for each in patterns:
        if each not in known:
            regex = compiled([each], lists)
            assert regex is not None  # noqa: S101 - there is a pattern
            known[each] = Sought(regex, None if beginnings(each, lists) is None else frozenset(openings(each, lists)))
        made.append(known[each])
    return tuple(made)
