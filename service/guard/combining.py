"""What breaks a rule only together: several patterns met in one sentence, or anywhere in a posting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from service.guard.denying import denied
from service.guard.folding import BREAK
from service.guard.loading import Parts, Version

MOST_MET = 4  # places of one pattern that are tried
Span = tuple[int, int]
Spans = Sequence[Span]


def excuses(version: Version, text: str) -> Spans:
    """Where a folded text says what makes a hit none."""
    if version.any_unless is None or version.any_unless.search(text) is None:
        return ()
    return [each.span() for one in version.unless for each in one.finditer(text)]


def is_excused(excused: Spans, start: int, end: int) -> bool:
    """Whether [start, end) shares a character with an excuse."""
    return any(start < last and first < end for first, last in excused)


def combined(version: Version, text: str, negates: re.Pattern[str], known: dict[int, bool]) -> Iterator[Span]:
    """The places of every part of a combination that is met in a folded text.

    `known`: which patterns are met in this text, by identity; many stand in several combinations.
    """
    excused: Spans | None = None
    for parts, one_sentence in version.combinations:
        for part in parts:
            met_at_all = known.get(id(part))
            if met_at_all is None:
                met_at_all = known[id(part)] = part.search(text) is not None
            if not met_at_all:
                break
        else:
            excused = excuses(version, text) if excused is None else excused
            yield from _way(parts, text, excused, negates, one_sentence)


def _way(parts: Parts, text: str, excused: Spans, negates: re.Pattern[str], one_sentence: bool) -> Spans:
    """The first way in which all parts are met; none where there is no such way."""
    met = [list(islice(places(part, text, excused, negates), MOST_MET)) for part in parts]
    return next((each for each in product(*met) if not one_sentence or _is_one_sentence(each, text)), ())


def _is_one_sentence(way: Spans, text: str) -> bool:
    return BREAK not in text[min(start for start, _ in way) : max(end for _, end in way)]


def places(pattern: re.Pattern[str], text: str, excused: Spans, negates: re.Pattern[str]) -> Iterator[Span]:
    """Where a pattern is met that nothing denies or excuses; what is denied hides nothing that begins inside it."""
    at = 0
    while (found := pattern.search(text, at)) is not None:
        start, end = found.span()
        if is_excused(excused, start, end) or denied(text, start, end, negates):
            at = start + 1
        else:
            yield start, end
            at = end
