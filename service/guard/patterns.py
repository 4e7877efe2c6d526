"""The few signs in which a policy officer writes what to look for, as regular expressions over folded text.

`{甲|乙}` either; `{甲|}` or nothing; `{@list}` any word of a list; `..` at most six characters between, `...` at most
fifteen, never across the end of a sentence; `#` a figure. Classes (`{[a-z0-9]{5,}}`) are taken as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from service.guard.folding import fold

NEAR, FAR = "[^|]{0,6}?", "[^|]{0,15}?"
_SIGN = re.compile(r"\{(@?[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(\.{2,3})|(#)")

Lists = Mapping[str, Sequence[str]]


_CLASSES = re.compile(r"(?:\[[^\[\]]+\](?:\{[0-9]+,?[0-9]*\})?[^\x00-\x7f]?)+")


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
        choice, gap, number = sign.groups()
        if choice is not None:
            made.append(_choice(choice, lists))
        else:
            made.append(figure(lists) if number else (NEAR if gap == ".." else FAR))
        at = sign.end()
    made.append(_plain(pattern[at:]))
    whole = "".join(made)
    if re.fullmatch(whole, "") is not None:
        raise BadPattern(pattern)  # it would be everywhere
    return whole


def figure(lists: Lists) -> str:
    """A number: digits, or a few of the words of the list `figures`."""
    words = "".join(lists.get("figures", ()))
    return f"(?:[0-9]{{1,6}}|[{words}]{{1,4}})" if words else "[0-9]{1,6}"


def _choice(words: str, lists: Lists) -> str:
    found: list[str] = []
    for word in words.split("|"):
        if word.startswith("@"):
            if word[1:] not in lists:
                raise BadPattern(word)
            found += lists[word[1:]]
        else:
            found.append(word)
    made = sorted({_word(word, lists) for word in found}, key=len, reverse=True)
    return "(?:" + "|".join(made) + ")"


def _word(word: str, lists: Lists) -> str:
    """A word of a choice, which may hold a figure sign or be a run of character classes."""
    if _CLASSES.fullmatch(word):
        return word
    if word and not fold(word.replace("#", "")).text and "#" not in word:
        raise BadPattern(word)  # nothing is left of it once it is folded
    return figure(lists).join(_plain(part) for part in word.split("#"))


def _plain(text: str) -> str:
    if any(sign in text for sign in "{}"):
        raise BadPattern(text)
    return re.escape(fold(text).text)
