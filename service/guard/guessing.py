"""Which rule a whole advertisement probably breaks that meets no pattern of one, and the words that say so most.

Only what is told of the work counts: titles and what is shorter than a sentence say too little. Of a posting with
English in it only the Chinese counts: the weights were learnt from Chinese, and English has its own expressions. A long
text is read piece by piece, and the likeliest piece speaks for it: honest words before and after a breach hide none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.guard.folding import BREAK, COMMA, Folded
from service.guard.grams import grams, tail
from service.guard.learned import Learned
from service.guard.rulebook import MAYBE, Version

Looked = tuple[str, npt.NDArray[np.uint32]]
TITLE = "/title"
LEAST_TOLD = 12  # characters of a folded text below which nothing is guessed
LONG = 120  # characters beyond which a text is read piece by piece
PIECE = 24  # characters of a piece at least
SHORT, SURER = 30, 0.7  # below so many characters the chance has to be this at least
_END = re.compile(f"[{BREAK}{COMMA}]")
_LATIN = re.compile("[a-z][a-z0-9,]*")


@dataclass(frozen=True, slots=True)
class Likeness:
    """The piece of a folded text, beginning at `start`, that is likest a breach, and how probable one is."""

    chance: float
    piece: str
    start: int


@dataclass(frozen=True, slots=True)
class Guess:
    """A rule, and [start, end) of the original text of a field."""

    version: Version
    field: str
    start: int
    end: int


def likeness_of(
    fields: Mapping[str, Folded], learned: Learned, *, english: bool = False, page: Looked | None = None
) -> Likeness | None:
    """How like a breach the fields are; None where too little is told. `english`: there are sentences of English;
    `page`: all fields as one text, and what `with_threes` found in it, so that nothing is looked up twice."""
    text = _told(fields, english)
    if (sum(map(str.isalpha, text)) if english else len(text)) < LEAST_TOLD:
        return None
    if page is not None and page[0].endswith(text):
        found = tail(page[1], len(page[0]), len(page[0]) - len(text))
    else:
        found = grams(text)
    if len(text) <= LONG:
        return Likeness(learned.chance_of(found), text, 0)
    spans = _pieces(text)
    chances = learned.chances(found, len(text), spans)
    (start, end), chance = max(zip(spans, chances, strict=True), key=lambda each: each[1])
    return Likeness(chance, text[start:end], start)


def guess(
    fields: Mapping[str, Folded], likeness: Likeness, versions: Iterable[Version], learned: Learned
) -> Guess | None:
    """The likeliest of the rules that ask to be told of such a chance (`likely`), if one of them does."""
    if likeness.chance < MAYBE:
        return None
    asking = {version.code: version for version in versions if version.likely is not None}
    version = asking.get(learned.likeliest(likeness.piece, asking) or "")
    if version is None or version.likely is None:
        return None
    if likeness.chance < max(version.likely, SURER if len(likeness.piece) < SHORT else 0):
        return None
    start, end = learned.clause(likeness.piece)
    place = _placed(fields, likeness.start + start, likeness.start + end)
    return None if place is None else Guess(version, *place)


def _pieces(text: str) -> list[tuple[int, int]]:
    """[start, end) of the clauses of a long text, from each one on as many as make PIECE characters: a
    breach of one clause is not only read together with three honest ones."""
    starts = [0, *(found.end() for found in _END.finditer(text))]
    ends = [*starts[1:], len(text)]
    made = []
    for at, start in enumerate(starts):
        end = next((end for end in ends[at:] if end - start >= PIECE), None)
        if end is not None:
            made.append((start, end))
    return made or [(0, len(text))]


def _placed(fields: Mapping[str, Folded], start: int, end: int) -> tuple[str, int, int] | None:
    """The field of [start, end) of what is told, and where it is in the field's original."""
    for name, folded in _telling(fields):
        if start < len(folded.text):
            return (name, *folded.span(start, min(end, len(folded.text))))
        start, end = start - len(folded.text) - 1, end - len(folded.text) - 1
    return None


def _told(fields: Mapping[str, Folded], english: bool) -> str:
    """The fields as one text; in one with English every Latin word is as many marks, so that places stay."""
    text = BREAK.join(folded.text for _, folded in _telling(fields))
    return _LATIN.sub(lambda found: BREAK * len(found[0]), text) if english else text


def _telling(fields: Mapping[str, Folded]) -> Iterator[tuple[str, Folded]]:
    return ((name, folded) for name, folded in fields.items() if name != TITLE and folded.text)
