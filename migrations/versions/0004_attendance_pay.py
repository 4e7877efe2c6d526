"""attendance pay"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "attendance",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("replaces", sa.UUID(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind in ('set_out', 'check_in', 'check_out', 'absent', 'employer_absent', 'answer', 'repair')",
            name=op.f("ck_attendance_kind"),
        ),
        sa.CheckConstraint(
            "method in ('qr', 'code', 'geofence', 'employer', 'officer', 'worker', 'timer')",
            name=op.f("ck_attendance_method"),
        ),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_attendance_engagement_id")),
        sa.ForeignKeyConstraint(["replaces"], ["attendance.id"], name=op.f("fk_attendance_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_engagement", "attendance", ["engagement_id", "told_at"], unique=False)
    op.create_table(
        "pay_records",
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("due_fen", sa.BigInteger(), nullable=False),
        sa.Column("reckoning", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_means", sa.String(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_fen", sa.BigInteger(), nullable=True),
        sa.Column("received_means", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('work', 'call_off')", name=op.f("ck_pay_records_kind")),
        sa.CheckConstraint(
            "state <> 'overdue' or overdue_since is not null", name=op.f("ck_pay_records_overdue_since")
        ),
        sa.CheckConstraint(
            "state <> 'paid_by_employer' or paid_fen >= due_fen", name=op.f("ck_pay_records_paid_in_full")
        ),
        sa.CheckConstraint(
            "state <> 'settled' or received_fen >= due_fen", name=op.f("ck_pay_records_settled_in_full")
        ),
        sa.CheckConstraint(
            "state in ('cancelled', 'disputed', 'due', 'overdue', 'paid_by_employer', 'settled')",
            name=op.f("ck_pay_records_state"),
        ),
        sa.CheckConstraint("paid_at <= paid_recorded_at", name=op.f("ck_pay_records_paid_at")),
        sa.CheckConstraint("due_fen >= 0 and paid_fen >= 0", name=op.f("ck_pay_records_amounts")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_pay_records_engagement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_records")),
    )
    op.create_index("ix_pay_records_employer", "pay_records", ["employer_id", "state", "due_on"], unique=False)
    op.create_index(
        "ix_pay_records_open",
        "pay_records",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state in ('due', 'overdue', 'disputed')"),
    )
    op.create_index("ix_pay_records_worker", "pay_records", ["worker_id", "due_on", "id"], unique=False)
    op.create_index("uq_pay_records_kind", "pay_records", ["engagement_id", "kind"], unique=True)
    op.create_table(
        "timesheets",
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("extra_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'agreed') = (agreed_at is not null)", name=op.f("ck_timesheets_agreed_at")),
        sa.CheckConstraint(
            "state in ('agreed', 'by_employer', 'by_worker', 'disputed', 'open')", name=op.f("ck_timesheets_state")
        ),
        sa.CheckConstraint("break_minutes between 0 and 480", name=op.f("ck_timesheets_break_minutes")),
        sa.CheckConstraint("extra_fen >= 0", name=op.f("ck_timesheets_extra_fen")),
        sa.CheckConstraint("finished_at >= started_at", name=op.f("ck_timesheets_span")),
        sa.CheckConstraint("minutes between 0 and 1440", name=op.f("ck_timesheets_minutes")),
        sa.CheckConstraint("pieces is null or pieces between 0 and 1000000", name=op.f("ck_timesheets_pieces")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_timesheets_engagement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timesheets")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_timesheets_engagement_id")),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("timesheets")
    op.drop_index("uq_pay_records_kind", table_name="pay_records")
    op.drop_index("ix_pay_records_worker", table_name="pay_records")
    op.drop_index(
        "ix_pay_records_open",
        table_name="pay_records",
        postgresql_where=sa.text("state in ('due', 'overdue', 'disputed')"),
    )
    op.drop_index("ix_pay_records_employer", table_name="pay_records")
    op.drop_table("pay_records")
    op.drop_index("ix_attendance_engagement", table_name="attendance")
    op.drop_table("attendance")
