"""Which rule a whole advertisement probably breaks that meets no pattern of one, and the words that say so most.

Only what is told of the work counts: titles and what is shorter than a sentence say too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.guard.folding import BREAK, Folded
from service.guard.learned import Learned
from service.guard.rulebook import MAYBE, Version

TITLE = "/title"
LEAST_TOLD = 12  # characters of a folded text below which nothing is guessed
LONG = 120  # characters beyond which a text is read piece by piece
SHORT, SURER = 30, 0.7  # below so many characters the chance has to be this at least


@dataclass(frozen=True, slots=True)
class Guess:
    """A rule, and [start, end) of the original text of a field."""

    version: Version
    field: str
    start: int
    end: int


def chance_of(fields: Mapping[str, Folded], learned: Learned) -> float | None:
    """How probable a breach is, in the piece that is likest one; None where too little is told."""
    text = _told(fields)
    return learned.chance(_likest(text, learned)) if len(text) >= LEAST_TOLD else None


def guess(fields: Mapping[str, Folded], chance: float, versions: Iterable[Version], learned: Learned) -> Guess | None:
    """The likeliest of the rules that ask to be told of such a chance (`likely`), if one of them does."""
    asking = {version.code: version for version in versions if version.likely is not None} if chance >= MAYBE else {}
    text = _told(fields)
    version = asking.get(learned.likeliest(text, asking) or "") if asking else None
    if version is None or version.likely is None:
        return None
    if chance < max(version.likely, SURER if len(text) < SHORT else 0):
        return None
    start, end = learned.clause(text)
    for name, folded in fields.items():
        if name == TITLE or not folded.text:
            continue
        if start < len(folded.text):
            return Guess(version, name, *folded.span(start, min(end, len(folded.text))))
        start, end = start - len(folded.text) - 1, end - len(folded.text) - 1
    return None


def _likest(text: str, learned: Learned) -> str:
    """Of a long text the run of sentences that is likest a breach: honest words before and after hide none."""
    if len(text) <= LONG:
        return text
    pieces = [""]
    for sentence in text.split(BREAK):
        if len(pieces[-1]) >= LONG // 2:
            pieces.append("")
        pieces[-1] += sentence + BREAK
    return max((piece for piece in pieces if len(piece) >= LEAST_TOLD), key=learned.chance, default=text)


def _told(fields: Mapping[str, Folded]) -> str:
    return BREAK.join(folded.text for name, folded in fields.items() if name != TITLE and folded.text)
