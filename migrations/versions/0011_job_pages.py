"""job pages: the order of the sitemap"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_index(
        "ix_postings_sitemap",
        "postings",
        ["id"],
        unique=False,
        postgresql_include=["updated_at", "state"],
        postgresql_where=sa.text("published_at is not null and not private"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_postings_sitemap", table_name="postings")
