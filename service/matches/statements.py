"""The statements of rankings: who is in the pool, what is on offer, what belongs to people; a handful, set-based."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.deals.lifecycle import LENT_FIRM
from service.engagements.lifecycle import FIRM, SEATED
from service.postings.lifecycle import PUBLIC

# The great circle in floats is within a metre of the named formula of `matching` (whole metres of points
# rounded to a millionth of a degree), so that nobody whom the gate would let through is left out.
SLACK_M = 5
METRES_PER_DEGREE = 111_000  # a little less than a degree of latitude: this bound never cuts off too much
NEXT_OF_A_PATTERN = 3  # occurrences of one pattern-bound posting that are recommended at a time


def codes(values: Iterable[str]) -> str:
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


def pool(*, in_cells: bool) -> str:
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


def _frompool(condition: str) -> dict[bool, Any]:
    """A statement over the pool, by whether people's own points are cells."""
    return {in_cells: text(f"{pool(in_cells=in_cells)} where {condition}") for in_cells in (False, True)}


_LAT, _LON = "coalesce(here_lat, home_lat)", "coalesce(here_lon, home_lon)"
PEOPLE = _frompool(
    f"state = 'active' and (:anywhere or {_reached(_LAT, _LON, 'least(radius_m, cast(:job_limit as int))')})"
    " order by id"
)
PERSON = _frompool("id = :worker and state in ('active', :also)")
APPLICANTS = _frompool(
    "state = 'active' and id in (select a.worker_id"
    f" from applications a where a.posting_id = :posting and a.state in ({codes(LIVE_APPLICATION)})"
    " and (a.shift_id is null or a.shift_id = :shift)) order by id"
)
AMONG = text(f"{pool(in_cells=True)} where state = 'active' and id = any(:workers) order by id").bindparams(
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
SHIFT_ROWS = f"""
    select s.id, s.posting_id, s.employer_id, s.state, s.city_code, s.starts_at, s.ends_at, s.break_minutes,
           s.headcount, s.taken, p.state as posting_state, p.private, p.binding, p.title, p.trade,
           p.occupation_code, p.job_kind, p.work_mode, {_door("p.lon")} as lon, {_door("p.lat")} as lat,
           {_PICKUP}, p.radius_limit_m, p.pay_fen, p.pay_unit, p.settlement, p.certificates, p.skills,
           p.adult_only, p.priority_groups, p.valid_until, p.published_at, p.address, p.district_code,
           e.kind as employer_kind, e.name as employer_name, e.state as employer_state,
           e.payment_record, e.reliability as employer_reliability
    from shifts s join postings p on p.id = s.posting_id join employers e on e.id = s.employer_id
"""
SHIFT = text(f"{SHIFT_ROWS} where s.id = :shift")
DRAFT = text(
    f"""
    select p.id, p.id as posting_id, p.employer_id, 'open' as state, p.city_code, cast(:starts_at as timestamptz) as
           starts_at, cast(:ends_at as timestamptz) as ends_at, p.break_minutes, p.headcount, 0 as taken,
           p.state as posting_state, p.private, p.binding, p.title, p.trade, p.occupation_code, p.job_kind, p.work_mode,
           {_door("p.lon")} as lon, {_door("p.lat")} as lat, {_PICKUP}, p.radius_limit_m, p.pay_fen, p.pay_unit,
           p.settlement, p.certificates, p.skills, p.adult_only, p.priority_groups, p.valid_until, p.published_at,
           p.address, p.district_code, e.kind as employer_kind, e.name as employer_name, e.state as employer_state,
           e.payment_record, e.reliability as employer_reliability
    from postings p join employers e on e.id = p.employer_id where p.id = :posting
    """
)
PLAN = text("select series, pattern, city_code, district_code, employer_id, state from postings where id = :posting")
# A pattern has an occurrence on every working day of the next weeks: only the next few are on offer.
ON_OFFER_WHERE = f"""
    s.state = 'open' and s.ends_at > :now and not p.private and p.state in ({codes(PUBLIC)})
    and (p.binding = 'shift' or s.id in (
        select n.id from shifts n where n.posting_id = s.posting_id and n.state = 'open' and n.ends_at > :now
        order by n.starts_at, n.id limit {NEXT_OF_A_PATTERN}))
"""
_MEETING_LAT = f"coalesce({_PICKUP_LAT}, {_door('p.lat')})"
_MEETING_LON = f"coalesce({_PICKUP_LON}, {_door('p.lon')})"
OFFERS = text(
    f"{SHIFT_ROWS} cross join lateral (select {_MEETING_LAT} as lat, {_MEETING_LON} as lon) m"
    f" where {ON_OFFER_WHERE} and (:anywhere or p.work_mode in ('remote', 'home_based') or"
    f" {_reached('m.lat', 'm.lon', 'least(p.radius_limit_m, cast(:radius as int))')}) order by s.id"
)
OPEN_BETWEEN = text(
    f"{SHIFT_ROWS} where s.state = 'open' and not p.private and p.state in ({codes(PUBLIC)}) and p.valid_until > :now"
    " and s.city_code = :city and s.starts_at >= :first and s.starts_at < :last and s.taken < s.headcount order by s.id"
)
ON_OFFER = text(f"select count(*) from shifts s join postings p on p.id = s.posting_id where {ON_OFFER_WHERE}")

IDS = ARRAY(PG_UUID(as_uuid=True))


def of_workers(sql: str, *lists: str) -> Any:
    """A statement whose `:workers` and further lists are arrays of ids."""
    return text(sql).bindparams(*(bindparam(name, type_=IDS) for name in ("workers", *lists)))


SKILLS = of_workers(
    "select worker_id, trade, name, level, verified_at is not null as verified from skills"
    " where removed_at is null and worker_id = any(:workers) order by worker_id, id"
)
CERTIFICATES = of_workers(
    "select worker_id, kind, valid_from, valid_until, verified_at is not null as verified from certificates"
    " where removed_at is null and worker_id = any(:workers) order by worker_id, id"
)

# Days that somebody is lent take the time as seats do; what a firm lends or borrows counts as work with both firms.
LENT_BOOKINGS = (
    "select worker_id, lent_id, starts_at, ends_at, starts_at, true from lent_spans({first}, {last})"
    f" where state in ({codes(LENT_FIRM)}) and worker_id = any(:workers)"
)
LENT_HOURS = (
    "select l.worker_id, f.employer_id, l.local_day, l.minutes from lent_minutes({first}, {last}) l"
    " cross join lateral (values (l.lender_id), (l.borrower_id)) f(employer_id)"
    " where l.worker_id = any(:workers)"
)
BOOKED = "worker_id, shift_id, lower(during) as starts_at, upper(during) as ends_at, starts_at as begins, false as lent"
BOOKINGS = {
    held: of_workers(
        f"select * from (select {BOOKED} from engagements"
        f" where state in ({codes((*FIRM, 'held') if held else FIRM)}) and worker_id = any(:workers)"
        " and during && tstzrange(:first, :last)"
        f" union all {LENT_BOOKINGS.format(first='cast(:first as timestamptz)', last='cast(:last as timestamptz)')}) b"
        " order by worker_id, begins, shift_id"
    )
    for held in (False, True)
}
APPLICATIONS = of_workers(
    f"select worker_id, posting_id, shift_id from applications where state in ({codes(LIVE_APPLICATION)})"
    " and worker_id = any(:workers) and posting_id = any(:postings)",
    "postings",
)
SEATS = of_workers(
    f"select worker_id, shift_id from engagements where state in ({codes(SEATED)})"
    " and worker_id = any(:workers) and shift_id = any(:shifts)",
    "shifts",
)
BLOCKS = of_workers(
    "select worker_id, employer_id, set_by from blocks where lifted_at is null"
    " and worker_id = any(:workers) and employer_id = any(:employers)",
    "employers",
)
HOURS = of_workers(
    "select worker_id, employer_id, local_day, sum(minutes)::int as minutes from ("
    "select worker_id, employer_id, local_day, minutes from hours_ledger where part_time"
    " and worker_id = any(:workers) and employer_id = any(:employers) and week = any(:weeks) union all "
    f"{LENT_HOURS.format(first='cast(:first as timestamptz)', last='cast(:last as timestamptz)')}"
    " and f.employer_id = any(:employers) and l.week = any(:weeks)) h group by worker_id, employer_id, local_day",
    "employers",
)
HAS_PART = text(
    "select 1 as one from applications where worker_id = :worker and shift_id = :shift"
    " union select 1 from engagements where worker_id = :worker and shift_id = :shift"
)
NAMES_SQL = "select id, data_key, name_sealed from persons where id = any({ids})"
NAMES = text(NAMES_SQL.format(ids=":ids")).bindparams(bindparam("ids", type_=IDS))
