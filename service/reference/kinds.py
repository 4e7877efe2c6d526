"""What a row of each kind holds: from a stored row to its checked value, and back to plain JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, get_args, get_type_hints

from service.policies import DataRefused
from service.policies.typed import build
from service.reference.data.reader import SHAPES
from service.reference.data.shapes import Entry, Label, Reason

FILE_OF = {
    "region": "regions",
    "jurisdiction": "jurisdictions",
    "trade": "trades",
    "skill": "skills",
    "occupation": "occupations",
    "industry": "industries",
    "certificate": "certificates",
    "minimum_wage": "minimum_wage",
    "season": "seasons",
    "holiday": "holidays",
}
PAIRED: Mapping[str, type] = {"reason": Reason, "enum": Label}  # codes are `list.code`
PARENTED = frozenset({"region", "minimum_wage", "occupation", "trade", "skill", "season", "reason", "enum", "policy"})
_SNAKE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REGION = re.compile(r"[1-9][0-9]{5}")
_PAIR = re.compile(r"[a-z][a-z0-9_]{0,63}\.[A-Za-z0-9_]{1,64}")
CODES = {
    "region": _REGION,
    "minimum_wage": _REGION,
    "jurisdiction": re.compile(r"[A-Z]{2,6}"),
    "occupation": re.compile(r"[1-8](-[0-9]{2}){0,3}"),
    "trade": _SNAKE,
    "skill": _SNAKE,
    "industry": _SNAKE,
    "certificate": _SNAKE,
    "season": _SNAKE,
    "holiday": _SNAKE,
    "reason": _PAIR,
    "enum": _PAIR,
    "policy": re.compile(r"(?P<topic>[a-z]+)\.(?P<name>[a-z][a-z0-9_]{0,63})(@(?P<region>[1-9][0-9]{5}))?"),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """A dated row as plain values; `valid_to` is the first day on which it no longer holds."""

    kind: str
    code: str
    valid_from: date
    valid_to: date | None
    data: Mapping[str, Any]
    source: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class PolicyCode:
    """`topic.name`, with `@region` where the value is a local one."""

    topic: str
    name: str
    region: str | None


def policy_code(code: str) -> PolicyCode:
    """The parts of a policy row's code. Raises ValueError for any other text."""
    found = CODES["policy"].fullmatch(code)
    if found is None:
        raise ValueError("not a policy code")
    return PolicyCode(found["topic"], found["name"], found["region"])


def shape_of(kind: str) -> type | None:
    """The dataclass that the data of a kind fill; None for policies, which their own loader checks."""
    return SHAPES[FILE_OF[kind]] if kind in FILE_OF else PAIRED.get(kind)


def head_of(kind: str) -> frozenset[str]:
    """Names that stand beside the data of a row, never in them."""
    own = {"region"} if kind == "minimum_wage" else {"code"}
    return frozenset({"valid_from", "valid_to", "source", "verified"} | own)


def check_code(kind: str, code: str) -> None:
    """Raises DataRefused when the code cannot be one of its kind."""
    if not CODES[kind].fullmatch(code):
        raise DataRefused(kind, "code", "this kind's codes look different")


def value_of(spec: Spec) -> Any:
    """The row as its frozen dataclass: an Entry, Reason or Label. Raises DataRefused with the key under `data`."""
    shape = shape_of(spec.kind)
    if shape is None:
        raise DataRefused(spec.kind, "kind", "has no shape of its own")
    check_code(spec.kind, spec.code)
    for name in head_of(spec.kind) & spec.data.keys():
        raise DataRefused(spec.kind, f"data.{name}", "stands beside the data")
    raw, hints = _thawed(shape, spec.data), _hints(shape)
    if issubclass(shape, Entry):
        raw |= {"valid_from": spec.valid_from, "valid_to": spec.valid_to, "source": spec.source}
        raw["region" if spec.kind == "minimum_wage" else "code"] = spec.code
        if "verified" in hints:
            raw["verified"] = spec.verified
    return build(shape, raw, spec.kind, "data")


def spec_of(kind: str, entry: Entry) -> Spec:
    """A shipped entry as the row that keeps it."""
    code: str = entry.code  # type: ignore[attr-defined]
    kept = {field.name for field in fields(entry)} - head_of(kind)
    data = {name: plain(getattr(entry, name)) for name in sorted(kept)}
    verified = bool(getattr(entry, "verified", False))
    return Spec(kind, code, entry.valid_from, entry.valid_to, data, entry.source, verified)


def plain(value: Any) -> Any:
    """Days and times as ISO text, tuples as lists, dataclasses as objects: what JSON can hold."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def _thawed(shape: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no days: texts become days where the shape wants days; what is none stays and is refused later."""
    return {name: _day_or_same(value, _hints(shape).get(name)) for name, value in data.items()}


def _day_or_same(value: Any, hint: Any) -> Any:
    wants_day = hint is date or date in get_args(hint)
    if not wants_day:
        return value
    if isinstance(value, list):
        return [_day_or_same(each, date) for each in value]
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)
