"""One form for every spelling of a word: width and case folded, characters simplified."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from opencc import OpenCC

from service.text import fold


def usual(text: str) -> str:
    """The form in which words are stored, asked for and compared."""
    folded = fold(text)
    return folded if folded.isascii() else fold(_simplified()(folded))


def asked(text: str) -> str:
    """The form in which words are looked for: pinyin without its tone marks (bānyùn, lǜhuà), v for the rounded u."""
    folded = usual(text)
    if folded.isascii():
        return folded
    plain = _TONES.sub(r"\1", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", plain.replace("u\u0308", "v"))


_TONES = re.compile("([aeiouv]\u0308?)[\u0300\u0301\u0304\u0306\u030c]")


@cache
def _simplified() -> Any:
    return OpenCC("t2s").convert
