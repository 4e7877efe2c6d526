"""Sentences for people: catalogues keyed by code, the same keys in every language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from service.worktime import SHANGHAI

LANGUAGES = ("zh-CN", "en")
DEFAULT = "zh-CN"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of one language: the shared ones and every feature's part."""
    folder = files("service.i18n")
    made: dict[str, str] = json.loads(folder.joinpath(f"{language}.json").read_text(encoding="utf-8"))
    for part in sorted(folder.joinpath("parts").iterdir(), key=lambda found: found.name):
        if part.name.endswith(f".{language}.json"):
            more: dict[str, str] = json.loads(part.read_text(encoding="utf-8"))
            twice = made.keys() & more.keys()
            if twice:
                raise ValueError(f"{part.name} says again: {sorted(twice)}")
            made |= more
    return made


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def render(code: str, language: str, /, **facts: Any) -> str:
    """The sentence for `code`; an unknown code answers itself, so that nothing is ever hidden."""
    sentence = catalogue(language if language in LANGUAGES else DEFAULT).get(code)
    return sentence.format_map(_Facts(facts)) if sentence is not None else code


@cache
def blanks(code: str, language: str) -> frozenset[str]:
    """The names of the facts that the sentence for `code` asks for."""
    sentence = catalogue(language if language in LANGUAGES else DEFAULT).get(code, "")
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def said_instant(instant: datetime, language: str) -> str:
    """Day and time as people in Shanghai say them."""
    local = instant.astimezone(SHANGHAI)
    month = said_month(local.month, language)
    return render("format.instant", language, month=month, day=local.day, clock=clock_of(instant))


def said_month(month: int, language: str) -> str:
    """A month's name, of 1 to 12: 4/2 is April in one country and February in another."""
    return render("said.months", language).split()[month - 1]


def said_minutes(minutes: int, language: str) -> str:
    """A length of time as people say it: in hours where it has them."""
    hours, rest = divmod(minutes, 60)
    form = ("hours_minutes" if rest else "hours") if hours else "minutes"
    return render(f"format.{form}", language, hours=hours, minutes=rest)


def clock_of(instant: datetime) -> str:
    """The time of day in Shanghai, as 17:00."""
    return f"{instant.astimezone(SHANGHAI):%H:%M}"


def negotiate(accept_language: str | None) -> str:
    """The language that an Accept-Language header asks for; zh-CN when it asks for none of ours."""
    best, quality = DEFAULT, 0.0
    for part in (accept_language or "")[:200].split(","):
        name, _, rest = part.strip().partition(";")
        weight = _quality(rest)
        found = {"zh": "zh-CN", "en": "en"}.get(name.strip().lower().partition("-")[0])
        if found and weight > quality:
            best, quality = found, weight
    return best


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
