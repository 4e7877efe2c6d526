"""Addresses and accounts in words that the service sends on in its own name: a link, a domain, a chat account.

Width, case and blanks are folded first. A chat program alone is no contact («微信客服» is a job); one that is to be
added or stands before an account name is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from re import Pattern

from service.text import plain_digits, redact

ENDS = "com|cn|net|org|top|xyz|cc|vip|shop|site|club|info|icu|io|app|me|tv|ltd|link|online"


def contact_in(text: str) -> str | None:
    """What leads out of the service in a title, as folded; None when nothing does."""
    found = _contact().search(_folded(text))
    return found.group(0) if found else None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", plain_digits(text)).casefold().split())


def links_in(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names a link, a domain or a mail address, however wide or spelt: [start, end) in code points."""
    if _link().search(_folded(text)) is None:  # as nearly all
        return
    chars, places = [], []
    for at, char in enumerate(plain_digits(text)):
        for each in unicodedata.normalize("NFKC", char).casefold():
            if not each.isspace():
                chars.append(each)
                places.append(at)
    for found in _link().finditer("".join(chars)):
        yield places[found.start()], places[found.end() - 1] + 1


def leads_out(text: str) -> bool:
    """Whether a text that everybody reads holds a phone, an identity number, a link or a chat account."""
    plain = plain_digits(text)
    return redact(plain) != plain or contact_in(plain) is not None


def is_number_alone(text: str) -> bool:
    """Whether a text is nothing but three or more figures: the piece of a number that is sent in pieces."""
    return _figures().fullmatch(unicodedata.normalize("NFKC", plain_digits(text))) is not None


@cache
def _words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(files("service").joinpath("contacts.json").read_text(encoding="utf-8"))
    return found


@cache
def _figures() -> Pattern[str]:
    figure = f"[0-9{''.join(_words()['figures'])}]"
    return re.compile(rf"\W*(?:{figure}\W*){{3,}}")


@cache
def _contact() -> Pattern[str]:
    words = _words()
    apps, calls = "|".join(map(re.escape, words["apps"])), "|".join(map(re.escape, words["calls"]))
    number = "".join(words["number"])
    return re.compile(
        rf"{_link().pattern}"
        rf"|(?:{calls})(?:[a-z]|\u6211|\u7684)?(?:{apps})|(?:{apps})(?:{number})?[:=]?[a-z0-9_-]{{5,}}"
        rf"|(?:{calls})v[:=]?[a-z0-9_-]{{5,}}"
    )


@cache
def _link() -> Pattern[str]:
    dot = "|".join([r"\.", "\u3002", *map(re.escape, _words()["dots"])])
    return re.compile(
        rf"https?:?/*|www(?:{dot})|[a-z0-9-]{{2,63}}(?:{dot})(?:{ENDS})(?![a-z])"
        rf"|(?<![a-z0-9])[a-z0-9]\.(?:{ENDS})/"
    )
