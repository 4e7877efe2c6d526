"""Many postings at once: a file goes up, every row gets its answer, and a second time nothing changes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.demo.people import Shop
from service.demo.stage import Broke, Stage
from service.imports.sources import shipped_mappings

SAMPLE = Path(__file__).parent.parent / "imports" / "mappings" / "sample_postings.json"
SAMPLE_MAPPING = "shanghai_postings"
LONGEST_SECONDS = 1800.0
POLL_SECONDS = 0.3
REASONS_SHOWN = 20
COUNTS = ("accepted", "updated", "unchanged", "refused")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of postings and what its fields mean: the name of a shipped mapping, or a mapping's text."""

    file: Path
    form: dict[str, str]


def source(postings: Path | None, mapping: str | None) -> Source:
    """The given file or the bundled sample. Raises Broke when a file is not there."""
    file, name = postings or SAMPLE, mapping or SAMPLE_MAPPING
    if not file.is_file():
        raise Broke(f"no such file: {file}")
    if name in shipped_mappings():
        return Source(file, {"mapping": name})
    if not Path(name).is_file():
        raise Broke(f"no such mapping: {name}; shipped ones are {', '.join(shipped_mappings())}, or give a file")
    return Source(file, {"mapping_text": Path(name).read_text(encoding="utf-8")})


async def imports(stage: Stage, shop: Shop, given: Source) -> dict[str, Any]:
    """Import twice; the first answer with its counts. Raises Broke when the second time changes anything."""
    stage.begin("import", file=given.file.name)
    first = await _import(stage, shop, given)
    await _reasons(stage, shop, first)
    stage.begin("import_again")
    second = await _import(stage, shop, given)
    kept = first["accepted"] + first["updated"] + first["unchanged"]
    if second["unchanged"] != kept or second["accepted"] or second["updated"]:
        raise Broke(f"the same file again should change nothing: {_counts(second)}")
    return first


async def _import(stage: Stage, shop: Shop, given: Source) -> dict[str, Any]:
    with given.file.open("rb") as upload:
        files = {"file": (given.file.name, upload, "application/octet-stream")}
        shows = ("id", "state", "mapping", "size_bytes")
        begun = await stage.ask("POST", "/v1/imports", shop.boss, form=given.form, files=files, show=shows)
    made = await _ended(stage, shop, begun["id"])
    stage.note("import_counts", rows=made["rows_read"], **{name: made[name] for name in COUNTS})
    if made["state"] != "done":
        raise Broke(f"the import is {made['state']}: {made['failure']}")
    return made


async def _ended(stage: Stage, shop: Shop, import_id: str) -> dict[str, Any]:
    """Wait for the jobs; only the last look is shown."""
    limit = time.monotonic() + LONGEST_SECONDS
    await stage.world.work()
    while time.monotonic() < limit:
        looked = await stage.peek(f"/v1/imports/{import_id}", shop.boss)
        if looked["state"] not in ("queued", "running"):
            break
        await asyncio.sleep(POLL_SECONDS)
    shows = ("state", "rows_read", *COUNTS, "failure")
    made: dict[str, Any] = await stage.ask("GET", f"/v1/imports/{import_id}", shop.boss, show=shows)
    return made


async def _reasons(stage: Stage, shop: Shop, made: dict[str, Any]) -> None:
    """A reason for each refused row, the first ones in full."""
    if not made["refused"]:
        return
    query = {"outcome": "refused", "limit": REASONS_SHOWN}
    path = f"/v1/imports/{made['id']}/lines"
    page = await stage.ask("GET", path, shop.boss, query=query, show=("number", "source_id", "outcome"))
    for line in page["items"]:
        if not line["reasons"]:
            raise Broke(f"row {line['number']} was refused without a reason")
        why = "; ".join(f"{reason['pointer'] or '/'}: {reason['message']}" for reason in line["reasons"])
        stage.note("refused_row", number=line["number"], why=why)
    if made["refused"] > len(page["items"]):
        stage.note("more_refused", count=made["refused"] - len(page["items"]), id=made["id"])


def _counts(made: dict[str, Any]) -> str:
    return ", ".join(f"{made[name]} {name}" for name in COUNTS)
