"""Checking an export of the log against its anchors: what was edited, removed, put in, moved or cut off, and where.

An export is a folder: `manifest.json` (signed), `lines.jsonl` (every sealed line with its hash), `unsealed.jsonl`
(what stands in the log without a seal) and `objects.jsonl` (each entity with its present version).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256 as new_sha256
from pathlib import Path
from typing import Any

from .canonical import Finding, Unreadable, canonical, read, sha256, signature_of

FORMAT = "linggong-audit-1"
FILES = ("lines.jsonl", "unsealed.jsonl", "objects.jsonl")
SETTLED = timedelta(seconds=60)
MOST = 1000


def signed_anchor(body: Mapping[str, Any]) -> bytes:
    """What the signature of an anchor stands under."""
    return b"linggong anchor\n" + canonical(body)


def signed_manifest(body: Mapping[str, Any]) -> bytes:
    """What the signature of an export stands under."""
    return b"linggong audit\n" + canonical(body)


def hash_of(before: str, line: Mapping[str, Any]) -> str:
    """The hash of a line behind the one before, as the sealer makes it."""
    return new_sha256(bytes.fromhex(before) + canonical(dict(line))).hexdigest()


@dataclass
class Anchors:
    """What the anchors say of each chain: the hash at every anchored number, and the last one."""

    at: dict[tuple[str, int], str] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)  # number of an anchor: its own hash


def verify_log(export: Path, anchors: Path, keys: Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong, at most a thousand; empty when log, seals and anchors agree."""
    found: list[Finding] = []
    for finding in _all(export, anchors, keys):
        found.append(finding)
        if len(found) >= MOST:
            break
    return found


def _all(export: Path, anchors: Path, keys: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        manifest = read((export / "manifest.json").read_bytes())
        said = {name: value for name, value in manifest.items() if name != "signature"}
        wrong = signature_of(keys, manifest["signature"], signed_manifest(said), said["at"])
        if said["format"] != FORMAT:
            wrong = "format_unknown"
    except (OSError, Unreadable, KeyError, TypeError, ValueError, AttributeError):
        yield Finding("malformed", "manifest.json")
        return
    if wrong:
        yield Finding(wrong, "manifest.json, signature")
    for name in FILES:
        if _hash_of_file(export / name) != said["files"].get(name):
            yield Finding("changed", name)
    kept = Anchors()
    yield from _read_anchors(anchors, keys, kept, said)
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    yield from _lines(export / "lines.jsonl", said, kept, counts)
    yield from _unsealed(export / "unsealed.jsonl", said, counts)
    yield from _versions(export / "objects.jsonl", counts)


def _hash_of_file(path: Path) -> str | None:
    digest = new_sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return None
    return digest.hexdigest()


def _rows(path: Path) -> Iterator[tuple[int, bytes]]:
    if path.exists():
        with path.open("rb") as file:
            yield from ((number, line.rstrip(b"\n")) for number, line in enumerate(file, 1))


def _parsed(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    for number, line in _rows(path):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        yield number, row if isinstance(row, dict) else None


# -- anchors ---------------------------------------------------------------------------------------------


def _read_anchors(path: Path, keys: Mapping[str, Any], kept: Anchors, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    before, expected, newest = b"", 1, manifest["anchor"]
    for number, line in _rows(path):
        place = f"anchors line {number}"
        try:
            anchor = read(line)
            body, signature = anchor["anchor"], {"key_id": anchor["anchor"]["key_id"], "value": anchor["signature"]}
            wrong = signature_of(keys, signature, signed_anchor(body), body["at"])
            n, prev, heads = int(body["n"]), body["prev"], dict(body["heads"])
        except (Unreadable, KeyError, TypeError, ValueError):
            if expected > 1:  # before the first signed anchor, older releases wrote lines of another form
                yield Finding("malformed", place)
            before = line
            continue
        if wrong:
            yield Finding(wrong, place)
        if n != expected or prev != sha256(before):
            yield Finding("chain_broken", f"{place} (anchor {n})")
        before, expected = line, n + 1
        kept.lines[n] = sha256(line)
        if newest is None or n > newest["n"]:
            continue  # set after the export: they know of lines that it cannot hold
        for chain, head in heads.items():
            kept.at[chain, head["seq"]] = head["hash"]
            kept.last[chain] = max(kept.last.get(chain, 0), head["seq"])
        yield from (Finding("not_written_by_the_service", f"{place}, line {line_id}") for line_id in body["foreign"])
    if newest is not None and kept.lines.get(newest["n"]) != newest["hash"]:
        yield Finding("cut_short", f"anchors, anchor {newest['n']}")


# -- lines -----------------------------------------------------------------------------------------------


def _lines(path: Path, manifest: Mapping[str, Any], kept: Anchors, counts: dict[Any, Any]) -> Iterator[Finding]:
    heads: dict[str, tuple[int, str]] = {}
    settled: dict[str, int] = {}
    line_until = datetime.fromisoformat(manifest["at"]) - SETTLED
    for number, row in _parsed(path):
        if row is None:
            yield Finding("malformed", f"lines.jsonl line {number}")
            continue
        chain, seq = str(row["chain"]), int(row["seq"])
        place = f"chain {chain}, line {seq}"
        last, before = heads.get(chain, (0, ""))
        yield from _line(row, place, last, before, kept)
        heads[chain] = (seq, row["hash"])
        if datetime.fromisoformat(row["sealed_at"]) < line_until:
            settled[chain] = seq
        _count(row["line"], counts)
    for chain, last_anchored in kept.last.items():
        if heads.get(chain, (0, ""))[0] < last_anchored:
            yield Finding("cut_short", f"chain {chain}, after line {heads.get(chain, (0, ''))[0]} of {last_anchored}")
    for chain, seq in settled.items():
        if seq > kept.last.get(chain, 0):
            yield Finding("not_anchored", f"chain {chain}, line {seq}")


def _line(row: Mapping[str, Any], place: str, last: int, before: str, kept: Anchors) -> Iterator[Finding]:
    seq, line = int(row["seq"]), row["line"]
    if seq != last + 1:
        yield Finding("missing" if seq > last + 1 else "out_of_order", f"{place}, behind line {last}")
    elif line is None:
        yield Finding("removed", place)
    elif hash_of(before, line) != row["hash"]:
        yield Finding("changed", place)
    anchored = kept.at.get((str(row["chain"]), seq))
    if anchored is not None and anchored != row["hash"]:
        yield Finding("differs_from_anchor", place)
    if row["seal"] != "right":
        yield Finding("seal_not_of_the_service", place)
    if line is not None and row["row"] == "wrong":
        yield Finding("not_written_by_the_service", place)


def _unsealed(path: Path, manifest: Mapping[str, Any], counts: dict[Any, Any]) -> Iterator[Finding]:
    for number, row in _parsed(path):
        if row is None:
            yield Finding("malformed", f"unsealed.jsonl line {number}")
            continue
        line = row["line"]
        place = f"line {line['id']}"
        if int(line["txid"]) < int(manifest["horizon"]):
            yield Finding("put_in_behind_the_sealer", place)
        elif row["row"] != "right":
            yield Finding("not_written_by_the_service", place)
        _count(line, counts)


# -- versions --------------------------------------------------------------------------------------------


def _count(line: Mapping[str, Any] | None, counts: dict[Any, Any]) -> None:
    if line is not None:
        name = (line["noun"], line["entity_id"])
        many, most = counts.get(name, (0, 0))
        counts[name] = (many + 1, max(most, int(line["version"])))


def _versions(path: Path, counts: Mapping[Any, tuple[int, int]]) -> Iterator[Finding]:
    """Every entity has as many lines as its version says, and the last line is its last version."""
    for (noun, entity_id), (many, most) in counts.items():
        if many != most:
            yield Finding("versions_missing", f"{noun} {entity_id}: {many} lines, version {most}")
    for number, row in _parsed(path):
        if row is None:
            yield Finding("malformed", f"objects.jsonl line {number}")
        elif counts.get((row["noun"], row["id"]), (0, 0))[1] != row["version"]:
            yield Finding("version_without_line", f"{row['noun']} {row['id']}, version {row['version']}")
