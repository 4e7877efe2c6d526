"""The list that officers go through with the firms of a deal: a data file, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.policies.typed import DataRefused, build, read

STAGES = ("preparing", "signed", "under_way", "back")
BY = ("system", "officer")
INJURED = "injured"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at: found by the service itself, or by an officer; `when` it is asked at all."""

    code: str
    stage: str
    by: str
    source: str
    zh: str
    en: str
    when: str | None = None

    def __post_init__(self) -> None:
        for name, value, known in (("stage", self.stage, STAGES), ("by", self.by, BY)):
            if value not in known:
                raise DataRefused("items.yaml", f"{self.code}.{name}", f"known: {', '.join(known)}")
        if self.when not in (None, INJURED):
            raise DataRefused("items.yaml", f"{self.code}.when", f"known: {INJURED}")


@dataclass(frozen=True, slots=True)
class _File:
    description: Mapping[str, str]
    source: str
    items: tuple[Item, ...]


@cache
def items() -> Mapping[str, Item]:
    """Every item by code, in the order of the list. Raises DataRefused where the file is wrong."""
    found = build(_File, read("service.guidance", "items.yaml"), "items.yaml", "(file)").items
    by_code = {each.code: each for each in found}
    if len(by_code) != len(found):
        raise DataRefused("items.yaml", "items", "a code stands there twice")
    return by_code


def by_hand() -> tuple[str, ...]:
    """Codes of what an officer finds."""
    return tuple(code for code, item in items().items() if item.by == "officer")
