"""Run one import: rows come from the reading process in portions and are answered in small transactions.

What has been answered stays answered: a run that breaks off goes on behind its last answer, and a row that
was stored just before is found unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM, Actor
from service.context import Context
from service.imports.answering import OUTCOMES, Cancelled, Run, Told, answer_portion, patiently
from service.imports.intake import Intake, shipped_intake
from service.imports.lifecycle import IMPORT
from service.imports.pointing import columns_of
from service.imports.reading_child import reading
from service.imports.refusals import FileRefused
from service.imports.sources import parse_mapping, shipped_mappings
from service.imports.spool import folder_of, forget
from service.imports.words import words_on
from service.policies.loader import local_day

if TYPE_CHECKING:
    from service.imports.tables import ImportRow
    from service.uow import Uow

__all__ = ["OUTCOMES", "actor_of", "give_up", "mapping_text", "run_import", "source_of"]
PORTION = 500


async def run_import(
    ctx: Context, import_id: UUID, *, path: Path | None = None, intake: Intake | None = None, told: Told | None = None
) -> None:
    """Answer every row of a queued or broken-off import and finish it; an import that has ended stays as it is.

    `path` is the file where it is not in the spool. Raises ReadingBroke, TryAgain and what the database raises
    when it is gone: the same import may then be run again.
    """
    run = await patiently(lambda: _begin(ctx, import_id, path, intake or shipped_intake(ctx), told))
    if run is None:
        return
    try:
        end = await _answer_all(run)
    except Cancelled:
        end = None
    except FileRefused as refusal:
        end = {"code": refusal.code, "facts": dict(refusal.facts)}
    await _close(run, end)


async def _begin(ctx: Context, import_id: UUID, path: Path | None, intake: Intake, told: Told | None) -> Run | None:
    async with ctx.uow() as uow:
        row = await uow.imports.lock(import_id)
        if IMPORT.is_final(row.state):
            return None
        now = await uow.now()
        file = path or folder_of(ctx.settings) / str(row.spool)
        employer = await uow.imports.employer(row.employer_id) if row.employer_id else None
        if employer is None or not file.is_file():
            await _move_to_end(uow, row, {"code": "file_gone", "facts": {}})
            return None
        await uow.move(row, IMPORT, "start", by=actor_of(row), at=now)
        text = row.mapping_text or mapping_text(row.mapping)
        mapping = parse_mapping(text)
        task = words_on(local_day(now)) | {
            "path": str(file),
            "mapping": text,
            "skip": await uow.imports.answered_through(row.id),
            "employer_name": employer.name,
            "city_code": employer.city_code,
            "places_others": employer.kind == "hr_agency",
        }
        return Run(
            ctx=ctx,
            import_id=row.id,
            employer_id=employer.id,
            source=source_of(mapping.source, employer.id),
            columns=columns_of(mapping),
            dry_run=row.dry_run,
            by=actor_of(row),
            intake=intake,
            task=task,
            told=told or (lambda row: None),
        )


def mapping_text(code: str) -> str:
    """The text of a shipped mapping."""
    return shipped_mappings()[code].read_text(encoding="utf-8")


def source_of(code: str, employer_id: UUID) -> str:
    """Whose ids a file's ids are: a source's, told by one employer.

    Two employers may both number their rows 1, 2, 3, and nobody may take ids that another will need.
    """
    return f"{code}/{employer_id}"


async def _answer_all(run: Run) -> Mapping[str, Any] | None:
    """Answer every row; why the file broke, or None."""
    async with reading(run.task) as source:
        async for portion in source.portions(PORTION):
            await answer_portion(run, portion, source.total)
        return source.end


async def _close(run: Run, failure: Mapping[str, Any] | None) -> None:
    """Finish or fail, then let go of the file."""
    row = await patiently(lambda: _end(run.ctx, run.import_id, failure))
    run.told(row)


async def give_up(ctx: Context, import_id: UUID) -> None:
    """Fail an import that broke off again and again; its answered rows stand."""
    await _end(ctx, import_id, {"code": "import_broke_off", "facts": {}})


async def _end(ctx: Context, import_id: UUID, failure: Mapping[str, Any] | None) -> ImportRow:
    async with ctx.uow() as uow:
        row = await uow.imports.lock(import_id)
        spooled = row.spool
        if not IMPORT.is_final(row.state):
            await _move_to_end(uow, row, failure)
    forget(folder_of(ctx.settings), spooled)
    return row


async def _move_to_end(uow: Uow, row: ImportRow, failure: Mapping[str, Any] | None) -> None:
    now = await uow.now()
    await uow.move(
        row,
        IMPORT,
        "fail" if failure else "finish",
        by=actor_of(row),
        at=now,
        finished_at=now,
        spool=None,
        failure=dict(failure) if failure else None,
    )


def actor_of(row: ImportRow) -> Actor:
    """On whose order rows are stored; the command line's are the system's own."""
    return Actor(row.owner_kind, None if row.owner_kind == SYSTEM.kind else row.owner_id, "import")
