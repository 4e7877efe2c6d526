"""What every reader yields: numbered raw rows, and the checks that hold whatever the file's form.

Nothing here interprets a value; that is the mapping's work.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.imports.refusals import FieldRefusal, FileRefused
from service.text import fold

MIB = 1024 * 1024
MOST_INTEGER = 2**63 - 1
_NAME_LENGTH = 100
_FORMULA = ("=", "\uff1d")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much of a file is looked at; the defaults are the promises of the import (invariants 5).

    Lengths are code points, sizes bytes. `max_row_chars` bounds one CSV record, one JSON element and the text
    of one worksheet row, so that no reader ever holds more than a few rows.
    """

    max_bytes: int = 200 * MIB
    max_rows: int = 100_000
    max_columns: int = 200
    max_cell_chars: int = 20_000
    max_row_chars: int = 131_072
    max_depth: int = 20
    max_items: int = 200
    max_parts: int = 1_000
    max_directory_bytes: int = MIB
    max_unpacked_bytes: int = 400 * MIB
    max_shared_text_bytes: int = 200 * MIB
    max_ratio: int = 200
    max_cells: int = 5_000_000


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as the file has it.

    `number` counts as the sender sees it: the worksheet's row number, the CSV record with the header as 1,
    the JSON element or line from 1. `typed` tells whether the file distinguishes numbers from text (JSON); an
    untyped file's headers, the keys of `values`, are folded. A row with refusals has no trustworthy values.
    """

    number: int
    values: Mapping[str, Any]
    typed: bool
    refusals: tuple[FieldRefusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could be told apart from its neighbours but not read."""

    code: str
    path: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def refusal(self) -> FieldRefusal:
        """The same, as the answer of the row."""
        return FieldRefusal(self.path, self.code, self.facts)


class DuplicateKeys(dict[str, Any]):
    """A JSON object that named a key twice."""


@dataclass(frozen=True, slots=True)
class BadNumber:
    """A JSON numeral that is no number of ours: beyond 64 bits, or not finite."""

    code: str


def check_value(path: str, value: object, limits: ReadLimits) -> Iterator[FieldRefusal]:
    """Every reason against one value, walked without recursion: text, numbers, depth, keys, list lengths."""
    stack = [(path, value, 1)]
    while stack:
        at, item, depth = stack.pop()
        if isinstance(item, str):
            yield from _check_text(at, item, limits)
        elif isinstance(item, BadNumber):
            yield FieldRefusal(at, item.code)
        elif isinstance(item, dict | list):
            if depth > limits.max_depth:
                yield FieldRefusal(at, "json_too_deep", {"most": limits.max_depth})
                return
            yield from _check_container(at, item, limits)
            inner = item.items() if isinstance(item, dict) else enumerate(item)
            stack.extend((f"{at}.{key_name(key)}".strip("."), below, depth + 1) for key, below in inner)


def check_cell(column: str, cell: object, limits: ReadLimits) -> Iterator[FieldRefusal]:
    """As `check_value` for a cell of a table, where text that would be a formula when exported is refused too."""
    if isinstance(cell, str) and cell.lstrip().startswith(_FORMULA):
        yield FieldRefusal(column, "cell_formula")
    yield from check_value(column, cell, limits)


def _check_text(path: str, text: str, limits: ReadLimits) -> Iterator[FieldRefusal]:
    if len(text) > limits.max_cell_chars:
        yield FieldRefusal(path, "cell_too_long", {"most": limits.max_cell_chars})
    if _CONTROL.search(text):
        yield FieldRefusal(path, "control_character")
    if _SURROGATE.search(text):
        yield FieldRefusal(path, "lone_surrogate")


def _check_container(path: str, item: dict[str, Any] | list[Any], limits: ReadLimits) -> Iterator[FieldRefusal]:
    if len(item) > limits.max_items:
        yield FieldRefusal(path, "too_many_items", {"most": limits.max_items})
    if isinstance(item, DuplicateKeys):
        yield FieldRefusal(path, "duplicate_key")
    if isinstance(item, dict) and any(key_name(key) != key for key in item):
        yield FieldRefusal(path, "key_invalid")


def key_name(key: object) -> str:
    """A key as a path may show it: cut, and without characters that could forge a log line."""
    text = str(key)[:_NAME_LENGTH]
    if _SURROGATE.search(text) or not text.isprintable():
        return "?"
    return text


class Header:
    """The columns of a CSV file or worksheet: folded names, and how a line of cells becomes values.

    Raises FileRefused header_empty, header_duplicate, header_invalid, too_many_columns; facts give columns
    counted from 1.
    """

    def __init__(self, cells: Sequence[object], limits: ReadLimits):
        self.names = [_column_name(cell, at) for at, cell in enumerate(cells, start=1)]
        while self.names and not self.names[-1]:
            self.names.pop()
        if not self.names:
            raise FileRefused("header_empty")
        if len(self.names) > limits.max_columns:
            raise FileRefused("too_many_columns", most=limits.max_columns)
        self._refuse_twins()

    def _refuse_twins(self) -> None:
        first: dict[str, int] = {}
        for at, name in enumerate(self.names, start=1):
            if name and first.setdefault(name, at) != at:
                raise FileRefused("header_duplicate", columns=[first[name], at])

    def name(self, column: int) -> str:
        """What a refusal calls the column at a 0-based index: its name, or its number where it has none."""
        named = self.names[column] if column < len(self.names) else ""
        return named or str(column + 1)

    def values(self, cells: Sequence[object], *, may_be_short: bool) -> tuple[dict[str, Any], list[FieldRefusal]]:
        """Values by column name, blank cells as None, and the refusals of the line's width."""
        refusals = []
        if len(cells) < len(self.names) and not may_be_short:
            refusals.append(FieldRefusal("", "too_few_cells", {"cells": len(cells), "columns": len(self.names)}))
        homeless = [at for at, cell in enumerate(cells) if not is_blank(cell) and not self._has_name(at)]
        if homeless:
            facts = {"cells": len(cells), "columns": len(self.names), "column": homeless[0] + 1}
            refusals.append(FieldRefusal("", "too_many_cells", facts))
        values: dict[str, Any] = {name: None for name in self.names if name}
        for name, cell in zip(self.names, cells, strict=False):
            if name and not is_blank(cell):
                values[name] = cell
        return values, refusals

    def _has_name(self, column: int) -> bool:
        return column < len(self.names) and bool(self.names[column])


def _column_name(cell: object, column: int) -> str:
    """A column's name as mappings look it up: folded, without the star of a required column."""
    if cell is None:
        return ""
    text = str(cell)
    if len(text) > _NAME_LENGTH or _CONTROL.search(text) or _SURROGATE.search(text):
        raise FileRefused("header_invalid", column=column)
    return fold(text).strip("* ")


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing: no value, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


class SeenIds:
    """The source ids of one file: eight bytes each, so that a hundred thousand cost a few megabytes.

    Two different ids share a digest once in 10^9 files of this size; the later row would then be refused as a
    duplicate, never stored wrongly.
    """

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def add(self, source_id: str) -> bool:
        """Remember an id; False when this file already had it (`duplicate_in_file`)."""
        raw = hashlib.blake2b(source_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        digest = int.from_bytes(raw, "big")
        if digest in self._digests:
            return False
        self._digests.add(digest)
        return True
