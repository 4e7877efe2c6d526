"""posting support: who pays, what it is for, whom public support is meant for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("postings", sa.Column("funding", sa.String(), server_default="employer", nullable=False))
    op.add_column(
        "postings",
        sa.Column(
            "traits", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.create_check_constraint(
        op.f("ck_postings_funding"),
        "postings",
        "funding in ('employer', 'government_purchase', 'public_welfare_subsidy', 'workshop_subsidy')",
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_postings_funding"), "postings")
    op.drop_column("postings", "traits")
    op.drop_column("postings", "funding")
