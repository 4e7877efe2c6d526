"""Whether words speak as the service or an authority, or make somebody answer the service: what it says or quotes.

A text that is relayed, a title, a note or a name reaches people inside the service's own texts, and on the phone on
which the service asks its questions. What may stand nowhere in them is in `posing.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from re import Pattern
from typing import Any

import yaml

from service.errors import Refused
from service.guard.folding import fold

POSES = "words_pose"
_BRACKETED = re.compile(
    r"^\s*[\u3010\u3016\u300c\u300e\u300a\uff3b\[(\uff08<]([^\u3011\u3017\u300d\u300f\u300b\uff3d\])\uff09>]*)"
    r"[\u3011\u3017\u300d\u300f\u300b\uff3d\])\uff09>]|\u3010([^\u3011]*)\u3011\s*$"
)
Spans = Iterator[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Posing:
    """Patterns over `folded` text, over the text as it was `written`, and of whom brackets at an end may not name."""

    folded: tuple[Pattern[str], ...]
    written: tuple[Pattern[str], ...] = ()
    senders: Pattern[str] | None = None

    def found(self, words: str) -> list[str]:
        """What in the words was taken for a pose, as it is written, in its order; of what overlaps the first."""
        made: list[str] = []
        until = 0
        for start, end in sorted(self._spans(words), key=lambda span: (span[0], -span[1])):
            if start >= until:
                made.append(words[start:end])
                until = end
        return list(dict.fromkeys(made))

    def _spans(self, words: str) -> Spans:
        folded = fold(words)
        text = _toneless(folded.text)
        for each in self.folded:
            yield from (folded.span(*found.span()) for found in each.finditer(text))
        for each in self.written:
            yield from (found.span() for found in each.finditer(words))
        if self.senders is not None:
            for found in _BRACKETED.finditer(words):
                if self.senders.search(fold(found[1] or found[2] or "").text):
                    yield found.span()


@cache
def relayed() -> Posing:
    """Of texts that are passed on and seen by nobody: nothing that even sounds like the service. Raises re.error."""
    data = _data()
    folded = _all(data, "answering", "codes", "telling", "relayed")
    return Posing(folded, tuple(re.compile(each) for each in data["written"]))


@cache
def quoted() -> Posing:
    """Of titles, notes and names, in which honest work is called a platform's, a system's and a town hall's."""
    data = _data()
    return Posing(_all(data, "answering", "codes", "telling"), senders=re.compile(_filled(data["senders"], data)))


@cache
def asked() -> Mapping[str, tuple[Pattern[str], ...]]:
    """Money and papers that are asked for in passing, by the guard's rule behind it."""
    data = _data()
    return {code: tuple(re.compile(each) for each in patterns) for code, patterns in data["asked"].items()}


def check_not_posing(pointer: str, words: str | None, posing: Posing, code: str = POSES) -> None:
    """Raises Refused `code` with the words that were taken for a pose, as they are written."""
    if words and (found := posing.found(words)):
        raise Refused(code, field=pointer, words=", ".join(found))


def posing_title(title: str) -> list[dict[str, Any]]:
    """The warning of a title that poses, for an officer to look at; none for any other."""
    found = quoted().found(title)
    return [{"pointer": "/title", "code": POSES, "facts": {"words": ", ".join(found)}}] if found else []


def _toneless(text: str) -> str:
    """Latin letters without their tones, every one in its place."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFD", each)[0] if "\u00c0" <= each <= "\u024f" else each for each in text)


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(files("service.guard").joinpath("posing.yaml").read_text("utf-8"))
    return found


def _all(data: Mapping[str, Any], *names: str) -> tuple[Pattern[str], ...]:
    patterns: Sequence[str] = [each for name in names for each in data[name]]
    return tuple(re.compile(_filled(each, data)) for each in patterns)


def _filled(pattern: str, data: Mapping[str, Any]) -> str:
    for name, part in reversed(data["parts"].items()):
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern
