"""The words of the consents, by scope and version; a day has one version of each scope in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from service.policies.typed import DataRefused, read

FILE = "consents.yaml"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words of one scope in one version; the version is the day from which they are in force."""

    scope: str
    version: str
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The words in zh-CN or en."""
        return self.en if language == "en" else self.zh


@cache
def shipped_texts() -> Mapping[str, tuple[ConsentText, ...]]:
    """Every version by scope, old to new. Raises DataRefused when the file is wrong."""
    raw = read("service.people", FILE)
    made = {}
    for scope, versions in raw["scopes"].items():
        days = sorted(versions)
        if not days or not all(type(day) is date and versions[day].keys() == {"zh", "en"} for day in days):
            raise DataRefused(FILE, str(scope), "needs dated versions, each with zh and en")
        made[scope] = tuple(ConsentText(scope, str(day), versions[day]["zh"], versions[day]["en"]) for day in days)
    return made


def texts_on(day: date) -> tuple[ConsentText, ...]:
    """The words in force on a day, one per scope; before the first version the first is shown."""
    chosen = []
    for versions in shipped_texts().values():
        begun = [text for text in versions if text.version <= day.isoformat()]
        chosen.append(begun[-1] if begun else versions[0])
    return tuple(chosen)


def text_on(scope: str, day: date) -> ConsentText | None:
    """The words of one scope in force on a day; None for a scope that is not ours."""
    return next((text for text in texts_on(day) if text.scope == scope), None)
