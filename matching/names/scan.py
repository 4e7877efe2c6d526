"""Known words in a piece of text: the segmentation that reads most of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


class Kind(IntEnum):
    """What a known word is; of two kinds the lower one wins."""

    TRADE = 0
    HINT = 1
    NEGATION = 2
    SPEECH = 3
    LIFE = 4
    NOISE = 5
    OTHER = 6
    PLACE = 7


_WORTH = {
    Kind.TRADE: 20, Kind.HINT: 18, Kind.NEGATION: 19, Kind.SPEECH: 17, Kind.LIFE: 17,
    Kind.NOISE: 18, Kind.OTHER: 15, Kind.PLACE: 15,
}  # fmt: skip


_REMEMBERED = 4096


class Token(NamedTuple):
    """A known word and where it stands."""

    start: int
    end: int
    kind: Kind
    word: str


class Lexicon:
    """Known words by kind; `read` remembers its latest answers, for a piece is looked at several times."""

    def __init__(self, words: Mapping[Kind, Iterable[str]]) -> None:
        """Each word under the first kind that has it."""
        self._kinds: dict[str, Kind] = {}
        for kind in sorted(words):
            for word in words[kind]:
                self._kinds.setdefault(word, kind)
        lengths: dict[str, set[int]] = {}
        for word in self._kinds:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: tuple(sorted(each)) for first, each in lengths.items()}
        self.read: Callable[[str], tuple[Token, ...]] = lru_cache(_REMEMBERED)(self._read)

    def _read(self, piece: str) -> tuple[Token, ...]:
        """The words of the segmentation with most (squared) length in known words."""
        size = len(piece)
        best = [0] * (size + 1)
        came: list[Token | None] = [None] * (size + 1)
        kinds, lengths = self._kinds, self._lengths
        for at in range(size):
            here = best[at]
            if here > best[at + 1]:
                best[at + 1], came[at + 1] = here, None
            for length in lengths.get(piece[at], ()):
                end = at + length
                if end > size:
                    break
                word = piece[at:end]
                kind = kinds.get(word)
                if kind is None:
                    continue
                worth = here + length * length * _WORTH[kind]
                if worth > best[end]:
                    best[end], came[end] = worth, Token(at, end, kind, word)
        return _traced(came)


def _traced(came: list[Token | None]) -> tuple[Token, ...]:
    tokens, at = [], len(came) - 1
    while at > 0:
        token = came[at]
        if token is None:
            at -= 1
        else:
            tokens.append(token)
            at = token.start
    return tuple(reversed(tokens))
