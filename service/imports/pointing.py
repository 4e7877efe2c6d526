"""From a mapping's targets to the fields of the API, and back to the source's own columns: pure tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from service.errors import FieldError
from service.imports.mapping import Mapping as SourceMapping
from service.imports.refusals import FieldRefusal, Note

POINTERS: Mapping[str, str] = {
    "city_code": "/place/city_code",
    "district_code": "/place/district_code",
    "address": "/place/address",
    "point": "/place/point",
    "pay.amount_fen": "/pay/amount_fen",
    "pay.unit": "/pay/unit",
    "pay_tiers": "/pay/tiers",
    "pay_memo": "/pay/note",
    "settlement": "/pay/settlement",
    "meals": "/conditions/meals",
    "lodging": "/conditions/lodging",
    "dated": "/time",
    "slots": "/time/pattern/slots",
    "weekdays": "/time/pattern/weekdays",
    "flexible_window": "/time/pattern/flexible_window",
    "min_days_per_week": "/time/pattern/min_days_per_week",
    "max_days_per_week": "/time/pattern/max_days_per_week",
    "min_minutes_per_day": "/time/pattern/min_minutes_per_day",
    "min_months": "/time/pattern/min_months",
}
_OF_COLUMNS = {"unknown_field", "column_ignored"}
_OUTERMOST = {"/place": "address", "/time": "slots", "/pay": "pay.amount_fen"}


def columns_of(mapping: SourceMapping) -> dict[str, str]:
    """Target -> the source's columns for it, the alternatives joined by commas."""
    return {
        rule.target: ", ".join(path.text for paths in rule.parts.values() for path in paths)
        for rule in mapping.rules
        if rule.parts
    }


def pointer_of(path: str) -> str:
    """`pay.amount_fen` -> `/pay/amount_fen`; parts inside a target follow it (`slots.0.end`)."""
    for target, pointer in POINTERS.items():
        if path == target or path.startswith(f"{target}."):
            return pointer + path[len(target) :].replace(".", "/")
    return "/" + path.replace(".", "/") if path else ""


def target_of(pointer: str) -> str | None:
    """The target that fills a field of the API, by the longest pointer that leads to it."""
    inside = [target for target, at in POINTERS.items() if pointer == at or pointer.startswith(f"{at}/")]
    if inside:
        return max(inside, key=lambda target: len(POINTERS[target]))
    return _OUTERMOST.get(pointer) or (pointer.strip("/").split("/", 1)[0] or None)


def raw_reason(reason: FieldRefusal) -> dict[str, Any]:
    """A reason of reading, as a line keeps it: the row was not understood, so only a column can be named."""
    return {"pointer": "", "column": reason.path or None, "code": reason.code, "facts": dict(reason.facts)}


def mapped_reason(reason: FieldRefusal | Note, columns: Mapping[str, str]) -> dict[str, Any]:
    """A reason or note of mapping, as a line keeps it."""
    facts = dict(reason.facts)
    column = facts.pop("column", None)
    if reason.code in _OF_COLUMNS:
        return {"pointer": "", "column": reason.path, "code": reason.code, "facts": facts}
    target = next((name for name in columns if reason.path == name or reason.path.startswith(f"{name}.")), "")
    return {
        "pointer": pointer_of(reason.path),
        "column": column or columns.get(target),
        "code": reason.code,
        "facts": facts,
    }


def checked_reasons(errors: Iterable[FieldError], columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Reasons of the posting's own checks, as a line keeps them."""
    return [
        {
            "pointer": error.pointer,
            "column": columns.get(target_of(error.pointer) or ""),
            "code": error.code,
            "facts": dict(error.facts),
        }
        for error in errors
    ]
