"""referrals by brokers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("referrals", sa.Column("agency_id", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_referrals_agency_id"), "referrals", "employers", ["agency_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_referrals_agency"), "referrals", "(origin = 'broker') = (agency_id is not null)"
    )
    op.create_index(
        "ix_referrals_agency",
        "referrals",
        ["agency_id", "id"],
        unique=False,
        postgresql_where=sa.text("agency_id is not null"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_referrals_agency", table_name="referrals", postgresql_where=sa.text("agency_id is not null"))
    op.drop_constraint(op.f("ck_referrals_agency"), "referrals", type_="check")
    op.drop_constraint(op.f("fk_referrals_agency_id"), "referrals", type_="foreignkey")
    op.drop_column("referrals", "agency_id")
