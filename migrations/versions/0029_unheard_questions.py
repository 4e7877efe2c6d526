"""unheard_questions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    unheard = sa.Column("unheard", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    op.add_column("contact_requests", unheard)
    op.create_check_constraint(
        op.f("ck_contact_requests_unheard"),
        "contact_requests",
        "not unheard or state in ('asked', 'withdrawn', 'lapsed')",
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_contact_requests_unheard"), "contact_requests")
    op.drop_column("contact_requests", "unheard")
