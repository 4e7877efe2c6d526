"""Where the patterns of a rule are met, what excuses them, and what breaks a rule only together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from service.guard.denying import denied
from service.guard.earning import Earning, Earnings
from service.guard.folding import BREAK, Folded
from service.guard.rulebook import Parts, Version
from service.guard.seeking import Sought, Together

FARTHEST = 24  # characters over which the parts of one thing are said together
MOST_MET = 4  # places of one pattern that are tried
_NONE: set[Sought | Together] = set()
Span = tuple[int, int]
Spans = Sequence[Span]


@dataclass(slots=True)
class Reading:
    """A folded text, the patterns that may be met in it by rule, and of those that were asked whether they are."""

    text: str
    near: Mapping[str, set[Sought | Together]]
    negates: re.Pattern[str]
    _met: dict[str, bool] = field(default_factory=dict)
    _earned: dict[str, Sequence[Earning]] = field(default_factory=dict)

    def of(self, code: str) -> set[Sought | Together]:
        """The patterns of a rule that may be met."""
        return self.near.get(code, _NONE)

    def meets(self, pattern: Sought) -> bool:
        """Whether it is met at all."""
        return pattern in self.of(pattern.code) and self.is_met(pattern)

    def is_met(self, near: Sought) -> bool:
        """Whether one that may be met is met."""
        met = self._met.get(near.written)
        if met is None:
            met = self._met[near.written] = near.regex.search(self.text) is not None
        return met

    def meets_all(self, parts: Parts) -> bool:
        """Whether all are met."""
        return not parts or (self.of(parts[0].code).issuperset(parts) and all(map(self.is_met, parts)))

    def all_stand(self, parts: Parts, excused: Spans) -> bool:
        """Whether each is met where it stands."""
        return all(next(self.places(part, excused), None) is not None for part in parts)

    def earned(self, name: str, text: Folded, earnings: Earnings) -> Sequence[Earning]:
        """What a field says is earned, read once."""
        if name not in self._earned:
            self._earned[name] = earnings.in_text(text)
        return self._earned[name]

    def excuses(self, version: Version) -> Spans:
        """Where the text says what makes a hit of the rule none."""
        asked = (each.regex for each in version.by_excuse & self.of(version.code))
        return [found.span() for each in asked for found in each.finditer(self.text)]

    def stands(self, start: int, end: int, excused: Spans) -> bool:
        """Whether [start, end) is neither excused nor denied."""
        if any(start < last and first < end for first, last in excused):
            return False
        return not denied(self.text, start, end, self.negates)

    def places(self, pattern: Sought, excused: Spans) -> Iterator[Span]:
        """Where a pattern stands; what is denied hides nothing that begins inside it."""
        at = 0
        while (found := pattern.regex.search(self.text, at)) is not None:
            start, end = found.span()
            if self.stands(start, end, excused):
                yield start, end
                at = end
            else:
                at = start + 1


def met_together(version: Version, reading: Reading) -> list[Together]:
    """The combinations of a rule of which every part is met somewhere."""
    near = version.by_combination & reading.of(version.code)
    return [each for each in near if all(map(reading.is_met, each.parts))]


def combined(combinations: Iterable[Together], reading: Reading, excused: Spans) -> Iterator[Span]:
    """The places of every part of each combination that is met."""
    for each in combinations:
        yield from _way(each.parts, reading, excused, each.one_sentence)


def _way(parts: Parts, reading: Reading, excused: Spans, one_sentence: bool) -> Spans:
    """The first way in which all parts stand; none where there is no such way."""
    met = [list(islice(reading.places(part, excused), MOST_MET)) for part in parts]
    ways = product(*met)
    return next((each for each in ways if not one_sentence or _is_one_sentence(each, reading.text)), ())


def _is_one_sentence(way: Spans, text: str) -> bool:
    start, end = min(start for start, _ in way), max(end for _, end in way)
    return end - start <= FARTHEST and BREAK not in text[start:end]
