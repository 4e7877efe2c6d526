"""follow-ups by what they are about"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SEATS = "e.worker_id = p.worker_id and e.posting_id = p.posting_id and e.state not in ('held', 'cancelled')"
ABOUT = f"""
update followup_tasks t set about_at = coalesce(
    case
        when t.milestone = 'M1' then (select r.created_at from referrals r where r.id = p.referral_id)
        when t.milestone = 'M2' then (
            select (array_agg(k.at order by k.at))[t.occurrence + 1] from talks k
            where k.referral_id = p.referral_id and k.state <> 'cancelled')
        when t.milestone in ('M3', 'M6', 'M7') then (select min(e.starts_at) from engagements e where {SEATS})
        when t.milestone = 'M5' then (
            select (array_agg(distinct d.due_at order by d.due_at))[t.occurrence + 1]
            from engagements e join pay_records d on d.engagement_id = e.id and d.kind = 'work'
            where d.state <> 'cancelled' and {SEATS})
        when t.milestone = 'M8' then (select o.closed_at from postings o where o.id = p.posting_id)
    end, t.due_at + t.occurrence * interval '1 microsecond')
from followup_plans p where p.id = t.plan_id
"""
NUMBERED = """
update followup_tasks t set occurrence = n.number from (
    select id, row_number() over (partition by plan_id, milestone, side order by about_at) - 1 as number
    from followup_tasks) n where n.id = t.id
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("followup_tasks", sa.Column("about_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(ABOUT)
    op.alter_column("followup_tasks", "about_at", nullable=False)
    _once("about_at")
    op.drop_constraint(op.f("ck_followup_tasks_counts"), "followup_tasks", type_="check")
    op.create_check_constraint(op.f("ck_followup_tasks_counts"), "followup_tasks", "attempts >= 0")
    op.drop_column("followup_tasks", "occurrence")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("followup_tasks", sa.Column("occurrence", sa.SmallInteger(), nullable=True))
    op.execute(NUMBERED)
    op.alter_column("followup_tasks", "occurrence", nullable=False)
    _once("occurrence")
    op.drop_constraint(op.f("ck_followup_tasks_counts"), "followup_tasks", type_="check")
    op.create_check_constraint(op.f("ck_followup_tasks_counts"), "followup_tasks", "occurrence >= 0 and attempts >= 0")
    op.drop_column("followup_tasks", "about_at")


def _once(about: str) -> None:
    op.drop_constraint("uq_followup_tasks_once", "followup_tasks", type_="unique")
    op.create_unique_constraint("uq_followup_tasks_once", "followup_tasks", ["plan_id", "milestone", about, "side"])
