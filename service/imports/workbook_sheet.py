"""One worksheet as a stream of rows: cells become values, or the reason why they cannot be trusted."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from service.imports.refusals import FieldRefusal, FileRefused
from service.imports.rows import BadNumber, Broken, Header, RawRow, ReadLimits, check_cell, is_blank
from service.imports.workbook_parts import Layout, SharedTexts, Styles, TextGatherer, unescape
from service.imports.workbook_xml import feed

_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
# A workbook keeps 15 digits of a number; an identity or card number typed as one has lost its tail.
_LOST_DIGITS_FROM = 10**15
_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 a workbook's dates have no zone; the mapping gives one
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_FIRST_SURE_DAY = 61  # 1900 is a leap year to a workbook, so that its first sixty days are ambiguous
_DAY_AFTER_LAST = 2_958_466
_SECONDS = 86_400


@dataclass
class _Line:
    number: int
    cells: dict[int, Any] = field(default_factory=dict)


class _Sheet:
    """Builds lines of cells from the sheet's elements; `ready` holds those that are complete."""

    def __init__(self, dates: frozenset[int], from_1904: bool, texts: SharedTexts, limits: ReadLimits):
        self.ready: list[_Line] = []
        self._dates = dates
        self._from_1904 = from_1904
        self._texts = texts
        self._limits = limits
        self._columns: dict[str, int] = {}
        self._line = _Line(0)
        self._last_row = 0
        self._elements = 0
        self._column = -1
        self._kind = "n"
        self._style = 0
        self._formula = False
        self._in_value = False
        self._value: list[str] = []
        self._inline = TextGatherer(limits.max_cell_chars)
        self._row_chars = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > 4 * self._limits.max_cells:
            raise FileRefused("workbook_too_many_cells", most=self._limits.max_cells)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._in_value = True
        elif name == "row":
            self._start_row(attributes.get("r"))
        elif name == "f":
            self._formula = True
        else:
            self._inline.start(name)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "v":
            self._in_value = False
        elif name == "row":
            if self._line.cells:
                self.ready.append(self._line)
        else:
            self._inline.end(name)

    def text(self, data: str) -> None:
        if not self._in_value:
            self._inline.text(data)
        elif sum(map(len, self._value)) <= self._limits.max_cell_chars:
            self._value.append(data)

    def _start_row(self, reference: str | None) -> None:
        number = self._last_row + 1 if reference is None else _row_number(reference)
        if number <= self._last_row:
            raise FileRefused("workbook_broken")
        self._last_row = number
        self._line = _Line(number)
        self._column = -1
        self._row_chars = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self._column + 1 if reference is None else self._column_of(reference)
        if column <= self._column:
            raise FileRefused("workbook_broken")
        self._column = column
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isascii() and style.isdigit() and len(style) < 10 else 0
        self._formula = False
        self._value.clear()
        self._inline.take()

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index(letters)
        return column

    def _end_cell(self) -> None:
        cell = Broken("cell_formula") if self._formula else self._cell_value("".join(self._value))
        if isinstance(cell, str):
            self._row_chars += len(cell)
            if self._row_chars > self._limits.max_row_chars:
                cell = Broken("row_too_long", facts={"most": self._limits.max_row_chars})
        if not is_blank(cell):
            self._line.cells[self._column] = cell

    def _cell_value(self, raw: str) -> Any:
        if self._kind == "inlineStr":
            return self._inline.take()
        if not raw:
            return None
        if self._kind == "s":
            return self._shared(raw)
        if self._kind in ("str", "d"):
            return unescape(raw)
        if self._kind == "b":
            return raw.strip() == "1"
        if self._kind == "e":
            return Broken("cell_error")
        return number_value(raw, is_date=self._style in self._dates, from_1904=self._from_1904)

    def _shared(self, raw: str) -> Any:
        text = raw.strip()
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise FileRefused("workbook_broken")
        if self._row_chars > self._limits.max_row_chars:
            return Broken("row_too_long", facts={"most": self._limits.max_row_chars})
        found = self._texts.get(int(text))
        if found is None:
            raise FileRefused("workbook_broken")
        return found


def _row_number(reference: str) -> int:
    if not (reference.isascii() and reference.isdigit() and len(reference) < 8):
        raise FileRefused("workbook_broken")
    number = int(reference)
    if not 1 <= number <= _LAST_ROW:
        raise FileRefused("workbook_broken")
    return number


def column_index(letters: str) -> int:
    """The 0-based column of a reference's letters (A is 0, XFD is 16383). Raises FileRefused."""
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()):
        raise FileRefused("workbook_broken")
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    if index > _LAST_COLUMN:
        raise FileRefused("workbook_broken")
    return index - 1


def number_value(raw: str, *, is_date: bool, from_1904: bool) -> int | float | str | Broken:
    """A numeric cell: whole numbers as int, dates and times as ISO text, or the reason against it."""
    try:
        value = float(raw)
    except ValueError:
        return Broken("cell_error")
    if value != value or value in (float("inf"), float("-inf")):
        return Broken("number_not_finite")
    if abs(value) >= _LOST_DIGITS_FROM:
        return Broken("excel_number_lost_digits")
    if is_date:
        return iso_of_serial(value, from_1904=from_1904) or Broken("excel_date_invalid")
    return int(value) if value.is_integer() else value


def iso_of_serial(serial: float, *, from_1904: bool) -> str | None:
    """A date serial as `YYYY-MM-DD`, `HH:MM[:SS]` (below one day) or both; None when it names no sure day."""
    days, seconds = divmod(round(serial * _SECONDS), _SECONDS)
    clock = dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    shown = clock.isoformat("minutes" if clock.second == 0 else "seconds")
    if days == 0:
        return shown
    if not (0 if from_1904 else _FIRST_SURE_DAY) <= days < _DAY_AFTER_LAST - (1462 if from_1904 else 0):
        return None
    day = ((_EPOCH_1904 if from_1904 else _EPOCH_1900) + dt.timedelta(days=days)).date().isoformat()
    return day if seconds == 0 else f"{day}T{shown}"


def sheet_rows(
    archive: zipfile.ZipFile, layout: Layout, styles: Styles, texts: SharedTexts, limits: ReadLimits
) -> Iterator[RawRow]:
    """Rows below the header of the layout's sheet, in order. Raises FileRefused."""
    sheet = _Sheet(styles.dates, layout.from_1904, texts, limits)
    header: Header | None = None
    with archive.open(layout.sheet) as stream:
        for _ in feed(stream, sheet):
            for line in sheet.ready:
                if header is None:
                    header = _header(line, limits)
                else:
                    yield _row(line, header, limits)
            sheet.ready.clear()
    if header is None:
        raise FileRefused("file_empty")


def _header(line: _Line, limits: ReadLimits) -> Header:
    for column, cell in line.cells.items():
        if isinstance(cell, Broken | BadNumber):
            raise FileRefused("header_invalid", column=column + 1)
    width = max(line.cells) + 1
    if width > limits.max_columns:
        raise FileRefused("too_many_columns", most=limits.max_columns)
    return Header([line.cells.get(column) for column in range(width)], limits)


def _row(line: _Line, header: Header, limits: ReadLimits) -> RawRow:
    beyond = max(line.cells) + 1 > limits.max_columns
    width = limits.max_columns if beyond else max(line.cells) + 1
    values, refusals = header.values([line.cells.get(column) for column in range(width)], may_be_short=True)
    if beyond:
        refusals = [FieldRefusal("", "too_many_cells", {"most": limits.max_columns})]
    for column, cell in line.cells.items():
        if isinstance(cell, Broken):
            refusals.append(FieldRefusal(header.name(column), cell.code, cell.facts))
        else:
            refusals.extend(check_cell(header.name(column), cell, limits))
    return RawRow(line.number, {} if refusals else values, False, tuple(refusals))
