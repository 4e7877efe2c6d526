"""The same copy as files, for sites without inbound connections: JSON Lines, CSV, data dictionary, manifest.

Each file is written beside its name and renamed when it is whole; the manifest comes last, so that whoever finds one
finds what it lists. Memory is that of one part.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from service.feed.dictionary import dictionary_text, fields_of, value_at
from service.feed.rules import KINDS
from service.feed.schemas.entries import entry_schema
from service.i18n import render

MANIFEST, CHANGES, SCHEMA = "manifest.json", "changes.json", "feed_entry.schema.json"
MARK = "\ufeff"  # spreadsheets know UTF-8 by it
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
PLURALS = {"posting": "postings", "supply": "supplies"}


@dataclass
class Writing:
    """Files of one export on their way; `done` lists what is whole: name, bytes, lines, SHA-256."""

    folder: Path
    open: dict[str, IO[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    done: list[dict[str, Any]] = field(default_factory=list)

    def file(self, name: str) -> IO[str]:
        """The file of that name, begun where it is not yet."""
        if name not in self.open:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.open[name] = (self.folder / f".{name}.part").open("w", encoding="utf-8", newline="")
            self.lines[name] = 0
        return self.open[name]

    def add(self, name: str, text: str) -> None:
        """A line of a file."""
        self.file(name).write(f"{text}\n")
        self.lines[name] += 1

    def close(self) -> None:
        """Every file under its name, and listed."""
        for name, out in self.open.items():
            out.flush()
            os.fsync(out.fileno())
            out.close()
            part = self.folder / f".{name}.part"
            with part.open("rb") as raw:
                digest = hashlib.file_digest(raw, "sha256").hexdigest()
            self.done.append({"name": name, "bytes": part.stat().st_size, "lines": self.lines[name], "sha256": digest})
            part.rename(self.folder / name)
        self.open.clear()


class Export:
    """A whole copy in a folder."""

    def __init__(self, folder: Path):
        self._writing = Writing(folder)
        for kind in KINDS:
            self._writing.file(f"{PLURALS[kind]}.jsonl")
            head = self._writing.file(f"{PLURALS[kind]}.csv")
            head.write(MARK)
            csv.writer(head).writerow(["seq", *(field.path for field in fields_of(kind))])

    def take(self, lines: Iterable[str]) -> None:
        """Entries of a part, to both formats."""
        for line in lines:
            entry = orjson.loads(line)
            name = PLURALS[entry["kind"]]
            self._writing.add(f"{name}.jsonl", line)
            cells = [cell(value_at(entry["body"], field.path)) for field in fields_of(entry["kind"])]
            csv.writer(self._writing.file(f"{name}.csv")).writerow([entry["seq"], *cells])
            self._writing.lines[f"{name}.csv"] += 1

    def finish(self, manifest: Mapping[str, Any], language: str = "zh-CN") -> None:
        """Dictionary and schema, every file under its name, then the manifest that lists them."""
        self._writing.file(render("feed.dictionary.file", language)).write(dictionary_text(language))
        schema = orjson.dumps(entry_schema(), option=orjson.OPT_INDENT_2).decode()
        self._writing.file(SCHEMA).write(schema)
        self._writing.close()
        write_json(self._writing.folder / MANIFEST, dict(manifest) | {"files": self._writing.done})


def write_changes(folder: Path, lines: Iterable[str], after: int, to: int) -> dict[str, Any]:
    """Entries behind `after` up to `to` as one file; how it is listed."""
    writing = Writing(folder)
    name = f"changes-{after + 1:012d}-{to:012d}.jsonl"
    writing.file(name)
    for line in lines:
        writing.add(name, line)
    writing.close()
    return writing.done[0]


def write_json(path: Path, value: Any) -> None:
    """A JSON file, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    part.rename(path)


def cell(value: Any) -> Any:
    """A value as a spreadsheet can hold it: lists and objects as JSON, and no text that it takes for a formula."""
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value
