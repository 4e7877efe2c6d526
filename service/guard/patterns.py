"""The few signs in which a policy officer writes what to look for, as regular expressions over folded text.

`{甲|乙}` either; `{甲|}` or nothing; `{@list}` any word of a list; `..` at most six characters between, `...` at most
fifteen, never across the end of a sentence; `#` a figure. Classes (`{[a-z0-9]{5,}}`) are taken as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from service.guard.folding import fold

NEAR, FAR = "[^|]{0,6}?", "[^|]{0,15}?"
# 一二两三四五六七八九十百千万半几
_FIGURES = "\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u534a\u51e0"
FIGURE = f"(?:[0-9]{{1,6}}|[{_FIGURES}]{{1,4}})"
_SIGN = re.compile(r"\{(@?[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(\.{2,3})|(#)")

Lists = Mapping[str, Sequence[str]]


_CLASSES = re.compile(r"(?:\[[^\[\]]+\](?:\{[0-9]+,?[0-9]*\})?[\u767e\u5343\u4e07\u5143]?)+")  # and one of 百千万元


class BadPattern(ValueError):
    """A pattern that cannot be read; the message says which part."""


def compiled(patterns: Sequence[str], lists: Lists) -> re.Pattern[str] | None:
    """One expression for any of the patterns; None without any. Raises BadPattern."""
    if not patterns:
        return None
    try:
        return re.compile("|".join(f"(?:{expression(each, lists)})" for each in patterns))
    except re.error as wrong:
        raise BadPattern(str(wrong)) from wrong


def expression(pattern: str, lists: Lists) -> str:
    """One pattern as a regular expression. Raises BadPattern."""
    made, at = [], 0
    for sign in _SIGN.finditer(pattern):
        made.append(_plain(pattern[at : sign.start()]))
        choice, gap, figure = sign.groups()
        if choice is not None:
            made.append(_choice(choice, lists))
        else:
            made.append(FIGURE if figure else (NEAR if gap == ".." else FAR))
        at = sign.end()
    made.append(_plain(pattern[at:]))
    whole = "".join(made)
    if re.fullmatch(whole, "") is not None:
        raise BadPattern(pattern)  # it would be everywhere
    return whole


def _choice(words: str, lists: Lists) -> str:
    found: list[str] = []
    for word in words.split("|"):
        if word.startswith("@"):
            if word[1:] not in lists:
                raise BadPattern(word)
            found += lists[word[1:]]
        else:
            found.append(word)
    made = sorted({_word(word) for word in found}, key=len, reverse=True)
    return "(?:" + "|".join(made) + ")"


def _word(word: str) -> str:
    """A word of a choice, which may hold a figure sign or be a run of character classes."""
    if _CLASSES.fullmatch(word):
        return word
    if word and not fold(word.replace("#", "")).text and "#" not in word:
        raise BadPattern(word)  # nothing is left of it once it is folded
    return FIGURE.join(_plain(part) for part in word.split("#"))


def _plain(text: str) -> str:
    if any(sign in text for sign in "{}"):
        raise BadPattern(text)
    return re.escape(fold(text).text)
