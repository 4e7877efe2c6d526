"""What the author of a posting is told where a rule stops it: every finding at once, so that it is mended once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from service.errors import FieldError, Refused
from service.guard.telling import CODE, HOLDS_BACK, in_language, is_blocked


def refuse_blocked(warnings: Collection[Mapping[str, Any]], language: str) -> None:
    """Raises Refused `posting_blocked` where a rule stops it, with the errors and hits of `held_back`."""
    if is_blocked(warnings):
        errors = errors_of(held_back(warnings), language)
        hits = [{"pointer": each.pointer, **each.facts} for each in errors]
        raise Refused("posting_blocked", errors=errors, hits=hits)


def held_back(warnings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The findings that stop it, then those that a person looks at; `action` says which."""
    found = [each for each in warnings if each["code"] == CODE and each["facts"]["action"] in HOLDS_BACK]
    return sorted(found, key=lambda each: each["facts"]["action"] != "block")


def errors_of(findings: Iterable[Mapping[str, Any]], language: str) -> tuple[FieldError, ...]:
    """An error for each finding, in one language."""
    return tuple(FieldError(each["pointer"], each["code"], in_language(each["facts"], language)) for each in findings)
