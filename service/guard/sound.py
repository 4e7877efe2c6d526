"""Words by their sound: each character or piece of pinyin of a text as a syllable, and the words that sound so.

`押金`, `压金`, `押jin` and `yajin` sound alike. A word counts as meant where at least half of its characters are its
own or are spelt in Latin letters; what merely sounds alike is another word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count, pairwise
from operator import add
from typing import NamedTuple

from pypinyin import pinyin_dict

from service.guard.folding import BREAK, COMMA, LIST

MOST_HEARD = 50  # places of one word in a text; beyond these nobody reads on
_LATIN = re.compile("[a-z]+")
Name = tuple[str, str]  # a rule's code and which of its lists
_MARKS = frozenset((BREAK, COMMA, LIST))
_SIGNS = count(0xF0000)  # the private characters, one for each sound


class Syllable(NamedTuple):
    """One syllable of a folded text at [start, end); `char` is None where it is spelt in Latin letters."""

    sound: str
    start: int
    end: int
    char: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A word at [start, end) of the folded text: `exact` in its own characters, `spelt` partly in Latin letters,
    `whole` without a mark inside."""

    word: str
    start: int
    end: int
    exact: bool
    spelt: bool
    whole: bool


class Words:
    """Words to listen for, kept by their first two syllables."""

    def __init__(self, words: Iterable[str]):
        self._starting: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        latin: list[str] = []
        for word in dict.fromkeys(words):
            sounds = tuple(each.sound for each in syllables(word))
            if len(sounds) < 2 and word.isascii() and len(word) > 1:
                latin.append(word)
                continue
            if len(sounds) < 2:
                raise ValueError(word)
            self._starting.setdefault(sounds[:2], []).append((word, sounds))
        one = "|".join(sorted(map(re.escape, latin), key=len, reverse=True))
        self._latin = re.compile(f"(?<![a-z])(?:{one})(?![a-z])") if latin else None

    def latin(self, text: str) -> Iterator[Heard]:
        """The words that are spelt in letters and are no pinyin."""
        if self._latin is not None:
            for own in self._latin.finditer(text):
                yield Heard(own[0], own.start(), own.end(), True, False, True)

    def starting(self) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
        """The first two syllables of each other word, the word, all its syllables."""
        for first, words in self._starting.items():
            for word, sounds in words:
                yield first, word, sounds


class Ears:
    """Several lists of words listened for in one pass over a text, each under a name of its own."""

    def __init__(self, lists: Mapping[Name, Words]):
        self._starting: dict[tuple[str, ...], list[tuple[Name, str, tuple[str, ...]]]] = {}
        self._signs: dict[str, list[tuple[Name, str, str]]] = {}
        self._lists = lists
        for name, words in lists.items():
            for first, word, sounds in words.starting():
                self._starting.setdefault(first, []).append((name, word, sounds))
                signs = "".join(map(_sign, sounds))
                self._signs.setdefault(signs[:2], []).append((name, word, signs))

    def heard(self, text: str) -> dict[Name, list[Heard]]:
        """Every word in a folded text, by the name of its list."""
        if _LATIN.search(text) is None:  # a syllable is made only where a word is
            made: dict[Name, list[Heard]] = {}
            found = self._in_characters(text)
        else:
            made = {name: own for name, words in self._lists.items() if (own := list(words.latin(text)))}
            found = self._spelt(text)
        for name, word, said in found:
            one = _heard(word, said, text)
            if one is not None:
                made.setdefault(name, []).append(one)
        return made

    def _in_characters(self, text: str) -> Iterator[tuple[Name, str, list[Syllable]]]:
        """Words that sound like a piece of a text without Latin letters, and its syllables."""
        signs = text.translate(_as_signs())
        starts = self._signs
        near = [at for at, two in enumerate(map(add, signs, signs[1:])) if two in starts]
        met = [(at, *each) for at in near for each in starts[signs[at : at + 2]] if signs.startswith(each[2], at)]
        if met:
            places = [at for at, char in enumerate(text) if char not in _MARKS]
            heard: Counter[tuple[Name, str]] = Counter()
            for at, name, word, sound in met:
                heard[name, word] += 1
                if heard[name, word] <= MOST_HEARD:
                    yield name, word, _said(text, places[at : at + len(sound)])

    def _spelt(self, text: str) -> Iterator[tuple[Name, str, list[Syllable]]]:
        """Words that sound like a piece of a text, part of which is spelt."""
        spoken = syllables(text)
        told = [each.sound for each in spoken]
        for at, pair in enumerate(pairwise(told)):
            for name, word, sound in self._starting.get(pair, ()):
                if tuple(told[at : at + len(sound)]) == sound:
                    yield name, word, spoken[at : at + len(sound)]


def _said(text: str, places: list[int]) -> list[Syllable]:
    return [Syllable(_sounds().get(text[at], text[at]), at, at + 1, text[at]) for at in places]


def _heard(word: str, said: list[Syllable], text: str) -> Heard | None:
    start, end = said[0].start, said[-1].end
    inside = text[start:end]
    if inside == word:
        return Heard(word, start, end, True, False, True)
    own = _of_word(word)
    same = sum(1 for a, b in zip(said, own, strict=True) if a.char is None or a.char == b.char)
    exact = all(a.char == b.char for a, b in zip(said, own, strict=True))
    whole = not any(mark in inside for mark in _MARKS)
    spelt = any(each.char is None for each in said)
    apart = BREAK in inside or (COMMA in inside and len(own) == 2)  # «改善待遇补,单休»
    if 2 * same < len(own) or apart or not (exact or spelt or whole):
        return None
    return Heard(word, start, end, exact, spelt, whole)


@lru_cache(maxsize=4096)
def _of_word(word: str) -> tuple[Syllable, ...]:
    return tuple(syllables(word))


def syllables(text: str) -> list[Syllable]:
    """The syllables of a folded text, marks left out; what has no sound is a syllable that nothing sounds like."""
    found, at = [], 0
    sounds = _sounds()
    while at < len(text):
        char = text[at]
        if "a" <= char <= "z":
            run = _LATIN.match(text, at)
            assert run is not None  # noqa: S101 - it begins with a letter
            found += _spelt(run[0], at)
            at = run.end()
            continue
        if char not in _MARKS:
            found.append(Syllable(sounds.get(char, char), at, at + 1, char))
        at += 1
    return found


def _spelt(run: str, at: int) -> list[Syllable]:
    """A run of letters as pinyin, where all of it is; else as it stands."""
    pieces = _pieces(run)
    made = []
    for piece in pieces:
        made.append(Syllable(piece, at, at + len(piece), None))
        at += len(piece)
    return made


@lru_cache(maxsize=4096)
def _pieces(run: str) -> tuple[str, ...]:
    if len(run) > 40 or not _all_pinyin().fullmatch(run):
        return (run,)
    rest, found = run, []
    while rest:
        fits = [size for size in range(min(6, len(rest)), 0, -1) if rest[:size] in _all_syllables()]
        size = next((each for each in fits if not rest[each:] or _all_pinyin().fullmatch(rest[each:])), None)
        if size is None:
            return (run,)
        found.append(rest[:size])
        rest = rest[size:]
    return tuple(found)


@cache
def _sounds() -> Mapping[str, str]:
    """The usual sound of each character, without its tone: the first that the dictionary has, in plain letters."""
    known = {chr(code): sounds for code, sounds in pinyin_dict.pinyin_dict.items() if 0x4E00 <= code < 0xA000}
    return {char: _plain(sounds.split(",", 1)[0]) for char, sounds in known.items()}


def _plain(sound: str) -> str:
    """Without tone marks, the umlaut as v."""
    pieces = unicodedata.normalize("NFD", sound).replace("u\u0308", "v")
    return "".join(each for each in pieces if not unicodedata.combining(each))


@cache
def _sign(sound: str) -> str:
    """A character of its own for each sound; what has none stands for itself."""
    return sound if len(sound) == 1 else chr(next(_SIGNS))


@cache
def _as_signs() -> Mapping[int, str | None]:
    """Each character as the sign of its sound; marks are left out."""
    return {ord(char): _sign(sound) for char, sound in _sounds().items()} | {ord(mark): None for mark in _MARKS}


@cache
def _all_syllables() -> frozenset[str]:
    return frozenset(sound for sound in _sounds().values() if sound.isascii() and len(sound) > 1) | {"a", "e"}


@cache
def _all_pinyin() -> re.Pattern[str]:
    longest_first = sorted(_all_syllables(), key=len, reverse=True)
    return re.compile("(?:" + "|".join(longest_first) + ")+")
