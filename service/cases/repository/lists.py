"""Lists of cases: an officer's, by what is due; a complainant's own; figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, case, cast, exists, func, literal, or_, select, tuple_
from sqlalchemy.sql import Subquery

from service.cases.asked import CaseFilter
from service.cases.lifecycle import ENDED, OPEN
from service.cases.repository.files import lies_in
from service.cases.tables import CaseDeadlineRow, CaseRow
from service.pay.tables import PayRecordRow

if TYPE_CHECKING:
    from service.uow import Uow

NEVER = date(9999, 12, 31)
MOST_COUNTED = 50_000


class CaseListRepository:
    """Reads only."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def page(
        self, wanted: CaseFilter, today: date, after: tuple[date, UUID] | None, limit: int
    ) -> list[tuple[CaseRow, date | None]]:
        """Cases with what is due next, the earliest first; what waits for nothing comes last."""
        due = _next_due()
        key = func.coalesce(due.c.due_on, cast(literal(NEVER), Date))
        asked = select(CaseRow, due.c.due_on).outerjoin(due, due.c.case_id == CaseRow.id)
        asked = asked.where(*_wanted(wanted, today))
        if after is not None:
            asked = asked.where(tuple_(key, CaseRow.id) > tuple_(cast(literal(after[0]), Date), literal(after[1])))
        rows = await self.session.execute(asked.order_by(key, CaseRow.id).limit(limit))
        return [(row, due_on) for row, due_on in rows]

    async def own(self, person_id: UUID, employer_id: UUID | None, after: UUID | None, limit: int) -> Sequence[CaseRow]:
        """What a person has brought, for himself or for an employer; the newest first."""
        asked = select(CaseRow).where(
            CaseRow.complainant_id == person_id, CaseRow.for_employer_id.is_not_distinct_from(employer_id)
        )
        if after is not None:
            asked = asked.where(CaseRow.id < after)
        return (await self.session.scalars(asked.order_by(CaseRow.id.desc()).limit(limit))).all()

    async def of_person(self, person_id: UUID) -> Sequence[CaseRow]:
        """Everything that a person has brought."""
        return (await self.session.scalars(select(CaseRow).where(CaseRow.complainant_id == person_id))).all()

    async def about_seat(self, seat: Any) -> Sequence[CaseRow]:
        """What anybody has brought about a seat or its pay, and the worker about the posting."""
        records = select(PayRecordRow.id).where(PayRecordRow.engagement_id == seat.id)
        about = or_(
            and_(CaseRow.noun == "engagement", CaseRow.subject_id == seat.id),
            and_(CaseRow.noun == "pay_record", CaseRow.subject_id.in_(records)),
            and_(
                CaseRow.noun == "posting",
                CaseRow.subject_id == seat.posting_id,
                CaseRow.complainant_id == seat.worker_id,
            ),
        )
        return (await self.session.scalars(select(CaseRow).where(about).order_by(CaseRow.id))).all()

    async def about_lending(self, lent: Any) -> Sequence[CaseRow]:
        """What was brought about somebody who is lent."""
        about = and_(CaseRow.noun == "lent", CaseRow.subject_id == lent.id)
        return (await self.session.scalars(select(CaseRow).where(about).order_by(CaseRow.id))).all()

    async def figures(
        self, regions: Sequence[str] | None, since: datetime, until: datetime, today: date
    ) -> list[Mapping[str, Any]]:
        """By kind: received and ended within the time, open and overdue now."""

        def count(where: ColumnElement[bool]) -> ColumnElement[int]:
            return func.count(case((where, 1)))

        within_time = and_(CaseRow.created_at >= since, CaseRow.created_at < until)
        ended = and_(CaseRow.closed_at >= since, CaseRow.closed_at < until)
        is_open = CaseRow.state.in_(OPEN)
        asked = (
            select(
                CaseRow.kind,
                count(within_time).label("received"),
                count(ended).label("closed"),
                count(is_open).label("open"),
                count(and_(is_open, _overdue(today))).label("overdue"),
            )
            .where(lies_in(regions), or_(within_time, ended, is_open))
            .group_by(CaseRow.kind)
            .order_by(CaseRow.kind)
        )
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]

    async def spans(
        self, regions: Sequence[str] | None, since: datetime, until: datetime
    ) -> list[tuple[str, datetime, datetime]]:
        """(kind, opened, ended) of the cases that ended within a time."""
        asked = select(CaseRow.kind, CaseRow.created_at, CaseRow.closed_at).where(
            lies_in(regions), CaseRow.closed_at >= since, CaseRow.closed_at < until
        )
        rows = await self.session.execute(asked.order_by(CaseRow.closed_at.desc()).limit(MOST_COUNTED))
        return [(kind, opened, closed) for kind, opened, closed in rows if closed is not None]


def _next_due() -> Subquery:
    waiting = or_(CaseDeadlineRow.state == "running", _missed())
    asked = select(CaseDeadlineRow.case_id, func.min(CaseDeadlineRow.due_on).label("due_on")).where(waiting)
    return asked.group_by(CaseDeadlineRow.case_id).subquery()


def _missed() -> ColumnElement[bool]:
    """A limit that is over and that nobody has met yet."""
    return and_(CaseDeadlineRow.state == "missed", CaseDeadlineRow.met_on.is_(None))


def _overdue(today: date) -> ColumnElement[bool]:
    late = and_(CaseDeadlineRow.state == "running", CaseDeadlineRow.due_on < today)
    return exists().where(CaseDeadlineRow.case_id == CaseRow.id, or_(_missed(), late))


def _wanted(wanted: CaseFilter, today: date) -> list[ColumnElement[bool]]:
    where = [lies_in(wanted.regions)]
    if wanted.state == "open":
        where.append(CaseRow.state.in_(OPEN))
    elif wanted.state == "ended":
        where.append(CaseRow.state.in_(ENDED))
    elif wanted.state is not None:
        where.append(CaseRow.state == wanted.state)
    if wanted.region is not None:
        where.append(lies_in((wanted.region,)))
    for column, value in (
        (CaseRow.kind, wanted.kind),
        (CaseRow.venue_id, wanted.venue_id),
        (CaseRow.claimed_by, wanted.claimed_by),
    ):
        if value is not None:
            where.append(column == value)
    if wanted.free:
        where.append(CaseRow.claimed_by.is_(None))
    if wanted.overdue:
        where.append(_overdue(today))
    if wanted.escalated:
        where.append(CaseRow.escalated_at.is_not(None))
    return where
