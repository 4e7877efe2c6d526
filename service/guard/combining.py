"""What breaks a rule only together: several patterns met in one sentence, or anywhere in a posting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from service.guard.denying import denied
from service.guard.folding import BREAK
from service.guard.loading import Parts, Version

MOST_MET = 4  # places of one pattern that are tried
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Part:
    """One pattern of a combination, met at [start, end) of a folded field."""

    field: str
    start: int
    end: int


def excuses(version: Version, text: str) -> Spans:
    """Where a folded text says what makes a hit none."""
    return [each.span() for one in version.unless for each in one.finditer(text)]


def is_excused(excused: Spans, start: int, end: int) -> bool:
    """Whether [start, end) shares a character with an excuse."""
    return any(start < last and first < end for first, last in excused)


def combined(version: Version, texts: Mapping[str, str], whole: str, negates: re.Pattern[str]) -> Iterator[Part]:
    """The parts of every combination of a version that is met in folded texts; `whole` is all of them at once."""
    for parts in version.together:
        if _is_possible(parts, whole):
            for name, text in texts.items():
                yield from (Part(name, *span) for span in _in_one_sentence(version, parts, text, negates))
    for parts in version.anywhere:
        if _is_possible(parts, whole):
            met = [_first(version, part, texts, negates) for part in parts]
            if None not in met:
                yield from (each for each in met if each is not None)


def _is_possible(parts: Parts, whole: str) -> bool:
    return all(part.search(whole) for part in parts)


def _in_one_sentence(version: Version, parts: Parts, text: str, negates: re.Pattern[str]) -> Spans:
    """The places of the first way in which all parts stand in one sentence; none where there is no such way."""
    met = [_places(version, part, text, negates) for part in parts]
    for ways in product(*met):
        if BREAK not in text[min(start for start, _ in ways) : max(end for _, end in ways)]:
            return ways
    return ()


def _places(version: Version, part: re.Pattern[str], text: str, negates: re.Pattern[str]) -> Spans:
    """The first places of a pattern that nothing denies or excuses."""
    spans = [found.span() for found in part.finditer(text)]
    excused = excuses(version, text) if spans else ()
    kept = (span for span in spans if not is_excused(excused, *span) and not denied(text, *span, negates))
    return [span for _, span in zip(range(MOST_MET), kept, strict=False)]


def _first(
    version: Version, part: re.Pattern[str], texts: Mapping[str, str], negates: re.Pattern[str]
) -> Part | None:
    places = ((name, span) for name, text in texts.items() for span in _places(version, part, text, negates)[:1])
    name, span = next(places, (None, None))
    return None if name is None or span is None else Part(name, *span)
