"""One form for every spelling of a text: width, case, character variants, then pieces between punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_GAP = re.compile(r"[\W_]+")
_FIGURES = re.compile(r"[0-9.]+[a-z%]?(?![a-z])|[0-9]+")
_MARKS = re.compile("[\u0300-\u036f]")
_LATIN = re.compile(r"[a-z]+")


def fold(text: str, variants: Mapping[int, str]) -> str:
    """Half-width, lower case, variants replaced; `variants` is a table of str.maketrans."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.casefold().translate(variants)


def tight(text: str, variants: Mapping[int, str]) -> str:
    """A folded word without spaces and punctuation."""
    return _GAP.sub("", fold(text, variants))


def pieces(text: str) -> list[str]:
    """The parts of a folded text between punctuation, figures taken out, empty ones left out."""
    return [piece for piece in _GAP.split(_FIGURES.sub(" ", text)) if piece]


def letters(text: str) -> str:
    """Only the Latin letters of a text written in nothing else (tone marks and figures apart), or nothing."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)) if not text.isascii() else text
    return "".join(_LATIN.findall(plain)) if plain.isascii() else ""
