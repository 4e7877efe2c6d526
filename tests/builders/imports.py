"""Builders for imports: files of postings, uploads, and an import run to its end."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.context import Context
from service.employers.tables import EmployerRow
from service.http.caller import Caller
from service.imports import usecases
from service.imports.running import run_import
from service.imports.tables import ImportLineRow, ImportRow
from tests.rules.import_samples import a_listing

SAMPLE = Path(__file__).parents[2] / "service" / "imports" / "mappings" / "sample_postings.json"
SOURCE = "shanghai_postings"


def listings(count: int, *, first: int = 1, **changes: Any) -> bytes:
    """A JSON file of `count` good rows in the shape of the Shanghai source, ids from `first` on."""
    return json.dumps([a_listing(source_id=first + at, **changes) for at in range(count)]).encode()


def member_of(employer: EmployerRow, account_id: UUID) -> Caller:
    """A manager of the employer, as a caller."""
    return Caller("member", account_id, person_id=account_id, employer_id=employer.id, member_role="manager")


async def a_queued_import(ctx: Context, by: Caller, content: bytes, **more: Any) -> ImportRow:
    """An upload that waits for its turn."""
    said: dict[str, Any] = {"mapping": SOURCE, "mapping_text": None, "dry_run": False, "employer_id": None}
    return await usecases.start_import(ctx, by=by, upload=io.BytesIO(content), **(said | more))


async def an_import(ctx: Context, by: Caller, content: bytes, **more: Any) -> ImportRow:
    """An upload, run to its end in this process."""
    row = await a_queued_import(ctx, by, content, **more)
    await run_import(ctx, row.id)
    return await the_import(ctx, row.id)


async def the_import(ctx: Context, import_id: UUID) -> ImportRow:
    """The import as it is now."""
    async with ctx.uow() as uow:
        return await uow.imports.lock(import_id)


async def lines_of(ctx: Context, import_id: UUID) -> list[ImportLineRow]:
    """Every answer, in order."""
    return [line async for lines in usecases.walk_lines(ctx, import_id) for line in lines]


def counts(row: ImportRow) -> dict[str, int]:
    """The outcomes that occurred."""
    named = {name: getattr(row, name) for name in ("accepted", "updated", "unchanged", "refused")}
    return {name: count for name, count in named.items() if count}


async def scalar(ctx: Context, sql: str, **values: Any) -> Any:
    """One value from the database."""
    async with ctx.database.sessions() as session, session.begin():
        return (await session.execute(text(sql), values)).scalar_one()


__all__ = [
    "SAMPLE",
    "SOURCE",
    "a_queued_import",
    "an_import",
    "counts",
    "lines_of",
    "listings",
    "member_of",
    "scalar",
    "the_import",
]
