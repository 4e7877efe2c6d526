"""applications engagements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "applications",
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("shift_id", sa.UUID(), nullable=True),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("batch_id", sa.UUID(), nullable=True),
        sa.Column("crew_id", sa.UUID(), nullable=True),
        sa.Column("all_or_nothing", sa.Boolean(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=True),
        sa.Column("wait_number", sa.Integer(), nullable=True),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "origin in ('applied', 'claimed', 'invited', 'sight', 'officer', 'stand_in', 'hall')",
            name=op.f("ck_applications_origin"),
        ),
        sa.CheckConstraint("state <> 'offered' or confirm_by is not null", name=op.f("ck_applications_confirm_by")),
        sa.CheckConstraint(
            "state <> 'waitlisted' or wait_number is not null", name=op.f("ck_applications_wait_number")
        ),
        sa.CheckConstraint(
            "state in ('accepted', 'declined', 'invited', 'lapsed', 'offered', 'sent', 'waitlisted', 'withdrawn')",
            name=op.f("ck_applications_state"),
        ),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_applications_crew_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_applications_employer_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_applications_posting_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_applications_shift_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_applications_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    op.create_index(op.f("ix_applications_batch_id"), "applications", ["batch_id"], unique=False)
    op.create_index("ix_applications_posting", "applications", ["posting_id", "state", "id"], unique=False)
    op.create_index("ix_applications_shift", "applications", ["shift_id", "state", "wait_number"], unique=False)
    op.create_index("ix_applications_worker", "applications", ["worker_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_applications_live_posting",
        "applications",
        ["worker_id", "posting_id"],
        unique=True,
        postgresql_where=sa.text("state in ('sent', 'invited', 'waitlisted', 'offered') and shift_id is null"),
    )
    op.create_index(
        "uq_applications_live_shift",
        "applications",
        ["worker_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state in ('sent', 'invited', 'waitlisted', 'offered')"),
    )
    op.create_index("uq_applications_wait_number", "applications", ["shift_id", "wait_number"], unique=True)
    op.create_table(
        "engagements",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("shift_id", sa.UUID(), nullable=False),
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("job_kind", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("introducible_from", sa.Date(), nullable=False),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("worker_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("employer_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reassured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stand_in_wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(), nullable=True),
        sa.Column("cancel_tier", sa.String(), nullable=True),
        sa.Column("absence_final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unverified_employer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("worker_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("state in ('confirmed', 'on_duty')"),
            using="gist",
            name="ex_engagements_overlap",
        ),
        sa.CheckConstraint(
            "(created_at at time zone 'Asia/Shanghai')::date >= introducible_from",
            name=op.f("ck_engagements_of_age_at_booking"),
        ),
        sa.CheckConstraint(
            "(starts_at at time zone 'Asia/Shanghai')::date >= introducible_from",
            name=op.f("ck_engagements_of_age_at_work"),
        ),
        sa.CheckConstraint(
            "cancelled_by is null or cancelled_by in ('worker', 'employer', 'service')",
            name=op.f("ck_engagements_cancelled_by"),
        ),
        sa.CheckConstraint("state <> 'held' or confirm_by is not null", name=op.f("ck_engagements_confirm_by")),
        sa.CheckConstraint(
            "state in ('cancelled', 'completed', 'confirmed', 'ended_early', 'held', 'no_show', 'on_duty')",
            name=op.f("ck_engagements_state"),
        ),
        sa.CheckConstraint(
            "state in ('held', 'cancelled') or (worker_accepted_at is not null and employer_accepted_at is not null)",
            name=op.f("ck_engagements_terms_accepted"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_engagements_span")),
        sa.CheckConstraint(
            "lower(during) = starts_at and upper(during) >= ends_at", name=op.f("ck_engagements_during")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_engagements_application_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_engagements_employer_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_engagements_posting_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_engagements_shift_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_engagements_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
    )
    op.create_index("ix_engagements_employer", "engagements", ["employer_id", "starts_at", "id"], unique=False)
    op.create_index("ix_engagements_shift", "engagements", ["shift_id", "state"], unique=False)
    op.create_index("ix_engagements_worker", "engagements", ["worker_id", "starts_at", "id"], unique=False)
    op.create_index(
        "uq_engagements_live",
        "engagements",
        ["worker_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state in ('held', 'confirmed', 'on_duty')"),
    )
    op.create_table(
        "hours_ledger",
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("part_time", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("extract(isodow from week) = 1", name=op.f("ck_hours_ledger_week")),
        sa.CheckConstraint("minutes between 0 and 1440", name=op.f("ck_hours_ledger_minutes")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_hours_ledger_engagement_id")),
        sa.PrimaryKeyConstraint("engagement_id", "local_day", name=op.f("pk_hours_ledger")),
    )
    op.create_index("ix_hours_ledger_worker_week", "hours_ledger", ["worker_id", "week"], unique=False)
    op.create_table(
        "hires",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("site_id", sa.UUID(), nullable=True),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("job_kind", sa.String(), nullable=False),
        sa.Column("pay_fen", sa.BigInteger(), nullable=False),
        sa.Column("pay_unit", sa.String(), nullable=False),
        sa.Column("settlement", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("sent_datum", sa.String(), nullable=True),
        sa.Column("adult_only", sa.Boolean(), nullable=False),
        sa.Column("certificates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unverified_employer", sa.Boolean(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("engagement_id", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'accepted') = (engagement_id is not null)", name=op.f("ck_hires_engagement_id")),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_hires_point")),
        sa.CheckConstraint(
            "ends_at > starts_at and ends_at <= starts_at + interval '24 hours'", name=op.f("ck_hires_span")
        ),
        sa.CheckConstraint("pay_fen between 1 and 100000000", name=op.f("ck_hires_pay_fen")),
        sa.CheckConstraint(
            "state in ('accepted', 'lapsed', 'proposed', 'refused', 'withdrawn')", name=op.f("ck_hires_state")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_hires_employer_id")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_hires_engagement_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_hires_site_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_hires_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hires")),
    )
    op.create_index("ix_hires_worker", "hires", ["worker_id", "state", "answer_by"], unique=False)
    op.create_index(
        "uq_hires_open",
        "hires",
        ["employer_id", "worker_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("uq_hires_open", table_name="hires", postgresql_where=sa.text("state = 'proposed'"))
    op.drop_index("ix_hires_worker", table_name="hires")
    op.drop_table("hires")
    op.drop_index("ix_hours_ledger_worker_week", table_name="hours_ledger")
    op.drop_table("hours_ledger")
    op.drop_index(
        "uq_engagements_live",
        table_name="engagements",
        postgresql_where=sa.text("state in ('held', 'confirmed', 'on_duty')"),
    )
    op.drop_index("ix_engagements_worker", table_name="engagements")
    op.drop_index("ix_engagements_shift", table_name="engagements")
    op.drop_index("ix_engagements_employer", table_name="engagements")
    op.drop_table("engagements")
    op.drop_index("uq_applications_wait_number", table_name="applications")
    op.drop_index(
        "uq_applications_live_shift",
        table_name="applications",
        postgresql_where=sa.text("state in ('sent', 'invited', 'waitlisted', 'offered')"),
    )
    op.drop_index(
        "uq_applications_live_posting",
        table_name="applications",
        postgresql_where=sa.text("state in ('sent', 'invited', 'waitlisted', 'offered') and shift_id is null"),
    )
    op.drop_index("ix_applications_worker", table_name="applications")
    op.drop_index("ix_applications_shift", table_name="applications")
    op.drop_index("ix_applications_posting", table_name="applications")
    op.drop_index(op.f("ix_applications_batch_id"), table_name="applications")
    op.drop_table("applications")
