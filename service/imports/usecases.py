"""What can be done with imports: begin one, watch it, read its answers, break it off; and look at the mappings."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from service.context import Context
from service.db.violations import TryAgain
from service.errors import DomainError, Missing, Refused
from service.imports.lifecycle import IMPORT
from service.imports.mapping import Mapping
from service.imports.running import mapping_text
from service.imports.sources import parse_mapping, shipped_mappings
from service.imports.spool import Spooled, folder_of, forget, spool
from service.once import Replay
from service.pages import After, Page, page_of
from service.postings.rules import check_may_post

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.imports.tables import ImportLineRow, ImportRow
    from service.uow import Uow

REPORT_PAGE = 1000


async def start_import(
    ctx: Context,
    *,
    by: Caller,
    upload: BinaryIO,
    mapping: str | None,
    mapping_text: str | None,
    dry_run: bool,
    employer_id: UUID | None,
) -> ImportRow:
    """Spool a file and queue its import. What a first look shows to be wrong is refused at once, not queued.

    Raises Refused (mapping, file, `employer_needed`), Missing for somebody else's employer, Forbidden for a
    clerk, Conflict for an employer that may not post.
    """
    source = _mapping(mapping, mapping_text).source if mapping_text is not None else _shipped(mapping)
    folder = folder_of(ctx.settings)
    spooled = await asyncio.to_thread(spool, folder, upload)
    _fingerprint(ctx, spooled, source, mapping_text, dry_run, employer_id)
    try:
        async with ctx.uow() as uow:
            employer = await _employer(uow, by, employer_id)
            row = uow.imports.new(
                owner_kind=by.role,
                owner_id=by.account_id,
                employer_id=employer.id,
                city_code=employer.city_code,
                mapping=source,
                mapping_text=mapping_text,
                dry_run=dry_run,
                spool=spooled.name,
                digest=spooled.digest,
                size_bytes=spooled.size,
            )
            await uow.add(row, by=by.actor)
            await uow.send("import.run", row.id, {})
            return uow.answer(row)
    except (DomainError, Replay, TryAgain):  # nothing was committed; after any other error that is not certain
        forget(folder, spooled.name)
        raise


def _shipped(code: str | None) -> str:
    if code is None:
        raise Refused("mapping_needed", field="/mapping")
    if code not in shipped_mappings():
        raise Refused("mapping_unknown", field="/mapping", expected=", ".join(shipped_mappings()))
    return code


def _mapping(code: str | None, text: str) -> Mapping:
    if code is not None:
        raise Refused("mapping_needed", field="/mapping")
    return parse_mapping(text)


def _fingerprint(ctx: Context, spooled: Spooled, *said: object) -> None:
    """The key of a request with a file stands for the file's content too, which is known only now."""
    if ctx.once is not None:
        told = repr([spooled.digest, *said]).encode()
        ctx.once.fingerprint = hashlib.sha256(ctx.once.fingerprint + told).digest()


async def _employer(uow: Uow, by: Caller, employer_id: UUID | None) -> EmployerRow:
    wanted = employer_id or by.employer_id
    if wanted is None:
        raise Refused("employer_needed", field="/employer_id")
    employer = await uow.imports.employer(wanted)
    if employer is None:
        raise Missing
    serves = by.serves(employer.city_code)
    own = by.employer_id == employer.id or (by.role == "integrator" and by.employer_id is None and serves)
    check_may_post(role=by.role, member_role=by.member_role, own_employer=own, serves=serves, state=employer.state)
    return employer


async def get_import(ctx: Context, import_id: UUID, *, by: Caller) -> ImportRow:
    """How far it has come. Raises Missing."""
    async with ctx.uow() as uow:
        return await uow.imports.seen_by(import_id, by)


async def list_imports(ctx: Context, *, by: Caller, state: str | None, after: After, limit: int) -> Page:
    """Imports of the caller's employer, of his regions, or of his key, newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.imports.listed(by, state=state, after=after(now), limit=limit + 1)
        return page_of(rows, limit, now, lambda row: [row.created_at.isoformat(), str(row.id)])


async def list_lines(
    ctx: Context, import_id: UUID, *, by: Caller, outcome: str | None, after: After, limit: int
) -> Page:
    """Answers in the order of the file. Raises Missing."""
    async with ctx.uow() as uow:
        await uow.imports.seen_by(import_id, by)
        now = await uow.now()
        key = after(now)
        rows = await uow.imports.lines(import_id, outcome=outcome, after=int(key[0]) if key else 0, limit=limit + 1)
        return page_of(rows, limit, now, lambda line: [line.number])


async def walk_lines(ctx: Context, import_id: UUID) -> AsyncIterator[Sequence[ImportLineRow]]:
    """Every answer of an import that the caller may see, a thousand at a time, none of them kept in memory."""
    after = 0
    while True:
        async with ctx.uow() as uow:
            rows = await uow.imports.lines(import_id, outcome=None, after=after, limit=REPORT_PAGE)
        if not rows:
            return
        yield rows
        after = rows[-1].number


async def cancel_import(ctx: Context, import_id: UUID, *, by: Caller) -> ImportRow:
    """Break an import off; rows that were answered before stand. Raises Missing, Conflict when it has ended."""
    async with ctx.uow() as uow:
        await uow.imports.seen_by(import_id, by)
        row = await uow.imports.lock(import_id)
        now = await uow.now()
        spooled = row.spool
        was_queued = row.state == "queued"
        await uow.move(row, IMPORT, "cancel", by=by.actor, at=now, finished_at=now, spool=None)
        if was_queued:
            await uow.unschedule("import.run", subject_id=row.id)
        uow.answer(row)
    forget(folder_of(ctx.settings), spooled)
    return row


def shipped() -> dict[str, Mapping]:
    """Every mapping that comes with the service, by code."""
    return {code: parse_mapping(mapping_text(code)) for code in shipped_mappings()}


def shipped_one(code: str) -> tuple[Mapping, str]:
    """A shipped mapping and its text, comments included. Raises Missing."""
    if code not in shipped_mappings():
        raise Missing
    text = mapping_text(code)
    return parse_mapping(text), text
