"""`linggong import`: the same import as over HTTP, run in this process, with a progress bar."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from service.actor import SYSTEM
from service.context import Context
from service.employers.lifecycle import EMPLOYER
from service.errors import Refused
from service.identity_numbers import synthetic_credit_code
from service.imports.reading import detect
from service.imports.rows import ReadLimits
from service.imports.running import OUTCOMES, run_import
from service.imports.shaping import line_out, sentence
from service.imports.sources import parse_mapping, shipped_mappings
from service.imports.spool import digest_of
from service.imports.usecases import walk_lines

if TYPE_CHECKING:
    from service.imports.tables import ImportRow

LANGUAGE = "en"
DEMO_NUMBER = 9_876_543  # of the credit code that the demo employer gets; no registry has issued it
DEMO_CITY, DEMO_DISTRICT = "310100", "310104"
DEMO_NAME = "Import demo"


async def import_postings(
    ctx: Context, file: Path, mapping: str, employer: str | None, *, dry_run: bool, report: Path | None
) -> int:
    """Import `file`; print what became of the rows. 0 also with refused rows, 1 when the file itself is refused.

    `mapping` is a shipped one's code or a file. Without `employer` (an id) rows belong to a demo employer,
    outside production only. Raises Refused and FileRefused for what is wrong before the first row.
    """
    code, text = _mapping(mapping)
    file = await asyncio.to_thread(_looked_at, file)
    row = await _queue(ctx, file, code, text, employer, dry_run)
    await _run(ctx, row.id, file)
    ended = await _ended(ctx, row.id)
    if report is not None:
        await write_report(ctx, row.id, report)
    _say(ended, report)
    return 0 if ended.state == "done" else 1


def _looked_at(file: Path) -> Path:
    if not file.is_file():
        raise Refused("file_not_found")
    detect(file, ReadLimits())
    return file.resolve()


def _mapping(name: str) -> tuple[str, str | None]:
    """(source, text), the text only where it does not ship."""
    if name in shipped_mappings():
        return name, None
    path = Path(name)
    if not path.is_file():
        raise Refused("mapping_unknown", expected=", ".join(shipped_mappings()))
    text = path.read_text(encoding="utf-8", errors="replace")
    return parse_mapping(text).source, text


async def _queue(
    ctx: Context, file: Path, code: str, text: str | None, employer: str | None, dry_run: bool
) -> ImportRow:
    digest, size = await asyncio.to_thread(digest_of, file)
    employer_id = _id(employer) if employer is not None else await demo_employer(ctx)
    async with ctx.uow() as uow:
        owner = await uow.imports.employer(employer_id)
        if owner is None:
            raise Refused("employer_unknown")
        row = uow.imports.new(
            owner_kind=SYSTEM.kind,
            owner_id=owner.id,
            employer_id=owner.id,
            city_code=owner.city_code,
            mapping=code,
            mapping_text=text,
            dry_run=dry_run,
            spool=None,
            digest=digest,
            size_bytes=size,
        )
        await uow.add(row, by=SYSTEM)
        return row


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("employer_unknown") from None


async def demo_employer(ctx: Context) -> UUID:
    """The employer of rows that nobody claims, made on first use. Raises Refused `employer_needed` in production."""
    if ctx.settings.is_production:
        raise Refused("employer_needed")
    async with ctx.uow() as uow:
        known = await uow.imports.employer_with(synthetic_credit_code(DEMO_NUMBER))
        if known is not None:
            return known.id
        row = uow.employers.new(
            kind="enterprise",
            name=DEMO_NAME,
            credit_code=synthetic_credit_code(DEMO_NUMBER),
            city_code=DEMO_CITY,
            district_code=DEMO_DISTRICT,
        )
        await uow.add(row, by=SYSTEM, action="apply")
        now = await uow.now()
        await uow.move(row, EMPLOYER, "verify", by=SYSTEM, at=now, reason="demo", verified_at=now)
        return row.id


async def _run(ctx: Context, import_id: UUID, file: Path) -> None:
    """Run it under a bar that counts rows and outcomes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=None)
        await run_import(ctx, import_id, path=file, told=_telling(bar, task))


def _telling(bar: Progress, task: TaskID) -> Callable[[ImportRow], None]:
    def tell(row: ImportRow) -> None:
        bar.update(task, total=row.rows_total, completed=row.rows_read, description=_counts(row))

    return tell


def _counts(row: ImportRow) -> str:
    return ", ".join(f"{getattr(row, name)} {name}" for name in OUTCOMES)


async def _ended(ctx: Context, import_id: UUID) -> ImportRow:
    async with ctx.uow() as uow:
        return await uow.imports.lock(import_id)


async def write_report(ctx: Context, import_id: UUID, path: Path) -> None:
    """One JSON line for each row of the file: number, id, outcome, posting, reasons, notes."""
    with path.open("wb") as out:
        async for lines in walk_lines(ctx, import_id):
            shown: list[dict[str, Any]] = [line_out(line, LANGUAGE).model_dump(mode="json") for line in lines]
            out.write(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in shown))


def _say(row: ImportRow, report: Path | None) -> None:
    kind = "dry run" if row.dry_run else "import"
    print(f"{kind} {row.id}: {row.rows_read} rows, {_counts(row)}")
    if row.failure:
        facts = row.failure["facts"]
        print(f"the file could not be read to its end: {sentence(row.failure['code'], LANGUAGE, facts)}")
    if report is not None:
        print(f"answers to every row: {report}")
