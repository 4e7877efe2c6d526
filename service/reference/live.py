"""Policies and catalogue of one process, renewed within seconds when the tables change anywhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary, ref

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.engine import Database
from service.policies import DataRefused, Parameter, Policies, PolicyBook, shipped
from service.reference.kinds import Spec, policy_code
from service.reference.tables import DIGEST_KIND, ReferenceRow
from service.reference.view import Catalogue, catalogue_of

log = structlog.get_logger("reference")
CHECK_SECONDS = 2.0
Stamp = tuple[Any, ...]
_BOOKS: WeakKeyDictionary[Database, LiveBook] = WeakKeyDictionary()


class LiveBook:
    """Answers `.at(day, jurisdiction)` like a PolicyBook; `catalogue` holds the other tables.

    A cheap stamp (count, sum of versions, latest change) tells whether anything changed; it is asked for at
    most every two seconds of real time. Versions only rise, so a rehearsal's clock may run backwards.
    """

    def __init__(self, database: Database):
        self._database = ref(database)  # the registry below must not keep a closed database alive
        self._book = shipped()
        self._catalogue: Catalogue | None = None
        self._stamp: Stamp | None = None
        self._asked: float | None = None

    def at(self, day: date | datetime, jurisdiction: str | None = None) -> Policies:
        """The policies in force; see PolicyBook.at for what it raises."""
        return self._book.at(day, jurisdiction)

    @property
    def parameters(self) -> Mapping[tuple[str, str], Parameter]:
        """Every parameter with its history, as in PolicyBook."""
        return self._book.parameters

    @property
    def book(self) -> PolicyBook:
        """The present book, to try a value on."""
        return self._book

    @property
    def catalogue(self) -> Catalogue:
        """The present catalogue; the shipped one before the first `refresh`."""
        if self._catalogue is None:
            self._catalogue = catalogue_of(())
        return self._catalogue

    async def refresh(self, session: AsyncSession | None = None, *, now: bool = False) -> bool:
        """Look whether the tables changed, on `session` or one of its own; True when something was renewed.

        Without `now` it does nothing if it looked less than two seconds ago.
        """
        clock = time.monotonic()
        if not now and self._asked is not None and clock - self._asked < CHECK_SECONDS:
            return False
        self._asked = clock
        if session is not None:
            return await self._renew(session)
        database = self._database()
        if database is None:
            return False
        async with database.sessions() as own, own.begin():
            return await self._renew(own)

    async def follow(self) -> None:
        """Refresh for ever; a failure is logged and tried again. Run as a task of the process."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self.refresh(now=True)
            except Exception:
                log.error("reference_not_refreshed", exc_info=True)

    async def _renew(self, session: AsyncSession) -> bool:
        stamp = await _read_stamp(session)
        if stamp == self._stamp:
            return False
        specs = await _read_specs(session)
        self._book = _overlaid(shipped(), specs)
        self._catalogue = catalogue_of(specs)
        self._stamp = stamp
        return True


def live_book(database: Database) -> LiveBook:
    """The one live book of a process's database."""
    return _BOOKS.setdefault(database, LiveBook(database))


async def _read_stamp(session: AsyncSession) -> Stamp:
    asked = select(func.count(), func.coalesce(func.sum(ReferenceRow.version), 0), func.max(ReferenceRow.updated_at))
    return tuple((await session.execute(asked)).one())


async def _read_specs(session: AsyncSession) -> list[Spec]:
    columns = (
        ReferenceRow.kind, ReferenceRow.code, ReferenceRow.valid_from, ReferenceRow.valid_to,
        ReferenceRow.data, ReferenceRow.source, ReferenceRow.verified,
    )  # fmt: skip
    found = await session.execute(select(*columns).where(ReferenceRow.kind != DIGEST_KIND))
    return [Spec(*row) for row in found]


def _overlaid(book: PolicyBook, specs: Iterable[Spec]) -> PolicyBook:
    """The shipped book with every stored date that it does not have yet."""
    for spec in sorted((each for each in specs if each.kind == "policy"), key=lambda each: each.valid_from):
        try:
            where = policy_code(spec.code)
            known = book.parameters.get((where.topic, where.name))
            if known is None:  # a parameter of another version of the service
                log.info("policy_row_unknown", code=spec.code, valid_from=str(spec.valid_from))
                continue
            history = known.by_jurisdiction.get(where.region, ()) if where.region else known.values
            if all(day != spec.valid_from for day, _ in history):
                book = book.with_value(
                    where.topic,
                    where.name,
                    spec.data.get("value"),
                    valid_from=spec.valid_from,
                    jurisdiction=where.region,
                )
        except (DataRefused, KeyError, ValueError):
            log.error("policy_row_unreadable", code=spec.code, valid_from=str(spec.valid_from))
    return book
