"""The one statement that reads everything the gates look at: a worker beside a place, under locks or only looked at.

The worker's lock (`uow.locks`) comes before and alone, so that this statement sees everything committed before it; it
holds the shift against its rivals and the posting against closing; the time is read after both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from service.applications.case import Booked, Case, Paper, Place, Seeker, rest_begins
from service.db.driver import Statement, fetch
from service.errors import Missing

if TYPE_CHECKING:
    from service.engagements.tables import HireRow
    from service.uow import Uow

_PLACE = """
with slot as materialized (
    select s.id as shift_id, s.posting_id, s.state as shift_state, s.starts_at, s.ends_at, s.break_minutes,
           s.headcount, s.taken, s.reopened_seats
    from shifts s where s.id = :shift_id {update}
), spot as materialized (
    select slot.*, p.state as posting_state, p.title, p.private, p.job_kind, p.adult_only,
           coalesce(p.min_age, 0) as min_age, p.certificates::text as certificates, p.terms_version, p.terms_hash,
           p.valid_until, p.employer_id, p.city_code,
           p.claimable and (p.binding = 'shift' or jsonb_typeof(p.pattern->'weekdays') = 'array') as claimable
    from slot join postings p on p.id = slot.posting_id {share}
)
"""
_SIGHT = """
with spot as materialized (
    select h.id as shift_id, h.id as posting_id, 'published' as posting_state, h.title, true as private, h.job_kind,
           h.adult_only, 0 as min_age, h.certificates::text as certificates, 1 as terms_version, '' as terms_hash,
           h.ends_at as valid_until, h.employer_id, h.city_code, true as claimable, 'open' as shift_state,
           h.starts_at, h.ends_at, h.break_minutes, 1 as headcount, 0 as taken, 0 as reopened_seats
    from hires h where h.id = :hire_id
)
"""
_WHOLE = """
with spot as materialized (
    select p.id as shift_id, p.id as posting_id, p.state as posting_state, p.title, p.private, p.job_kind,
           p.adult_only, coalesce(p.min_age, 0) as min_age, p.certificates::text as certificates, p.terms_version,
           p.terms_hash, p.valid_until, p.employer_id, p.city_code, false as claimable, 'open' as shift_state,
           business_now() as starts_at, business_now() + interval '1 minute' as ends_at, 0 as break_minutes,
           p.headcount, 0 as taken, 0 as reopened_seats
    from postings p where p.id = :posting_id for share
)
"""
_SEEKER = """
select spot.*, e.state as employer_state, business_now() as now,
    w.id as worker_id, w.state as worker_state, w.introducible_from, w.adult_from,
    exists (select from blocks b where b.worker_id = w.id and b.employer_id = spot.employer_id
            and b.lifted_at is null) as blocked,
    exists (select from blocks b where b.worker_id = w.id and b.employer_id = spot.employer_id
            and b.lifted_at is null and b.set_by = 'worker') as blocked_own,
    exists (select from pool_members m where m.worker_id = w.id and m.employer_id = spot.employer_id
            and m.auto_accept and m.removed_at is null) as trusted,
    (select g.id from engagements g where g.worker_id = w.id and g.shift_id = spot.shift_id
        and g.state in ('held', 'confirmed', 'on_duty')) as seat_here,
    (select array[a.id::text, a.state] from applications a where a.worker_id = w.id
        and a.shift_id = spot.shift_id and a.state in ('sent', 'invited', 'waitlisted', 'offered')) as live_here,
    (select json_agg(json_build_array(b.id, b.starts_at, b.ends_at, b.title, b.lent))::text from (
        select g.id, g.starts_at, g.ends_at, q.title, false as lent
            from engagements g join postings q on q.id = g.posting_id
            where g.worker_id = w.id and g.state in ('confirmed', 'on_duty')
            and g.during && tstzrange(spot.starts_at - interval '1 day', spot.ends_at + interval '1 day')
        union all select l.lent_id, l.starts_at, l.ends_at, d.work, true
            from lent_spans(spot.starts_at - interval '1 day', spot.ends_at + interval '1 day') l
            join deals d on d.id = l.deal_id
            where l.worker_id = w.id and l.state in ('consented', 'working')) b) as booked,
    case when spot.certificates <> '[]' then
        (select json_agg(json_build_array(c.kind, c.valid_from, c.valid_until, c.verified_at is not null))::text
         from certificates c where c.worker_id = w.id and c.removed_at is null) end as papers,
    case when spot.job_kind = 'part_time' then
        (select json_agg(json_build_array(d.local_day, d.minutes))::text from (
            select a.local_day, sum(a.minutes) as minutes from (
                select h.local_day, h.minutes, h.week from hours_ledger h
                    where h.worker_id = w.id and h.employer_id = spot.employer_id and h.part_time
                union all select l.local_day, l.minutes, l.week
                    from lent_minutes(spot.starts_at - interval '8 days', spot.ends_at + interval '8 days') l
                    where l.worker_id = w.id and spot.employer_id in (l.lender_id, l.borrower_id)) a
            where a.week between date_trunc('week', spot.starts_at at time zone 'Asia/Shanghai')::date
                             and date_trunc('week', spot.ends_at at time zone 'Asia/Shanghai')::date
            group by a.local_day) d) end as worked,
    (select count(*) from applications a join shifts o on o.id = a.shift_id
        where a.worker_id = w.id and a.state in ('sent', 'invited', 'waitlisted', 'offered')
        and a.shift_id <> spot.shift_id and o.starts_at < spot.ends_at and o.ends_at > spot.starts_at) as siblings
from spot join employers e on e.id = spot.employer_id join workers w on w.id = :worker_id
"""
LOCKED = Statement(_PLACE.format(share="for share of p", update="for no key update") + _SEEKER)
SEEN = Statement(_PLACE.format(share="", update="") + _SEEKER)
SIGHT = Statement(_SIGHT + _SEEKER)
WHOLE = Statement(_WHOLE + _SEEKER)


class SeatCaseRepository:
    """Workers beside places where they want a seat."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def locked(self, worker_id: UUID, shift_id: UUID, *, own: bool = True) -> Case:
        """The case under the place's locks (the worker's comes before); raises Missing."""
        return await self._read(LOCKED, own, worker_id=worker_id, shift_id=shift_id)

    async def seen(self, worker_id: UUID, shift_id: UUID, *, own: bool = True) -> Case:
        """The case without locks: a hint, never the ground of a yes. Raises Missing."""
        return await self._read(SEEN, own, worker_id=worker_id, shift_id=shift_id)

    async def by_sight(self, hire: HireRow, *, own: bool = True) -> Case:
        """The worker beside a hire by sight, whose shift does not exist yet. Raises Missing."""
        await self.uow.flush()
        return await self._read(SIGHT, own, worker_id=hire.worker_id, hire_id=hire.id)

    async def whole(self, worker_id: UUID, posting_id: UUID) -> Case:
        """The worker beside a posting whose days are to be agreed; the place's times stand for today."""
        return await self._read(WHOLE, True, worker_id=worker_id, posting_id=posting_id)

    async def _read(self, statement: Statement, own: bool, **ids: UUID) -> Case:
        rows = await fetch(self.uow.session, statement, ids)
        if not rows:
            raise Missing
        row = rows[0]
        self.uow.settle_now(row["now"])
        now = await self.uow.now()
        policies = self.uow.ctx.policies.at(now, row["city_code"])
        least = policies.alarms.reopen_least_minutes
        return Case(_seeker(row), _place(row, now, least), now, policies.hours, own)


def _place(row: Any, now: datetime, least_minutes: int) -> Place:
    starts_at = row["starts_at"]
    if row["reopened_seats"] > 0 and row["taken"] < row["headcount"]:  # only seats left on the spot, never others
        starts_at = rest_begins(starts_at, row["ends_at"], now, least_minutes)
    return Place(
        shift_id=row["shift_id"],
        posting_id=row["posting_id"],
        employer_id=row["employer_id"],
        city_code=row["city_code"],
        title=row["title"],
        posting_state=row["posting_state"],
        employer_state=row["employer_state"],
        shift_state=row["shift_state"],
        private=row["private"],
        claimable=bool(row["claimable"]),
        valid_until=row["valid_until"],
        job_kind=row["job_kind"],
        adult_only=row["adult_only"] or row["min_age"] >= 18,
        certificates=tuple(_kind(need) for need in orjson.loads(row["certificates"])),
        terms_version=row["terms_version"],
        terms_hash=row["terms_hash"],
        starts_at=starts_at,
        ends_at=row["ends_at"],
        break_minutes=row["break_minutes"],
        headcount=row["headcount"],
        taken=row["taken"],
    )


def _seeker(row: Any) -> Seeker:
    live = row["live_here"]
    return Seeker(
        worker_id=row["worker_id"],
        state=row["worker_state"],
        introducible_from=row["introducible_from"],
        adult_from=row["adult_from"],
        papers=tuple(Paper(kind, _day(first), _day(last), ok) for kind, first, last, ok in _list(row["papers"])),
        blocked=row["blocked"],
        blocked_own=row["blocked_own"],
        trusted=row["trusted"],
        seat_here=row["seat_here"],
        live_here=(UUID(live[0]), live[1]) if live else None,
        booked=tuple(
            Booked(UUID(found), datetime.fromisoformat(start), datetime.fromisoformat(end), title, lent=lent)
            for found, start, end, title, lent in _list(row["booked"])
        ),
        worked=tuple((date.fromisoformat(day), minutes) for day, minutes in _list(row["worked"])),
        siblings=row["siblings"],
    )


def _kind(need: Any) -> str:
    """A demanded paper stands as its kind, or as an object with one."""
    return str(need["kind"]) if isinstance(need, Mapping) else str(need)


def _list(packed: str | None) -> list[Any]:
    made: list[Any] = orjson.loads(packed) if packed else []
    return made


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
