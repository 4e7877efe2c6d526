"""Set-based queries for rankings: a handful whatever the number of people and shifts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.engagements.lifecycle import FIRM, SEATED
from service.matches.records import Belongings, ByWorker, Offers, People, Row
from service.postings.lifecycle import PUBLIC
from service.text import mask_name
from service.worktime import local_day, week_of

if TYPE_CHECKING:
    from service.uow import Uow
    from service.vault import Vault

# The great circle in floats is within a metre of the named formula of `matching` (whole metres of points
# rounded to a millionth of a degree), so that nobody whom the gate would let through is left out.
SLACK_M = 5
METRES_PER_DEGREE = 111_000  # a little less than a degree of latitude: this bound never cuts off too much
NEXT_OF_A_PATTERN = 3  # occurrences of one pattern-bound posting that are recommended at a time


def _codes(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


def _metres(lat: str, lon: str) -> str:
    """SQL for the way from (:lat, :lon), in metres."""
    north = f"sin(radians({lat} - cast(:lat as float8)) / 2)"
    east = f"sin(radians({lon} - cast(:lon as float8)) / 2)"
    cosines = f"cos(radians({lat})) * cos(radians(cast(:lat as float8)))"
    return f"2 * 6371008.7714 * asin(least(1, sqrt({north} ^ 2 + {cosines} * {east} ^ 2)))"


def _reached(lat: str, lon: str, limit: str) -> str:
    """SQL that is false only where the way is certainly longer than the limit."""
    band = f"abs({lat} - cast(:lat as float8)) * {METRES_PER_DEGREE} <= {limit} + {SLACK_M}"
    return f"({lat} is null or ({band} and {_metres(lat, lon)} <= {limit} + {SLACK_M}))"


# Somebody who asks from many places can work out any point that distances are measured from. So whoever is not the
# worker or staff gets a pool in which a person's own point (the home, or where he says he waits) is the middle of
# its cell of a hundredth of a degree, about a kilometre, before anything is measured. A market's point is public.
CELLS_PER_DEGREE = 100


def _own(degrees: str, *, in_cells: bool) -> str:
    """SQL for a person's own coordinate, exact or as the middle of its cell."""
    return f"floor({degrees} * {CELLS_PER_DEGREE} + 0.5) / {CELLS_PER_DEGREE}" if in_cells else degrees


def _pool(*, in_cells: bool) -> str:
    """Everybody with everything a ranking asks of a person."""
    lon, lat, home_lon, home_lat = (
        _own(name, in_cells=in_cells) for name in ("a.lon", "a.lat", "w.home_lon", "w.home_lat")
    )
    return f"""
    with here as (
        select a.worker_id, a.trades, a.created_at as since, a.until,
               case when a.lon is null then v.lon else {lon} end as lon,
               case when a.lon is null then v.lat else {lat} end as lat
        from waitings a left join venues v on v.id = a.venue_id
        where a.state = 'waiting' and a.until > :now
    ), pool as (
        select w.id, w.state, w.city_code, w.introducible_from, w.adult_from, {home_lon} as home_lon,
               {home_lat} as home_lat, w.radius_m, w.weekly, w.exceptions, w.pay_wish_fen, w.pay_wish_unit,
               w.reliability, h.trades as waiting_trades, h.since as waiting_since, h.until as waiting_until,
               h.lon as here_lon, h.lat as here_lat
        from workers w left join here h on h.worker_id = w.id
    ) select * from pool
    """


def _from_pool(condition: str) -> dict[bool, Any]:
    """A statement over the pool, by whether people's own points are cells."""
    return {in_cells: text(f"{_pool(in_cells=in_cells)} where {condition}") for in_cells in (False, True)}


_LAT, _LON = "coalesce(here_lat, home_lat)", "coalesce(here_lon, home_lon)"
PEOPLE = _from_pool(
    f"state = 'active' and (:anywhere or {_reached(_LAT, _LON, 'least(radius_m, cast(:job_limit as int))')})"
    " order by id"
)
PERSON = _from_pool("id = :worker and state in ('active', :also)")
APPLICANTS = _from_pool(
    "state = 'active' and id in (select a.worker_id"
    f" from applications a where a.posting_id = :posting and a.state in ({_codes(LIVE_APPLICATION)})"
    " and (a.shift_id is null or a.shift_id = :shift)) order by id"
)
AMONG = text(f"{_pool(in_cells=True)} where state = 'active' and id = any(:workers) order by id").bindparams(
    bindparam("workers", type_=ARRAY(PG_UUID(as_uuid=True)))
)
EVERYBODY = text("select count(*) from workers where state = 'active'")


def _door(degrees: str) -> str:
    """SQL for a place of work as it is shown to the public: a household's to 3 decimals, about 100 m.

    People ask from wherever they say their home is, and would find the door.
    """
    return f"case when e.kind = 'household' then floor({degrees} * 1000 + 0.5) / 1000 else {degrees} end"


_PICKUP_LON, _PICKUP_LAT = (_door(f"(p.pickup ->> '{name}')::float8") for name in ("lon", "lat"))
_PICKUP = f"""
           case when e.kind = 'household' and p.pickup is not null
                then p.pickup || jsonb_build_object('lon', {_PICKUP_LON}, 'lat', {_PICKUP_LAT})
                else p.pickup end as pickup"""
_SHIFT = f"""
    select s.id, s.posting_id, s.employer_id, s.state, s.city_code, s.starts_at, s.ends_at, s.break_minutes,
           s.headcount, s.taken, p.state as posting_state, p.private, p.binding, p.title, p.trade,
           p.occupation_code, p.job_kind, p.work_mode, {_door("p.lon")} as lon, {_door("p.lat")} as lat,
           {_PICKUP}, p.radius_limit_m, p.pay_fen, p.pay_unit, p.settlement, p.certificates, p.skills,
           p.adult_only, p.priority_groups, p.valid_until, p.published_at, p.address, p.district_code,
           e.kind as employer_kind, e.name as employer_name, e.state as employer_state
    from shifts s join postings p on p.id = s.posting_id join employers e on e.id = s.employer_id
"""
SHIFT = text(f"{_SHIFT} where s.id = :shift")
DRAFT = text(
    f"""
    select p.id, p.id as posting_id, p.employer_id, 'open' as state, p.city_code, cast(:starts_at as timestamptz) as
           starts_at, cast(:ends_at as timestamptz) as ends_at, p.break_minutes, p.headcount, 0 as taken,
           p.state as posting_state, p.private, p.binding, p.title, p.trade, p.occupation_code, p.job_kind, p.work_mode,
           {_door("p.lon")} as lon, {_door("p.lat")} as lat, {_PICKUP}, p.radius_limit_m, p.pay_fen, p.pay_unit,
           p.settlement, p.certificates, p.skills, p.adult_only, p.priority_groups, p.valid_until, p.published_at,
           p.address, p.district_code, e.kind as employer_kind, e.name as employer_name, e.state as employer_state
    from postings p join employers e on e.id = p.employer_id where p.id = :posting
    """
)
PLAN = text("select series, pattern, city_code, district_code, employer_id, state from postings where id = :posting")
# A pattern has an occurrence on every working day of the next weeks: only the next few are on offer.
_ON_OFFER = f"""
    s.state = 'open' and s.ends_at > :now and not p.private and p.state in ({_codes(PUBLIC)})
    and (p.binding = 'shift' or s.id in (
        select n.id from shifts n where n.posting_id = s.posting_id and n.state = 'open' and n.ends_at > :now
        order by n.starts_at, n.id limit {NEXT_OF_A_PATTERN}))
"""
_MEETING_LAT = f"coalesce({_PICKUP_LAT}, {_door('p.lat')})"
_MEETING_LON = f"coalesce({_PICKUP_LON}, {_door('p.lon')})"
OFFERS = text(
    f"{_SHIFT} cross join lateral (select {_MEETING_LAT} as lat, {_MEETING_LON} as lon) m"
    f" where {_ON_OFFER} and (:anywhere or p.work_mode in ('remote', 'home_based') or"
    f" {_reached('m.lat', 'm.lon', 'least(p.radius_limit_m, cast(:radius as int))')}) order by s.id"
)
OPEN_BETWEEN = text(
    f"{_SHIFT} where s.state = 'open' and not p.private and p.state in ({_codes(PUBLIC)}) and p.valid_until > :now"
    " and s.city_code = :city and s.starts_at >= :first and s.starts_at < :last and s.taken < s.headcount order by s.id"
)
ON_OFFER = text(f"select count(*) from shifts s join postings p on p.id = s.posting_id where {_ON_OFFER}")

_IDS = ARRAY(PG_UUID(as_uuid=True))


def _of_workers(sql: str, *lists: str) -> Any:
    """A statement whose `:workers` and further lists are arrays of ids."""
    return text(sql).bindparams(*(bindparam(name, type_=_IDS) for name in ("workers", *lists)))


SKILLS = _of_workers(
    "select worker_id, trade, name, level, verified_at is not null as verified from skills"
    " where removed_at is null and worker_id = any(:workers) order by worker_id, id"
)
CERTIFICATES = _of_workers(
    "select worker_id, kind, valid_from, valid_until, verified_at is not null as verified from certificates"
    " where removed_at is null and worker_id = any(:workers) order by worker_id, id"
)
BOOKINGS = {
    held: _of_workers(
        "select worker_id, shift_id, lower(during) as starts_at, upper(during) as ends_at from engagements"
        f" where state in ({_codes((*FIRM, 'held') if held else FIRM)}) and worker_id = any(:workers)"
        " and during && tstzrange(:first, :last) order by worker_id, id"
    )
    for held in (False, True)
}
APPLICATIONS = _of_workers(
    f"select worker_id, posting_id, shift_id from applications where state in ({_codes(LIVE_APPLICATION)})"
    " and worker_id = any(:workers) and posting_id = any(:postings)",
    "postings",
)
SEATS = _of_workers(
    f"select worker_id, shift_id from engagements where state in ({_codes(SEATED)})"
    " and worker_id = any(:workers) and shift_id = any(:shifts)",
    "shifts",
)
BLOCKS = _of_workers(
    "select worker_id, employer_id, set_by from blocks where lifted_at is null"
    " and worker_id = any(:workers) and employer_id = any(:employers)",
    "employers",
)
HOURS = _of_workers(
    "select worker_id, employer_id, local_day, sum(minutes)::int as minutes from hours_ledger where part_time"
    " and worker_id = any(:workers) and employer_id = any(:employers) and week = any(:weeks)"
    " group by worker_id, employer_id, local_day",
    "employers",
)
HAS_PART = text(
    "select 1 as one from applications where worker_id = :worker and shift_id = :shift"
    " union select 1 from engagements where worker_id = :worker and shift_id = :shift"
)
NAMES_SQL = "select id, data_key, name_sealed from persons where id = any({ids})"
NAMES = text(NAMES_SQL.format(ids=":ids")).bindparams(bindparam("ids", type_=_IDS))


class MatchesRepository:
    """Reads what a ranking needs; writes nothing."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def shift(self, shift_id: UUID) -> Row | None:
        """A shift with its posting's and employer's columns."""
        return await self._one(SHIFT, shift=shift_id)

    async def plan(self, posting_id: UUID) -> Row | None:
        """When a posting's work is, whether it has been published yet or not."""
        return await self._one(PLAN, posting=posting_id)

    async def draft(self, posting_id: UUID, starts_at: datetime, ends_at: datetime) -> Row | None:
        """A posting as one shift of these hours."""
        return await self._one(DRAFT, posting=posting_id, starts_at=starts_at, ends_at=ends_at)

    async def person(
        self, worker_id: UUID, now: datetime, *, resting: bool = False, in_cells: bool = False
    ) -> Row | None:
        """An active worker, waiting or not; with `resting` also one who rests at the moment."""
        return await self._one(PERSON[in_cells], worker=worker_id, now=now, also="resting" if resting else "active")

    async def has_part(self, worker_id: UUID, shift_id: UUID) -> bool:
        """Whether the worker has, or ever had, an application or a seat in the shift."""
        return (await self._one(HAS_PART, worker=worker_id, shift=shift_id)) is not None

    async def people(
        self, shift: Row, place: tuple[float, float] | None, now: datetime, *, in_cells: bool = False
    ) -> People:
        """Everybody whom the place (longitude, latitude; None: anywhere) may reach, and how many it cannot."""
        rows = await self._all(
            PEOPLE[in_cells],
            now=now,
            anywhere=place is None,
            lon=place[0] if place else None,
            lat=place[1] if place else None,
            job_limit=shift["radius_limit_m"],
        )
        everybody: int = (await self.uow.session.execute(EVERYBODY)).scalar_one()
        found = await self.belongings([row["id"] for row in rows], [shift])
        return People(rows, found, max(0, everybody - len(rows)))

    async def applicants(self, shift: Row, now: datetime, *, in_cells: bool = False) -> People:
        """Those who have a live application for the shift, or for its posting as a whole."""
        rows = await self._all(APPLICANTS[in_cells], now=now, posting=shift["posting_id"], shift=shift["id"])
        return People(rows, await self.belongings([row["id"] for row in rows], [shift]), 0)

    async def people_among(self, worker_ids: Sequence[UUID], shifts: Sequence[Row], now: datetime) -> People:
        """Those of these workers who are active, with what matters beside the shifts; a seat held for somebody who
        has not answered yet takes the time like any other, so that nobody holds two for the same hours."""
        rows = await self._all(AMONG, now=now, workers=list(worker_ids))
        return People(rows, await self.belongings([row["id"] for row in rows], shifts, held=True), 0)

    async def open_between(self, city_code: str, first: datetime, last: datetime, now: datetime) -> Sequence[Row]:
        """Public shifts of a city with free seats that begin in [first, last)."""
        return await self._all(OPEN_BETWEEN, city=city_code, first=first, last=last, now=now)

    async def offers(self, person: Row, place: tuple[float, float] | None, now: datetime) -> Offers:
        """Every open public shift that is within the person's reach from the place, and how many are not."""
        rows = await self._all(
            OFFERS,
            now=now,
            anywhere=place is None,
            lon=place[0] if place else None,
            lat=place[1] if place else None,
            radius=person["radius_m"],
        )
        on_offer: int = (await self.uow.session.execute(ON_OFFER, {"now": now})).scalar_one()
        found = await self.belongings([person["id"]], rows)
        return Offers(rows, found, max(0, on_offer - len(rows)))

    async def belongings(self, workers: Sequence[UUID], shifts: Sequence[Row], *, held: bool = False) -> Belongings:
        """What belongs to these workers and matters beside these shifts; seven queries, none without workers."""
        if not workers or not shifts:
            return Belongings({}, {}, {}, {}, {}, {}, {})
        employers = list({shift["employer_id"] for shift in shifts})
        first = min(shift["starts_at"] for shift in shifts) - timedelta(days=2)  # rest gaps lie well within
        last = max(shift["ends_at"] for shift in shifts) + timedelta(days=2)
        return Belongings(
            skills=await self._grouped(SKILLS, workers=workers),
            certificates=await self._grouped(CERTIFICATES, workers=workers),
            bookings=await self._grouped(BOOKINGS[held], workers=workers, first=first, last=last),
            applications=await self._grouped(
                APPLICATIONS, workers=workers, postings=list({shift["posting_id"] for shift in shifts})
            ),
            seats=await self._grouped(SEATS, workers=workers, shifts=[shift["id"] for shift in shifts]),
            blocks=await self._grouped(BLOCKS, workers=workers, employers=employers),
            hours=await self._grouped(HOURS, workers=workers, employers=employers, weeks=_weeks(shifts)),
        )

    async def masked_names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names as somebody who has not been accepted sees them."""
        return masked(self.uow.ctx.vault, await self._all(NAMES, ids=list(ids)))

    async def _one(self, statement: Any, **values: Any) -> Row | None:
        row = (await self.uow.session.execute(statement, values)).mappings().one_or_none()
        return None if row is None else dict(row)

    async def _all(self, statement: Any, **values: Any) -> Sequence[Row]:
        return [dict(row) for row in (await self.uow.session.execute(statement, values)).mappings()]

    async def _grouped(self, statement: Any, **values: Any) -> ByWorker:
        groups: dict[UUID, list[Row]] = defaultdict(list)
        for row in await self._all(statement, **values):
            groups[row["worker_id"]].append(row)
        return groups


def masked(vault: Vault, rows: Iterable[Any]) -> dict[UUID, str]:
    """The masked names in rows of `NAMES`."""
    found = {}
    for row in rows:
        sealed = row["name_sealed"]
        name = vault.open_for(row["data_key"], row["id"].bytes, "name", sealed) if sealed else ""
        found[row["id"]] = mask_name(name)
    return found


def _weeks(shifts: Sequence[Row]) -> list[date]:
    """The Mondays of the weeks that the shifts touch."""
    days = {local_day(moment) for shift in shifts for moment in (shift["starts_at"], shift["ends_at"])}
    return sorted({week_of(day) for day in days})
