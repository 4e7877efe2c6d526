"""How the demo shows what was sent and answered: one short line each, secrets hidden, phones masked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson

from service.worktime import SHANGHAI

SECRET = frozenset(
    {"access_token", "refresh_token", "ticket", "password", "card", "key", "word", "qr", "page", "id_number", "code"}
)
PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86)?(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9A-Za-z])")
IDENTIFIER = re.compile(r"\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{6}([0-9a-f]{6})\b")
REASON = re.compile(r"[a-z]+(_[a-z]+)*")
HIDDEN = "•••"
WRAPPERS = ("items", "worker", "session", "contacts")
LONGEST_TEXT = 90
LONGEST_LINE = 420
LISTED = 3


def plain(text: str) -> str:
    """Phones masked, identifiers shortened."""
    return IDENTIFIER.sub(r"\1…\2", PHONE.sub(r"\1****\2", text))


def shown(value: Any, only: Collection[str] = ()) -> str:
    """A JSON value as one short line; `only` keeps the members of these names."""
    kept = _picked(value, frozenset(only)) if only else value
    line = orjson.dumps(_short(kept), default=str).decode()
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _picked(value: Any, only: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [kept for each in value if (kept := _picked(each, only))]
    found = {name: inner for name, inner in value.items() if name in only}
    inside = {name: _picked(value[name], only) for name in WRAPPERS if value.get(name) and name not in only}
    return found | {name: inner for name, inner in inside.items() if inner}


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if _is_secret(name, inner) else _short(inner)
            for name, inner in value.items()
            if inner is not None
        }
    if isinstance(value, list):
        more = [f"…{len(value) - LISTED} more"] if len(value) > LISTED else []
        return [*(_short(each) for each in value[:LISTED]), *more]
    if isinstance(value, str):
        text = plain(value)
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return value


def _is_secret(name: str, value: Any) -> bool:
    """A `code` may also be the name of a reason, which may be read."""
    is_reason = name == "code" and isinstance(value, str) and REASON.fullmatch(value) is not None
    return name in SECRET and isinstance(value, str) and not is_reason


def written(moment: datetime) -> str:
    """A moment as it is sent and read: local time with its offset, whole seconds."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def yuan(fen: int) -> str:
    """Whole fen as yuan: 1875 is "18.75", 13750 is "137.5"."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")
