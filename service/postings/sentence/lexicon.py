"""The words of the sentence reader, its numbers, and the sheet on which its readers claim words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from service.text import half_width

USED = "\0"  # stands on the sheet where a word has been claimed


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The parsed mapping of words.yaml."""

    words: Mapping[str, Any]

    def at(self, path: str) -> Any:
        """The list or mapping at a dotted path. Raises KeyError with the path."""
        found: Any = self.words
        for key in path.split("."):
            if key not in found:
                raise KeyError(path)
            found = found[key]
        return found

    def any(self, *paths: str) -> str:
        """A regular expression for one of the words at these paths, longest first."""
        return one_of(word for path in paths for word in flat(self.at(path)))

    def code_of(self, path: str, word: str) -> str:
        """Which code of the mapping at `path` lists `word`. Raises KeyError."""
        for code, words in self.at(path).items():
            if word.lower() in words:
                return str(code)
        raise KeyError(word)

    @property
    def number(self) -> str:
        """A number in figures or in Chinese numerals, not the tail of another or of a time (00 of 17:00)."""
        numerals = "".join([*self.at("numerals.digits"), *self.at("numerals.powers")])
        return rf"(?:(?<![0-9.])(?<![0-9]:)[0-9]+(?:\.[0-9]+)?|[{numerals}]+)"


def load_lexicon() -> Lexicon:
    """The lexicon that ships with the service, read once."""
    return _shipped()


@cache
def _shipped() -> Lexicon:
    import yaml

    text = files("service.postings.sentence").joinpath("words.yaml").read_text(encoding="utf-8")
    return Lexicon(yaml.safe_load(text))


def one_of(words: Iterable[str]) -> str:
    """A regular expression for one of these words, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w))) + ")"


def flat(words: Any) -> list[str]:
    """The words of a list, or of a mapping: its keys where the values are plain, else the lists in it."""
    if isinstance(words, str):
        return [words]
    if isinstance(words, list):
        return [str(word) for word in words]
    lists = [value for value in words.values() if isinstance(value, list)]
    if len(lists) == len(words) and all(isinstance(value[0], str) for value in lists):
        return [str(word) for value in lists for word in value]
    return [str(key) for key in words]


def read_number(text: str, lexicon: Lexicon) -> Fraction | None:
    """The value of "12.5", 二十五, 两百五 (250), 二零 (20); None when the numerals make no number."""
    if text[:1].isascii():
        return Fraction(text)
    digits, powers = lexicon.at("numerals.digits"), lexicon.at("numerals.powers")
    if not any(ch in powers for ch in text):
        return Fraction("".join(str(digits[ch]) for ch in text))
    total = section = 0
    digit, power = None, 0
    for ch in text:
        if ch in digits:
            if digit:
                return None
            digit = digits[ch]
            continue
        # 万 closes all that stands before it; 十 alone is 1 × 10.
        if powers[ch] == 10_000:
            total, section, digit = (total + section + (digit or 0)) * 10_000, 0, None
        else:
            section, digit = section + (1 if digit is None else digit) * powers[ch], None
        power = powers[ch]
    short = digit and power >= 100 and text[-2] in powers  # 两百五 is 250, 两百零五 is 205
    return Fraction(total + section + (digit or 0) * (power // 10 if short else 1))


@dataclass(frozen=True, slots=True)
class Span:
    """Which words gave a field: half-open positions in code points, and the words as they were written."""

    field: str
    start: int
    end: int
    text: str


@dataclass
class Sheet:
    """A sentence from which readers claim words in turn, so that no word is read twice."""

    original: str
    spans: list[Span] = field(default_factory=list)
    open: str = ""

    def __post_init__(self) -> None:
        self.open = half_width(self.original)

    def search(self, pattern: str, start: int = 0) -> re.Match[str] | None:
        """The first match in what is still unclaimed."""
        return re.compile(pattern, re.IGNORECASE).search(self.open, start)

    def claim(self, name: str, start: int, end: int) -> None:
        """Words that gave the field `name`; nobody else reads them."""
        self.spans.append(Span(name, start, end, self.original[start:end]))
        self.open = self.open[:start] + USED * (end - start) + self.open[end:]

    def take(self, name: str, pattern: str) -> re.Match[str] | None:
        """Search and claim in one."""
        match = self.search(pattern)
        if match:
            self.claim(name, *match.span())
        return match
