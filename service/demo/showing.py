"""How the demo shows what was sent and answered: one short line each, nothing secret, nothing personal."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import orjson

SECRET = frozenset(
    "access_token refresh_token ticket password code card key credential word qr page id_number number".split()
)
PERSONAL = frozenset("phone contact_phone from contact_name name worker_name".split())
ALWAYS_OPEN = frozenset({"employer", "parts"})  # whose `name` is a shop's or a factor's, not a person's
PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86)?(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9A-Za-z])")
IDENTIFIER = re.compile(r"\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{6}([0-9a-f]{6})\b")
HIDDEN = "•••"
LONGEST_TEXT = 90
LONGEST_LINE = 420
LISTED = 3


def plain(text: str) -> str:
    """Phones masked, identifiers shortened."""
    return IDENTIFIER.sub(r"\1…\2", PHONE.sub(r"\1****\2", text))


def shown(value: Any, only: Collection[str] = ()) -> str:
    """A JSON value as one short line; `only` keeps the members of these names, at any depth."""
    kept = _picked(value, frozenset(only)) if only else value
    line = orjson.dumps(_short(kept, within=""), default=str).decode()
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _picked(value: Any, only: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        pairs = ((name, inner if name in only else _picked(inner, only)) for name, inner in value.items())
        return {name: inner for name, inner in pairs if name in only or inner not in ({}, [], None)}
    if isinstance(value, list):
        return [inner for each in value if (inner := _picked(each, only)) not in ({}, [], None)]
    return None


def _short(value: Any, *, within: str) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _hidden(name, inner, within) if _hides(name, inner, within) else _short(inner, within=name)
            for name, inner in value.items()
            if inner is not None
        }
    if isinstance(value, list):
        first = [_short(each, within=within) for each in value[:LISTED]]
        return first + ([f"…{len(value) - LISTED} more"] if len(value) > LISTED else [])
    if isinstance(value, str):
        text = plain(value)
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return value


def _hides(name: str, value: Any, within: str) -> bool:
    if not isinstance(value, str):
        return False
    is_code = name == "code" and re.fullmatch(r"[a-z][a-z_]+", value) is not None  # a reason's, not a person's
    return (name in SECRET and not is_code) or (name in PERSONAL and within not in ALWAYS_OPEN)


def _hidden(name: str, value: str, within: str) -> str:
    masked = PHONE.sub(r"\1****\2", value)
    if masked != value:
        return masked
    return HIDDEN if name in SECRET else value[:1] + "*" * min(len(value) - 1, 2)


def yuan(fen: int) -> str:
    """Whole fen as yuan: 1875 is "18.75", 13750 is "137.5"."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")
