"""The two reads that the whole city makes all day: one posting, and the nearest twenty. One statement each.

They go to the raw pool as plain SQL and become plain values: measured, an ORM row and a response model cost
several times the statement itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from service.engagements.rules import OPEN_BOTH_SIDES
from service.geo import EARTH_RADIUS_M, Point

ONE = """
select p.*, e.name as employer_name, e.kind as employer_kind, e.state as employer_state,
       e.payment_record
from postings p join employers e on e.id = p.employer_id where p.id = $1
"""
PARTY = """
select exists (select from engagements where posting_id = $1 and worker_id = $2 and state = any($3::text[])) as seated
from applications where posting_id = $1 and worker_id = $2 limit 1
"""
CLOCK = "select business_now()"
_METRES = f"""floor(2 * {EARTH_RADIUS_M} * asin(sqrt(least(1.0,
    power(sin((radians({{lat}}) - radians($2)) / 2), 2) + cos(radians($2)) * cos(radians({{lat}}))
    * power(sin((radians({{lon}}) - radians($1)) / 2), 2)))) + 0.5)::int"""
# A household's way is measured from the point that is shown, to 3 decimals (about 100 m): from exact ways anybody
# could find the door. Its true point is at most so far from the shown one, and the box is that much wider.
_SHOWN = "case when e.kind = 'household' then floor({0} * 1000 + 0.5) / 1000 else {0} end"
_WAY = _METRES.format(lon=_SHOWN.format("n.lon"), lat=_SHOWN.format("n.lat"))
_SHOWN_WITHIN_M = 100
# The index knows degrees, not metres. The nearest in degrees bound the distance of the nearest in metres; all
# that lie in the box of that distance are then measured, so that the answer is exact and the index does the work.
NEAR = f"""
with clock as materialized (select business_now() as now),
seed as materialized (
    select case when count(*) < $4 then $3::int else least($3::int, max(metres)) end as metres
    from (select {_WAY} as metres from (
              select lon, lat, employer_id from postings
              where state = 'published' and not private and lon is not null
              order by point(lon, lat) <-> point($1, $2) limit $4) n
          join employers e on e.id = n.employer_id) nearest),
area as materialized (
    select box(point($1 - wide, $2 - high), point($1 + wide, $2 + high)) as box, metres
    from (select metres, degrees((metres + 1 + {_SHOWN_WITHIN_M}) / {EARTH_RADIUS_M}) as high,
                 degrees(asin(least(1.0, sin((metres + 1 + {_SHOWN_WITHIN_M}) / {EARTH_RADIUS_M})
                                         / cos(radians($2))))) as wide
          from seed) angles),
found as materialized (
    select n.id, {_WAY} as distance_m from postings n join employers e on e.id = n.employer_id
    where n.state = 'published' and not n.private and point(n.lon, n.lat) <@ (select box from area)
    order by 2, 1 limit $4)
select p.id, p.version, p.employer_id, p.title, p.trade, p.job_kind, p.work_mode, p.binding, p.headcount,
       p.city_code, p.district_code, p.address, p.lon, p.lat, p.sent_datum, p.approximate, p.pay_fen,
       p.pay_most_fen, p.pay_unit, p.pay_unit_label, p.settlement, p.adult_only, p.claimable,
       coalesce(p.conditions->>'meals', 'none') as meals,
       p.published_at, e.name as employer_name, e.kind as employer_kind, e.state as employer_state, e.payment_record,
       s.starts_at, s.ends_at, s.free, f.distance_m, (select now from clock) as now
from found f join postings p on p.id = f.id join employers e on e.id = p.employer_id
left join lateral (
    select starts_at, ends_at, headcount - taken as free from shifts
    where posting_id = p.id and state = 'open' and starts_at > (select now from clock)
    order by starts_at, shifts.id limit 1) s on true
where f.distance_m <= $3 order by f.distance_m, f.id
"""


async def read_posting(reads: asyncpg.Pool, posting_id: UUID) -> Any | None:
    """One posting with its employer, or None."""
    return await reads.fetchrow(ONE, posting_id)


async def read_part(reads: asyncpg.Pool, posting_id: UUID, worker_id: UUID) -> bool | None:
    """Whether a worker has a seat in a posting that both sides said yes to; None: they have nothing to do with it."""
    found: bool | None = await reads.fetchval(PARTY, posting_id, worker_id, list(OPEN_BOTH_SIDES))
    return found


async def read_nearest(reads: asyncpg.Pool, near: Point, radius_m: int, limit: int) -> list[Any]:
    """The nearest published postings within whole metres, nearest first, then by id."""
    return list(await reads.fetch(NEAR, near.lon, near.lat, radius_m, limit))


async def read_business_clock(reads: asyncpg.Pool) -> datetime:
    """The shared clock, where no transaction is open."""
    value: datetime = await reads.fetchval(CLOCK)
    return value
