"""One form for every spelling of a word: width and case folded, characters simplified."""

from __future__ import annotations

from functools import cache
from typing import Any

from opencc import OpenCC

from service.text import fold


def usual(text: str) -> str:
    """The form in which words are stored, asked for and compared."""
    folded = fold(text)
    return folded if folded.isascii() else fold(_simplified()(folded))


@cache
def _simplified() -> Any:
    return OpenCC("t2s").convert
