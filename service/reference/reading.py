"""Reading files of dated rows: JSON, YAML or CSV become rows of plain values, each with its number."""

from __future__ import annotations

import csv
import io
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from service.errors import Refused
from service.policies import DataRefused
from service.policies.typed import parse
from service.reference.kinds import Spec, shape_of

MOST_BYTES = 20 * 1024 * 1024
HEAD = ("code", "valid_from", "valid_to", "source", "verified")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of a file (the first is 1): as values, or the reason why it cannot be read."""

    number: int
    spec: Spec | None
    refused: Refused | None = None


def read_rows(kind: str, path: Path) -> Iterator[Numbered]:
    """The rows of a file. `rows:` under a head, or a plain list; a silent row takes source and date of the head.

    Raises Refused reference_file_too_large, reference_file_kind, reference_file_unreadable,
    reference_column_unknown. Text may be UTF-8 or GB18030.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Refused("reference_file_too_large", most_mb=MOST_BYTES // 1024 // 1024)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        yield from _numbered(kind, _csv_rows(kind, _text(path)), {})
        return
    raw = _parsed(path, suffix)
    head = {} if isinstance(raw, list) else {name: raw[name] for name in ("valid_from", "source") if name in raw}
    rows = raw if isinstance(raw, list) else raw.get("rows")
    if not isinstance(rows, list):
        raise Refused("reference_file_unreadable")
    yield from _numbered(kind, ((row, None) for row in rows), head)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("reference_file_unreadable")


def _parsed(path: Path, suffix: str) -> Any:
    if suffix not in (".json", ".yaml", ".yml"):
        raise Refused("reference_file_kind")
    try:
        raw = orjson.loads(_text(path)) if suffix == ".json" else parse(_text(path), path.name)
    except (orjson.JSONDecodeError, DataRefused):
        raise Refused("reference_file_unreadable") from None
    if not isinstance(raw, list | dict):
        raise Refused("reference_file_unreadable")
    return raw


def _numbered(kind: str, rows: Iterator[tuple[Any, Refused | None]], head: Mapping[str, Any]) -> Iterator[Numbered]:
    for number, (row, refused) in enumerate(rows, start=1):
        if refused is not None:
            yield Numbered(number, None, refused)
            continue
        try:
            yield Numbered(number, _spec(kind, row, head))
        except Refused as wrong:
            yield Numbered(number, None, wrong)


def _spec(kind: str, row: Any, head: Mapping[str, Any]) -> Spec:
    if not isinstance(row, Mapping) or not all(isinstance(name, str) for name in row):
        raise Refused("object_expected", field="")
    whole = {**head, **row}
    code = whole.get("code", whole.get("region") if kind == "minimum_wage" else None)
    if not isinstance(code, str):
        raise Refused("field_missing", field="/code")
    source = whole.get("source")
    if not isinstance(source, str):
        raise Refused("field_missing", field="/source")
    beside = {*HEAD, "region"} if kind == "minimum_wage" else set(HEAD)
    start = _day(whole.get("valid_from"), "/valid_from")
    if start is None:
        raise Refused("field_missing", field="/valid_from")
    return Spec(
        kind,
        code,
        start,
        _day(whole.get("valid_to"), "/valid_to"),
        {name: _json(value) for name, value in row.items() if name not in beside},
        source,
        whole.get("verified") is True,
    )


def _day(value: Any, field: str) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("day_format", field=field) from None


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    if isinstance(value, Mapping):
        return {str(name): _json(inner) for name, inner in value.items()}
    return value


# -- CSV: every cell is text, its meaning comes from the shape of the kind ---------------------------


def _csv_rows(kind: str, text: str) -> Iterator[tuple[Any, Refused | None]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    columns = [name.strip() for name in next(reader, [])]
    hints = _columns(kind)
    for at, name in enumerate(columns, start=1):
        if name not in hints or columns.index(name) != at - 1:
            raise Refused("reference_column_unknown", column=at)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield _csv_row(columns, cells, hints)


def _csv_row(columns: list[str], cells: list[str], hints: Mapping[str, Any]) -> tuple[Any, Refused | None]:
    row: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        if not cell.strip():
            continue
        try:
            value = _cell(cell.strip(), hints[name])
        except ValueError:
            return None, Refused("reference_value_unreadable", field=f"/{name.replace('.', '/')}")
        *outer, last = name.split(".")
        at = row
        for part in outer:
            at = at.setdefault(part, {})
        at[last] = value
    return row, None


def _columns(kind: str) -> dict[str, Any]:
    """Column name -> type; parts of a nested value are `outer.inner`, a policy's value is one column."""
    found: dict[str, Any] = dict.fromkeys(("code", "source", "valid_from", "valid_to"), str) | {"verified": bool}
    shape = shape_of(kind)
    if shape is None:
        return found | {"value": int}
    for name, hint in get_type_hints(shape).items():
        if is_dataclass(hint):
            found |= {f"{name}.{inner}": of for inner, of in get_type_hints(hint).items()}
        else:
            found.setdefault(name, hint)
    return found


def _cell(text: str, hint: Any) -> Any:
    """A cell as the type its column has; lists are parted by semicolons. Raises ValueError."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return [_cell(part.strip(), get_args(hint)[0]) for part in text.split(";") if part.strip()]
    if hint is bool:
        if text not in ("true", "false"):
            raise ValueError("true or false")
        return text == "true"
    return hint(text) if hint in (int, float) else text
