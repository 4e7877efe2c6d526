"""Every form of every entry: words as given and without their affixes, their sounds and spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from matching.names.entry import NameEntry, Wording
from matching.names.folding import tight
from matching.names.hits import Hit
from matching.names.scan import Kind, Lexicon
from matching.names.sounds import sound_table, spellings

_LEAST_SPELLED = 6
_ALIKE = 90
_COMMON = 3
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Form(NamedTuple):
    """One word of one entry, folded; `core` is the word without affixes, `sound` its symbols of sound."""

    word: str
    entry: int
    core: str
    sound: str


class Forms:
    """The words of an index and what they lead to."""

    def __init__(self, entries: Sequence[NameEntry], wording: Wording) -> None:
        self.entries = entries
        self.variants: Mapping[int, str] = str.maketrans(dict(wording.variants))
        self._heads = tuple(sorted(self._folded(wording.heads), key=len, reverse=True))
        self._prefixes = tuple(sorted(self._folded(wording.prefixes), key=len, reverse=True))
        self._alike = tuple(tuple(self._folded(pair)) for pair in wording.alike)
        self._sounds = sound_table()
        self.owners = self._owners()
        self.hints = self._marked("hints")
        self.everyday = frozenset(self._folded(wording.everyday))
        self.common = self._common(tuple(self._folded(wording.places)))
        self.generic = frozenset(self._folded(wording.generic))
        self.forms = tuple(self._form(word, owner) for word, owners in self.owners.items() for owner in owners[:1])
        self.lexicon = Lexicon({
            Kind.TRADE: [word for word in self.owners if len(word) > 1],
            Kind.HINT: list(self.hints),
            Kind.NOISE: self._folded(wording.noise),
            Kind.NEGATION: self._folded(wording.negations),
            Kind.LIFE: self._folded(wording.life),
            Kind.SPEECH: self._folded(wording.speech),
            Kind.OTHER: self._folded(wording.others),
            Kind.PLACE: self._folded(wording.places),
        })  # fmt: skip

    def _folded(self, words: Sequence[str]) -> list[str]:
        return [folded for word in words if (folded := tight(word, self.variants))]

    def _owners(self) -> dict[str, tuple[int, ...]]:
        """Folded word -> entries, the owner of lowest rank first, those that share it behind."""
        found: dict[str, list[int]] = {}
        order = sorted(range(len(self.entries)), key=lambda at: (self.entries[at].rank, at))
        for shared in (False, True):
            for at in order:
                entry = self.entries[at]
                for word in self._folded(entry.shared if shared else (entry.name, *entry.words)):
                    owners = found.setdefault(word, [])
                    if at not in owners:
                        owners.append(at)
        return {word: tuple(owners) for word, owners in found.items()}

    def _common(self, places: tuple[str, ...]) -> frozenset[str]:
        """Words that a longer or another name tells more than: heads that several entries share, places of work."""
        users: dict[str, set[int]] = {}
        for word, owners in self.owners.items():
            for start in range(1, len(word) - 1):
                if word[start:] in self.owners:
                    users.setdefault(word[start:], set()).add(owners[0])
        heads = (word for word, entries in users.items() if len(entries - {self.owners[word][0]}) >= _COMMON)
        return frozenset((*heads, *(word for word in self.owners if len(word) > 2 and word.endswith(places))))

    def _marked(self, which: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for at, entry in enumerate(self.entries):
            for word in self._folded(getattr(entry, which)):
                found.setdefault(word, at)
        return found

    def rewritten(self, piece: str) -> str:
        """A piece with words replaced by those that mean the same, where catalogues prefer them."""
        for said, usual in self._alike:
            piece = piece.replace(said, usual)
        return piece

    def all_known(self, piece: str) -> bool:
        """Whether a piece is made of known words only, so that nothing is left to guess."""
        return sum(token.end - token.start for token in self.lexicon.read(piece)) == len(piece)

    def _form(self, word: str, entry: int) -> Form:
        return Form(word, entry, self.core(word), self.sound(word))

    def sound(self, text: str) -> str:
        """The symbols of the sounds of a text; a character without pinyin stands for itself."""
        return text.translate(self._sounds)

    def core(self, text: str) -> str:
        """A text without beginnings and endings that carry no meaning, at least one character of it."""
        for prefix in self._prefixes:
            if text.startswith(prefix) and len(text) - len(prefix) >= 2:
                text = text[len(prefix) :]
                break
        for head in self._heads:
            if text.endswith(head) and len(text) > len(head):
                return text[: -len(head)]
        return text

    @cached_property
    def _by_spelling(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.owners:
            if _CHINESE.search(word):
                for spelling in spellings(word):
                    found.setdefault(spelling, []).append(word)
        return found

    def spelled(self, text: str) -> list[Hit]:
        """Entries whose word is spelled like these Latin letters, or nearly so when there are enough of them."""
        from rapidfuzz import fuzz, process

        words = self._by_spelling.get(text)
        if words:
            score = 0.96 if len(text) >= _LEAST_SPELLED else 0.9
            return [Hit(self.owners[word][0], score, word, "pinyin", 0) for word in words]
        if len(text) < _LEAST_SPELLED:
            return []
        near = process.extractOne(text, self._by_spelling.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if near is None:
            return []
        spelling, ratio, _ = near
        return [Hit(self.owners[word][0], 0.9 * ratio / 100, word, "pinyin", 0) for word in self._by_spelling[spelling]]
