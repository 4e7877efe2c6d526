"""reliability_events"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
# What was kept beside workers and employers until now has rows of its own, each with its first line in the log.
KNOWN = (
    "'completed', 'employer_no_show', 'hours_disputed', 'late', 'late_cancel', 'left_early', 'no_show', 'paid_on_time',"
    " 'unpaid'"
)
TAKEN_OVER = """
with marked as (
    insert into reliability_events (id, {side}_id, kind, at, city_code, cause, excused_reason, state, version,
                                    created_at, updated_at)
    select gen_random_uuid(), s.id, e.value->>'kind', (e.value->>'at')::timestamptz, s.city_code, e.value->>'cause',
           case when (e.value->>'excused')::boolean then 'earlier' end,
           case when (e.value->>'excused')::boolean then 'excused' else 'counted' end, 1,
           business_now(), business_now()
    from {side}s s cross join lateral jsonb_array_elements(s.reliability) e
    where e.value->>'kind' in ({known}) returning id, state, city_code)
insert into transitions (id, noun, entity_id, version, action, to_state, actor_kind, channel, city_code, at)
select gen_random_uuid(), 'reliability_event', id, 1, 'mark', state, 'system', 'timer', city_code, business_now()
from marked
"""
COUNTED_SOON = (
    "insert into due_work (id, kind, subject_id, due_at, created_at) select gen_random_uuid(), 'reliability.payments',"
    " employer_id, business_now(), business_now() from pay_records group by employer_id"
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "reliability_events",
        sa.Column("worker_id", sa.UUID(), nullable=True),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("city_code", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("engagement_id", sa.UUID(), nullable=True),
        sa.Column("pay_record_id", sa.UUID(), nullable=True),
        sa.Column("marked_by", sa.UUID(), nullable=True),
        sa.Column("excused_reason", sa.String(), nullable=True),
        sa.Column("contest_reason", sa.String(), nullable=True),
        sa.Column("contest_words", sa.Text(), nullable=True),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contested_for", sa.UUID(), nullable=True),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'excused') = (excused_reason is not null)", name=op.f("ck_reliability_events_excused_reason")
        ),
        sa.CheckConstraint(
            "kind in ('completed', 'employer_no_show', 'hours_disputed', 'late', 'late_cancel', 'left_early', 'no_show', 'paid_late', 'paid_on_time', 'unpaid')",
            name=op.f("ck_reliability_events_kind"),
        ),
        sa.CheckConstraint(
            "state <> 'upheld' or decided_by is not null", name=op.f("ck_reliability_events_decided_by")
        ),
        sa.CheckConstraint(
            "state in ('contested', 'counted', 'excused', 'upheld')", name=op.f("ck_reliability_events_state")
        ),
        sa.CheckConstraint(
            "state not in ('contested', 'upheld') or contested_at is not null",
            name=op.f("ck_reliability_events_contested_at"),
        ),
        sa.CheckConstraint(
            "decided_by is null or (decided_by is distinct from marked_by and decided_by is distinct from contested_for)",
            name=op.f("ck_reliability_events_another_person"),
        ),
        sa.CheckConstraint("num_nonnulls(worker_id, employer_id) = 1", name=op.f("ck_reliability_events_one_side")),
        sa.CheckConstraint(
            "num_nulls(contest_reason, contested_at, decide_by) in (0, 3)",
            name=op.f("ck_reliability_events_contested_whole"),
        ),
        sa.CheckConstraint(
            "num_nulls(decided_by, decided_at, decision_reason) in (0, 3)",
            name=op.f("ck_reliability_events_decided_whole"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_reliability_events_decided_by")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_reliability_events_employer_id")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_reliability_events_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["pay_record_id"], ["pay_records.id"], name=op.f("fk_reliability_events_pay_record_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_reliability_events_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reliability_events")),
    )
    op.create_index(
        "ix_reliability_events_employer",
        "reliability_events",
        ["employer_id", "at", "id"],
        unique=False,
        postgresql_where=sa.text("employer_id is not null"),
    )
    op.create_index(
        "ix_reliability_events_open",
        "reliability_events",
        ["decide_by", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'contested'"),
    )
    op.create_index("ix_reliability_events_seat", "reliability_events", ["engagement_id"], unique=False)
    op.create_index(
        "ix_reliability_events_worker",
        "reliability_events",
        ["worker_id", "at", "id"],
        unique=False,
        postgresql_where=sa.text("worker_id is not null"),
    )
    op.add_column("employers", sa.Column("payment_record", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_pay_records_due",
        "pay_records",
        ["employer_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'work' and state <> 'cancelled'"),
    )
    for side in ("worker", "employer"):
        op.execute(TAKEN_OVER.format(side=side, known=KNOWN))
    op.execute(COUNTED_SOON)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from due_work where kind = 'reliability.payments'")
    op.drop_index("ix_pay_records_due", table_name="pay_records")
    op.drop_column("employers", "payment_record")
    op.drop_index(
        "ix_reliability_events_worker",
        table_name="reliability_events",
        postgresql_where=sa.text("worker_id is not null"),
    )
    op.drop_index("ix_reliability_events_seat", table_name="reliability_events")
    op.drop_index(
        "ix_reliability_events_open", table_name="reliability_events", postgresql_where=sa.text("state = 'contested'")
    )
    op.drop_index(
        "ix_reliability_events_employer",
        table_name="reliability_events",
        postgresql_where=sa.text("employer_id is not null"),
    )
    op.drop_table("reliability_events")
