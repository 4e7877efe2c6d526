"""fairs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "fairs",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("venue_id", sa.UUID(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("sent_datum", sa.String(), nullable=True),
        sa.Column("online_url", sa.String(), nullable=True),
        sa.Column("audience", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sessions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("hotline", sa.String(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("booths", sa.SmallInteger(), nullable=False),
        sa.Column("expected_attendance", sa.Integer(), nullable=True),
        sa.Column("permit_needed", sa.Boolean(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=True),
        sa.Column("plans_acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plans_acknowledged_by", sa.UUID(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspend_reason", sa.String(), nullable=True),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("call_off_reason", sa.String(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("spoke", sa.Integer(), nullable=True),
        sa.Column("hired", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(case when kind = 'online' then online_url else address end) is not null", name=op.f("ck_fairs_place")
        ),
        sa.CheckConstraint("(state = 'called_off') = (call_off_reason is not null)", name=op.f("ck_fairs_called_off")),
        sa.CheckConstraint(
            "(state = 'suspended') = (returns_on is not null) and (state = 'suspended') = (suspend_reason is not null)",
            name=op.f("ck_fairs_suspended"),
        ),
        sa.CheckConstraint(
            "kind in ('special', 'talks', 'outreach', 'four_deliveries', 'online')", name=op.f("ck_fairs_kind")
        ),
        sa.CheckConstraint(
            "state in ('announced', 'called_off', 'discarded', 'draft', 'over', 'running', 'suspended')",
            name=op.f("ck_fairs_state"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'discarded') or (plans_acknowledged_at is not null and plans_acknowledged_by is not null)",
            name=op.f("ck_fairs_plans"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'discarded') or announced_at is not null", name=op.f("ck_fairs_announced_at")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'discarded') or not permit_needed or permit_number is not null",
            name=op.f("ck_fairs_permit"),
        ),
        sa.CheckConstraint(
            "(came is null) = (spoke is null) and (came is null) = (hired is null) and hired >= 0 and spoke >= hired and came >= spoke",
            name=op.f("ck_fairs_results"),
        ),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_fairs_point")),
        sa.CheckConstraint("booths between 0 and 1000", name=op.f("ck_fairs_booths")),
        sa.CheckConstraint("capacity between 1 and 100000", name=op.f("ck_fairs_capacity")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_fairs_span")),
        sa.CheckConstraint("jsonb_array_length(audience) <= 10", name=op.f("ck_fairs_audience")),
        sa.CheckConstraint("jsonb_array_length(sessions) between 1 and 200", name=op.f("ck_fairs_sessions")),
        sa.CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name=op.f("ck_fairs_point_range")),
        sa.CheckConstraint("next_number >= 1", name=op.f("ck_fairs_next_number")),
        sa.CheckConstraint("taken >= 0 and (capacity is null or taken <= capacity)", name=op.f("ck_fairs_taken")),
        sa.ForeignKeyConstraint(["plans_acknowledged_by"], ["staff.id"], name=op.f("fk_fairs_plans_acknowledged_by")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_fairs_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairs")),
    )
    op.create_index("ix_fairs_city", "fairs", ["city_code", "starts_at", "id"], unique=False)
    op.create_index(
        "ix_fairs_public",
        "fairs",
        ["starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('announced', 'suspended', 'running', 'over', 'called_off')"),
    )
    op.create_index(op.f("ix_fairs_venue_id"), "fairs", ["venue_id"], unique=False)
    op.create_table(
        "fair_booths",
        sa.Column("fair_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("spoke", sa.Integer(), nullable=True),
        sa.Column("hired", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'declined') = (decline_reason is not null)", name=op.f("ck_fair_booths_decline_reason")
        ),
        sa.CheckConstraint(
            "state in ('asked', 'confirmed', 'declined', 'ended', 'withdrawn')", name=op.f("ck_fair_booths_state")
        ),
        sa.CheckConstraint(
            "(came is null) = (spoke is null) and (came is null) = (hired is null) and hired >= 0 and spoke >= hired and came >= spoke",
            name=op.f("ck_fair_booths_results"),
        ),
        sa.CheckConstraint("number between 1 and 1000", name=op.f("ck_fair_booths_number")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_fair_booths_employer_id")),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_booths_fair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_booths")),
    )
    op.create_index(op.f("ix_fair_booths_employer_id"), "fair_booths", ["employer_id"], unique=False)
    op.create_index(op.f("ix_fair_booths_fair_id"), "fair_booths", ["fair_id"], unique=False)
    op.create_index(
        "uq_fair_booths_employer",
        "fair_booths",
        ["fair_id", "employer_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'confirmed')"),
    )
    op.create_index(
        "uq_fair_booths_number",
        "fair_booths",
        ["fair_id", "number"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'confirmed')"),
    )
    op.create_table(
        "fair_entries",
        sa.Column("fair_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("way_in", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'came') = (came_at is not null)", name=op.f("ck_fair_entries_came_at")),
        sa.CheckConstraint(
            "state in ('came', 'ended', 'missed', 'signed_up', 'waiting', 'withdrawn')",
            name=op.f("ck_fair_entries_state"),
        ),
        sa.CheckConstraint(
            "way_in in ('own', 'card', 'word', 'phone', 'number', 'kiosk')", name=op.f("ck_fair_entries_way_in_known")
        ),
        sa.CheckConstraint("(came_at is null) = (way_in is null)", name=op.f("ck_fair_entries_way_in")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_fair_entries_number")),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_entries_fair_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_fair_entries_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_entries")),
        sa.UniqueConstraint("fair_id", "number", name="uq_fair_entries_number"),
        sa.UniqueConstraint("fair_id", "worker_id", name="uq_fair_entries_worker"),
    )
    op.create_index("ix_fair_entries_state", "fair_entries", ["fair_id", "state", "number"], unique=False)
    op.create_index(op.f("ix_fair_entries_worker_id"), "fair_entries", ["worker_id"], unique=False)
    op.create_table(
        "fair_proposals",
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("place_code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("seekers", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seekers_least", sa.Integer(), nullable=False),
        sa.Column("seats_least", sa.Integer(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("fair_id", sa.UUID(), nullable=True),
        sa.Column("dismiss_reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'dismissed') = (dismiss_reason is not null)", name=op.f("ck_fair_proposals_dismiss_reason")
        ),
        sa.CheckConstraint("(state = 'drafted') = (fair_id is not null)", name=op.f("ck_fair_proposals_fair_id")),
        sa.CheckConstraint("measure in ('seekers', 'seats')", name=op.f("ck_fair_proposals_measure")),
        sa.CheckConstraint("state in ('dismissed', 'drafted', 'lapsed', 'open')", name=op.f("ck_fair_proposals_state")),
        sa.CheckConstraint("subject in ('trade', 'group')", name=op.f("ck_fair_proposals_subject")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_fair_proposals_month")),
        sa.CheckConstraint("seekers >= 0 and seats >= 0 and days >= 1", name=op.f("ck_fair_proposals_figures")),
        sa.CheckConstraint("seekers >= seekers_least or seats >= seats_least", name=op.f("ck_fair_proposals_reached")),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_proposals_fair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_proposals")),
        sa.UniqueConstraint("place_code", "subject", "code", "month", name="uq_fair_proposals_month"),
    )
    op.create_index(op.f("ix_fair_proposals_fair_id"), "fair_proposals", ["fair_id"], unique=False)
    op.create_index(
        "ix_fair_proposals_open",
        "fair_proposals",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "booth_postings",
        sa.Column("booth_id", sa.UUID(), nullable=False),
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["booth_id"], ["fair_booths.id"], name=op.f("fk_booth_postings_booth_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_booth_postings_posting_id")),
        sa.PrimaryKeyConstraint("booth_id", "posting_id", name=op.f("pk_booth_postings")),
    )
    op.create_index(op.f("ix_booth_postings_posting_id"), "booth_postings", ["posting_id"], unique=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(op.f("ix_booth_postings_posting_id"), table_name="booth_postings")
    op.drop_table("booth_postings")
    op.drop_index("ix_fair_proposals_open", table_name="fair_proposals", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_fair_proposals_fair_id"), table_name="fair_proposals")
    op.drop_table("fair_proposals")
    op.drop_index(op.f("ix_fair_entries_worker_id"), table_name="fair_entries")
    op.drop_index("ix_fair_entries_state", table_name="fair_entries")
    op.drop_table("fair_entries")
    op.drop_index(
        "uq_fair_booths_number", table_name="fair_booths", postgresql_where=sa.text("state in ('asked', 'confirmed')")
    )
    op.drop_index(
        "uq_fair_booths_employer", table_name="fair_booths", postgresql_where=sa.text("state in ('asked', 'confirmed')")
    )
    op.drop_index(op.f("ix_fair_booths_fair_id"), table_name="fair_booths")
    op.drop_index(op.f("ix_fair_booths_employer_id"), table_name="fair_booths")
    op.drop_table("fair_booths")
    op.drop_index(op.f("ix_fairs_venue_id"), table_name="fairs")
    op.drop_index(
        "ix_fairs_public",
        table_name="fairs",
        postgresql_where=sa.text("state in ('announced', 'suspended', 'running', 'over', 'called_off')"),
    )
    op.drop_index("ix_fairs_city", table_name="fairs")
    op.drop_table("fairs")
