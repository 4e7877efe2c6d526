"""One guarded way to run XML of a stranger's workbook through expat: no DTD, no abyss, no endless token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Protocol
from xml.parsers import expat

from service.imports.refusals import FileRefused
from service.imports.rows import MIB

_CHUNK = 65_536
_MOST_DEPTH = 64
_MOST_TOKEN = MIB
_PROLOG = 256 * 1024


class Handler(Protocol):
    """What a part's reader does with elements; names come without prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Some of the text inside."""


class _Found(Exception):
    """The first element has begun."""


def _no_doctype(*_: object) -> None:
    raise FileRefused("workbook_dtd")


def feed(stream: IO[bytes], handler: Handler) -> Iterator[None]:
    """Parse a part, pausing after each chunk so that the caller can take what the handler has gathered.

    Raises FileRefused workbook_dtd, workbook_broken.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = _guarded(handler, parser)
    parser.CharacterDataHandler = handler.text
    fed = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            # Expat keeps an unfinished tag, comment or attribute whole: its start must not fall far behind.
            if fed - parser.CurrentByteIndex > _MOST_TOKEN:
                raise FileRefused("workbook_broken")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused("workbook_broken") from error
    yield


def _guarded(handler: Handler, parser: expat.XMLParserType) -> Callable[[str, dict[str, str]], None]:
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise FileRefused("workbook_broken")
        handler.start(name[name.find(":") + 1 :], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name[name.find(":") + 1 :])

    parser.EndElementHandler = end
    return start


def read_all(stream: IO[bytes], handler: Handler) -> None:
    """Parse a small part to its end."""
    for _ in feed(stream, handler):
        pass


def check_prolog(stream: IO[bytes]) -> None:
    """Look at a part up to its first element. Raises FileRefused workbook_dtd, workbook_broken."""

    def found(*_: object) -> None:
        raise _Found

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = found
    fed = 0
    try:
        while fed < _PROLOG and (chunk := stream.read(4096)):
            parser.Parse(chunk, False)
            fed += len(chunk)
    except _Found:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused("workbook_broken") from error
    raise FileRefused("workbook_broken")


def local(attributes: dict[str, str], name: str) -> str:
    """An attribute by its name without prefix (`r:id`), or an empty text."""
    for key, value in attributes.items():
        if key.rpartition(":")[2] == name:
            return value
    return ""
