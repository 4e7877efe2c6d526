"""zones"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "zones",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("notice_zh", sa.Text(), nullable=True),
        sa.Column("notice_en", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('closed', 'open')", name=op.f("ck_zones_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("code", name=op.f("uq_zones_code")),
    )
    op.create_table(
        "zone_columns",
        sa.Column("zone_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("season", sa.String(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_typeof(filter) = 'object'", name=op.f("ck_zone_columns_filter")),
        sa.CheckConstraint("state in ('hidden', 'shown')", name=op.f("ck_zone_columns_state")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_zone_columns_closes_at")),
        sa.CheckConstraint("place between 0 and 999", name=op.f("ck_zone_columns_place")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_zone_columns_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_columns")),
    )
    op.create_index("uq_zone_columns_code", "zone_columns", ["zone_id", "code"], unique=True)
    op.create_table(
        "zone_pins",
        sa.Column("zone_id", sa.UUID(), nullable=False),
        sa.Column("column_id", sa.UUID(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side in ('demand', 'supply')", name=op.f("ck_zone_pins_side")),
        sa.CheckConstraint("state in ('ended', 'pinned')", name=op.f("ck_zone_pins_state")),
        sa.CheckConstraint("until > created_at", name=op.f("ck_zone_pins_until")),
        sa.ForeignKeyConstraint(["column_id"], ["zone_columns.id"], name=op.f("fk_zone_pins_column_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_zone_pins_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_pins")),
    )
    op.create_index(
        "uq_zone_pins_subject",
        "zone_pins",
        ["zone_id", "column_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pinned'"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(
        "uq_zone_pins_subject",
        table_name="zone_pins",
        postgresql_where=sa.text("state = 'pinned'"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_table("zone_pins")
    op.drop_index("uq_zone_columns_code", table_name="zone_columns")
    op.drop_table("zone_columns")
    op.drop_table("zones")
