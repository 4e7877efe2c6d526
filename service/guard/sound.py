"""Words by their sound: each character or piece of pinyin of a text as a syllable, and the words that sound so.

`押金`, `压金`, `押jin` and `yajin` sound alike. A word counts as meant where at least half of its characters are its
own or are spelt in Latin letters; what merely sounds alike is another word.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pypinyin import pinyin_dict

from service.guard.folding import BREAK, COMMA, LIST

MOST_HEARD = 50  # places of one word in a text; beyond these nobody reads on
_LATIN = re.compile("[a-z]+")
Name = tuple[str, str]  # a rule's code and which of its lists
_MARKS = frozenset((BREAK, COMMA, LIST))
_MARK = 0xFFFF  # the number of what has no sound
_SOUND = 4  # bytes of a number
_PAIR = 2 * _SOUND
Span = tuple[int, int]


class Syllable(NamedTuple):
    """One syllable of a folded text at [start, end); `char` is None where it is spelt in Latin letters."""

    sound: str
    start: int
    end: int
    char: str | None


class Heard(NamedTuple):
    """A word at [start, end) of the folded text: `exact` in its own characters, `spelt` partly in Latin letters,
    `whole` without a mark inside."""

    word: str
    start: int
    end: int
    exact: bool
    spelt: bool
    whole: bool


class Words:
    """Words to listen for: `spoken` with their syllables, `latin` spelt in letters that are no pinyin."""

    def __init__(self, words: Iterable[str]):
        self.spoken: list[tuple[str, tuple[str, ...]]] = []
        latin: list[str] = []
        for word in dict.fromkeys(words):
            sounds = tuple(each.sound for each in syllables(word))
            if len(sounds) < 2 and word.isascii() and len(word) > 1:
                latin.append(word)
                continue
            if len(sounds) < 2:
                raise ValueError(word)
            self.spoken.append((word, sounds))
        one = "|".join(sorted(map(re.escape, latin), key=len, reverse=True))
        self.latin = re.compile(f"(?<![a-z])(?:{one})(?![a-z])") if latin else None

    def spelt(self, text: str) -> Iterator[Heard]:
        """The words of `latin`."""
        if self.latin is not None:
            for own in self.latin.finditer(text):
                yield Heard(own[0], own.start(), own.end(), True, False, True)


class Ears:
    """Several lists of words listened for in one pass over a text, each under a name of its own.

    Every sound of a word is a number; `_numbers` (all code points,): that of each character, 0 for a sound of no word.
    `_met` (sounds, sounds): whether a word begins with the two.
    """

    def __init__(self, lists: Mapping[Name, Words]):
        self._lists = lists
        self._known: dict[str, int] = {}
        self._starting: dict[bytes, list[tuple[Name, str, bytes]]] = {}
        pairs = []
        for name, words in lists.items():
            for word, sounds in words.spoken:
                told = [self._known.setdefault(sound, len(self._known) + 1) for sound in sounds]
                said = np.array(told, dtype=np.uint32).tobytes()
                self._starting.setdefault(said[:_PAIR], []).append((name, word, said))
                pairs.append(told[:2])
        self._size = np.uint32(len(self._known) + 1)
        self._met = np.zeros(self._size**2, dtype=bool)
        for one, two in pairs:
            self._met[one * int(self._size) + two] = True
        self._numbers = np.zeros(sys.maxunicode + 1, dtype=np.uint32)
        for sound, number in self._known.items():
            if len(sound) == 1:
                self._numbers[ord(sound)] = number
        for char, sound in _sounds().items():
            self._numbers[ord(char)] = self._known.get(sound, 0)
        self._numbers[list(map(ord, _MARKS))] = _MARK
        latin = [words.latin.pattern for words in lists.values() if words.latin is not None]
        self._latin = re.compile("|".join(latin)) if latin else None

    def heard(self, text: str) -> dict[Name, list[Heard]]:
        """Every word in a folded text, by the name of its list."""
        made: dict[Name, list[Heard]] = {}
        is_spelt = _LATIN.search(text) is not None
        if is_spelt and self._latin is not None and self._latin.search(text) is not None:
            made = {name: own for name, words in self._lists.items() if (own := list(words.spelt(text)))}
        times: Counter[tuple[Name, str]] = Counter()
        for name, word, said in self._alike(text, is_spelt=is_spelt):
            times[name, word] += 1
            if is_spelt or times[name, word] <= MOST_HEARD:
                one = _exact(word, said[0][0], said[-1][1], text) or _heard(word, said, text)
                if one is not None:
                    made.setdefault(name, []).append(one)
        return made

    def _alike(self, text: str, *, is_spelt: bool) -> Iterator[tuple[Name, str, list[Span]]]:
        """Words that sound like a piece of a text, and where its syllables are."""
        sounds = self._numbers[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
        places = (sounds != _MARK).nonzero()[0]
        spans = None
        if is_spelt:
            sounds, spans = self._spelt(text, sounds.tolist())
        else:
            sounds = sounds[places]
        near = self._met[sounds[:-1] * self._size + sounds[1:]].nonzero()[0].tolist()
        if near and spans is None:
            spans = [(at, at + 1) for at in places.tolist()]
        told = sounds.tobytes()
        for at in near:
            begins = at * _SOUND
            for name, word, said in self._starting[told[begins : begins + _PAIR]]:
                if told.startswith(said, begins) and spans is not None:
                    yield name, word, spans[at : at + len(said) // _SOUND]

    def _spelt(self, text: str, numbers: list[int]) -> tuple[npt.NDArray[np.uint32], list[Span]]:
        """The sounds of a text with Latin letters and where they are; what is no pinyin is one sound."""
        sounds, spans, at = [], [], 0
        for run in (*_LATIN.finditer(text), None):
            until = len(text) if run is None else run.start()
            plain = [each for each in range(at, until) if numbers[each] != _MARK]
            sounds += [numbers[each] for each in plain]
            spans += [(each, each + 1) for each in plain]
            at = until
            for piece in _pieces(run[0]) if run is not None else ():
                sounds.append(self._known.get(piece, 0))
                spans.append((at, at + len(piece)))
                at += len(piece)
        return np.array(sounds, dtype=np.uint32), spans


def _exact(word: str, start: int, end: int, text: str) -> Heard | None:
    """A word as it is written."""
    return Heard(word, start, end, True, False, True) if text[start:end] == word else None


def _heard(word: str, said: list[Span], text: str) -> Heard | None:
    """A word that is said by these syllables, where enough of it is its own."""
    start, end = said[0][0], said[-1][1]
    inside = text[start:end]
    own = _of_word(word)
    chars = [None if "a" <= text[at] <= "z" else text[at] for at, _ in said]
    same = sum(1 for char, each in zip(chars, own, strict=True) if char is None or char == each.char)
    exact = all(char == each.char for char, each in zip(chars, own, strict=True))
    whole = _MARKS.isdisjoint(inside)
    spelt = None in chars
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
def _all_syllables() -> frozenset[str]:
    return frozenset(sound for sound in _sounds().values() if sound.isascii() and len(sound) > 1) | {"a", "e"}


@cache
def _all_pinyin() -> re.Pattern[str]:
    longest_first = sorted(_all_syllables(), key=len, reverse=True)
    return re.compile("(?:" + "|".join(longest_first) + ")+")
