"""Answer the rows of an import in small transactions: new rows side by side, any other behind its own savepoint."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import structlog

from service.actor import Actor
from service.context import Context
from service.db.violations import TryAgain
from service.errors import Conflict, DomainError, FieldError, Forbidden, Gone, Missing, Refused, Unready
from service.imports.attempts import MOST_ATTEMPTS, RowByRow
from service.imports.intake import Intake, Taken
from service.imports.pointing import checked_reasons
from service.postings.rules.terms import canonical

if TYPE_CHECKING:
    from service.imports.tables import ImportRow

REFUSALS = (Conflict, Refused, Gone, Missing, Forbidden)
LONGEST_SECONDS = 0.5  # of a transaction: readers of the log wait for the oldest one that runs
WAITS = (0.1, 0.5, 2, 5, 10, 20)  # seconds before another try at the same rows
OUTCOMES = ("accepted", "updated", "unchanged", "refused")
log = structlog.get_logger("imports")
Told = Callable[["ImportRow"], None]
Row = Mapping[str, Any]
T = TypeVar("T")


class Cancelled(Exception):
    """Somebody has cancelled the import; what was answered before stands."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of an import needs to know about it."""

    ctx: Context
    import_id: UUID
    employer_id: UUID
    source: str
    columns: Mapping[str, str]
    dry_run: bool
    by: Actor
    intake: Intake
    task: Mapping[str, Any]
    told: Told = field(default=lambda row: None)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives; a busy database is asked again. Raises TryAgain or Unready when it stays busy."""
    for wait in WAITS:
        try:
            return await work()
        except (TryAgain, Unready):
            await asyncio.sleep(wait)
    return await work()


async def answer_portion(run: Run, portion: Sequence[Row], total: int | None) -> None:
    """Answer rows in the order of the file. Raises Cancelled, and TryAgain or Unready when the database stays busy.

    A busy database is asked again, from then on for one row at a time. Nobody knows whether a transaction whose
    end was not heard of was kept, so what has its answer by then is left out.
    """
    left, most, unsure, waits = list(portion), MOST_ATTEMPTS, False, iter(WAITS)
    while left:
        try:
            if unsure:
                left = await _unanswered(run, left)
            for group in _cut(await _compared_all(run, left), most):
                while group:
                    answered = await _answer_some(run, group, total)
                    group, left = group[answered:], left[answered:]
                    waits = iter(WAITS)
        except (TryAgain, Unready):
            wait = next(waits, None)
            if wait is None:
                raise
            log.warning("import_waits", import_id=str(run.import_id), seconds=wait, exc_info=True)
            await asyncio.sleep(wait)
            most, unsure = 1, True


async def _unanswered(run: Run, rows: Sequence[Row]) -> list[Row]:
    async with run.ctx.uow() as uow:
        through = await uow.imports.answered_through(run.import_id)
    return [row for row in rows if row["number"] > through]


async def _compared_all(run: Run, portion: Sequence[Row]) -> list[Row]:
    """The rows, each compared with what is known of its id."""
    ids = [row["source_id"] for row in portion if "fields" in row]
    async with run.ctx.uow() as uow:
        known = await uow.imports.known_postings(run.source, ids)
    return [_compared(row, known) for row in portion]


def _compared(row: Row, known: Mapping[str, tuple[UUID, bytes | None]]) -> Row:
    """The row, with the posting that already says the same; «new» where its id has never been stored."""
    if "fields" not in row:
        return row
    if row["source_id"] not in known:
        return {**row, "new": True}
    posting_id, digest = known[row["source_id"]]
    same = digest is not None and digest == hashlib.sha256(canonical(row["fields"])).digest()
    return {**row, "same_as": posting_id} if same else row


def _is_stored(row: Row) -> bool:
    return "fields" in row and "same_as" not in row


def _cut(rows: Sequence[Row], most: int) -> Iterator[list[Row]]:
    """The rows in file order, cut so that each group stores at most `most` of them."""
    group: list[Row] = []
    stored = 0
    for row in rows:
        if stored == most:
            yield group
            group, stored = [], 0
        group.append(row)
        stored += _is_stored(row)
    if group:
        yield group


async def _answer_some(run: Run, group: Sequence[Row], total: int | None) -> int:
    """Answer the first rows of a group in one transaction that ends soon; how many."""
    async with RowByRow(run.ctx) as uow:
        row = await uow.imports.lock(run.import_id)
        if row.state != "running":
            raise Cancelled
        now = await uow.now()
        until = time.monotonic() + LONGEST_SECONDS
        lines: list[dict[str, Any]] = []
        for part in _parts(group):
            lines += await _answer_part(run, uow, part, until)
            if time.monotonic() > until:
                break
        await uow.imports.answer(row.id, lines)
        counts = Counter(line["outcome"] for line in lines)
        changes: dict[str, Any] = {name: getattr(row, name) + counts[name] for name in OUTCOMES}
        changes |= {"rows_read": row.rows_read + len(lines), "rows_total": total}
        await uow.edit(row, by=run.by, at=now, action="progress", **changes)
    run.told(row)
    return len(lines)


def _parts(group: Sequence[Row]) -> Iterator[list[Row]]:
    """The group in its order: rows nobody has sent before side by side, every other one by itself."""
    for new, rows in groupby(group, key=lambda row: bool(row.get("new"))):
        if new:
            yield list(rows)
        else:
            yield from ([row] for row in rows)


async def _answer_part(run: Run, uow: RowByRow, part: Sequence[Row], until: float) -> list[dict[str, Any]]:
    """The lines of new rows at once; where that fails, and for other rows, of one after another while time is left."""
    if len(part) > 1:
        lines = await _answer_together(run, uow, part)
        if lines is not None:
            return lines
    lines = []
    for row in part:
        lines.append(await _answer(run, uow, row))
        if time.monotonic() > until:
            break
    return lines


async def _answer_together(run: Run, uow: RowByRow, part: Sequence[Row]) -> list[dict[str, Any]] | None:
    """The lines of new rows that are stored in one go, or None when anything is in the way of any of them."""
    try:
        async with uow.together(keep=not run.dry_run):
            return [_line(row) | _taken(run, await _intake(run, uow, row, new=True)) for row in part]
    except (TryAgain, Unready):
        raise
    except Exception as error:
        log.info("rows_go_alone", import_id=str(run.import_id), number=part[0]["number"], why=type(error).__name__)
        return None


def _line(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"],
        "source_id": row["source_id"],
        "posting_id": None,
        "notes": row.get("notes", []),
    }


async def _answer(run: Run, uow: RowByRow, row: Row) -> dict[str, Any]:
    """The line of one row."""
    line = _line(row)
    if "reasons" in row:
        return line | {"outcome": "refused", "reasons": row["reasons"]}
    if "same_as" in row:
        return line | {"outcome": "unchanged", "posting_id": row["same_as"], "reasons": []}
    return line | await _take(run, uow, row)


async def _take(run: Run, uow: RowByRow, row: Row) -> dict[str, Any]:
    """Let the row become a posting. Whatever is wrong with it costs this row and no other."""
    try:
        async with uow.attempt(keep=not run.dry_run):
            return _taken(run, await _intake(run, uow, row))
    except REFUSALS as refusal:
        return _refused(run, refusal)
    except (TryAgain, DomainError):
        raise
    except Exception:
        log.error("row_unforeseen", import_id=str(run.import_id), number=row["number"], exc_info=True)
        return _refused(run, Refused("row_unforeseen"))


async def _intake(run: Run, uow: RowByRow, row: Row, *, new: bool = False) -> Taken:
    return await run.intake(
        uow,
        employer_id=run.employer_id,
        source=run.source,
        source_id=row["source_id"],
        fields=row["fields"],
        by=run.by,
        new=new,
    )


def _taken(run: Run, taken: Taken) -> dict[str, Any]:
    stored = taken.outcome != "refused" and not (run.dry_run and taken.outcome == "accepted")
    return {
        "outcome": taken.outcome,
        "posting_id": taken.posting_id if stored else None,
        "reasons": checked_reasons(taken.errors, run.columns),
    }


def _refused(run: Run, refusal: DomainError) -> dict[str, Any]:
    errors = refusal.errors or (FieldError("", refusal.code, refusal.facts),)
    return {"outcome": "refused", "posting_id": None, "reasons": checked_reasons(errors, run.columns)}
