"""A posting in English: what a rule asks of it is said in English, and no word of it is read as a Chinese mark.

The other patterns look at a text without blanks, where `five movers` holds `vemovers` and `lesson plan v2` the name of
an account. So of what they find in English prose only a sign and what follows it counts («v gonghr88»).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from service.guard.patterns import BadPattern

_PROSE = re.compile(r"[A-Za-z](?<![A-Za-z]{2})[A-Za-z]++(?:[ ,.:'-]++[A-Za-z]{2,}+){3}")
_WORD = re.compile(r"[A-Za-z]{2,}")
_CLAUSE = re.compile(r"[.,;!?\n]|\b(?:but|only|just)\b")
_DENIES = re.compile(r"\b(?:no|not|never|without|free of|zero|nobody|none|neither|nor)\b|n't\b", re.IGNORECASE)
_REACH = 48  # characters before a hit that are looked at
_FARTHEST = 4  # words before a hit that may deny it
_APART = r"[^\w.;!?\n]+"
_GAP = rf"{_APART}(?:\w+{_APART}){{0,4}}"
SIGNS = frozenset(("vx", "wx", "qq", "tg", "wechat", "weixin", "whatsapp", "telegram", "skype", "add", "call"))


def is_prose(original: str) -> bool:
    """Whether a text has English in it: four words in a row."""
    return _PROSE.search(original) is not None


def is_misread(original: str, start: int, end: int, *, prose: bool) -> bool:
    """Whether a hit at [start, end) begins inside a Latin word, or takes a piece of an English sentence for one mark.

    `prose`: the posting has English in it.
    """
    if not _latin(original[start]):
        return False
    if start and _latin(original[start - 1]):
        return True
    sign, *rest = original[start:end].split()
    sign = sign.rstrip(":").casefold()
    if rest:
        return prose and sign not in SIGNS and not (len(sign) == 1 and len(rest) == 1)
    if not (sign.isascii() and sign.isalpha()) or sign in SIGNS:
        return False
    return prose or (sign[0] == "v" and sign[1:2] != "x")  # «vlookup», «video»


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


class English:
    """Expressions of a rule: words between blanks, `..` for up to four words, `/` between words of one place."""

    def __init__(self, written: Iterable[str]):
        each = sorted(map(_expression, written), key=len, reverse=True)
        self._regex = re.compile(rf"\b(?:{'|'.join(each)})\b", re.IGNORECASE)

    def places(self, original: str) -> Iterator[tuple[int, int]]:
        """Where one stands and is not denied («no deposit»)."""
        for found in self._regex.finditer(original):
            before = original[max(0, found.start() - _REACH) : found.start()]
            clause = _CLAUSE.split(before)[-1].split()[-_FARTHEST:]
            if _DENIES.search(" ".join(clause)) is None:
                yield found.span()


def _expression(written: str) -> str:
    """Raises BadPattern for what holds no word."""
    if not _WORD.search(written):
        raise BadPattern(written)
    parts = []
    for gap in written.split(".."):
        words = ["|".join(map(re.escape, word.split("/"))) for word in gap.split()]
        parts.append(r"\s+".join(f"(?:{word})" for word in words))
    return _GAP.join(parts)
