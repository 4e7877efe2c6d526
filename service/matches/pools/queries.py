"""What the pools are filled from and kept current by: the rows of a ranking, for many people or postings at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, text

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.engagements.lifecycle import FIRM, SEATED
from service.matches.repository import _IDS, _ON_OFFER, _SHIFT, _codes, _of_workers, _pool

# Belongings here are everything that may matter beside any shift to come; the ranking of one shift reads less.
PAST_DAYS = 3
PAGE = text(f"{_pool(in_cells=True)} where state = 'active' and id > :after order by id limit :most")
SOME = text(f"{_pool(in_cells=True)} where state = 'active' and id = any(:workers)").bindparams(
    bindparam("workers", type_=_IDS)
)
BOOKINGS = _of_workers(
    "select worker_id, shift_id, lower(during) as starts_at, upper(during) as ends_at from engagements"
    f" where state in ({_codes(FIRM)}) and worker_id = any(:workers)"
    f" and upper(during) > cast(:now as timestamptz) - interval '{PAST_DAYS} days' order by worker_id, id"
)
APPLICATIONS = _of_workers(
    f"select worker_id, posting_id, shift_id from applications where state in ({_codes(LIVE_APPLICATION)})"
    " and worker_id = any(:workers)"
)
SEATS = _of_workers(
    f"select worker_id, shift_id from engagements where state in ({_codes(SEATED)}) and worker_id = any(:workers)"
    f" and ends_at > cast(:now as timestamptz) - interval '{PAST_DAYS} days'"
)
BLOCKS = _of_workers(
    "select worker_id, employer_id, set_by from blocks where lifted_at is null and worker_id = any(:workers)"
)
HOURS = _of_workers(
    "select worker_id, employer_id, local_day, sum(minutes)::int as minutes from hours_ledger where part_time"
    " and worker_id = any(:workers) and week >= :week group by worker_id, employer_id, local_day"
)
OFFERED = text(f"{_SHIFT} where {_ON_OFFER} order by s.id")
OFFERED_OF = text(f"{_SHIFT} where {_ON_OFFER} and s.posting_id = any(:postings) order by s.id").bindparams(
    bindparam("postings", type_=_IDS)
)
COUNT = text("select count(*) from workers where state = 'active'")
# One shift, the time, and what the log says above a mark, all of one moment; straight to the driver ($n).
SHIFT_AND_NEWS = f"""
select c.now, x.mark, array(
    select t.id from transitions t where t.txid >= cast(cast($2::bigint as text) as xid8) and t.noun in ({{nouns}})
    limit $3) as news, s.*
from (select business_now() as now offset 0) c
cross join (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark) x
left join lateral ({_SHIFT} where s.id = $1) s on true
"""
SHIFTS = text(f"{_SHIFT} where s.id = any(:ids)").bindparams(bindparam("ids", type_=_IDS))

MARK = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

# One reading of the log: what is above the mark, and the mark up to which nothing can be committed any more.
NOUNS = (
    "worker", "skill", "certificate", "waiting", "block", "application", "engagement", "timesheet", "person",
    "shift", "posting", "employer", "venue",
)  # fmt: skip
NEWS = text(
    "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark, n.id, n.txid, n.noun, n.entity_id"
    " from (select 1) one left join lateral (select t.id, t.txid::text::bigint as txid, t.noun, t.entity_id"
    " from transitions t where t.txid >= cast(cast(:mark as text) as xid8)"
    f" and t.noun in ({_codes(NOUNS)}) order by t.txid limit :most) n on true"
)


SHIFT_AND_NEWS = SHIFT_AND_NEWS.format(nouns=_codes(NOUNS))


def _ids(sql: str) -> Any:
    return text(sql).bindparams(bindparam("ids", type_=_IDS))


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
    "venue": _ids("select worker_id as id from waitings where state = 'waiting' and venue_id = any(:ids)"),
}
POSTINGS_OF = {
    "shift": _ids("select posting_id as id from shifts where id = any(:ids)"),
    "engagement": _ids(
        "select s.posting_id as id from engagements e join shifts s on s.id = e.shift_id where e.id = any(:ids)"
    ),
    "employer": _ids("select id from postings where state in ('published', 'filled') and employer_id = any(:ids)"),
}
