"""open_data_feed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_):
        return "xid8"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "feed_entries",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_seq", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.UUID(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("trades", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("places", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('posting', 'supply')", name=op.f("ck_feed_entries_kind")),
        sa.CheckConstraint(
            "next_seq > seq and (prev_seq is null or prev_seq < seq)", name=op.f("ck_feed_entries_order")
        ),
        sa.CheckConstraint("removed = (digest is null)", name=op.f("ck_feed_entries_digest")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_feed_entries")),
    )
    op.create_index("ix_feed_entries_at", "feed_entries", ["at"], unique=False)
    op.create_index(
        "ix_feed_entries_next_seq",
        "feed_entries",
        ["next_seq"],
        unique=False,
        postgresql_where=sa.text("next_seq < 9223372036854775807"),
    )
    op.create_index(
        "ix_feed_entries_origin",
        "feed_entries",
        ["origin", "kind", "entity_id"],
        unique=False,
        postgresql_where=sa.text("origin is not null"),
    )
    op.create_index(
        "ix_feed_entries_slot",
        "feed_entries",
        ["slot", "next_seq", "seq"],
        unique=False,
        postgresql_where=sa.text("not removed"),
    )
    op.create_index("ix_feed_entries_urgent", "feed_entries", ["seq"], unique=False, postgresql_where=sa.text("urgent"))
    op.create_index(
        "uq_feed_entries_current",
        "feed_entries",
        ["kind", "entity_id"],
        unique=True,
        postgresql_where=sa.text("next_seq = 9223372036854775807"),
    )
    op.create_table(
        "feed_state",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("epoch", sa.UUID(), nullable=False),
        sa.Column("horizon", Xid8(), nullable=False),
        sa.Column("line", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("floor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("filling", sa.String(), server_default="", nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("floor <= seq", name=op.f("ck_feed_state_floor")),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_state_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_state")),
    )
    op.create_table(
        "feed_tallies",
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=78, scale=0), nullable=False),
        sa.CheckConstraint("count >= 0 and total >= 0", name=op.f("ck_feed_tallies_whole")),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_feed_tallies")),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("feed_tallies")
    op.drop_table("feed_state")
    op.drop_index(
        "uq_feed_entries_current", table_name="feed_entries", postgresql_where=sa.text("next_seq = 9223372036854775807")
    )
    op.drop_index("ix_feed_entries_urgent", table_name="feed_entries", postgresql_where=sa.text("urgent"))
    op.drop_index("ix_feed_entries_slot", table_name="feed_entries", postgresql_where=sa.text("not removed"))
    op.drop_index("ix_feed_entries_origin", table_name="feed_entries", postgresql_where=sa.text("origin is not null"))
    op.drop_index(
        "ix_feed_entries_next_seq",
        table_name="feed_entries",
        postgresql_where=sa.text("next_seq < 9223372036854775807"),
    )
    op.drop_index("ix_feed_entries_at", table_name="feed_entries")
    op.drop_table("feed_entries")
