"""Queries for pages of postings: the newest of an area, what comes next, and the parts of the sitemap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, text

from service.db.driver import Statement, fetch
from service.jobpages.rules import Area
from service.postings.lifecycle import PUBLIC
from service.shifts.tables import ShiftRow

if TYPE_CHECKING:
    from service.uow import Uow

# Each city's newest come from the end of its own stretch of ix_postings_public; the cities are found by leaps in
# the same index. A plain sort by time would read every public posting of the country.
_LIVE = "state = 'published' and not private"
_CITIES = f"""
with recursive leaps as (
    (select city_code from postings where {_LIVE} and city_code >= :lead order by city_code limit 1)
    union all
    select (select p.city_code from postings p where {_LIVE} and p.city_code > leaps.city_code
            order by p.city_code limit 1)
    from leaps where leaps.city_code is not null),
cities as (select city_code from leaps where city_code is not null and city_code like :lead || '%')
"""
CITIES = text(f"{_CITIES} select city_code from cities order by city_code")
NEWEST = text(
    f"""
    {_CITIES}
    select p.*, s.starts_at, s.ends_at from cities cross join lateral (
        select id, title, trade, work_mode, city_code, district_code, pay_fen as amount_fen, pay_most_fen as most_fen,
               pay_unit as unit, pay_unit_label as unit_label, headcount, published_at
        from postings
        where {_LIVE} and city_code = cities.city_code
          and (cast(:district as text) is null or district_code = :district)
          and (cast(:after_at as timestamptz) is null or (published_at, id) < (:after_at, cast(:after_id as uuid)))
        order by published_at desc, id desc limit :limit) p
    left join lateral (
        select starts_at, ends_at from shifts
        where posting_id = p.id and state = 'open' and starts_at > :now order by starts_at, id limit 1) s on true
    order by p.published_at desc, p.id desc limit :limit
    """
)
# Cut over everything that ever was public, so that a removal moves no other address to another part. This reads the
# whole of ix_postings_sitemap; a part then only reads its own stretch of it.
PARTS = text(
    """
    select n::int as number, max(id::text) filter (where place = 0) as first_id,
           count(*) filter (where state = 'published') as live, max(updated_at) as changed_at
    from (select (row - 1) / :size + 1 as n, (row - 1) % :size as place, id, state, updated_at
          from (select row_number() over (order by id) as row, id, state, updated_at from postings
                where published_at is not null and not private) rows) numbered
    group by n order by n
    """
)
# The last change as text: ten thousand instants are slow to write elsewhere.
PART = Statement(
    """
    select id::text as id, to_char(updated_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS+08:00') as changed
    from (select id, updated_at, state from postings where published_at is not null and not private
            and id >= cast(:first_id as uuid) and (cast(:until as uuid) is null or id < cast(:until as uuid))
          order by id limit cast(:size as bigint)) part
    where state = 'published' order by id
    """
)
MERGED = text(
    """
    with recursive row as (
        select merged_into from postings where id = :id
        union select p.merged_into from postings p join row on p.id = row.merged_into)
    select p.id from postings p join row on p.id = row.merged_into
    where p.merged_into is null and not p.private and p.state = any(:shown)
    """
).bindparams(shown=sorted(PUBLIC))
NUMBERED = text(
    """
    select 'demand' as side, id from postings where number = :number and published_at is not null and not private
    union all select 'supply', id from supplies where number = :number and published_at is not null
    """
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the sitemap: the id it begins with, how many addresses, and when anything in it last changed."""

    number: int
    first_id: str
    live: int
    changed_at: datetime


class JobPagesRepository:
    """Reads only."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def cities(self, lead: str = "") -> list[str]:
        """Codes of the cities with open postings that begin with `lead`."""
        return list((await self.session.execute(CITIES, {"lead": lead})).scalars())

    async def newest(
        self, area: Area, after: tuple[datetime, UUID] | None, now: datetime, limit: int
    ) -> Sequence[dict[str, Any]]:
        """Open postings of an area, the last published first, each with its next shift; no employer among it."""
        asked = {
            "lead": area.cities,
            "district": area.district,
            "after_at": after[0] if after else None,
            "after_id": after[1] if after else None,
            "now": now,
            "limit": limit,
        }
        return [dict(row) for row in (await self.session.execute(NEWEST, asked)).mappings()]

    async def next_shifts(self, posting_id: UUID, now: datetime, limit: int) -> list[tuple[datetime, datetime, int]]:
        """(start, end, free seats) of the open shifts to come, the earliest first."""
        query = (
            select(ShiftRow.starts_at, ShiftRow.ends_at, ShiftRow.headcount - ShiftRow.taken)
            .where(ShiftRow.posting_id == posting_id, ShiftRow.state == "open", ShiftRow.starts_at > now)
            .order_by(ShiftRow.starts_at, ShiftRow.id)
            .limit(limit)
        )
        return [(row[0], row[1], row[2]) for row in await self.session.execute(query)]

    async def merged_into(self, posting_id: UUID) -> UUID | None:
        """The public posting at the end of a row of merges; None where there is none."""
        asked = await self.session.execute(MERGED, {"id": posting_id})
        return asked.scalar_one_or_none()

    async def numbered(self, number: int) -> tuple[str, UUID] | None:
        """(side, id) of what is or was public under a number."""
        found = (await self.session.execute(NUMBERED, {"number": number})).one_or_none()
        return None if found is None else (found.side, found.id)

    async def parts(self, size: int) -> list[Part]:
        """The parts of the sitemap, of `size` postings that are or were public each."""
        return [Part(*row) for row in await self.session.execute(PARTS, {"size": size})]

    async def part(self, first_id: str, until: str | None, size: int) -> list[tuple[str, str]]:
        """(id, last change) of the open postings from an id on up to another (None: the end), among the first `size`
        that are or were public; in the order of their ids."""
        rows = await fetch(self.session, PART, {"first_id": first_id, "until": until, "size": size})
        return [(row["id"], row["changed"]) for row in rows]
