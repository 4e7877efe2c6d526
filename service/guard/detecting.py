"""Telephone and identity numbers, links, chat accounts drawn with a heart and coordinates, however written apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from service.contacts import ENDS, links_in
from service.guard.denying import said
from service.guard.folding import COMMA, LIST, Folded, to
from service.text import plain_digits

_MOBILE = re.compile("(?<![0-9])(?:86)?1[3-9][0-9]{9}(?![0-9])")
_LANDLINE = re.compile("(?<![0-9])(?:0[1-9][0-9]{1,2}[2-8][0-9]{6,7}|[48]00[0-9]{7})(?![0-9])")
_LINK = re.compile(rf"https?://\S+|www\.\S+|(?<![a-z0-9-])[a-z0-9-]{{2,}}\.(?:{ENDS})(?![a-z])", re.IGNORECASE)
_IDENTITY = re.compile("(?<![0-9])[1-9](?:[ -]?[0-9]){13,16}[ -]?[0-9xX\uff38\uff58](?![0-9])")  # 15 or 18 places
_DEGREES = re.compile("(?<![0-9.])[0-9]{2,3}[.\uff0e][0-9]{4,}(?![0-9])")
_FIGURES = {"identity_number": _IDENTITY, "coordinates": _DEGREES}
_LETTER = re.compile("[a-z]")
_HEARTS = "\u2661\u2665\u2764\U0001f493-\U0001f49f\U0001f5a4\U0001f90d\U0001f90e\U0001f9e1"
MOST_LETTERS = 4  # letters in a number that look like figures
MOST_MARKS = {"mobile": 3, "landline": 1}


def may_be(kind: str, text: str) -> bool:
    """Whether a folded text holds what every find of a kind holds: a letter, figures in a row."""
    if kind == "link":
        return _LETTER.search(text) is not None
    if kind == "phone_number":
        return _run().search(text) is not None or _LETTER.search(text) is not None
    if kind in _FIGURES:
        return _several().search(text) is not None
    return True


def detected(kind: str, text: Folded) -> Iterator[tuple[int, int]]:
    """Spans of the original text."""
    if kind == "phone_number":
        yield from _numbers(text)
    elif kind == "chat_account":
        yield from (found.span() for found in _heart().finditer(text.original))
    elif kind == "link":
        yield from (found.span() for found in _LINK.finditer(text.original))
        yield from links_in(text.original)
    elif kind in _FIGURES:
        yield from (found.span() for found in _FIGURES[kind].finditer(plain_digits(text.original)))


def _numbers(text: Folded) -> Iterator[tuple[int, int]]:
    for run in _run().finditer(text.text):
        marks = "".join(_marks().findall(run[0]))
        figures = _marks().sub("", run[0])
        if len(_LETTER.findall(figures)) > MOST_LETTERS:
            continue
        figures = figures.translate(_figures())
        mobile = (len(marks) <= MOST_MARKS["mobile"] or _is_cut_up(run[0], marks)) and _MOBILE.fullmatch(figures)
        landline = len(marks) <= MOST_MARKS["landline"] and _LANDLINE.fullmatch(figures)
        if mobile or landline or (not marks and _MOBILE.search(figures)):
            yield text.span(run.start(), run.end())
    for run in _spoken().finditer(text.text) if _LETTER.search(text.text) is not None else ():
        yield text.span(run.start(), run.end())


def _is_cut_up(run: str, marks: str) -> bool:
    """Whether it is one number with the same mark again and again («13-81-23-45»), not times of a day («18:00,22:00»):
    between those that a comma or a colon parts stands one figure."""
    return len(set(marks)) == 1 and (marks[0] != COMMA or all(len(part) == 1 for part in run.split(COMMA)))


@cache
def _figures() -> dict[int, str]:
    """Chinese figures as digits, with the names that they have on the telephone, and letters that look like one."""
    each = said()["figures"].items() | said()["like_figures"].items()
    return {ord(char): str(digit) for digit, chars in each for char in chars}


@cache
def _several() -> re.Pattern[str]:
    """Six figures in a row of a folded text, the fewest of an identity number's part or of degrees."""
    return re.compile(f"(?:[0-9]{to()}?){{6}}")


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(f"[|{COMMA}{LIST}{to()}{said()['between_figures']}]")


@cache
def _run() -> re.Pattern[str]:
    figure = f"[0-9{''.join((*said()['figures'].values(), *said()['like_figures'].values()))}]"
    return re.compile(f"{figure}(?:{_marks().pattern}?{figure}){{6,}}")


@cache
def _spoken() -> re.Pattern[str]:
    """Seven figures or more in a row that are written as they sound, in Latin letters."""
    words = "|".join(sorted(said()["spoken_figures"], key=len, reverse=True))
    return re.compile(f"(?:(?:{words})[|,\u3001]?){{7,}}")


@cache
def _heart() -> re.Pattern[str]:
    return re.compile(f"[{said()['hearts']}][ \u200b\ufe0f]*[{_HEARTS}]")
