"""Skills finer than the trades, and the official names of all occupations: loaded, checked, looked up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from service.policies.typed import DataRefused, conform
from service.reference.catalogue import fold, trade_words, trades
from service.reference.data.reader import entries, known, load
from service.reference.data.shapes import Skill

__all__ = ["check_skills", "classification", "skill_words", "skills"]
_FILE = "skills.yaml"


@cache
def skills() -> Mapping[str, Skill]:
    """Skills finer than the trades, by code."""
    return MappingProxyType({row.code: row for row in entries("skills", Skill, load("skills"))})


@cache
def skill_words() -> Mapping[str, str]:
    """Every folded word of a skill with its code. Raises DataRefused for a word of two skills or a foreign trade."""
    owners: dict[str, str] = {}
    for skill in skills().values():
        for word in map(fold, skill.words):
            owner = owners.setdefault(word, skill.code)
            if owner != skill.code:
                raise DataRefused(_FILE, f"rows[{skill.code}].aliases", f"{word} belongs to {owner}")
            if trade_words().get(word, skill.trade) != skill.trade:
                raise DataRefused(_FILE, f"rows[{skill.code}].aliases", f"{word} belongs to a trade")
    return MappingProxyType(owners)


@cache
def classification() -> Mapping[str, str]:
    """Official names of the finest level by code, divisions 2 to 6 of the 2022 edition."""
    names = conform(load("classification").get("names"), Mapping[str, str], "classification.yaml", "names")
    return MappingProxyType(names)


def check_skills() -> None:
    """Follow every reference of every skill. Raises DataRefused at the first that is wrong."""
    words = {**trade_words(), **skill_words()}
    for skill in skills().values():
        _check_skill(skill, words)


def _check_skill(skill: Skill, words: Mapping[str, str]) -> None:
    at = skill.code
    known(skill.trade, trades(), _FILE, at, "trade")
    known(skill.occupation, classification(), _FILE, at, "occupation")
    if at in trades():
        raise DataRefused(_FILE, f"rows[{at}]", "a trade has this code")
    for word in skill.shared:
        known(fold(word), words, _FILE, at, "shared word without owner")
