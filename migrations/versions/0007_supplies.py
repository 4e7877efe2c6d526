"""supplies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "supplies",
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("trades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("work_modes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weekly", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("pay_wish_fen", sa.BigInteger(), nullable=True),
        sa.Column("pay_wish_unit", sa.String(), nullable=True),
        sa.Column("licence_exempt", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'paused') = (paused_by is not null)", name=op.f("ck_supplies_paused_by")),
        sa.CheckConstraint("kind in ('work', 'service')", name=op.f("ck_supplies_kind")),
        sa.CheckConstraint("not licence_exempt or kind = 'service'", name=op.f("ck_supplies_licence_exempt")),
        sa.CheckConstraint("paused_by in ('person', 'rest')", name=op.f("ck_supplies_paused_by_known")),
        sa.CheckConstraint("state <> 'published' or published_at is not null", name=op.f("ck_supplies_published_at")),
        sa.CheckConstraint(
            "state in ('expired', 'found', 'paused', 'published', 'rejected', 'submitted', 'taken_down', 'withdrawn')",
            name=op.f("ck_supplies_state"),
        ),
        sa.CheckConstraint("(pay_wish_fen is null) = (pay_wish_unit is null)", name=op.f("ck_supplies_pay_wish")),
        sa.CheckConstraint("jsonb_array_length(trades) between 1 and 5", name=op.f("ck_supplies_trades")),
        sa.CheckConstraint("pay_wish_fen between 1 and 100000000", name=op.f("ck_supplies_pay_wish_fen")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_supplies_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplies")),
    )
    op.create_index(
        "ix_supplies_public",
        "supplies",
        ["city_code", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_supplies_review",
        "supplies",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "ix_supplies_trades",
        "supplies",
        ["trades"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(op.f("ix_supplies_worker_id"), "supplies", ["worker_id"], unique=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(op.f("ix_supplies_worker_id"), table_name="supplies")
    op.drop_index(
        "ix_supplies_trades",
        table_name="supplies",
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index("ix_supplies_review", table_name="supplies", postgresql_where=sa.text("state = 'submitted'"))
    op.drop_index("ix_supplies_public", table_name="supplies", postgresql_where=sa.text("state = 'published'"))
    op.drop_table("supplies")
