"""`linggong feed-export`, `feed-changes`, `feed-rebuild`: the open-data feed as files, and looked over."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson

from service.context import Context
from service.errors import DomainError
from service.feed import exporting, showing
from service.feed.filters import Asked
from service.feed.rules import CONTENT, PAGE_MOST
from service.feed.usecases import reading
from service.feed.usecases.building import build, rebuild
from service.feed.values import Filter, Place
from service.i18n.saying import problem_sentence

EVERYTHING = Asked(None, None, None, own=False)


async def export_feed(ctx: Context, folder: Path) -> int:
    """Write a whole copy; the number of entries."""
    await build(ctx, wait=True)
    found = await reading.read_snapshot(ctx, Filter(), by=None)
    place = Place(found.seq, found.parts)
    export, count = exporting.Export(folder), 0
    for part in range(1, found.parts + 1):
        lines = await reading.read_part(ctx, part, Filter(), by=None, at=lambda state, now: place)
        export.take(lines.lines)
        count += len(lines.lines)
    told = await reading.read_manifest(ctx, own=True, by=None, at=lambda state, now: place)
    about = showing.feed_of(ctx, await reading.read_feed(ctx))
    manifest = showing.manifest_of(ctx, told, EVERYTHING)
    kept = {name: about[name] for name in ("schema_version", "licence", "codes", "code_lists")}
    export.finish(kept | manifest)
    print(f"{count} entries, at entry {found.seq}: {folder / exporting.MANIFEST}")
    return 0


async def write_changes(ctx: Context, folder: Path) -> int:
    """Write what is new since the export in a folder, or since the last changes written there, as one more file."""
    kept, listed = folder / exporting.CHANGES, folder / exporting.MANIFEST
    if not listed.is_file():
        print(f"linggong: no export in {folder}; begin with feed-export", file=sys.stderr)
        return 1
    known: dict[str, Any] = orjson.loads((kept if kept.is_file() else listed).read_bytes())
    await build(ctx, wait=True)
    try:
        lines, cursor, read_to = await _behind(ctx, known["cursor"])
    except DomainError as refusal:
        said = problem_sentence(refusal.code, ctx.language, refusal.facts)
        print(f"linggong: {said}", file=sys.stderr)
        return 1
    files = known.get("changes", [])
    if lines:
        files = [*files, exporting.write_changes(folder, lines, known["at_seq"], read_to)]
    exporting.write_json(kept, {"cursor": cursor, "at_seq": read_to, "changes": files})
    print(f"{len(lines)} entries, up to entry {read_to}")
    return 0


async def _behind(ctx: Context, cursor: str) -> tuple[list[str], str, int]:
    """Every entry behind a cursor, the cursor behind the last, and its number."""
    lines: list[str] = []
    async for page, after in _pages(ctx, cursor):
        lines += page.lines
        cursor, read_to = after, page.seq
    return lines, cursor, read_to


async def _pages(ctx: Context, cursor: str) -> AsyncIterator[tuple[Any, str]]:
    more = True
    while more:
        at = showing.reader(ctx, cursor, CONTENT, EVERYTHING.facts)
        page = await reading.read_changes(ctx, Filter(), by=None, at=at, limit=PAGE_MOST)
        cursor, more = showing.cursor_at(ctx, page.standing, Place(page.seq), CONTENT, EVERYTHING.facts), page.more
        yield page, cursor


async def look_over_feed(ctx: Context) -> int:
    """Compare log and truth; differences are mended by new entries. 1 where there were any."""
    found = await rebuild(ctx)
    print(
        f"looked at {found.looked_at}; content written anew {found.written}, removed {found.removed},"
        f" tallies set right {len(found.cells)}"
    )
    return 1 if found.written or found.removed or found.cells else 0
