"""Sums of money in words, but for what an insurance pays; what they look like is in `sums.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from re import Pattern
from typing import Any

import yaml

from service.text import plain_digits

_SENTENCE = re.compile("[\u3002\uff1b\uff01\uff1f;!?\n]")


@dataclass(frozen=True, slots=True)
class Sums:
    """What a sum is; beside what, within how many characters, it may stand; what shows that it is paid all the
    same. What a share is, what it is a share of, and where the law names shares."""

    sum: Pattern[str]
    share: Pattern[str]
    of: Pattern[str]
    lawful: Pattern[str]
    insured: Pattern[str]
    paid: Pattern[str]
    before: int
    after: int


def sums_in(words: str) -> Iterator[tuple[int, int]]:
    """Where a sum of money stands that is no insured sum, or a share of the wage that the law does not name."""
    known, plain = _known(), plain_digits(words)
    for found in known.sum.finditer(plain):
        if not _is_insured(plain, found.start(), found.end(), known):
            yield found.span()
    for found in known.share.finditer(plain):
        sentence = _SENTENCE.split(plain[: found.start()])[-1] + _SENTENCE.split(plain[found.start() :])[0]
        if known.of.search(sentence) and not known.lawful.search(sentence):
            yield found.span()


def _is_insured(plain: str, start: int, end: int, known: Sums) -> bool:
    """Whether the nearest words in its sentence say that an insurance pays it, once."""
    behind = _SENTENCE.split(plain[end : end + known.before])[0]
    if known.paid.match(behind) is not None:
        return False
    before = _SENTENCE.split(plain[:start])[-1]
    beside = list(known.insured.finditer(before))
    if beside:
        between = before[beside[-1].end() :]
        return len(between) <= known.before and known.paid.search(between) is None
    follows = known.insured.search(behind)
    return follows is not None and follows.start() <= known.after


@cache
def _known() -> Sums:
    said: dict[str, Any] = yaml.safe_load(files("service.guard").joinpath("sums.yaml").read_text("utf-8"))
    figures = rf"[0-9][0-9,.]*(?:\s*[{said['numerals']}]+)?|[{said['numerals']}]+"
    units, signs = "|".join(said["units"]), "|".join(map(re.escape, said["signs"]))
    return Sums(
        sum=re.compile(
            rf"(?:{signs})\s*(?:{figures})|(?:{figures})\s*(?:{units})|[0-9][0-9,.]*\s*(?:{signs})", re.IGNORECASE
        ),
        share=re.compile(
            "|".join(each.replace("numerals", said["numerals"]) for each in said["shares"]), re.IGNORECASE
        ),
        of=_any(said["of"]),
        lawful=_any(said["lawful"]),
        insured=_any(said["insured"]),
        paid=_any(said["paid"]),
        before=said["before"],
        after=said["after"],
    )


def _any(words: list[str]) -> Pattern[str]:
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
