"""Importing a file of dated rows: every good row goes in, every bad one says why."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.errors import Conflict, DomainError, Refused
from service.policies import local_day
from service.reference.checking import checked
from service.reference.kinds import CODES, Spec, value_of
from service.reference.live import live_book
from service.reference.reading import read_rows
from service.reference.view import Catalogue
from service.reference.writing import IMPORT, place

if TYPE_CHECKING:
    from datetime import date

    from service.context import Context
    from service.uow import Uow


class _OnlyTried(Exception):
    """Ends a dry run's transaction without leaving anything behind."""


@dataclass(frozen=True, slots=True)
class RowRefused:
    """Why a row of a file did not go in."""

    number: int
    code: str
    pointer: str | None
    facts: Mapping[str, Any]


@dataclass(slots=True)
class ImportTally:
    """What an import did; a dry run counts as if."""

    accepted: int = 0
    unchanged: int = 0
    refused: list[RowRefused] = field(default_factory=list)


async def import_reference(ctx: Context, kind: str, path: Path, *, dry_run: bool = False) -> ImportTally:
    """Add the rows of a JSON, YAML or CSV file to a dated table, in one transaction.

    A row that stands there already is unchanged; another row for the same date is refused, because history
    is kept and a change adds a date. Raises Refused for an unknown kind or an unreadable file.
    """
    if kind not in CODES:
        raise Refused("code_unknown", field="kind", expected=", ".join(CODES))
    tally = ImportTally()
    with suppress(_OnlyTried):
        async with ctx.uow() as uow:
            await _take_all(uow, kind, path, tally)
            if dry_run:
                raise _OnlyTried
    await live_book(ctx.database).refresh(now=True)
    return tally


async def _take_all(uow: Uow, kind: str, path: Path, tally: ImportTally) -> None:
    await uow.reference.lock()
    catalogue = await uow.reference.catalogue()
    today = local_day(await uow.now())
    for row in read_rows(kind, path):
        try:
            if row.spec is None:
                raise row.refused or Refused("reference_file_unreadable")
            catalogue = await _take(uow, row.spec, catalogue, today, tally)
        except (Refused, Conflict) as wrong:
            tally.refused.append(_refused(row.number, wrong))


async def _take(uow: Uow, spec: Spec, catalogue: Catalogue, today: date, tally: ImportTally) -> Catalogue:
    """Place one row; the answer is the catalogue with it, so that later rows of the file may name it."""
    history = await uow.reference.history(spec.kind, spec.code)
    same = next((row for row in history if row.valid_from == spec.valid_from), None)
    spec_as_stored = checked(spec, catalogue, uow.reference.live.book, spec.valid_from if same else today)
    if same is not None and _equal(same, spec_as_stored):
        tally.unchanged += 1
        return catalogue
    await place(uow, spec_as_stored, by=IMPORT, history=history)
    await uow.flush()
    tally.accepted += 1
    return _with(catalogue, spec_as_stored)


def _equal(row: Any, spec: Spec) -> bool:
    return bool(row.data == dict(spec.data) and row.source == spec.source and row.verified == spec.verified)


def _with(catalogue: Catalogue, spec: Spec) -> Catalogue:
    if spec.kind == "policy":
        return catalogue
    codes = dict(catalogue.rows[spec.kind])
    codes[spec.code] = tuple(sorted((*codes.get(spec.code, ()), value_of(spec)), key=_start))
    return Catalogue({**catalogue.rows, spec.kind: codes})


def _start(value: Any) -> Any:
    return getattr(value, "valid_from", 0)  # reasons and labels have no date of their own


def _refused(number: int, wrong: DomainError) -> RowRefused:
    pointer = wrong.errors[0].pointer if wrong.errors else None
    return RowRefused(number, wrong.code, pointer, dict(wrong.facts))
