"""The small parts of a workbook: where its sheet lies, which styles are dates, and its shared texts."""

from __future__ import annotations

import posixpath
import re
import tempfile
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Self

from service.imports.refusals import FileRefused
from service.imports.rows import MIB, ReadLimits
from service.imports.workbook_xml import feed, local, read_all

_SMALL_PART = 16 * MIB
_MOST_STYLES = 65_536
# Built-in formats that show a date or a time (ECMA-376 part 1, 18.8.30, with the East Asian ones).
_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Layout:
    """Part names of a workbook's first visible sheet, shared texts and styles ('' when absent)."""

    sheet: str
    shared_texts: str
    styles: str
    from_1904: bool


@dataclass(frozen=True, slots=True)
class Styles:
    """Which cell styles show their number as a date or time, by style index."""

    dates: frozenset[int]


@dataclass
class _Relations:
    base: str
    targets: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{self.base}/{target}")
        self.targets[attributes.get("Id", "")] = full.removeprefix("./").lstrip("/")
        self.kinds.setdefault(attributes.get("Type", "").rpartition("/")[2], attributes.get("Id", ""))

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass

    def of_kind(self, kind: str) -> str:
        return self.targets.get(self.kinds.get(kind, ""), "")


@dataclass
class _Sheets:
    visible: list[str] = field(default_factory=list)
    from_1904: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            self.visible.append(local(attributes, "id"))

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


@dataclass
class _ContentTypes:
    macros: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "").casefold()
        self.macros = self.macros or "macroenabled" in kind or "vbaproject" in kind

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


@dataclass
class _StyleSheet:
    formats: dict[int, str] = field(default_factory=dict)
    cells: list[int] = field(default_factory=list)
    inside: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.formats[_index(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.cells.append(_index(attributes.get("numFmtId")))
            if len(self.cells) > _MOST_STYLES:
                raise FileRefused("workbook_broken")

    def end(self, name: str) -> None:
        self.inside = self.inside and name != "cellXfs"

    def text(self, data: str) -> None:
        pass


def _index(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _open_small(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    try:
        part = archive.getinfo(name)
    except KeyError as error:
        raise FileRefused("workbook_broken") from error
    if part.file_size > _SMALL_PART:
        raise FileRefused("workbook_too_large", most=_SMALL_PART)
    return archive.open(part)


def read_layout(archive: zipfile.ZipFile) -> Layout:
    """Where the parts lie. Raises FileRefused workbook_macros, _not_xlsx, _no_sheet, _broken, _too_large."""
    types = _ContentTypes()
    with _open_small(archive, "[Content_Types].xml") as stream:
        read_all(stream, types)
    if types.macros:
        raise FileRefused("workbook_macros")
    top = _relations(archive, "_rels/.rels", "")
    book = top.of_kind("officeDocument")
    if not book.endswith(".xml") or book not in archive.namelist():
        raise FileRefused("workbook_not_xlsx")
    folder, file = posixpath.split(book)
    inner = _relations(archive, posixpath.join(folder, "_rels", file + ".rels"), folder)
    sheets = _Sheets()
    with _open_small(archive, book) as stream:
        read_all(stream, sheets)
    for sheet in sheets.visible:
        target = inner.targets.get(sheet, "")
        if target in archive.namelist():
            return Layout(target, inner.of_kind("sharedStrings"), inner.of_kind("styles"), sheets.from_1904)
    raise FileRefused("workbook_not_xlsx" if not sheets.visible and folder != "xl" else "workbook_no_sheet")


def _relations(archive: zipfile.ZipFile, name: str, base: str) -> _Relations:
    relations = _Relations(base)
    with _open_small(archive, name) as stream:
        read_all(stream, relations)
    return relations


def read_styles(archive: zipfile.ZipFile, layout: Layout) -> Styles:
    """The styles that show dates. Raises FileRefused workbook_broken, workbook_too_large."""
    if not layout.styles:
        return Styles(frozenset())
    sheet = _StyleSheet()
    with _open_small(archive, layout.styles) as stream:
        read_all(stream, sheet)
    dates = {
        style
        for style, number in enumerate(sheet.cells)
        if (shows_date(sheet.formats[number]) if number in sheet.formats else number in _BUILT_IN_DATES)
    }
    return Styles(frozenset(dates))


def shows_date(code: str) -> bool:
    """Whether a number format shows a date or time: it has y, m, d, h or s outside literals and colours."""
    first = code.split(";", 1)[0]
    if _ELAPSED.search(first):
        return True
    return bool(re.search("[ymdhs]", _LITERAL.sub("", first), re.IGNORECASE))


class SharedTexts:
    """The workbook's shared texts: a few megabytes in memory, beyond that in a temporary file.

    `fetched` counts code points handed out, because few texts can be pointed to from millions of cells.
    """

    def __init__(self, limits: ReadLimits):
        self._limits = limits
        self._file = tempfile.SpooledTemporaryFile(max_size=16 * MIB)  # noqa: SIM115 closed by __exit__
        self._ends = array("Q", [0])
        self._fetched = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, text: str) -> None:
        """Keep the next text, cut just beyond the length at which its row is refused."""
        if len(self._ends) > self._limits.max_cells:
            raise FileRefused("workbook_too_many_cells", most=self._limits.max_cells)
        raw = text[: self._limits.max_cell_chars + 1].encode("utf-8", "surrogatepass")
        self._file.write(raw)
        self._ends.append(self._ends[-1] + len(raw))

    def get(self, index: int) -> str | None:
        """The text of an index, None when there is none. Raises FileRefused workbook_too_large."""
        if not 0 <= index < len(self._ends) - 1:
            return None
        start, end = self._ends[index], self._ends[index + 1]
        self._fetched += end - start
        if self._fetched > self._limits.max_unpacked_bytes:
            raise FileRefused("workbook_too_large", most=self._limits.max_unpacked_bytes)
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")


class TextGatherer:
    """Gathers the `t` runs of one shared or inline text, without phonetic guides, up to a length."""

    def __init__(self, most: int):
        self._most = most
        self._pieces: list[str] = []
        self._length = 0
        self._phonetic = 0
        self._open = False

    def start(self, name: str) -> None:
        self._phonetic += name == "rPh"
        self._open = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._phonetic -= name == "rPh"
        self._open = False

    def text(self, data: str) -> None:
        if self._open and self._length <= self._most:
            self._pieces.append(data)
            self._length += len(data)

    def take(self) -> str:
        """The text so far, unescaped, and begin the next."""
        whole = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return unescape(whole)


def unescape(text: str) -> str:
    """Characters that a workbook writes as _xHHHH_ (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), text) if "_x" in text else text


@dataclass
class _Texts:
    keep: Callable[[str], None]
    gatherer: TextGatherer

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.gatherer.start(name)

    def end(self, name: str) -> None:
        self.gatherer.end(name)
        if name == "si":
            self.keep(self.gatherer.take())

    def text(self, data: str) -> None:
        self.gatherer.text(data)


def read_shared_texts(archive: zipfile.ZipFile, layout: Layout, limits: ReadLimits) -> SharedTexts:
    """The shared texts, to be used as a context manager. Raises FileRefused workbook_*."""
    texts = SharedTexts(limits)
    if not layout.shared_texts or layout.shared_texts not in archive.namelist():
        return texts
    try:
        part = archive.getinfo(layout.shared_texts)
        if part.file_size > limits.max_shared_text_bytes:
            raise FileRefused("workbook_too_large", most=limits.max_shared_text_bytes)
        with archive.open(part) as stream:
            for _ in feed(stream, _Texts(texts.append, TextGatherer(limits.max_cell_chars))):
                pass
    except BaseException:
        texts.__exit__()
        raise
    return texts
