"""Read the reference files: raw, or as rows of their shape, and follow a code to where it should be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

from service.policies.typed import DataRefused, build, read
from service.reference.data.shapes import (
    Certificate,
    Entry,
    Holiday,
    Industry,
    Jurisdiction,
    MinimumWage,
    Occupation,
    Region,
    Season,
    Skill,
    Trade,
)

PACKAGE = "service.reference.data"
SHAPES: Mapping[str, type[Entry]] = {
    "regions": Region,
    "jurisdictions": Jurisdiction,
    "occupations": Occupation,
    "industries": Industry,
    "certificates": Certificate,
    "trades": Trade,
    "skills": Skill,
    "minimum_wage": MinimumWage,
    "seasons": Season,
    "holidays": Holiday,
}
NAMES = (*SHAPES, "reasons", "enums", "classification", "naming")
_DATED = frozenset({"valid_from", "source"})

AnyEntry = TypeVar("AnyEntry", bound=Entry)


@cache
def load(name: str) -> Mapping[str, Any]:
    """One file as it is written, head included. Raises DataRefused for an unknown name or a broken file."""
    if name not in NAMES:
        raise DataRefused(f"{name}.yaml", "(file)", f"unknown; known: {', '.join(NAMES)}")
    raw: Mapping[str, Any] = read(PACKAGE, f"{name}.yaml")
    return raw


def entries(name: str, shape: type[AnyEntry], raw: Mapping[str, Any]) -> tuple[AnyEntry, ...]:
    """The rows of a file as `shape`, old to new.

    Raises DataRefused, naming file and key, for a wrong row and for a code that holds twice on one day.
    """
    file = f"{name}.yaml"
    head = {key: raw[key] for key in _DATED if key in raw}
    made: dict[str, list[AnyEntry]] = {}
    for at, row in enumerate(raw.get("rows") or ()):
        code = row.get("code", row.get("region", at)) if isinstance(row, Mapping) else at
        whole = {**head, **row} if isinstance(row, Mapping) else row
        entry = build(shape, whole, file, f"rows[{code}]")
        earlier = made.setdefault(str(code), [])
        if any(_overlap(entry, other) for other in earlier):
            raise DataRefused(file, f"rows[{code}]", "this code holds twice on one day")
        earlier.append(entry)
    return tuple(entry for same in made.values() for entry in sorted(same, key=_since))


def _overlap(one: Entry, other: Entry) -> bool:
    first, second = sorted((one, other), key=_since)
    return first.valid_to is None or second.valid_from < first.valid_to


def _since(entry: Entry) -> date:
    return entry.valid_from


def on(day: date, rows: Iterable[AnyEntry]) -> tuple[AnyEntry, ...]:
    """The rows that hold on `day`."""
    return tuple(row for row in rows if row.holds(day))


def known(code: str | None, among: Mapping[str, Any], file: str, at: Any, what: str) -> None:
    """Raises DataRefused when `code` is given and not among the known ones."""
    if code is not None and code not in among:
        raise DataRefused(file, f"rows[{at}]", f"unknown {what}: {code}")
