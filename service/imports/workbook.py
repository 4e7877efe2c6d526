"""Rows of an xlsx workbook, after its archive has passed every cap that can be checked without unpacking it.

Why not python-calamine here: it builds the whole sheet in memory (measured: 310 MB for 100,000 rows of 25
columns, before anything of ours is loaded), repeats a shared text for every cell that points to it, sizes
its memory by the farthest cell, and hides formulas behind their cached values. One streaming pass over the
sheet's XML does the checks and yields rows in constant memory; the tests compare the two on usual workbooks.
"""

from __future__ import annotations

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from service.imports.refusals import FileRefused
from service.imports.rows import MIB, RawRow, ReadLimits
from service.imports.workbook_parts import read_layout, read_shared_texts, read_styles
from service.imports.workbook_sheet import sheet_rows
from service.imports.workbook_xml import check_prolog

_END = b"PK\x05\x06"
_END64_LOCATOR = b"PK\x06\x07"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
# Deflate turns short repetitive parts into almost nothing; a ratio says something only about large ones.
_RATIO_COUNTS_FROM = 10 * MIB
_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".jar", ".gz", ".7z", ".rar")
_EXTERNAL = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/model/", "xl/ddelinks/")


def workbook_rows(path: Path, limits: ReadLimits) -> Iterator[RawRow]:
    """Rows of the first visible worksheet; its first row that is not blank is the header.

    Numbers, booleans and text come as such, dates and times as ISO 8601 text, blank cells as None. A formula,
    an error value, a numeral of more than 15 digits refuses its row and names the column. Raises FileRefused
    workbook_* (see `check_archive`), header_*, too_many_columns.
    """
    check_directory(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, limits)
            layout = read_layout(archive)
            styles = read_styles(archive, layout)
            with read_shared_texts(archive, layout, limits) as texts:
                yield from sheet_rows(archive, layout, styles, texts, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError) as error:
        raise FileRefused("workbook_broken") from error
    except OSError as error:  # an offset before the file's beginning; any other is the disk's own trouble
        if error.errno != errno.EINVAL:
            raise
        raise FileRefused("workbook_broken") from error
    except RuntimeError as error:  # zipfile's answer to a part that claims a password
        raise FileRefused("workbook_encrypted") from error


def check_directory(path: Path, limits: ReadLimits) -> None:
    """Refuse an archive by the size of its directory, which zipfile would read whole.

    Raises FileRefused workbook_broken, workbook_zip64, workbook_too_many_parts.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT - 20))
        tail = stream.read()
    at = len(tail) - _END_SIZE
    if at < 0 or not (tail[at:].startswith(_END) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise FileRefused("workbook_broken")
    if at >= 20 and tail[at - 20 : at].startswith(_END64_LOCATOR):
        raise FileRefused("workbook_zip64")
    parts, directory = struct.unpack_from("<HL", tail, at + 10)
    if parts > limits.max_parts or directory > limits.max_directory_bytes:
        raise FileRefused("workbook_too_many_parts", most=limits.max_parts)


def check_archive(archive: zipfile.ZipFile, limits: ReadLimits) -> None:
    """Refuse what an archive declares or contains besides plain sheets, before anything is unpacked.

    Raises FileRefused workbook_too_many_parts, workbook_too_large, workbook_compression, workbook_encrypted,
    workbook_macros, workbook_external_links, workbook_embedded, workbook_binary, workbook_not_xlsx,
    workbook_broken, workbook_dtd.
    """
    parts = archive.infolist()
    if len(parts) > limits.max_parts:
        raise FileRefused("workbook_too_many_parts", most=limits.max_parts)
    for part in parts:
        _check_size(part, limits)
    if sum(part.file_size for part in parts) > limits.max_unpacked_bytes:
        raise FileRefused("workbook_too_large", most=limits.max_unpacked_bytes)
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise FileRefused("workbook_broken")
    for name in names:
        _check_name(name.casefold())
    _check_kind(set(names))
    for part in parts:
        _check_content(archive, part)


def _check_size(part: zipfile.ZipInfo, limits: ReadLimits) -> None:
    if part.flag_bits & 0x1:
        raise FileRefused("workbook_encrypted")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused("workbook_compression")
    if part.file_size > limits.max_unpacked_bytes:
        raise FileRefused("workbook_too_large", most=limits.max_unpacked_bytes)
    packed = max(1, part.compress_size)
    if part.file_size > _RATIO_COUNTS_FROM and part.file_size // packed > limits.max_ratio:
        raise FileRefused("workbook_compression", most=limits.max_ratio)


def _check_name(name: str) -> None:
    if name.startswith("/") or "\\" in name or ".." in name.split("/") or "\0" in name:
        raise FileRefused("workbook_broken")
    if "vbaproject" in name or name.startswith(("xl/macrosheets/", "xl/activex/")):
        raise FileRefused("workbook_macros")
    if name.startswith(_EXTERNAL):
        raise FileRefused("workbook_external_links")
    if "/embeddings/" in name or name.endswith(_ARCHIVES):
        raise FileRefused("workbook_embedded")


def _check_kind(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise FileRefused("workbook_binary")
    if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
        raise FileRefused("workbook_not_xlsx")


def _check_content(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A part that is an archive under another name, or an XML part that declares a document type."""
    with archive.open(part) as stream:
        if part.filename.casefold().endswith((".xml", ".rels", ".vml")):
            check_prolog(stream)
        elif stream.read(4) == b"PK\x03\x04":
            raise FileRefused("workbook_embedded")
