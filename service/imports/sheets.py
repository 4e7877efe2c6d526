"""Tables that leave the service as CSV: an import's report and a mapping's template, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.imports.mapping import FieldRule
from service.imports.mapping import Mapping as SourceMapping

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the machine's own code page
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with CRLF ends; a cell that a spreadsheet would calculate gets an apostrophe in front."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def is_tabular(mapping: SourceMapping) -> bool:
    """Whether a table can hold what the mapping reads: no path goes into an object or list."""
    return not any("." in path.text or "[]" in path.text for rule in mapping.rules for path in _paths(rule))


def template_of(mapping: SourceMapping) -> str:
    """One header line for a table of this mapping; needed columns bear a star, which reading ignores."""
    firsts = {paths[0].text: rule for rule in reversed(mapping.rules) for paths in rule.parts.values()}
    header: dict[str, None] = {}
    for rule in mapping.rules:
        for paths in rule.parts.values():
            alternatives = {path.text for path in paths[1:]}
            stands_in = any(name in firsts and firsts[name].required for name in alternatives)
            starred = _needs(paths[0].text, mapping) and not stands_in
            header.setdefault(f"{paths[0].text}*" if starred else paths[0].text)
    return BYTE_ORDER_MARK + csv_lines([list(header)])


def _needs(column: str, mapping: SourceMapping) -> bool:
    """Whether any required field takes this column first."""
    return any(rule.required and paths[0].text == column for rule in mapping.rules for paths in rule.parts.values())


def _paths(rule: FieldRule) -> list[Any]:
    return [path for paths in rule.parts.values() for path in paths]


def report_row(line: Any, reason_of: Mapping[str, Any], outcome: str) -> list[Any]:
    """The cells of one answered row: `reason_of` holds the rendered sentences of `reasons` and `notes`."""
    named = dict.fromkeys(reason["column"] or reason["pointer"] for reason in line.reasons)
    codes = dict.fromkeys(reason["code"] for reason in line.reasons)
    return [
        line.number,
        line.source_id,
        outcome,
        line.posting_id,
        "; ".join(filter(None, named)),
        "; ".join(codes),
        reason_of["reasons"],
        reason_of["notes"],
    ]
