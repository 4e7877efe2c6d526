"""Of many patterns the few that a text can hold: each is kept by pairs of characters that its parts begin with.

The rules may grow without slowing the guard: a text is looked through once, and only a pattern of which every part
may be there is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.guard.patterns import Lists, checked, guarded, needs


@dataclass(eq=False)
class Sought:
    """A pattern of a rule's version, `written` as a regular expression; `needs`: of each part what it may begin with,
    one of which a text must hold (`patterns.needs`)."""

    code: str
    written: str
    needs: tuple[frozenset[str], ...]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when a text first comes near it: a service begins without waiting for what few texts need."""
        return checked(self.written)


@dataclass(eq=False)
class Together:
    """Patterns that break a rule only together, within one sentence or anywhere in a text; the rarest first."""

    code: str
    parts: tuple[Sought, ...]
    one_sentence: bool

    def __post_init__(self) -> None:
        self.parts = tuple(sorted(self.parts, key=lambda part: min(map(_commonness, part.needs), default=_EVERYWHERE)))

    @property
    def needs(self) -> tuple[frozenset[str], ...]:
        """What its parts need, all of it."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs))


MOST_PARTS = 3  # parts of a pattern that are looked for before it is tried: the ones that the fewest texts hold
_EVERYWHERE = (True, 0)  # more common than anything that is looked for


def _commonness(need: frozenset[str]) -> tuple[bool, int]:
    """How many texts hold one of these, as a guess: figures are in every text."""
    return any(pair.isdigit() for pair in need), len(need)


class Seeker:
    """Patterns by what they need: a bit for each part of each pattern, those of the same part beside one another."""

    def __init__(self, patterns: Iterable[Sought | Together]):
        self._patterns = list(patterns)
        size = len(self._patterns)
        asked = [sorted(each.needs, key=_commonness)[:MOST_PARTS] for each in self._patterns]
        self._parts = max(map(len, asked), default=0)
        self._unasked = 0
        self._by: dict[str, int] = {}
        for at, needed in enumerate(asked):
            for part in range(self._parts):
                bit = 1 << (part * size + at)
                for pair in needed[part] if part < len(needed) else ():
                    self._by[pair] = self._by.get(pair, 0) | bit
                self._unasked |= 0 if part < len(needed) else bit
        self._pairs = self._by.keys()

    def near(self, text: str) -> dict[str, set[Sought | Together]]:
        """The patterns that may be met in a folded text, by rule; every one that is met is among them."""
        by, told = self._by, self._unasked
        for pair in self._pairs & {*text, *(text[at : at + 2] for at in range(len(text)))}:
            told |= by[pair]
        size = len(self._patterns)
        met = (1 << size) - 1
        for part in range(self._parts):
            met &= told >> (part * size)
        found: dict[str, set[Sought | Together]] = {}
        for at in _bits(met):
            each = self._patterns[at]
            found.setdefault(each.code, set()).add(each)
        return found


def _bits(number: int) -> Iterator[int]:
    """The places of the ones of a number."""
    while number:
        last = number & -number
        yield last.bit_length() - 1
        number ^= last


def sought(code: str, patterns: Sequence[str], lists: Lists, known: dict[str, Sought]) -> tuple[Sought, ...]:
    """Each pattern of a rule by itself; the same pattern is the same object, by `known`. Raises BadPattern."""
    made = []
    for each in patterns:
        if each not in known:
            known[each] = Sought(code, guarded([each], lists), needs(each, lists))
            if "[" in each:
                known[each].regex  # noqa: B018 - classes are the one thing that may not be an expression
        made.append(known[each])
    return tuple(made)
