"""feed_seats_and_counts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "feed_seats",
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("open_seats", sa.Integer(), nullable=False),
        sa.Column("open_shifts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_feed_seats")),
        sa.UniqueConstraint("seq", name=op.f("uq_feed_seats_seq")),
    )
    op.create_index(op.f("ix_feed_seats_next_at"), "feed_seats", ["next_at"], unique=False)
    op.create_table(
        "feed_supply_counts",
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("at_least >= 5 and at_least % 5 = 0", name=op.f("ck_feed_supply_counts_at_least")),
        sa.PrimaryKeyConstraint("city_code", "district_code", "trade", "band", name=op.f("pk_feed_supply_counts")),
    )
    op.add_column("feed_state", sa.Column("name", sa.String(), server_default="content", nullable=False))
    op.drop_column("feed_state", "id")  # its key and its check go with it
    op.create_primary_key(op.f("pk_feed_state"), "feed_state", ["name"])
    op.alter_column("feed_state", "name", server_default=None)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from feed_state where name <> 'content'")
    op.drop_column("feed_state", "name")
    op.add_column("feed_state", sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.create_check_constraint(op.f("ck_feed_state_single"), "feed_state", "id = 1")
    op.create_primary_key(op.f("pk_feed_state"), "feed_state", ["id"])
    op.drop_table("feed_supply_counts")
    op.drop_index(op.f("ix_feed_seats_next_at"), table_name="feed_seats")
    op.drop_table("feed_seats")
