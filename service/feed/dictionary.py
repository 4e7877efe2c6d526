"""The fields of the feed's bodies, read from their schema: columns of the CSV files, rows of the data dictionary."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from service.feed.rules import KINDS
from service.feed.schemas.entries import PostingBody, SupplyBody
from service.i18n import render

BODIES: Mapping[str, type[BaseModel]] = {"posting": PostingBody, "supply": SupplyBody}
# Which list of /v1/reference the codes of a field come from; a list of enumerations has a name of its own there.
LISTS = {
    "trade": "trade", "trades": "trade", "occupation_code": "occupation", "industry": "industry",
    "certificates": "certificate", "place.city_code": "region", "place.district_code": "region",
    "city_code": "region", "district_codes": "region", "job_kind": "enum", "work_mode": "enum", "work_modes": "enum",
    "pay.unit": "enum", "pay.settlement": "enum", "pay_wish.unit": "enum", "employer.kind": "enum", "funding": "enum",
    "traits": "enum", "priority_groups": "enum",
}  # fmt: skip
_TYPES = {str: "text", int: "number", bool: "flag", UUID: "id", dict: "object"}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One leaf of a body: its path with dots, kind of value, whether it may be empty, its fixed values, its list."""

    path: str
    type: str
    optional: bool
    values: tuple[str, ...] = ()

    @property
    def source(self) -> str | None:
        """The reference list of its codes."""
        return LISTS.get(self.path)


@cache
def fields_of(kind: str) -> tuple[FieldLine, ...]:
    """The leaves of a body in the order of its schema."""
    return tuple(_leaves(BODIES[kind], "", optional=False))


def _leaves(model: type[BaseModel], lead: str, *, optional: bool) -> Iterator[FieldLine]:
    for name, field in model.model_fields.items():
        inner, empty = _without_none(field.annotation)
        path = f"{lead}{field.alias or name}"
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _leaves(inner, f"{path}.", optional=optional or empty)
        else:
            yield FieldLine(path, _type_of(inner), optional or empty, _values_of(inner))


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    kept = [part for part in get_args(annotation) if part is not type(None)]
    return kept[0], True


def _type_of(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return "number" if isinstance(get_args(annotation)[0], int) else "code"
    return "list" if origin is list else _TYPES[origin or annotation]


def _values_of(annotation: Any) -> tuple[str, ...]:
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def value_at(body: Mapping[str, Any], path: str) -> Any:
    """What stands at a path; None where something on the way is empty."""
    found: Any = body
    for name in path.split("."):
        if found is None:
            return None
        found = found[name]
    return found


def dictionary_text(language: str) -> str:
    """The data dictionary as Markdown: each field with its name, kind, whether it may be empty, its codes."""
    lines = [f"# {render('feed.dictionary.title', language)}", "", render("feed.dictionary.about", language), ""]
    for kind in KINDS:
        heads = [render(f"feed.dictionary.{head}", language) for head in ("field", "name", "type", "empty", "codes")]
        lines += [f"## {render(f'feed.dictionary.{kind}', language)}", "", _row(heads), _row(["---"] * 5)]
        lines += [_row(_cells(kind, field, language)) for field in fields_of(kind)]
        lines.append("")
    return "\n".join(lines)


def _cells(kind: str, field: FieldLine, language: str) -> list[str]:
    empty = render(f"feed.dictionary.{'yes' if field.optional else 'no'}", language)
    codes = f"/v1/reference/{field.source}" if field.source else ", ".join(field.values)
    name = render(f"feed.field.{kind}.{field.path}", language)
    return [f"`{field.path}`", name, render(f"feed.type.{field.type}", language), empty, codes]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
