"""Findings of officers, the figures of lendings, and who should be back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, case, cast, exists, func, literal, or_, select, text, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from service.deals.lifecycle import BEGUN, LENT_WORKED
from service.deals.rules.facts import LONGER_UNSIGNED, TERM_OVER
from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow
from service.guidance.tables import FindingRow
from service.ids import new_id
from service.reference.within import within
from service.settlements.rules.wages import WORKED
from service.settlements.tables import LentDayRow

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import SQLColumnExpression

    from service.uow import Uow

Late = tuple[LentRow, DealRow, str, str]  # with the names of lender and borrower
TO_DAY: Any = text("interval '1 day'")


class GuidanceRepository:
    """What officers read of deals."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> FindingRow:
        """One for `uow.add`."""
        return FindingRow(id=new_id(), **fields)

    async def found(self, deal_id: UUID) -> dict[str, FindingRow]:
        """The newest finding of each item."""
        asked = (
            select(FindingRow)
            .where(FindingRow.deal_id == deal_id)
            .ext(distinct_on(FindingRow.item))
            .order_by(FindingRow.item, FindingRow.created_at.desc(), FindingRow.id.desc())
        )
        return {row.item: row for row in await self.session.scalars(asked)}

    async def injured(self, deal_id: UUID) -> bool:
        """Whether somebody of the deal was hurt."""
        asked = select(LentRow.id).where(LentRow.deal_id == deal_id, LentRow.injured_at.is_not(None)).limit(1)
        return await self.session.scalar(asked) is not None

    async def late(
        self, served: Sequence[str] | None, today: date, after: tuple[date, UUID] | None, limit: int
    ) -> Sequence[Late]:
        """Who should be back at the post and nobody has said so, of these places; who should first."""
        lender, borrower = aliased(EmployerRow), aliased(EmployerRow)
        asked = (
            select(LentRow, DealRow, lender.name, borrower.name)
            .join(DealRow, DealRow.id == LentRow.deal_id)
            .join(lender, lender.id == DealRow.lender_id)
            .join(borrower, borrower.id == DealRow.borrower_id)
            .where(LentRow.state == "returning", LentRow.back_by < today, _there(served))
        )
        if after is not None:
            asked = asked.where(
                or_(LentRow.back_by > after[0], and_(LentRow.back_by == after[0], LentRow.id > after[1]))
            )
        asked = asked.order_by(LentRow.back_by, LentRow.id).limit(limit)
        return [(row[0], row[1], row[2], row[3]) for row in await self.session.execute(asked)]

    async def figures(self, served: Sequence[str] | None, since: date, until: date, today: date) -> dict[str, int]:
        """Counts of the lendings of these places that were worked on a day from `since` to `until`, both counted."""
        ended = case((LentRow.state == "working", func.least(LentRow.last_day, today)), else_=LentRow.left_on)
        days = ended - LentRow.first_day + 1
        back_in_time = _local_day(LentRow.ended_at) <= LentRow.back_by
        due = and_(
            or_(LentRow.state == "returned", and_(LentRow.state == "returning", LentRow.back_by < today)),
            LentRow.left_on.between(since, until),
        )
        asked = (
            select(
                func.count(LentRow.deal_id.distinct()).label("deals"),
                func.count(DealRow.lender_id.distinct()).label("lenders"),
                func.count(DealRow.borrower_id.distinct()).label("borrowers"),
                func.count(LentRow.worker_id.distinct()).label("persons"),
                func.count().label("lendings"),
                func.coalesce(func.sum(days), 0).label("days"),
                func.coalesce(func.sum(_planned(ended, since, until)), 0).label("person_days"),
                func.coalesce(func.sum(_entered(since, until)), 0).label("days_entered"),
                func.count().filter(due).label("due_back"),
                func.count().filter(due, LentRow.state == "returned", back_in_time).label("back_in_time"),
                func.count().filter(DealRow.city_code != DealRow.lender_city_code).label("across"),
                func.count().filter(LentRow.injured_at.is_not(None)).label("injured"),
                func.count()
                .filter(LentRow.left_on.is_not(None), LentRow.end_reason.not_in((TERM_OVER, LONGER_UNSIGNED)))
                .label("ended_early"),
                func.count().filter(LentRow.state == "released").label("released"),
                func.count(LentRow.deal_id.distinct()).filter(DealRow.state == "breached").label("breached"),
            )
            .select_from(LentRow)
            .join(DealRow, DealRow.id == LentRow.deal_id)
            .where(
                DealRow.state.in_(BEGUN),
                LentRow.state.in_(LENT_WORKED),
                LentRow.first_day <= until,
                ended >= since,
                _counted(served),
            )
        )
        return {name: int(value) for name, value in (await self.session.execute(asked)).one()._mapping.items()}


def _there(served: Sequence[str] | None) -> ColumnElement[bool]:
    """Whether the place of work or the lender's city lies in one of these regions."""
    if served is None:
        return true()
    places = (DealRow.city_code, DealRow.district_code, DealRow.lender_city_code)
    return or_(*(within(place, served) for place in places))


def _counted(served: Sequence[str] | None) -> ColumnElement[bool]:
    """The same, and whether the district of the lender's own record does: a district counts both sides as a city."""
    lender = exists().where(
        EmployerRow.id == DealRow.lender_id,
        EmployerRow.city_code == DealRow.lender_city_code,
        within(EmployerRow.district_code, served),
    )
    return or_(_there(served), lender)


def _local_day(moment: Any) -> SQLColumnExpression[Any]:
    return func.date(func.timezone("Asia/Shanghai", moment))


def _entered(since: date, until: date) -> Any:
    """How many days of work of a lending its borrower has entered."""
    asked = select(func.count()).where(
        LentDayRow.lent_id == LentRow.id, LentDayRow.kind == WORKED, LentDayRow.day.between(since, until)
    )
    return asked.scalar_subquery()


def _planned(ended: Any, since: date, until: date) -> Any:
    """How many working days, as agreed, a lending has within the time."""
    series = func.generate_series(
        func.greatest(LentRow.first_day, literal(since)), func.least(ended, literal(until)), TO_DAY
    )
    days = series.table_valued("day", name="days").render_derived()
    weekday = func.to_jsonb(cast(func.extract("isodow", days.c.day), Integer))
    return select(func.count()).select_from(days).where(LentRow.weekdays.contains(weekday)).scalar_subquery()
