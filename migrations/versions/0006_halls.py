"""halls"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "hall_rules",
        sa.Column("venue_id", sa.UUID(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("order_rule", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("turn_places", sa.SmallInteger(), nullable=False),
        sa.Column("turn_most", sa.SmallInteger(), nullable=False),
        sa.Column("return_after", sa.SmallInteger(), nullable=False),
        sa.Column("several_each", sa.Boolean(), nullable=False),
        sa.Column("answer_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("change_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("rounds_most", sa.SmallInteger(), nullable=False),
        sa.Column("day_begins", sa.SmallInteger(), nullable=False),
        sa.Column("sessions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("objective in ('seats', 'score')", name=op.f("ck_hall_rules_objective")),
        sa.CheckConstraint("order_rule in ('first_come', 'draw')", name=op.f("ck_hall_rules_order_rule")),
        sa.CheckConstraint("answer_minutes between 1 and 240", name=op.f("ck_hall_rules_answer_minutes")),
        sa.CheckConstraint("change_minutes between 0 and 120", name=op.f("ck_hall_rules_change_minutes")),
        sa.CheckConstraint("day_begins between 0 and 720", name=op.f("ck_hall_rules_day_begins")),
        sa.CheckConstraint("return_after between 0 and 100", name=op.f("ck_hall_rules_return_after")),
        sa.CheckConstraint("rounds_most between 1 and 10", name=op.f("ck_hall_rules_rounds_most")),
        sa.CheckConstraint(
            "turn_places between 0 and 1000 and turn_most between 0 and 1000", name=op.f("ck_hall_rules_turns")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_hall_rules_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_rules")),
        sa.UniqueConstraint("venue_id", "valid_from", name="uq_hall_rules_day"),
    )
    op.create_table(
        "hall_sessions",
        sa.Column("venue_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_id", sa.UUID(), nullable=True),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("seed_commitment", sa.String(), nullable=False),
        sa.Column("seed_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("venue_id"), "="),
            (sa.text("tstzrange(opens_at, closes_at)"), "&&"),
            where=sa.text("state <> 'cancelled'"),
            using="gist",
            name="ex_hall_sessions_overlap",
        ),
        sa.CheckConstraint(
            "closes_at > opens_at and closes_at <= opens_at + interval '24 hours'", name=op.f("ck_hall_sessions_span")
        ),
        sa.CheckConstraint(
            "seed is null or encode(sha256(convert_to(seed, 'UTF8')), 'hex') = seed_commitment",
            name=op.f("ck_hall_sessions_seed"),
        ),
        sa.CheckConstraint("state in ('cancelled', 'closed', 'open', 'planned')", name=op.f("ck_hall_sessions_state")),
        sa.CheckConstraint("next_number >= 1", name=op.f("ck_hall_sessions_next_number")),
        sa.CheckConstraint(
            "plan_at is null or (plan_at >= opens_at and plan_at <= closes_at)", name=op.f("ck_hall_sessions_plan_at")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["hall_rules.id"], name=op.f("fk_hall_sessions_rule_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_hall_sessions_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_sessions")),
    )
    op.create_index("ix_hall_sessions_venue", "hall_sessions", ["venue_id", "day", "opens_at"], unique=False)
    op.create_table(
        "plans",
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("reproducible", sa.Boolean(), nullable=False),
        sa.Column("seats_open", sa.Integer(), nullable=False),
        sa.Column("seats_filled", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        sa.Column("seats_bound", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bundle", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('drawn', 'dropped', 'published', 'settled')", name=op.f("ck_plans_state")),
        sa.CheckConstraint(
            "total <= bound and seats_filled <= seats_bound and seats_bound <= seats_open", name=op.f("ck_plans_bound")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["hall_sessions.id"], name=op.f("fk_plans_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("session_id", "round", name="uq_plans_round"),
    )
    op.create_index(
        "uq_plans_live",
        "plans",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("state in ('drawn', 'published')"),
    )
    op.create_table(
        "presences",
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("venue_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("waiting_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("turns_owed", sa.SmallInteger(), nullable=False),
        sa.Column("way_in", sa.String(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.SmallInteger(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('called', 'left', 'passed', 'placed', 'unserved', 'waiting')", name=op.f("ck_presences_state")
        ),
        sa.CheckConstraint("way_in in ('card', 'word', 'own', 'officer', 'kiosk')", name=op.f("ck_presences_way_in")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_presences_number")),
        sa.ForeignKeyConstraint(["session_id"], ["hall_sessions.id"], name=op.f("fk_presences_session_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_presences_venue_id")),
        sa.ForeignKeyConstraint(["waiting_id"], ["waitings.id"], name=op.f("fk_presences_waiting_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_presences_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("session_id", "number", name="uq_presences_number"),
        sa.UniqueConstraint("session_id", "worker_id", name="uq_presences_worker"),
    )
    op.create_index("ix_presences_line", "presences", ["session_id", "state", "place", "number"], unique=False)
    op.create_index("ix_presences_worker", "presences", ["worker_id", "signed_in_at"], unique=False)
    op.create_table(
        "plan_lines",
        sa.Column("plan_id", sa.UUID(), nullable=False),
        sa.Column("presence_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.UUID(), nullable=True),
        sa.Column("application_id", sa.UUID(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("replaced_by", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'left_over') = (shift_id is null)", name=op.f("ck_plan_lines_shift_id")),
        sa.CheckConstraint(
            "state in ('accepted', 'dropped', 'lapsed', 'left_over', 'offered', 'proposed', 'refused', 'replaced')",
            name=op.f("ck_plan_lines_state"),
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_plan_lines_application_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_lines_plan_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_plan_lines_presence_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["plan_lines.id"], name=op.f("fk_plan_lines_replaced_by")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_plan_lines_shift_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_plan_lines_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_lines")),
    )
    op.create_index("ix_plan_lines_application", "plan_lines", ["application_id"], unique=False)
    op.create_index("ix_plan_lines_plan", "plan_lines", ["plan_id", "rank", "id"], unique=False)
    op.create_index("ix_plan_lines_shift", "plan_lines", ["shift_id", "state"], unique=False)
    op.create_index(
        "uq_plan_lines_live",
        "plan_lines",
        ["presence_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state in ('proposed', 'offered')"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(
        "uq_plan_lines_live", table_name="plan_lines", postgresql_where=sa.text("state in ('proposed', 'offered')")
    )
    op.drop_index("ix_plan_lines_shift", table_name="plan_lines")
    op.drop_index("ix_plan_lines_plan", table_name="plan_lines")
    op.drop_index("ix_plan_lines_application", table_name="plan_lines")
    op.drop_table("plan_lines")
    op.drop_index("ix_presences_worker", table_name="presences")
    op.drop_index("ix_presences_line", table_name="presences")
    op.drop_table("presences")
    op.drop_index("uq_plans_live", table_name="plans", postgresql_where=sa.text("state in ('drawn', 'published')"))
    op.drop_table("plans")
    op.drop_index("ix_hall_sessions_venue", table_name="hall_sessions")
    op.drop_table("hall_sessions")
    op.drop_table("hall_rules")
