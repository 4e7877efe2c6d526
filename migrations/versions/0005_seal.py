"""The sealed chain of the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
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
        "seals",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("transition_id", sa.UUID(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_seals")),
        sa.UniqueConstraint("transition_id", name=op.f("uq_seals_transition_id")),
    )
    op.create_table(
        "sealer",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("horizon", Xid8(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sealer_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealer")),
    )
    op.execute("insert into sealer (id, horizon) values (1, '0')")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("sealer")
    op.drop_table("seals")
