"""Rows of a CSV file: delimiter from its first line, quoted line breaks allowed, no record without bounds."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from service.imports.refusals import FieldRefusal, FileRefused
from service.imports.rows import Broken, Header, RawRow, ReadLimits, check_cell, is_blank

_DELIMITERS = ",;\t"
# Each unclosed quote makes us read the lines after it twice; a file full of them is refused as a whole.
_MOST_UNCLOSED = 20


class _TooLong(Exception):
    """A record has grown over its limit."""


class _Lines:
    """Physical lines for the csv module, remembered since the record began so that they can be read again."""

    def __init__(self, stream: TextIO, limits: ReadLimits):
        self._stream = stream
        self._most = limits.max_row_chars
        self._again: list[str] = []
        self._record: list[str] = []
        self._length = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line:
            raise StopIteration
        self._record.append(line)
        self._length += len(line)
        if self._length > self._most:
            raise _TooLong
        return line

    def _read(self) -> str:
        """One line, cut just over the limit; what is cut off is read and dropped."""
        line = self._stream.readline(self._most + 1)
        rest = line
        while rest and len(line) > self._most and not rest.endswith(("\n", "\r")):
            rest = self._stream.readline(self._most + 1)
        return line

    def begin(self) -> None:
        """A new record starts with the next line."""
        self._record.clear()
        self._length = 0

    def give_back(self) -> bool:
        """Read all lines of this record but its first once more; False when there was only one."""
        rest = self._record[1:]
        self._again.extend(reversed(rest))
        return bool(rest)


def csv_rows(path: Path, encoding: str, limits: ReadLimits) -> Iterator[RawRow]:
    """Rows of a CSV file with a header line; blank lines are passed over and counted.

    Raises FileRefused header_*, too_many_columns, quotes_broken.
    """
    with path.open(encoding=encoding, newline="") as stream:
        delimiter = _delimiter(stream.readline(limits.max_row_chars), limits)
        stream.seek(0)
        header: Header | None = None
        for number, record in enumerate(_records(stream, delimiter, limits), start=1):
            if isinstance(record, list) and all(is_blank(cell) for cell in record):
                continue
            if header is None:
                if isinstance(record, Broken):
                    raise FileRefused("header_invalid", column=1)
                header = Header(record, limits)
                continue
            yield _row(number, record, header, limits)
    if header is None:
        raise FileRefused("header_empty")


def _delimiter(line: str, limits: ReadLimits) -> str:
    """The delimiter that cuts the first line into most cells; a comma when none cuts it."""

    def cells(delimiter: str) -> int:
        try:
            return len(next(csv.reader([line], delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=cells)


def _records(stream: TextIO, delimiter: str, limits: ReadLimits) -> Iterator[list[str] | Broken]:
    lines = _Lines(stream, limits)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    unclosed = 0
    while True:
        lines.begin()
        try:
            yield next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            spread = lines.give_back()
            unclosed += spread
            if unclosed > _MOST_UNCLOSED:
                raise FileRefused("quotes_broken", most=_MOST_UNCLOSED) from None
            too_long = isinstance(error, _TooLong) and not spread
            yield (Broken("row_too_long", facts={"most": limits.max_row_chars}) if too_long else _quoting(spread))
            reader = csv.reader(lines, delimiter=delimiter, strict=True)


def _quoting(spread: bool) -> Broken:
    return Broken("quote_unclosed" if spread else "row_broken")


def _row(number: int, record: list[str] | Broken, header: Header, limits: ReadLimits) -> RawRow:
    if isinstance(record, Broken):
        return RawRow(number, {}, False, (record.refusal(),))
    values, refusals = header.values(record, may_be_short=False)
    found: list[FieldRefusal] = refusals
    for name, value in values.items():
        found.extend(check_cell(name, value, limits))
    return RawRow(number, {} if found else values, False, tuple(found))
