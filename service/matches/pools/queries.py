"""What the pools are filled from and kept current by: the rows of a ranking, for many people or postings at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, text

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.codes import PAY_UNITS
from service.deals.lifecycle import LENT_FIRM, LENT_WORKED
from service.engagements.lifecycle import FIRM, SEATED
from service.matches.statements import (
    BOOKED,
    CELLS_PER_DEGREE,
    IDS,
    LENT_BOOKINGS,
    LENT_HOURS,
    ON_OFFER_WHERE,
    SHIFT_ROWS,
    codes,
    of_workers,
    pool,
)

# Belongings here are everything that may matter beside any shift to come; the ranking of one shift reads less.
PAST_DAYS = 3
SOME = text(f"{pool(in_cells=True)} where state = 'active' and id = any(:workers)").bindparams(
    bindparam("workers", type_=IDS)
)
_FROM_NOW = {"first": f"cast(:now as timestamptz) - interval '{PAST_DAYS} days'", "last": "timestamptz 'infinity'"}
_FROM_WEEK = _FROM_NOW | {"first": "cast(:week as date)::timestamp at time zone 'Asia/Shanghai'"}
BOOKINGS = of_workers(
    f"select * from (select {BOOKED} from engagements where state in ({codes(FIRM)}) and worker_id = any(:workers)"
    f" and upper(during) > {_FROM_NOW['first']} union all {LENT_BOOKINGS.format(**_FROM_NOW)}) b"
    " order by worker_id, begins, shift_id"
)
APPLICATIONS = of_workers(
    f"select worker_id, posting_id, shift_id from applications where state in ({codes(LIVE_APPLICATION)})"
    " and worker_id = any(:workers)"
)
SEATS = of_workers(
    f"select worker_id, shift_id from engagements where state in ({codes(SEATED)}) and worker_id = any(:workers)"
    f" and ends_at > cast(:now as timestamptz) - interval '{PAST_DAYS} days'"
)
BLOCKS = of_workers(
    "select worker_id, employer_id, set_by from blocks where lifted_at is null and worker_id = any(:workers)"
)
HOURS = of_workers(
    "select worker_id, employer_id, local_day, sum(minutes)::int as minutes from ("
    "select worker_id, employer_id, local_day, minutes from hours_ledger where part_time"
    f" and worker_id = any(:workers) and week >= :week union all {LENT_HOURS.format(**_FROM_WEEK)}"
    " and l.week >= :week) h"
    " group by worker_id, employer_id, local_day"
)
OFFERED = text(f"{SHIFT_ROWS} where {ON_OFFER_WHERE} order by s.id")
OFFERED_OF = text(f"{SHIFT_ROWS} where {ON_OFFER_WHERE} and s.posting_id = any(:postings) order by s.id").bindparams(
    bindparam("postings", type_=IDS)
)
COUNT = text("select count(*) from workers where state = 'active'")
# One shift, the time, and what the log says above a mark, all of one moment; straight to the driver ($n).
SHIFT_AND_NEWS = f"""
select c.now, x.mark, array(
    select t.id from transitions t where t.txid >= cast(cast($2::bigint as text) as xid8) and t.noun in ({{nouns}})
    limit $3) as news, s.*
from (select business_now() as now offset 0) c
cross join (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark) x
left join lateral ({SHIFT_ROWS} where s.id = $1) s on true
"""
SHIFTS = text(f"{SHIFT_ROWS} where s.id = any(:ids)").bindparams(bindparam("ids", type_=IDS))

MARK = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

# One reading of the log: what is above the mark, and the mark up to which nothing can be committed any more.
NOUNS = (
    "worker", "skill", "certificate", "waiting", "block", "application", "engagement", "timesheet", "person",
    "shift", "posting", "employer", "venue", "lent",
)  # fmt: skip
NEWS = text(
    "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark, n.id, n.txid, n.noun, n.entity_id"
    " from (select 1) one left join lateral (select t.id, t.txid::text::bigint as txid, t.noun, t.entity_id"
    " from transitions t where t.txid >= cast(cast(:txid as text) as xid8)"
    " and (t.txid, t.id) > (cast(cast(:txid as text) as xid8), cast(:line as uuid))"
    f" and t.noun in ({codes(NOUNS)}) order by t.txid, t.id limit :most) n on true"
)


# Everybody as columns of fixed width, straight to the driver ($n). A hash stands for what many have in common; what
# it stands for is asked once. Days are proleptic ordinals.
UNITS = tuple(dict.fromkeys(("", *PAY_UNITS)))
_NO_DAY = 2**31 - 1


def _ordinal(day: str) -> str:
    return f"coalesce({day} - date '0001-01-01' + 1, {_NO_DAY})::int4"


def _cell(degrees: str) -> str:
    """The middle of a cell in millionths of a degree, as `_own` has it in degrees."""
    return f"coalesce(floor({degrees} * {CELLS_PER_DEGREE} + 0.5)::int4 * {1_000_000 // CELLS_PER_DEGREE}, 0)::int4"


_WEEK_KEY = "hashtextextended(weekly::text, 0)"
_CLAIM_KEY = "hashtextextended(coalesce(s.trade, '') || chr(1) || s.name, 0)"
_PAPER_KEY = "hashtextextended(c.kind, 0)"
_UNIT = "array_position(array[{}]::text[], pay_wish_unit)".format(", ".join(f"'{unit}'" for unit in UNITS))
_WISHES = "coalesce(pay_wish_fen, 0) > 0 and coalesce(pay_wish_unit, '') <> ''"
PEOPLE_COLUMNS = f"""
select id, {_cell("home_lat")}, {_cell("home_lon")}, (home_lon is not null)::int4, radius_m::int4,
       {_ordinal("introducible_from")}, {_ordinal("adult_from")}, (weekly is null)::int4,
       coalesce({_WEEK_KEY}, 0), case when {_WISHES} then pay_wish_fen else 0 end::int8,
       case when {_WISHES} then coalesce({_UNIT}, 1) - 1 else 0 end::int4, (reliability <> '[]')::int4
from workers where state = 'active' and id > $1 order by id limit $2
"""
SKILL_COLUMNS = f"""
select s.worker_id, {_CLAIM_KEY}, coalesce(s.level, -1)::int4, (s.verified_at is not null)::int4
from skills s where s.removed_at is null and s.worker_id > $1 and s.worker_id <= $2 order by s.worker_id, s.id
"""
PAPER_COLUMNS = f"""
select c.worker_id, {_PAPER_KEY}, {_ordinal("c.valid_from")}, {_ordinal("c.valid_until")},
       (c.verified_at is not null)::int4
from certificates c where c.removed_at is null and c.worker_id > $1 and c.worker_id <= $2 order by c.worker_id, c.id
"""
HISTORIES = """
select id, reliability::text from workers where state = 'active' and reliability <> '[]' and id > $1 and id <= $2
"""
WEEKS = f"select {_WEEK_KEY} as key, weekly::text as weekly from workers where weekly is not null group by weekly"
CLAIMS = f"""
select {_CLAIM_KEY} as key, coalesce(s.trade, '') as trade, s.name from skills s where s.removed_at is null
group by coalesce(s.trade, ''), s.name, 1
"""
PAPERS = f"select {_PAPER_KEY} as key, c.kind from certificates c where c.removed_at is null group by c.kind"
# Who has what columns do not tell: times besides the week's, 等活, seats, lendings, applications, blocks, part-time
# hours.
IRREGULAR = f"""
select id from workers where state = 'active' and (exceptions <> '[]' or ({_WISHES} and {_UNIT} is null))
union select worker_id from waitings where state = 'waiting' and until > $1
union select worker_id from engagements where (state in ({codes(FIRM)}) or state in ({codes(SEATED)}))
    and greatest(upper(during), ends_at) > $1::timestamptz - interval '{PAST_DAYS} days'
union select worker_id from applications where state in ({codes(LIVE_APPLICATION)})
union select worker_id from blocks where lifted_at is null
union select worker_id from hours_ledger where part_time and week >= $2
union select worker_id from lent where state in ({codes({*LENT_FIRM, *LENT_WORKED})})
    and coalesce(left_on, last_day) >= least($2, (($1::timestamptz - interval '{PAST_DAYS} days')
        at time zone 'Asia/Shanghai')::date) - 1
"""
SHIFT_AND_NEWS = SHIFT_AND_NEWS.format(nouns=codes(NOUNS))


def _ids(sql: str) -> Any:
    return text(sql).bindparams(bindparam("ids", type_=IDS))


# Whose row an entity of the log belongs to: (workers, postings).
WORKERS_OF = {
    "skill": _ids("select worker_id as id from skills where id = any(:ids)"),
    "certificate": _ids("select worker_id as id from certificates where id = any(:ids)"),
    "waiting": _ids("select worker_id as id from waitings where id = any(:ids)"),
    "block": _ids("select worker_id as id from blocks where id = any(:ids)"),
    "application": _ids("select worker_id as id from applications where id = any(:ids)"),
    "engagement": _ids("select worker_id as id from engagements where id = any(:ids)"),
    "timesheet": _ids(
        "select e.worker_id as id from timesheets t join engagements e on e.id = t.engagement_id where t.id = any(:ids)"
    ),
    "lent": _ids("select worker_id as id from lent where worker_id is not null and id = any(:ids)"),
    "venue": _ids("select worker_id as id from waitings where state = 'waiting' and venue_id = any(:ids)"),
}
POSTINGS_OF = {
    "shift": _ids("select posting_id as id from shifts where id = any(:ids)"),
    "engagement": _ids(
        "select s.posting_id as id from engagements e join shifts s on s.id = e.shift_id where e.id = any(:ids)"
    ),
    "employer": _ids("select id from postings where state in ('published', 'filled') and employer_id = any(:ids)"),
}
