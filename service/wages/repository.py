"""Queries on wages: what was paid and advertised in a week, what has been told, and what to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert

from service.db.base import table_of
from service.ids import new_id
from service.reference.rules import region_prefix
from service.wages.rules import ALL_DAY, TRADE, UNIT_OF, WEEK, Cell, Going, Sample, Wanted, hours_of, week_bounds
from service.wages.tables import GoingWageRow, WageWeekRow

if TYPE_CHECKING:
    from service.uow import Uow

_TOLD = "coalesce(r.paid_recorded_at, r.received_at)"
_WORK = "r.kind = 'work' and r.state in ('paid_by_employer', 'settled')"
PAID_CITIES = text(
    f"select distinct r.city_code from pay_records r where {_WORK} and {_TOLD} >= :start and {_TOLD} < :until"
)
# By the hour what an hour came to, tiers included; by day or shift the rate; extras and shortened days left out.
PAID = text(
    f"""
    select p.trade, p.district_code, extract(hour from e.starts_at at time zone 'Asia/Shanghai')::int as hour,
           part.code as unit, e.worker_id, e.employer_id, part.fen::bigint
    from pay_records r
    join engagements e on e.id = r.engagement_id
    join postings p on p.id = e.posting_id
    cross join lateral (
        select each->>'code' as code,
               case each->>'code'
                   when 'hour' then round(sum((each->>'amount_fen')::numeric) * 60
                                          / nullif(sum((each->>'minutes')::numeric), 0))
                   when 'fixed' then sum((each->>'amount_fen')::numeric)
                   else max((each->>'rate_fen')::numeric) end as fen
        from jsonb_array_elements(r.reckoning) each
        where each->>'code' in ('hour', 'day', 'shift', 'fixed') group by 1) part
    where {_WORK} and r.city_code = :city and {_TOLD} >= :start and {_TOLD} < :until and part.fen > 0
    """
)
_SHOWN = "not private and published_at is not null and state not in ('taken_down', 'appealed', 'final')"
ADVERTISED_CITIES = text(
    f"select distinct city_code from postings where {_SHOWN} and published_at >= :start and published_at < :until"
)
ADVERTISED = text(
    f"""
    select p.trade, p.district_code, extract(hour from s.starts_at at time zone 'Asia/Shanghai')::int as hour,
           p.pay_unit as unit, p.id as worker_id, p.employer_id, p.pay_fen as fen
    from postings p
    left join lateral (select starts_at from shifts where posting_id = p.id order by starts_at, id limit 1) s on true
    where {_SHOWN} and p.city_code = :city and published_at >= :start and published_at < :until
      and p.pay_unit = any(:units)
    """
)
OF_SOURCE = {"paid": (PAID_CITIES, PAID), "advertised": (ADVERTISED_CITIES, ADVERTISED)}


class WageRepository:
    """Adds and reads; nothing that was told is changed."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session
        self._going: dict[tuple[Any, ...], Going | None] = {}

    async def cities(self, source: str, week: date) -> list[str]:
        """The cities with anything to tell of a week that have not told it yet."""
        start, until = week_bounds(week)
        found = set((await self.session.execute(OF_SOURCE[source][0], {"start": start, "until": until})).scalars())
        told = select(WageWeekRow.city_code).where(WageWeekRow.source == source, WageWeekRow.week == week)
        return sorted(found - set((await self.session.execute(told)).scalars()))

    async def begin(self, source: str, city: str, week: date, at: datetime) -> bool:
        """Take a city's week for telling; False when it is told or being told. Waits for a rival's outcome."""
        row = {"source": source, "city_code": city, "week": week, "published_at": at}
        taken = pg_insert(table_of(WageWeekRow)).values(row).on_conflict_do_nothing().returning(text("1"))
        return (await self.session.execute(taken)).scalar_one_or_none() is not None

    async def rows(self, source: str, city: str, week: date) -> list[Sample]:
        """What was paid (by when it was recorded) or advertised in a week, each record by itself."""
        start, until = week_bounds(week)
        asked: dict[str, Any] = {"city": city, "start": start, "until": until}
        if source == "advertised":
            asked["units"] = list(UNIT_OF)
        return [
            Sample(trade, district, None if hour is None else hours_of(hour), UNIT_OF[unit], worker, employer, int(fen))
            for trade, district, hour, unit, worker, employer, fen in await self.session.execute(
                OF_SOURCE[source][1], asked
            )
        ]

    async def add(self, source: str, city: str, week: date, cells: Iterable[Cell], at: datetime) -> None:
        """Tell the cells of a week."""
        rows = [
            {
                "id": new_id(), "source": source, "week": week, "city_code": city, "area_code": cell.key.area,
                "level": cell.key.level, "trade": cell.key.trade, "hours": cell.key.hours, "unit": cell.key.unit,
                "p25_fen": cell.p25_fen, "p50_fen": cell.p50_fen, "p75_fen": cell.p75_fen, "samples": cell.samples,
                "published_at": at,
            }
            for cell in cells
        ]  # fmt: skip
        if rows:
            await self.session.execute(insert(table_of(GoingWageRow)), rows)

    async def newest_week(self, wanted: Wanted) -> date | None:
        """The last week that has any of these cells."""
        found = await self.session.execute(_matching(select(func.max(GoingWageRow.week)), wanted))
        newest: date | None = found.scalar_one()
        return newest

    async def page(self, wanted: Wanted, week: date, after: UUID | None, limit: int) -> Sequence[GoingWageRow]:
        """Cells of a week in the order in which they were told."""
        asked = _matching(select(GoingWageRow), wanted).where(GoingWageRow.week == week)
        if after is not None:
            asked = asked.where(GoingWageRow.id > after)
        return (await self.session.scalars(asked.order_by(GoingWageRow.id).limit(limit))).all()

    async def going(self, trade: str, areas: Sequence[str], pay_unit: str, since: date) -> Going | None:
        """What a trade was paid lately, in the first of these areas that tells it; asked once in a transaction."""
        key = (trade, tuple(areas), pay_unit, since)
        if key not in self._going:
            self._going[key] = await self._newest(trade, areas, UNIT_OF.get(pay_unit), since)
        return self._going[key]

    async def _newest(self, trade: str, areas: Sequence[str], unit: str | None, since: date) -> Going | None:
        if unit is None:
            return None
        asked = select(GoingWageRow).where(
            GoingWageRow.source == "paid",
            GoingWageRow.area_code.in_(areas),
            GoingWageRow.trade == trade,
            GoingWageRow.level == TRADE,
            GoingWageRow.unit == unit,
            GoingWageRow.hours == ALL_DAY,
            GoingWageRow.week >= since - WEEK,
        )
        rows = (await self.session.scalars(asked)).all()
        best = min(rows, key=lambda row: (areas.index(row.area_code), -row.week.toordinal()), default=None)
        return None if best is None else Going(best.p25_fen, best.p75_fen, unit)


def _matching(asked: Select[Any], wanted: Wanted) -> Select[Any]:
    asked = asked.where(GoingWageRow.source == wanted.source)
    if wanted.area is not None and wanted.area.endswith("0000"):
        asked = asked.where(GoingWageRow.city_code.startswith(region_prefix(wanted.area)))
    elif wanted.area is not None:
        asked = asked.where(GoingWageRow.area_code == wanted.area)
    for column, value in (
        (GoingWageRow.level, wanted.level),
        (GoingWageRow.trade, wanted.trade),
        (GoingWageRow.unit, wanted.unit),
        (GoingWageRow.hours, wanted.hours),
    ):
        if value is not None:
            asked = asked.where(column == value)
    return asked
