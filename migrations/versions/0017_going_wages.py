"""going wages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "going_wage_weeks",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(isodow from week) = 1", name=op.f("ck_going_wage_weeks_week")),
        sa.CheckConstraint("source in ('paid', 'advertised')", name=op.f("ck_going_wage_weeks_source")),
        sa.PrimaryKeyConstraint("source", "city_code", "week", name=op.f("pk_going_wage_weeks")),
    )
    op.create_table(
        "going_wages",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("p25_fen", sa.Integer(), nullable=False),
        sa.Column("p50_fen", sa.Integer(), nullable=False),
        sa.Column("p75_fen", sa.Integer(), nullable=False),
        sa.Column("samples", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(isodow from week) = 1", name=op.f("ck_going_wages_week")),
        sa.CheckConstraint(
            "hours in ('all', 'night', 'morning', 'midday', 'evening')", name=op.f("ck_going_wages_hours")
        ),
        sa.CheckConstraint("level in ('trade', 'group')", name=op.f("ck_going_wages_level")),
        sa.CheckConstraint("p25_fen <= p50_fen and p50_fen <= p75_fen", name=op.f("ck_going_wages_quantiles")),
        sa.CheckConstraint(
            "samples in ('200+', '100-199', '50-99', '20-49', '10-19')", name=op.f("ck_going_wages_samples")
        ),
        sa.CheckConstraint("source in ('paid', 'advertised')", name=op.f("ck_going_wages_source")),
        sa.CheckConstraint("unit in ('hour', 'day', 'task')", name=op.f("ck_going_wages_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_going_wages")),
    )
    op.create_index(
        "uq_going_wages_cell",
        "going_wages",
        ["source", "area_code", "trade", "level", "unit", "hours", "week"],
        unique=True,
    )
    op.create_index("ix_going_wages_week", "going_wages", ["source", "week", "id"], unique=False)
    op.create_index(
        "ix_pay_records_told",
        "pay_records",
        ["city_code", sa.text("coalesce(paid_recorded_at, received_at)")],
        unique=False,
        postgresql_where=sa.text("kind = 'work' and state in ('paid_by_employer', 'settled')"),
    )
    op.create_index(
        "ix_postings_shown",
        "postings",
        ["city_code", "published_at"],
        unique=False,
        postgresql_where=sa.text("published_at is not null and not private"),
    )
    op.execute(
        "insert into due_work (id, kind, subject_id, due_at, created_at) values (gen_random_uuid(), 'wages.nightly',"
        " '00000000-0000-0000-0000-000000000000', business_now(), business_now())"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from due_work where kind in ('wages.nightly', 'wages.tell')")
    op.drop_index("ix_postings_shown", table_name="postings")
    op.drop_index("ix_pay_records_told", table_name="pay_records")
    op.drop_table("going_wages")
    op.drop_table("going_wage_weeks")
