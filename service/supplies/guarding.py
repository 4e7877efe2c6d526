"""What the rules about words mean for a supply posting: refused, held back, or an officer's to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.errors import Conflict, FieldError, Refused
from service.guard import blocking, in_language, is_blocked
from service.supplies.lifecycle import HELD

if TYPE_CHECKING:
    from service.supplies.tables import SupplyRow


def check_not_held(row: SupplyRow) -> None:
    """Raises Conflict `posting_held` while an officer's hold is open."""
    if row.paused_by == HELD:
        raise Conflict("posting_held")


def refuse_blocked(warnings: Sequence[Mapping[str, Any]], language: str) -> None:
    if is_blocked(warnings):
        errors = errors_of(warnings, language)
        hits = [{"pointer": each.pointer, **each.facts} for each in errors]
        raise Refused("posting_blocked", errors=errors, hits=hits)


def errors_of(warnings: Sequence[Mapping[str, Any]], language: str) -> tuple[FieldError, ...]:
    return tuple(
        FieldError(each["pointer"], each["code"], in_language(each["facts"], language)) for each in blocking(warnings)
    )
