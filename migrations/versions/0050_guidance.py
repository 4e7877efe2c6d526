"""what officers find of deals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "deal_findings",
        sa.Column("deal_id", sa.UUID(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("found_by", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome in ('in_order', 'lacking')", name=op.f("ck_deal_findings_outcome")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_findings_deal_id")),
        sa.ForeignKeyConstraint(["found_by"], ["staff.id"], name=op.f("fk_deal_findings_found_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_findings")),
    )
    op.create_index("ix_deal_findings_deal", "deal_findings", ["deal_id", "item", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_deal_findings_deal", table_name="deal_findings")
    op.drop_table("deal_findings")
