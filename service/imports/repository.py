"""Queries of imports, their lines, and of what an import meets: employers and postings of the same source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert

from service.db.base import table_of
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.ids import new_id
from service.imports.tables import ImportLineRow, ImportRow
from service.postings.tables import PostingRow
from service.reference.within import within

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow


class ImportRepository:
    """`uow.imports`."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    @staticmethod
    def new(**columns: Any) -> ImportRow:
        """A queued import for `uow.add`."""
        counts = dict.fromkeys(("rows_read", "accepted", "updated", "unchanged", "refused"), 0)
        return ImportRow(id=new_id(), state="queued", **counts, **columns)

    async def seen_by(self, import_id: UUID, by: Caller) -> ImportRow:
        """An import that the caller may see. Raises Missing."""
        asked = select(ImportRow).where(ImportRow.id == import_id, _visible(by))
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def lock(self, import_id: UUID) -> ImportRow:
        """The row for changing, as it is now. Raises Missing."""
        asked = select(ImportRow).where(ImportRow.id == import_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def listed(
        self, by: Caller, *, state: str | None, after: Sequence[Any] | None, limit: int
    ) -> Sequence[ImportRow]:
        """Imports that the caller may see, newest first, after (created_at, id)."""
        asked = select(ImportRow).where(_visible(by))
        if state is not None:
            asked = asked.where(ImportRow.state == state)
        if after is not None:
            key = (datetime.fromisoformat(after[0]), UUID(after[1]))
            asked = asked.where(tuple_(ImportRow.created_at, ImportRow.id) < key)
        return (
            await self.session.scalars(asked.order_by(ImportRow.created_at.desc(), ImportRow.id.desc()).limit(limit))
        ).all()

    async def lines(self, import_id: UUID, *, outcome: str | None, after: int, limit: int) -> Sequence[ImportLineRow]:
        """Answers by row number, behind number `after`."""
        asked = select(ImportLineRow).where(ImportLineRow.import_id == import_id, ImportLineRow.number > after)
        if outcome is not None:
            asked = asked.where(ImportLineRow.outcome == outcome)
        return (await self.session.scalars(asked.order_by(ImportLineRow.number).limit(limit))).all()

    async def answered_through(self, import_id: UUID) -> int:
        """The number of the last row that has its answer; rows are answered in the order of the file."""
        asked = select(func.coalesce(func.max(ImportLineRow.number), 0)).where(ImportLineRow.import_id == import_id)
        return int((await self.session.execute(asked)).scalar_one())

    async def answer(self, import_id: UUID, lines: Iterable[Mapping[str, Any]]) -> None:
        """Keep the answers to rows."""
        rows = [{"import_id": import_id, **line} for line in lines]
        if rows:
            await self.session.execute(insert(table_of(ImportLineRow)), rows)

    async def employer(self, employer_id: UUID) -> EmployerRow | None:
        """Whom the rows will belong to."""
        return await self.session.get(EmployerRow, employer_id)

    async def employer_with(self, credit_code: str) -> EmployerRow | None:
        """The employer of a credit code."""
        return (await self.session.scalars(select(EmployerRow).where(EmployerRow.credit_code == credit_code))).first()

    async def known_postings(self, source: str, ids: Iterable[str]) -> dict[str, tuple[UUID, bytes | None]]:
        """Source id -> (posting, digest of the row it was made of), for the ids that have been imported before."""
        asked = select(PostingRow.source_id, PostingRow.id, PostingRow.source_digest).where(
            PostingRow.source == source, PostingRow.source_id.in_(list(ids))
        )
        return {str(row[0]): (row[1], row[2]) for row in await self.session.execute(asked)}

    async def spools_in_use(self) -> set[str]:
        """The spooled files that a queued or running import still needs."""
        asked = select(ImportRow.spool).where(ImportRow.spool.is_not(None), ImportRow.state.in_(("queued", "running")))
        return {str(name) for name in await self.session.scalars(asked)}


def _visible(by: Caller) -> ColumnElement[bool]:
    """Members see their employer's imports, staff those of their regions, integrators their own."""
    if by.role == "member":
        return ImportRow.employer_id == by.employer_id
    if by.role == "admin":
        return true()
    if by.role == "officer":
        return within(ImportRow.city_code, by.regions)
    return ImportRow.owner_id == by.account_id
