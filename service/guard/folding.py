"""Text as the rules look at it: one form of each character, noise gone, every place still known in the original.

Width, case, traditional forms, digits of other scripts and look-alikes are folded; blanks, emoji and symbols inside a
sentence go, so that a word written apart is whole again. What ends a sentence stays as `|`, a comma as `,`, a list mark
as `、`; a dash between two figures becomes the word for "to" («1-3岁» is not 13), a blank behind a time a comma («8:30
25元» is not 3025), the letter o behind a figure a nought («1OO元»).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain, count
from typing import Any

import yaml
from opencc import OpenCC

BREAK, COMMA, LIST = "|", ",", "\u3001"
_BREAKS = frozenset("\u3002\uff01\uff1f!?\uff1b;\n\r|")
_COMMAS = frozenset("\uff0c,\uff1a:\u2026\u2014~")
_LISTS = frozenset("\u3001/\\")
_PERCENT = frozenset("%\uff05")
_DOTS = frozenset("\u1427\u16eb\u2e31\ua78f\u30fb\u00b7")
_AGAIN = "\u3005"  # the mark of a character said twice
_ENTITY = re.compile("&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7});?")
_KEPT = frozenset((BREAK, COMMA, LIST))
_REPEATED = re.compile(f"([{BREAK}{COMMA}{LIST}])\\1+")
_DASH = re.compile("[-\u2010-\u2015\u2212\uff0d~\uff5e]")
_RANGE = re.compile(f"(?<=[0-9\uff10-\uff19])[ ]?{_DASH.pattern}[ ]?(?=[0-9\uff10-\uff19])")
_BLANK = re.compile("[ \t]")
_POINT = re.compile("(?<=[0-9\uff10-\uff19])[.\uff0e](?![0-9\uff10-\uff19])")  # «2. 一小时26», no decimal point
_ITEM = re.compile("(?<=[0-9])[ \t]+(?=[0-9]{1,2}[,\u3001)\uff09][^0-9])")  # «一天200 3、管饭»
_TIME = re.compile("(?<=[0-9][:\uff1a][0-9][0-9])[ \t]+(?=[0-9])")
_NOUGHT = re.compile("(?<=[0-9\uff10-\uff19])[oO]+(?![a-zA-Z])")


@dataclass(frozen=True)
class Folded:
    """`text`, and for each of its characters where it begins and ends in the original (worked out when asked for)."""

    original: str
    text: str

    @property
    def starts(self) -> list[int]:
        """Where each character of the text begins in the original."""
        return self._places[0]

    @property
    def ends(self) -> list[int]:
        """Where each character of the text ends in the original."""
        return self._places[1]

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        return _places(self.original)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the folded text is in the original."""
        return self.starts[start], self.ends[end - 1]


def fold(original: str) -> Folded:
    """The folded text; never longer than a few times the original."""
    if "&#" in original:
        return Folded(original, "".join(char for char, _, _ in _pieces(original)))
    pairs = _pairs()
    plain = _same_length(original)
    if _DASH.search(plain) is not None:
        plain = _RANGE.sub(to(), plain)
    plain = _pair().sub(lambda found: pairs[found[0]], plain)
    return Folded(original, _REPEATED.sub(r"\1", "".join(map(_known.__getitem__, plain))))


def _same_length(original: str) -> str:
    """What a figure beside it makes of a character: every one stays in its place."""
    apart = original
    if "." in original or "\uff0e" in original:
        apart = _POINT.sub(COMMA, original)
    if _BLANK.search(apart) is not None:
        apart = _ITEM.sub(lambda found: COMMA * len(found[0]), apart)
    if ":" in original or "\uff1a" in original:
        apart = _TIME.sub(lambda found: COMMA * len(found[0]), apart)
    if "o" in apart or "O" in apart:
        apart = _NOUGHT.sub(lambda found: "0" * len(found[0]), apart)
    return apart


def _places(original: str) -> tuple[list[int], list[int]]:
    """Where each character of the folded text begins and where it ends in the original; `_pieces` at a glance."""
    plain = _same_length(original)
    made = list(map(_known.__getitem__, plain))
    until = {}
    for sign in _signs_in(plain):
        made[sign.start() : sign.end()] = [_meant(sign[0]), *[""] * (len(sign[0]) - 1)]
        until[sign.start()] = sign.end()
    starts = [at for at, chars in enumerate(made) for _ in chars]
    ends = [until.get(at, at + 1) for at in starts]
    for again in reversed(list(_REPEATED.finditer("".join(made)))):
        first, last = again.start(), again.end() - 1
        ends[first] = ends[last]
        del starts[first + 1 : last + 1], ends[first + 1 : last + 1]
    return starts, ends


def _signs_in(plain: str) -> Iterator[re.Match[str]]:
    """The drawn pairs, dashes between figures and characters written by their number, one behind the other."""
    at = 0
    for found in sorted(
        chain.from_iterable(sign.finditer(plain) for sign in (_RANGE, _pair(), _ENTITY)), key=re.Match.start
    ):
        if found.start() >= at:
            yield found
            at = found.end()


def _pieces(original: str) -> list[tuple[str, int, int]]:
    """Each character of the folded text with where it begins and ends in the original."""
    made: list[tuple[str, int, int]] = []
    last = ""
    for chars, start, end in _folded_apart(original):
        for char in chars:
            if char == last and char in _KEPT:
                made[-1] = (char, made[-1][1], end)
            else:
                made.append((char, start, end))
            last = char
    return made


def _folded_apart(original: str) -> Iterator[tuple[str, int, int]]:
    """What each character of the original, each dash between figures and each drawn pair becomes, and where it is."""
    plain = _same_length(original)
    at = 0
    for found in _signs_in(plain):
        yield from zip(map(_known.__getitem__, plain[at : found.start()]), count(at), count(at + 1))
        at = found.end()
        yield _meant(found[0]), found.start(), at
    yield from zip(map(_known.__getitem__, plain[at:]), count(at), count(at + 1))


def _meant(sign: str) -> str:
    """What a drawn pair, a character written by its number or a dash between figures becomes."""
    if sign.startswith("&#"):
        return _known[char] if len(char := html.unescape(sign)) == 1 else ""
    return _pairs().get(sign, to())


class _Known(dict[str, str]):
    """What each character becomes, found once."""

    def __missing__(self, char: str) -> str:
        self[char] = found = _fold_char(char)
        return found


_known = _Known()


def _fold_char(char: str) -> str:
    same = _singles().get(char)
    if same is not None:
        return same
    if char in _BREAKS:
        return BREAK
    if char in _COMMAS:
        return COMMA
    if char in _LISTS:
        return LIST
    if char in _PERCENT:
        return "%"
    made = []
    for each in unicodedata.normalize("NFKC", char).casefold():
        each = str(unicodedata.decimal(each, each))
        each = _singles().get(each, each)
        each = _simplified().get(each, each)
        if each in _BREAKS:
            made.append(BREAK)
        elif each in _COMMAS:
            made.append(COMMA)
        elif (each.isalnum() and not _is_mark(each)) or each == "%":
            made.append(each)
    return "".join(made)


def _is_mark(char: str) -> bool:
    """Letters by name that are drawn as a dot or a dash between others («押ˑ金»)."""
    return char in _DOTS or (unicodedata.category(char) == "Lm" and char != _AGAIN)


@cache
def _looks() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files("service.guard").joinpath("look_alikes.yaml").read_text("utf-8"))
    return found


def to() -> str:
    """What a dash between two figures becomes."""
    return str(_looks()["to"])


@cache
def _singles() -> dict[str, str]:
    return {char: plain for plain, chars in _looks()["singles"].items() for char in chars}


@cache
def _pairs() -> dict[str, str]:
    return {pair: plain for plain, pairs in _looks()["pairs"].items() for pair in pairs}


@cache
def _pair() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _pairs())))


@cache
def _simplified() -> dict[str, str]:
    """Traditional characters and their simplified forms, one for one."""
    convert = OpenCC("t2s").convert
    found = {char: convert(char) for char in map(chr, range(0x4E00, 0xA000))}
    return {char: plain for char, plain in found.items() if char != plain and len(plain) == 1}
