"""The words a search understands: trades and their other names, places, set phrases; in characters and in pinyin.

Built once from the shipped catalogue and from words.yaml. Each word leads to the tokens of the listings that it
means, so that «月嫂» also finds what is only called «育婴» and «浦东» what lies there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from threading import Lock
from typing import Any

import yaml

from matching.names.sounds import spellings
from service.listings.rules.folding import usual
from service.listings.rules.tokens import region_token, trade_token
from service.reference.catalogue import regions, trades, trades_by_word
from service.reference.skills import skills

_BUILDING = Lock()
LONGEST = 16
TRADE, PLACE, PHRASE, EMPTY = "trade", "place", "phrase", "empty"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is shown, what kind it is, the tokens of which any is meant, and the code behind it."""

    shown: str
    kind: str
    tokens: tuple[str, ...]
    code: str | None = None
    first: bool = False  # the name of its trade or place, not one of the others


@dataclass(frozen=True)
class Lexicon:
    """Every word by its folded form."""

    words: dict[str, Word]

    @cached_property
    def spelt(self) -> dict[str, tuple[str, ...]]:
        """Pinyin without blanks -> folded words."""
        return _grouped((said, folded) for folded in self._meaningful for said in _spellings(folded))

    @cached_property
    def initials(self) -> dict[str, tuple[str, ...]]:
        """First letters of the syllables, two or more -> folded words."""
        pairs = ((letters, folded) for folded in self._meaningful for letters in _initials(folded))
        return _grouped(pair for pair in pairs if len(pair[0]) > 1)

    @cached_property
    def by_start(self) -> dict[str, tuple[str, ...]]:
        """First two characters -> words of three and more, none of them in Latin letters."""
        return _grouped((word[:2], word) for word in self.words if len(word) > 2 and not word.isascii())

    @cached_property
    def _meaningful(self) -> list[str]:
        return [folded for folded, word in self.words.items() if word.kind != EMPTY]

    @cached_property
    def longest(self) -> int:
        """Characters of the longest word."""
        return max(map(len, self.words))


def lexicon() -> Lexicon:
    """The one of this process; the first call takes a moment. Raises DataRefused."""
    with _BUILDING:
        return _built()


@cache
def _built() -> Lexicon:
    words: dict[str, Word] = {}
    for word in (*_trades(), *_skills(), *_places(), *_phrases(), *_english()):
        folded = usual(word.shown)
        if len(folded) > 1 or word.kind == EMPTY:
            words.setdefault(folded, word)
    return Lexicon(words)


def _trades() -> Iterator[Word]:
    wider: dict[str, list[str]] = _file()["wider"]
    for trade in trades().values():
        for word in trade.words:
            codes = [*(trades_by_word(word) or [trade.code]), *wider.get(word, ())]
            meant = tuple(dict.fromkeys(map(trade_token, codes)))
            yield Word(word, TRADE, meant, trade.code, word == trade.zh)


def _skills() -> Iterator[Word]:
    for skill in skills().values():
        for word in skill.words if skill.trade else ():
            yield Word(word, TRADE, (trade_token(str(skill.trade)),), skill.trade)


def _places() -> Iterator[Word]:
    """Divisions by their names and by what people call them; one that is no more means the one that took its place."""
    endings = sorted(_file()["place_endings"], key=len, reverse=True)
    found: dict[str, dict[str, bool]] = {}
    for row in regions().values():
        code = row.replaced_by or row.code
        ending = next((each for each in endings if row.zh.endswith(each)), "")
        for name in (row.zh, row.zh.removesuffix(ending), row.en):
            if len(name) > 1:
                found.setdefault(name, {}).setdefault(code, name == row.zh)
    for name, codes in found.items():
        yield Word(name, PLACE, tuple(map(region_token, codes)), next(iter(codes)), any(codes.values()))


def _phrases() -> Iterator[Word]:
    for token, words in _file()["phrases"].items():
        for at, word in enumerate(words):
            yield Word(word, PHRASE, (token,), None, at == 0)
    for word in _file()["empty"]:
        yield Word(word, EMPTY, ())


def _english() -> Iterator[Word]:
    """What is said in English for one or several trades, of one and of several people."""
    meant: dict[str, list[str]] = {}
    for code, words in _file()["english"].items():
        for word in words:
            meant.setdefault(word, []).append(code)
    for word, codes in meant.items():
        for form in (word,) if word.endswith("s") else (word, f"{word}s"):
            yield Word(form, TRADE, tuple(map(trade_token, codes)), codes[0])


@cache
def _file() -> dict[str, Any]:
    text = files("service.listings.rules").joinpath("words.yaml").read_text(encoding="utf-8")
    made: dict[str, Any] = yaml.safe_load(text)
    return made


def _spellings(folded: str) -> list[str]:
    return [] if folded.isascii() else [each.replace(" ", "") for each in spellings(folded) if each.isascii()]


def _initials(folded: str) -> set[str]:
    """First letters by every reading of every character."""
    if folded.isascii():
        return set()
    heads = [{each[0] for each in spellings(char) if each} for char in folded if not char.isspace()]
    made = {""}
    for letters in heads:
        made = {before + letter for before in made for letter in letters} if len(made) < 9 else made
    return made if all(heads) else set()


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        if value not in found.setdefault(key, []):
            found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}
