"""Posting rows and what stands around them: employer, site, versions of terms, reviewers, minimum wages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, insert, or_, select
from sqlalchemy.dialects.postgresql import TEXT, array

from service.access.tables import StaffRow
from service.db.base import table_of
from service.employers.tables import EmployerRow, SiteRow
from service.errors import Missing
from service.policies.loader import wider
from service.postings.lifecycle import PUBLIC
from service.postings.rules import Site, Wage, next_reviewer
from service.postings.rules.searching import trimmed
from service.postings.tables import PostingRow, PostingVersionRow
from service.reference.catalogue import minimum_wage
from service.reference.tables import ReferenceRow
from service.shifts.tables import ShiftRow

if TYPE_CHECKING:
    from service.uow import Uow

COLUMNS = tuple(column.key for column in PostingRow.__table__.columns)


class PostingRows:
    """One transaction's postings; what is locked is read anew."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session
        self._employers: dict[UUID, EmployerRow] = {}  # the session alone would let go of them
        self._shared: dict[UUID, str] = {}
        self._wages: dict[tuple[str, date], dict[str, Wage]] = {}
        self._loads: dict[str, dict[UUID, int]] = {}

    @staticmethod
    def new(**columns: Any) -> PostingRow:
        """A row that `uow.add` will store."""
        return PostingRow(**columns)

    @staticmethod
    def columns_of(row: PostingRow) -> dict[str, Any]:
        """Every column of a row by its name."""
        return {name: getattr(row, name) for name in COLUMNS}

    async def get(self, posting_id: UUID) -> PostingRow:
        """Raises Missing."""
        return _found(await self.session.get(PostingRow, posting_id))

    async def lock(self, posting_id: UUID) -> PostingRow:
        """The row for changing; lock shifts before. Raises Missing."""
        query = select(PostingRow).where(PostingRow.id == posting_id).with_for_update(key_share=True)
        found = await self.session.execute(query.execution_options(populate_existing=True))
        return _found(found.scalar_one_or_none())

    async def find_source(self, source: str, source_id: str) -> UUID | None:
        """The id of the posting of a source's own id."""
        query = select(PostingRow.id).where(PostingRow.source == source, PostingRow.source_id == source_id)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def employer(self, employer_id: UUID) -> EmployerRow:
        """Raises Missing."""
        row = await self.session.get(EmployerRow, employer_id)
        if row is None:
            raise Missing
        self._employers[employer_id] = row
        return row

    async def share_employer(self, employer_id: UUID) -> str:
        """The employer's state, kept as it is until the end of this transaction."""
        if employer_id not in self._shared:
            asked = select(EmployerRow.state).where(EmployerRow.id == employer_id).with_for_update(read=True)
            self._shared[employer_id] = (await self.session.execute(asked)).scalar_one()
        return self._shared[employer_id]

    async def site(self, site_id: UUID, employer_id: UUID) -> Site | None:
        """A site of that employer."""
        query = select(SiteRow).where(SiteRow.id == site_id, SiteRow.employer_id == employer_id)
        row = (await self.session.execute(query)).scalar_one_or_none()
        return _site(row) if row is not None else None

    async def only_site(self, employer_id: UUID) -> Site | None:
        """The employer's site where it has exactly one that is open."""
        query = select(SiteRow).where(SiteRow.employer_id == employer_id, SiteRow.closed_at.is_(None)).limit(2)
        rows = (await self.session.execute(query)).scalars().all()
        return _site(rows[0]) if len(rows) == 1 else None

    async def wage(self, region: str, day: date) -> Wage | None:
        """The minimum wage of a place on a day: the dated table's row nearest to it, else the shipped one."""
        province = region[:2]
        if (province, day) not in self._wages:
            self._wages[province, day] = await self._wages_in(province, day)
        stored = self._wages[province, day]
        for code in (code for code in wider(region) if code in stored):
            return stored[code]
        shipped = minimum_wage(region, day)
        return Wage(shipped.hour_fen, shipped.month_fen, shipped.verified) if shipped else None

    async def _wages_in(self, province: str, day: date) -> dict[str, Wage]:
        """Every stored row of a province that is in force, by region: asked once in a transaction."""
        query = select(ReferenceRow.code, ReferenceRow.data, ReferenceRow.verified).where(
            ReferenceRow.kind == "minimum_wage",
            ReferenceRow.code.startswith(province),
            ReferenceRow.valid_from <= day,
            or_(ReferenceRow.valid_to.is_(None), ReferenceRow.valid_to > day),
        )
        found = await self.session.execute(query)
        return {code: Wage(int(data["hour_fen"]), int(data["month_fen"]), checked) for code, data, checked in found}

    async def reviewers(self, city_code: str) -> list[tuple[UUID, int]]:
        """(id, open reviews) of the active officers who serve a city."""
        load = (
            select(PostingRow.reviewer_id, func.count().label("open"))
            .where(PostingRow.state == "submitted", PostingRow.reviewer_id.is_not(None))
            .group_by(PostingRow.reviewer_id)
            .subquery()
        )
        query = (
            select(StaffRow.id, func.coalesce(load.c.open, 0))
            .outerjoin(load, load.c.reviewer_id == StaffRow.id)
            .where(
                StaffRow.state == "active",
                StaffRow.role == "officer",
                StaffRow.regions.has_any(array(wider(city_code), type_=TEXT)),
            )
        )
        return [(row[0], row[1]) for row in await self.session.execute(query)]

    async def next_reviewer(self, city_code: str) -> UUID | None:
        """The officer of a city with the fewest open reviews, those of this transaction counted along."""
        loads = self._loads.get(city_code)
        if loads is None:
            loads = self._loads[city_code] = dict(await self.reviewers(city_code))
        chosen = next_reviewer(list(loads.items()), None)
        for each in self._loads.values():
            if chosen in each:
                each[chosen] += 1
        return chosen

    async def add_version(self, row: PostingRow, terms: Mapping[str, Any], at: datetime) -> None:
        """Keep the words of the present terms version for good."""
        kept = {"posting_id": row.id, "terms_version": row.terms_version, "created_at": at}
        await self.uow.write_behind(self._write_versions, kept | {"terms": dict(terms), "terms_hash": row.terms_hash})

    async def _write_versions(self, versions: Sequence[Mapping[str, Any]]) -> None:
        await self.session.execute(insert(table_of(PostingVersionRow)), list(versions))

    async def version(self, posting_id: UUID, terms_version: int) -> PostingVersionRow | None:
        """The kept words of one version."""
        query = select(PostingVersionRow).where(
            PostingVersionRow.posting_id == posting_id, PostingVersionRow.terms_version == terms_version
        )
        return (await self.session.execute(query)).scalar_one_or_none()

    async def latest_of(self, employer_id: UUID) -> PostingRow | None:
        """The employer's newest posting, whatever became of it; no hire by sight."""
        asked = select(PostingRow).where(PostingRow.employer_id == employer_id, PostingRow.private.is_(False))
        return (await self.session.scalars(asked.order_by(PostingRow.id.desc()).limit(1))).one_or_none()

    async def live_of(self, employer_id: UUID) -> Sequence[UUID]:
        """The employer's postings that are shown or paused, by id."""
        query = select(PostingRow.id).where(
            PostingRow.employer_id == employer_id, PostingRow.state.in_((*PUBLIC, "paused"))
        )
        return (await self.session.execute(query.order_by(PostingRow.id))).scalars().all()

    async def seats(self, posting_id: UUID, now: datetime) -> tuple[int, int]:
        """(open shifts to come, free seats in them)."""
        query = select(func.count(), func.coalesce(func.sum(ShiftRow.headcount - ShiftRow.taken), 0)).where(
            ShiftRow.posting_id == posting_id, ShiftRow.state == "open", ShiftRow.starts_at > now
        )
        count, free = (await self.session.execute(query)).one()
        return int(count), int(free)

    async def listed(
        self, where: Sequence[ColumnElement[bool]], order: Sequence[Any], limit: int
    ) -> list[dict[str, Any]]:
        """Postings with their employers, every column, in the given order."""
        query = (
            select(PostingRow.__table__, *EMPLOYER_COLUMNS)
            .join(EmployerRow, EmployerRow.id == PostingRow.employer_id)
            .where(*where)
            .order_by(*order)
            .limit(limit)
        )
        return [dict(row) for row in (await self.session.execute(query)).mappings()]

    async def of_employer(
        self, employer_id: UUID, states: Sequence[str], before: UUID | None, limit: int
    ) -> list[dict[str, Any]]:
        """An employer's postings, newest first, after the id `before`."""
        where = [PostingRow.employer_id == employer_id]
        where += [PostingRow.state.in_(states)] if states else []
        where += [PostingRow.id < before] if before else []
        return await self.listed(where, [PostingRow.id.desc()], limit)

    async def in_review(
        self, regions: Sequence[str] | None, reviewer_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[dict[str, Any]]:
        """Submitted postings of some regions (None: of all) by their due time, after (due time, id)."""
        where: list[ColumnElement[bool]] = [PostingRow.state == "submitted"]
        if regions is not None:
            where.append(or_(false(), *(PostingRow.city_code.like(f"{trimmed(region)}%") for region in regions)))
        if reviewer_id is not None:
            where.append(PostingRow.reviewer_id == reviewer_id)
        if after is not None:
            due, last = after
            later = (PostingRow.review_due_at == due) & (PostingRow.id > last)
            where.append((PostingRow.review_due_at > due) | later)
        return await self.listed(where, [PostingRow.review_due_at, PostingRow.id], limit)


EMPLOYER_COLUMNS = (
    EmployerRow.name.label("employer_name"),
    EmployerRow.kind.label("employer_kind"),
    EmployerRow.state.label("employer_state"),
    EmployerRow.payment_record,
)


def _found(row: PostingRow | None) -> PostingRow:
    if row is None:
        raise Missing
    return row


def _site(row: SiteRow) -> Site:
    return Site(
        row.id,
        row.city_code,
        row.district_code,
        row.address,
        row.lon,
        row.lat,
        row.sent_datum,
        row.approximate,
        row.closed_at is not None,
    )


__all__ = ["EMPLOYER_COLUMNS", "PostingRows"]
