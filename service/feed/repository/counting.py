"""People who look for work, counted by trade, place and time of the week; what was told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service.db.driver import Statement, fetch, write
from service.feed.rules import SUPPLY

if TYPE_CHECKING:
    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncSession

PATIENCE = text("set local statement_timeout = '120s'")
CITIES = Statement("select distinct city_code from workers where state = 'active' and city_code is not null order by 1")
# A person is in a band whose hours the free windows of the week touch; an end at or before the start is past midnight.
PEOPLE = Statement(
    """
    with free as (
        select w.id, (each->>'weekday')::int as day, (each->>'start')::int as first,
               case when (each->>'end')::int > (each->>'start')::int then (each->>'end')::int
                    else (each->>'end')::int + 1440 end as last
        from workers w cross join lateral jsonb_array_elements(w.weekly) each
        where w.city_code = :city and w.state = 'active' and w.weekly is not null),
    bands as (
        select id, 'weekend' as band from free where day >= 5
        union select id, 'weekday_day' from free where day < 5 and first < 1080 and last > 360
        union select id, 'weekday_evening' from free where day < 5 and last > 1080
        union select id, 'night' from free where first < 360 or last > 1440
        union select id, 'not_said' from workers where city_code = :city and state = 'active' and weekly is null),
    trades as (
        select distinct s.worker_id as id, s.trade from skills s join workers w on w.id = s.worker_id
        where w.city_code = :city and s.removed_at is null and s.trade is not null)
    select w.city_code, w.district_code, t.trade, b.band, count(*)::int as people
    from workers w join trades t on t.id = w.id join bands b on b.id = w.id
    where w.city_code = :city and w.state = 'active' and w.introducible_from <= :day
    group by w.city_code, w.district_code, t.trade, b.band
    """
)
CLEAR = text("delete from feed_supply_counts")
STORE = Statement(
    "insert into feed_supply_counts (city_code, district_code, trade, band, at_least, day)"
    " values (:city_code, :district_code, :trade, :band, :at_least, :day)"
)
PAGE = Statement(
    """
    select city_code, district_code, trade, band, at_least, day from feed_supply_counts
    where (city_code, district_code, trade, band) > (:city, :district, :trade, :band)
      and (cast(:of_trades as text[]) = '{}' or trade = any(cast(:of_trades as text[])))
      and (cast(:prefix as text) = '' or city_code like cast(:prefix as text) || '%'
           or district_code like cast(:prefix as text) || '%')
    order by city_code, district_code, trade, band limit :most
    """
)
SEEN = text(
    "update feed_state set day = :day, filled_at = business_now(), built_at = business_now() where name = :name"
)


class FeedCounting:
    """Once a day, for all at once."""

    session: AsyncSession

    async def people_by_line(self, day: date) -> list[tuple[str, str | None, str, str, int]]:
        """(city, district, trade, band, people) of everybody who may be introduced to work on a day."""
        await self.session.execute(PATIENCE)
        found: list[tuple[str, str | None, str, str, int]] = []
        for city in await fetch(self.session, CITIES, {}):
            rows = await fetch(self.session, PEOPLE, {"city": city["city_code"], "day": day})
            found += [tuple(row) for row in rows]
        return found

    async def tell_counts(self, counts: Mapping[tuple[str, str, str, str], int], day: date) -> None:
        """These in the place of those of the day before."""
        await self.session.execute(CLEAR)
        names = ("city_code", "district_code", "trade", "band")
        rows = [dict(zip(names, cell, strict=True)) | {"at_least": count, "day": day} for cell, count in counts.items()]
        await write(self.session, STORE, rows)
        await self.session.execute(SEEN, {"name": SUPPLY, "day": day})

    async def counts_page(
        self, after: tuple[str, str, str, str], trades: Sequence[str], prefix: str, most: int
    ) -> Sequence[asyncpg.Record]:
        """Figures behind a cell (city, district, trade, band), of some trades and an area; '' and () ask for all."""
        asked: dict[str, Any] = dict(zip(("city", "district", "trade", "band"), after, strict=True))
        return await fetch(self.session, PAGE, asked | {"of_trades": list(trades), "prefix": prefix, "most": most})
