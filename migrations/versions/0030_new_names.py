"""new_names"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("employers", sa.Column("new_name", sa.String(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("employers", "new_name")
