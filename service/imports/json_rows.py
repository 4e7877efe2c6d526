"""Rows of a JSON array or of JSON Lines, read element by element over a sliding window of text.

The fast path lets the standard decoder take one element; only what it cannot take is skipped by a scanner
that knows strings and brackets, so that a broken, endless or abysmal element costs its own row and no other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from service.imports.refusals import FileRefused
from service.imports.rows import (
    MOST_INTEGER,
    BadNumber,
    Broken,
    DuplicateKeys,
    RawRow,
    ReadLimits,
    check_value,
)

_CHUNK = 65_536
# An element this many times too long is not worth walking to its end.
_ABSURD = 64
_SPACE = re.compile(r"[ \t\r\n]*")
_MARK = re.compile(r'["\[\]{},]')
_IN_STRING = re.compile(r'["\\]')


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else DuplicateKeys(made)


def _integer(numeral: str) -> int | BadNumber:
    if len(numeral) > 20 or abs(int(numeral)) > MOST_INTEGER:
        return BadNumber("number_too_large")
    return int(numeral)


def _number(numeral: str) -> float | BadNumber:
    value = float(numeral)
    return BadNumber("number_not_finite") if value in (float("inf"), float("-inf")) else value


def _constant(_: str) -> BadNumber:
    return BadNumber("number_not_finite")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)


class _Window:
    """The stretch of text under the reader's eye; `at` is where the next token begins."""

    def __init__(self, stream: TextIO, limits: ReadLimits):
        self._stream = stream
        self._most = limits.max_row_chars
        self.text = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        """Read on, dropping what lies behind; False at the end of the file."""
        chunk = "" if self.ended else self._stream.read(_CHUNK)
        self.ended = not chunk
        self.text = self.text[self.at :] + chunk
        self.at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no blank, or nothing at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        """The value that begins here, or Broken when it is none; afterwards `at` is behind it."""
        code = "json_broken"
        while True:
            decoded = False
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                code = "json_too_deep"
                break
            except ValueError:
                pass
            else:
                decoded = True
                if self._is_whole(end):
                    too_long = end - self.at > self._most
                    self.at = end
                    return Broken("row_too_long", facts={"most": self._most}) if too_long else value
            if len(self.text) - self.at > self._most:
                break
            if not self.more() and not decoded:
                break
        return Broken(self.skip(code, _ABSURD * self._most))

    def _is_whole(self, end: int) -> bool:
        """A value at the edge of the window may go on (`12` of `123`), so something must follow it."""
        match = _SPACE.match(self.text, end)
        return self.ended or bool(match and match.end() < len(self.text))

    def skip(self, code: str, most: int | None = None) -> str:
        """Pass over one value up to the comma or bracket that ends it; says why it was passed over.

        Raises FileRefused json_broken beyond `most` characters: that is no row, however it ends.
        """
        passed = 0
        depth = 0
        while True:
            match = _MARK.search(self.text, self.at)
            passed += (match.end() if match else len(self.text)) - self.at
            if most is not None and passed > most:
                raise FileRefused("json_broken")
            if match is None:
                self.at = len(self.text)
                if not self.more():
                    return "json_truncated"
                continue
            mark, self.at = match.group(), match.end()
            if mark == '"':
                length = self._skip_string()
                if length < 0:
                    return "json_truncated"
                passed += length
            elif mark in "[{":
                depth += 1
            elif depth == 0:
                self.at -= 1
                return "row_too_long" if passed > self._most and code == "json_broken" else code
            elif mark in "]}":
                depth -= 1

    def _skip_string(self) -> int:
        """Pass over the rest of a string; its length, or -1 when the file ends in it."""
        length = 0
        while True:
            match = _IN_STRING.search(self.text, self.at)
            stop = match.end() if match else len(self.text)
            length += stop - self.at
            self.at = stop
            if match is None:
                if not self.more():
                    return -1
            elif match.group() == '"':
                return length
            else:
                if self.at >= len(self.text) and not self.more():
                    return -1
                self.at += 1  # the escaped character, whatever it is


def json_rows(path: Path, limits: ReadLimits, records: tuple[str, ...]) -> Iterator[RawRow]:
    """Rows of a UTF-8 JSON file: an array at the top or at the key path `records`, or one object a line.

    Raises FileRefused json_broken, json_truncated (with the row) and json_records_missing.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        window = _Window(stream, limits)
        if window.peek() == "{" and not records:
            yield from _lines(path, limits)
            return
        _enter(window, records)
        for number, value in enumerate(_elements(window), start=1):
            yield _row(number, value, limits)
        if not records and window.peek():
            raise FileRefused("json_broken")


def _enter(window: _Window, records: tuple[str, ...]) -> None:
    """Walk to the array that holds the rows and stand behind its bracket."""
    for key in records:
        if window.peek() != "{":
            raise FileRefused("json_records_missing", path=".".join(records))
        window.at += 1
        _find_key(window, key, records)
    if window.peek() != "[":
        raise FileRefused("json_records_missing", path=".".join(records))
    window.at += 1


def _find_key(window: _Window, wanted: str, records: tuple[str, ...]) -> None:
    while window.peek() == '"':
        key = _key(window)
        if window.peek() != ":":
            break
        window.at += 1
        if key == wanted:
            return
        window.peek()
        window.skip("json_broken")
        if window.peek() != ",":
            break
        window.at += 1
    raise FileRefused("json_records_missing", path=".".join(records))


def _key(window: _Window) -> object:
    """The key that begins here; a colon always follows, so a key at the window's edge is read again."""
    while True:
        try:
            key, end = _DECODER.raw_decode(window.text, window.at)
        except (ValueError, RecursionError):
            if len(window.text) - window.at > _CHUNK or not window.more():
                raise FileRefused("json_broken") from None
        else:
            window.at = end
            return key


def _elements(window: _Window) -> Iterator[Any]:
    """The elements of the array whose opening bracket has just been passed; Broken for unreadable ones."""
    if window.peek() == "]":
        window.at += 1
        return
    number = 1
    while True:
        if not window.peek():
            raise FileRefused("json_truncated", row=number)
        value = window.value()
        if isinstance(value, Broken) and value.code == "json_truncated":
            raise FileRefused("json_truncated", row=number)
        yield value
        number += 1
        following = window.peek()
        window.at += 1
        if following == "]":
            return
        if following != ",":
            raise FileRefused("json_broken" if following else "json_truncated", row=number)


def _lines(path: Path, limits: ReadLimits) -> Iterator[RawRow]:
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        number = 0
        seen = False
        while line := stream.readline(limits.max_row_chars):
            number += 1
            whole = line.endswith("\n") or len(line) < limits.max_row_chars
            text = line.strip()
            while not whole:
                rest = stream.readline(_CHUNK)
                whole = not rest or rest.endswith("\n")
            if not text:
                continue
            if not seen and not text.endswith("}") and len(line) < limits.max_row_chars:
                # An object that goes on over several lines is a document, and nobody said where its rows are.
                raise FileRefused("json_records_missing", path="")
            seen = True
            yield _row(number, _line_value(line, text, limits), limits)


def _line_value(line: str, text: str, limits: ReadLimits) -> Any:
    if len(line) >= limits.max_row_chars and not line.endswith("\n"):
        return Broken("row_too_long", facts={"most": limits.max_row_chars})
    try:
        return _DECODER.decode(text)
    except RecursionError:
        return Broken("json_too_deep")
    except ValueError:
        return Broken("json_broken")


def _row(number: int, value: Any, limits: ReadLimits) -> RawRow:
    if isinstance(value, Broken):
        return RawRow(number, {}, True, (value.refusal(),))
    if not isinstance(value, dict):
        return RawRow(number, {}, True, (Broken("row_not_object").refusal(),))
    refusals = tuple(check_value("", value, limits))
    return RawRow(number, {} if refusals else value, True, refusals)
