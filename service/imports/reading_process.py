"""The child process that reads and maps one file: its settings on stdin, one JSON line a row on stdout.

Reading is busy and its input is hostile, so it has a process of its own: it can exhaust neither the memory
nor the loop of its parent, and the pipe lets it run no further ahead than the parent can store. It ends with
its parent, for then nobody reads what it writes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from service.imports.converting import Lookups, tight
from service.imports.mapping import MappedRow
from service.imports.mapping import Mapping as SourceMapping
from service.imports.placing import Setting, settled
from service.imports.pointing import columns_of, mapped_reason, raw_reason
from service.imports.reading import open_rows
from service.imports.refusals import FieldRefusal, FileRefused
from service.imports.rows import ReadLimits, SeenIds
from service.imports.sources import parse_mapping

MOST_MEMORY = 1024 * 1024 * 1024  # of address space; what is really used stays under a tenth of it
MOST_SECONDS = 600  # of processor time; the largest lawful file takes about twenty


def main() -> None:
    """Read the settings, write the rows; `{"end": …}` is the last line unless the process was stopped."""
    restrict()
    task = orjson.loads(sys.stdin.buffer.read())
    out = sys.stdout.buffer
    try:
        for line in lines(task):
            _write(out, line)
    except BrokenPipeError:
        raise SystemExit(1) from None


def restrict() -> None:
    """Bound memory and processor time, and stand back behind the other processes of the machine."""
    try:
        import os
        import resource
    except ImportError:  # not a Unix; the limits of the readers hold everywhere
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 5))
    os.nice(5)


def lines(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """First `{"total": n}`, then the rows behind number `skip`, then `{"end": null}` or why the file broke."""
    path, limits = Path(task["path"]), ReadLimits()
    mapping = parse_mapping(task["mapping"])
    yield {"total": _count(path, limits, mapping.records)}
    try:
        yield from _rows(task, path, limits, mapping)
    except FileRefused as refusal:
        yield {"end": {"code": refusal.code, "facts": dict(refusal.facts)}}
        return
    yield {"end": None}


def _count(path: Path, limits: ReadLimits, records: tuple[str, ...]) -> int:
    """The rows that can be read, so that progress can be told as a share."""
    count = 0
    try:
        for _ in open_rows(path, limits, records):
            count += 1
    except FileRefused:
        return count
    return count


def _rows(task: Mapping[str, Any], path: Path, limits: ReadLimits, mapping: SourceMapping) -> Iterator[dict[str, Any]]:
    lookups = Lookups(trade=_known(task["trades"]), region=_known(task["regions"]))
    setting = Setting(task["employer_name"], task["city_code"], task["districts"], bool(task.get("places_others")))
    columns = columns_of(mapping)
    seen, skip = SeenIds(), int(task["skip"])
    for raw in open_rows(path, limits, mapping.records):
        if raw.refusals:
            line = _refused(raw.number, None, [raw_reason(refusal) for refusal in raw.refusals])
        else:
            line = _line(_without_twin(mapping.apply(raw, lookups), seen), setting, columns)
        if raw.number > skip:
            yield line


def _known(words: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda word: words.get(tight(word))


def _without_twin(row: MappedRow, seen: SeenIds) -> MappedRow:
    """The first good row of an id stands; a later one is refused, whatever it says."""
    if row.refusals or row.source_id is None or seen.add(row.source_id):
        return row
    twin = FieldRefusal("source_id", "duplicate_in_file")
    return MappedRow(row.number, row.source_id, {}, row.notes, (twin,))


def _line(row: MappedRow, setting: Setting, columns: Mapping[str, str]) -> dict[str, Any]:
    if row.refusals:
        return _refused(row.number, row.source_id, [mapped_reason(refusal, columns) for refusal in row.refusals])
    return {
        "number": row.number,
        "source_id": row.source_id,
        "fields": settled(row.fields, setting),
        "notes": [mapped_reason(note, columns) for note in row.notes],
    }


def _refused(number: int, source_id: str | None, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    return {"number": number, "source_id": source_id, "reasons": reasons}


def _write(out: BinaryIO, line: Mapping[str, Any]) -> None:
    out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    if "total" in line or "end" in line:
        out.flush()


if __name__ == "__main__":
    main()
