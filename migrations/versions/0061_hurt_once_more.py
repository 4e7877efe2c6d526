"""somebody lent is hurt a second time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column(
        "lent",
        sa.Column("injured_before", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default="{}", nullable=False),
    )
    op.alter_column("lent", "injured_before", server_default=None)
    op.create_check_constraint(
        op.f("ck_lent_injured_before"),
        "lent",
        "cardinality(injured_before) <= 9 and (injured_at is not null or cardinality(injured_before) = 0)"
        " and array_position(injured_before, injured_at) is null",
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("lent", "injured_before")
