"""What an officer looks at, by kind of thing and day: read once from checklist.yaml, refused where it is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from service.errors import Refused
from service.policies import DataRefused
from service.policies.typed import build, read
from service.reviews.lifecycle import NOUNS

FILE = "checklist.yaml"


@dataclass(frozen=True, slots=True)
class Item:
    """One question; with `must` the yes needs a tick."""

    code: str
    zh: str
    en: str
    basis: str
    must: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions in force since a day."""

    since: date
    items: Sequence[Item]

    def check(self, checked: Collection[str], *, yes: bool) -> None:
        """Raises Refused `checklist_unknown` for a code that is not in it, `checklist_incomplete` for a yes without
        every tick that it needs."""
        known = {item.code: item for item in self.items}
        unknown = [code for code in checked if code not in known]
        if unknown:
            raise Refused("checklist_unknown", field="/checked", expected=", ".join(known))
        missing = [item for item in self.items if item.must and item.code not in checked]
        if yes and missing:
            codes, items = (
                ", ".join(item.code for item in missing),
                [{"zh": item.zh, "en": item.en} for item in missing],
            )
            raise Refused("checklist_incomplete", field="/checked", missing=codes, items=items)


def checklist_for(noun: str, day: date) -> Checklist:
    """The last version that began on or before the day."""
    return next(each for each in reversed(shipped()[noun]) if each.since <= day)


@cache
def shipped() -> Mapping[str, Sequence[Checklist]]:
    """Every version of every checklist, old to new."""
    return checklists_from(read("service.reviews", FILE))


def checklists_from(raw: Any) -> Mapping[str, Sequence[Checklist]]:
    """From the parsed file. Raises DataRefused, naming the place."""
    if not isinstance(raw, Mapping) or set(raw) != set(NOUNS):
        raise DataRefused(FILE, "(file)", f"expected {', '.join(NOUNS)}")
    return {noun: _versions(noun, versions) for noun, versions in raw.items()}


def _versions(noun: str, raw: Any) -> Sequence[Checklist]:
    if not isinstance(raw, list) or not raw:
        raise DataRefused(FILE, noun, "needs at least one version")
    made = [_version(each, f"{noun}[{at}]") for at, each in enumerate(raw)]
    days = [each.since for each in made]
    if days != sorted(set(days)):
        raise DataRefused(FILE, noun, "versions go from old to new, one a day")
    return made


def _version(raw: Any, key: str) -> Checklist:
    if not isinstance(raw, Mapping) or set(raw) != {"from", "items"} or type(raw["from"]) is not date:
        raise DataRefused(FILE, key, "expected a date `from` and `items`")
    items = [build(Item, each, FILE, f"{key}.items[{at}]") for at, each in enumerate(raw["items"])]
    codes = [item.code for item in items]
    if not codes or len(codes) != len(set(codes)):
        raise DataRefused(FILE, f"{key}.items", "needs items, each code once")
    return Checklist(raw["from"], tuple(items))
