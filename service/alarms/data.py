"""The kinds of alarms that ship, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from service.alarms.rules import KINDS, Kind
from service.policies.typed import DataRefused, read

FILE = "service/alarms/kinds.yaml"


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read("service.alarms", "kinds.yaml")
    return found


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its code. Raises DataRefused where the file is wrong."""
    rows = [_kind(row) for row in _file()["rows"]]
    if {row.code for row in rows} != set(KINDS) or len(rows) != len(KINDS):
        raise DataRefused(FILE, "rows", "the kinds are not those of the service")
    return {row.code: row for row in rows}


def _kind(row: Mapping[str, Any]) -> Kind:
    listed: dict[str, Any] = {name: tuple(row[name]) for name in ("call", "sides") if name in row}
    return Kind(**{**row, **listed})


def always_call() -> tuple[str, ...]:
    """Numbers that are told with every alarm."""
    return tuple(_file()["always_call"])
