"""a day of somebody lent is put no lower than what had counted, in two steps neither"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("lent_days", sa.Column("counted_kind", sa.String(), nullable=True))
    op.add_column("lent_days", sa.Column("counted_minutes", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_lent_days_counted_kind"),
        "lent_days",
        "counted_kind in ('worked', 'injury', 'no_work', 'sick', 'leave', 'rest')",
    )
    op.create_check_constraint(
        op.f("ck_lent_days_counted"), "lent_days", "(counted_kind is null) = (counted_minutes is null)"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("lent_days", "counted_kind")
    op.drop_column("lent_days", "counted_minutes")
