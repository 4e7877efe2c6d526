"""Where the patterns of a rule are met, what excuses them, and what breaks a rule only together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from service.guard.denying import Standing, pattern, standing
from service.guard.earning import Earning, Earnings
from service.guard.folding import BREAK, Folded
from service.guard.rulebook import Parts
from service.guard.seeking import Candidates, Near, Sought, Span, Together

FARTHEST = 24  # characters over which the parts of one thing are said together
CHARGED = 8  # characters behind what is excused in which a sum is asked all the same
MOST_TRIED = 40  # places of one pattern or list of words beyond which nobody reads on
MOST_MET = 4  # places of one pattern that are tried
_NONE = Candidates([], [], [])
Spans = Sequence[Span]


@dataclass(slots=True)
class Reading:
    """A folded text, what is met in it, and how it stands."""

    text: str
    near: Near
    negates: re.Pattern[str]
    _earned: dict[str, Sequence[Earning]] = field(default_factory=dict)
    _excused: dict[str, Spans] = field(default_factory=dict)
    _standing: dict[Span, Standing] = field(default_factory=dict)

    def of(self, code: str) -> Candidates:
        """What of a rule is met."""
        return self.near.by_rule.get(code, _NONE)

    def meets_all(self, parts: Parts) -> bool:
        """Whether all are met."""
        return all(map(self.near.meets, parts))

    def all_stand(self, parts: Parts) -> bool:
        """Whether each is met where it stands."""
        return all(next(self.places(part), None) is not None for part in parts)

    def earned(self, name: str, text: Folded, earnings: Earnings) -> Sequence[Earning]:
        """What a field says is earned, read once."""
        if name not in self._earned:
            self._earned[name] = earnings.in_text(text)
        return self._earned[name]

    def excused(self, code: str) -> Spans:
        """Where the text says what makes a hit of a rule none, looked for once."""
        if code not in self._excused:
            excuses = self.near.excuses(code)
            self._excused[code] = [span for each in excuses for span in each.spans(self.text)]
        return self._excused[code]

    def standing(self, start: int, end: int, code: str) -> Standing:
        """How [start, end), met by a rule, stands: neither denied nor excused, in doubt, or not."""
        found = self._standing.get((start, end))
        if found is None:
            found = self._standing[start, end] = standing(self.text, start, end, self.negates)
        if found is Standing.DENIED:
            return found
        if any(start < last and first < end for first, last in self.excused(code)):
            return Standing.DOUBTED if pattern("charged").search(self.text, start, end + CHARGED) else Standing.DENIED
        return found

    def stands(self, start: int, end: int, code: str) -> bool:
        """Whether it stands beyond doubt."""
        return self.standing(start, end, code) is Standing.STANDS

    def places(self, sought: Sought) -> Iterator[Span]:
        """Where a pattern stands."""
        return (span for span, standing in self.standings(sought) if standing is Standing.STANDS)

    def standings(self, sought: Sought) -> Iterator[tuple[Span, Standing]]:
        """Where a pattern stands or may stand; what is denied hides nothing that begins inside it. Who denies a thing
        again and again is in doubt."""
        tried, span = 0, self.near.first(sought)
        while tried <= MOST_TRIED and span is not None:
            start, end = span
            tried += 1
            standing = Standing.DOUBTED if tried > MOST_TRIED else self.standing(start, end, sought.code)
            if standing is not Standing.DENIED:
                yield span, standing
            span = sought.search(self.text, end if standing is Standing.STANDS else start + 1)


def combined(combinations: Iterable[Together], reading: Reading) -> Iterator[Span]:
    """The places of every part of each combination that is met."""
    for each in combinations:
        yield from _way(each.parts, reading, each.one_sentence)


def _way(parts: Parts, reading: Reading, one_sentence: bool) -> Spans:
    """The first way in which all parts stand; none where there is no such way."""
    met = [list(islice(reading.places(part), MOST_MET)) for part in parts]
    ways = product(*met)
    return next((each for each in ways if not one_sentence or _is_one_sentence(each, reading.text)), ())


def _is_one_sentence(way: Spans, text: str) -> bool:
    start, end = min(start for start, _ in way), max(end for _, end in way)
    return end - start <= FARTHEST and BREAK not in text[start:end]
