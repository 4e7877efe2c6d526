"""lent hours: one source of the days somebody is lent, and names that are forgotten"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

# The days on which somebody is, or was, lent between two moments, with their times; the planner takes both functions
# into the statement that asks, so that a person's own rows are found by their index.
LENT_DAYS = """
create function lent_spans(since timestamptz, till timestamptz)
returns table (
    lent_id uuid, deal_id uuid, worker_id uuid, state varchar, day date, starts_at timestamptz, ends_at timestamptz)
language sql stable as $$
    select l.id, l.deal_id, l.worker_id, l.state, g.day::date, t.starts_at, t.ends_at
    from lent l
    cross join lateral generate_series(
        greatest(l.first_day, (since at time zone 'Asia/Shanghai')::date - 1)::timestamp,
        least(coalesce(l.left_on, l.last_day), (till at time zone 'Asia/Shanghai')::date)::timestamp,
        interval '1 day') as g(day)
    cross join lateral (
        select (g.day::date + l.day_from) at time zone 'Asia/Shanghai',
               (g.day::date + l.day_until
                   + case when l.day_until <= l.day_from then interval '1 day' else interval '0' end)
                   at time zone 'Asia/Shanghai') as t(starts_at, ends_at)
    where l.worker_id is not null
        and l.state in ('consented', 'working', 'returning', 'returned', 'released')
        and l.weekdays @> to_jsonb(extract(isodow from g.day)::int)
        and t.starts_at < till and t.ends_at > since
$$
"""
# What of them is working time, by calendar day: the break is taken from the end, a night is split at midnight.
LENT_MINUTES = """
create function lent_minutes(since timestamptz, till timestamptz)
returns table (
    lent_id uuid, worker_id uuid, lender_id uuid, borrower_id uuid, local_day date, week date, minutes int)
language sql stable as $$
    select l.lent_id, l.worker_id, d.lender_id, d.borrower_id, p.local_day, date_trunc('week', p.local_day)::date,
           p.minutes
    from lent_spans(since, till) l
    join deals d on d.id = l.deal_id
    cross join lateral (
        select greatest(extract(epoch from l.ends_at - l.starts_at)::int / 60 - d.break_minutes, 0),
               extract(epoch from ((l.day + 1)::timestamp at time zone 'Asia/Shanghai') - l.starts_at)::int / 60
    ) as s(whole, today)
    cross join lateral (
        values (l.day, least(s.whole, s.today)), (l.day + 1, s.whole - s.today)) as p(local_day, minutes)
    where p.minutes > 0
$$
"""
LENT_LAWFUL = (
    "create trigger lent_lawful before insert or update of state, worker_id, first_day, last_day{more} on lent"
    " for each row execute function guard_lent()"
)
GUARDED = "before insert or update of state, during{more} on engagements"
LENT_HOURS_FREE = (
    f"create trigger lent_hours_free {GUARDED} for each row when (new.state in ('confirmed', 'on_duty'))"
    " execute function guard_lent_hours()"
)
LIVE = "state in ('asked', 'consented', 'working', 'returning')"
TOLD = "num_nonnulls(phone_hash, phone_sealed, name_sealed)"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.alter_column("lent", "phone_hash", existing_type=sa.LargeBinary(), nullable=True)
    op.execute(f"alter table lent add constraint ck_lent_told check ({TOLD} = 3 or ({TOLD} = 0 and not ({LIVE})))")
    op.create_index(
        "ix_lent_told",
        "lent",
        ["ended_at", "id"],
        unique=False,
        postgresql_where=sa.text("name_sealed is not null and ended_at is not null"),
    )
    op.execute(LENT_DAYS)
    op.execute(LENT_MINUTES)
    op.execute("drop trigger lent_lawful on lent")
    op.execute(LENT_LAWFUL.format(more=", day_from, day_until, weekdays"))
    op.execute("drop trigger lent_hours_free on engagements")
    op.execute(LENT_HOURS_FREE.format(more=", worker_id"))  # also where a seat is handed over to another record


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger lent_hours_free on engagements")
    op.execute(LENT_HOURS_FREE.format(more=""))
    op.execute("drop trigger lent_lawful on lent")
    op.execute(LENT_LAWFUL.format(more=""))
    op.execute("drop function lent_minutes(timestamptz, timestamptz)")
    op.execute("drop function lent_spans(timestamptz, timestamptz)")
    op.drop_index(
        "ix_lent_told", table_name="lent", postgresql_where=sa.text("name_sealed is not null and ended_at is not null")
    )
    op.execute("alter table lent drop constraint ck_lent_told")
    op.execute("update lent set phone_hash = '\\x' where phone_hash is null")
    op.alter_column("lent", "phone_hash", existing_type=sa.LargeBinary(), nullable=False)
