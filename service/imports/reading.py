"""Open an uploaded file as a stream of raw rows; its content decides what it is, never its name."""

from __future__ import annotations

import codecs
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.imports.csv_rows import csv_rows
from service.imports.json_rows import json_rows
from service.imports.refusals import FileRefused
from service.imports.rows import RawRow, ReadLimits
from service.imports.workbook import workbook_rows

_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"PK", "zip"),
)


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is: kind `json`, `csv` or `xlsx`, and for the first two the encoding."""

    kind: str
    encoding: str = ""


def open_rows(path: Path, limits: ReadLimits, records: tuple[str, ...] = ()) -> Iterator[RawRow]:
    """The rows of a JSON array, JSON Lines, CSV or xlsx file, one at a time, in file order.

    `records` is the path of the array inside a JSON document. Memory does not grow with the file. A row that
    cannot be read is yielded with its refusals. Raises FileRefused at the first row or, where the file breaks
    later, after the rows before. Blocking and busy: call it in a thread or child process.
    """
    found = detect(path, limits)
    if found.kind == "xlsx":
        rows = workbook_rows(path, limits)
    elif found.kind == "json":
        rows = json_rows(path, limits, records)
    else:
        rows = csv_rows(path, found.encoding, limits)
    for count, row in enumerate(rows, start=1):
        if count > limits.max_rows:
            raise FileRefused("too_many_rows", most=limits.max_rows, row=row.number)
        yield row


def detect(path: Path, limits: ReadLimits) -> Detected:
    """The kind and encoding of a file. Text is read once to its end: encodings are proved, not guessed.

    Raises FileRefused file_empty, file_too_large, file_type_unknown, encoding_unknown, workbook_encrypted,
    workbook_legacy.
    """
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise FileRefused("file_too_large", most=limits.max_bytes)
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        if size <= len(head):
            raise FileRefused("file_empty")
        raise FileRefused("file_type_unknown", looks_like="blank")
    if head.startswith(_ZIP):
        return Detected("xlsx")
    if head.startswith(_OLE):
        raise FileRefused("workbook_encrypted" if _contains(path, _ENCRYPTED) else "workbook_legacy")
    _refuse_foreign(head)
    return _detect_text(path, head)


def _refuse_foreign(head: bytes) -> None:
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise FileRefused("file_type_unknown", looks_like=name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused("encoding_unknown", looks_like="utf-16")
    # A stray NUL is the row's fault; a tenth of them means that this never was text.
    if head.count(0) * 10 > len(head):
        raise FileRefused("file_type_unknown", looks_like="binary")


def _detect_text(path: Path, head: bytes) -> Detected:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    if start.startswith(b"<"):
        raise FileRefused("file_type_unknown", looks_like="html")
    if start.startswith((b"[", b"{")):
        if not _decodes(path, "utf-8-sig"):
            raise FileRefused("encoding_unknown", expected="utf-8")
        return Detected("json", "utf-8-sig")
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return Detected("csv", encoding)
    raise FileRefused("encoding_unknown", expected="utf-8, gb18030")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _contains(path: Path, needle: bytes) -> bool:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return whole.find(needle) >= 0


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first look at a whole file finds: rows in all, and those that reading already refuses."""

    rows: int
    refused: int


def survey(path: Path, limits: ReadLimits, records: tuple[str, ...] = ()) -> Survey:
    """Read a file to its end without keeping anything, so that a file that breaks later is known beforehand.

    Raises what `open_rows` raises.
    """
    rows = refused = 0
    for row in open_rows(path, limits, records):
        rows += 1
        refused += bool(row.refusals)
    return Survey(rows, refused)
